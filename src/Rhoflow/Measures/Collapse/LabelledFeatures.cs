using System.Runtime.CompilerServices;
using Rhoflow.Kernels;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Collapse;

/// <summary>What is known of one set of features before they are there.</summary>
/// <param name="K">They enter W_k.</param>
/// <param name="IsTest">Whether they are those of the test set.</param>
/// <param name="Outputs">Of the network.</param>
/// <param name="HasW">Whether the outputs are W_k times these features.</param>
internal sealed record FeatureShape(int K, bool IsTest, int Outputs, bool HasW)
{
    public int Classes => Math.Max(2, Outputs);

    /// <summary>Whether W has a row a class.</summary>
    public bool HasFrame => HasW && Outputs > 1;
}

/// <summary>One set of features with labels, what the network makes of them, and the training features to compare them with.</summary>
internal sealed record LabelledFeatures(FeatureShape Shape, FeatureMatrix Matrix, ClassLabels Labels, FeatureMatrix Training,
    ClassLabels TrainingLabels, double[] Outputs, Snapshot Snapshot, CancellationToken Cancellation)
{
    // By the features themselves: measures of one observation share the means and the passes.
    private static readonly ConditionalWeakTable<FeatureMatrix, ClassMeans> s_means = [];
    private static readonly ConditionalWeakTable<FeatureMatrix, WithinPass> s_passes = [];

    /// <summary>Their own class means.</summary>
    public ClassMeans Means() => MeansOf(Matrix, Labels, Cancellation);

    /// <summary>NC1, about their own means.</summary>
    public WithinVariability Variability() => Shape.IsTest ? Pass(Means(), [], variability: true).Variability : TrainingPass().Variability;

    /// <summary>NC4, by the means of the training features.</summary>
    public NearestCenters Centers() => Shape.IsTest ? Pass(MeansOf(Training, TrainingLabels, Cancellation),
        NearestCenters.Decisions(Outputs, Shape.Outputs), variability: false).Centers : TrainingPass().Centers;

    // On training features both are about the same means.
    private WithinPass TrainingPass() =>
        s_passes.GetValue(Matrix, _ => Pass(Means(), NearestCenters.Decisions(Outputs, Shape.Outputs), variability: true));

    private WithinPass Pass(ClassMeans means, int[] decisions, bool variability)
    {
        using var team = new Team(Environment.ProcessorCount) { Cancellation = Cancellation };
        return new WithinPass(means, Matrix, Labels, decisions, variability, team, Cancellation);
    }

    /// <summary>The class means of features, taken once.</summary>
    public static ClassMeans MeansOf(FeatureMatrix matrix, ClassLabels labels, CancellationToken cancellation) =>
        s_means.GetValue(matrix, m =>
        {
            using var team = new Team(Environment.ProcessorCount) { Cancellation = cancellation };
            return ClassMeans.Of(m, labels, team, cancellation);
        });

    /// <summary>
    /// W_K, C × p, or its direction where it leaves the range of a double: what is done with it does not depend on the scale.
    /// </summary>
    public double[] Weights()
    {
        var layer = Snapshot.Network.Layers[^1];
        double[] w = [.. layer.Of(Snapshot.Weights())];
        return Array.TrueForAll(w, double.IsFinite) ? w : [.. layer.Of(Snapshot.V)];
    }

    /// <summary>Those of an observation; null where they were not kept.</summary>
    public static LabelledFeatures? Of(MeasureInput m, FeatureShape shape)
    {
        if (m.Features(shape.K) is not { } training) return null;
        var (outputs, labels) = (m.Snapshot.Network.Outputs, ClassLabels.OfTargets(m.Snapshot.Targets, m.Snapshot.Network.Outputs));
        if (!shape.IsTest)
            return new(shape, training, labels, training, labels, m.Snapshot.OutputsArray, m.Snapshot, m.Cancellation);
        if (m.Test is not { } test || m.TestFeatures(shape.K) is not { } matrix) return null;
        return new(shape, matrix, ClassLabels.OfTargets(test.TargetsArray, outputs), training, labels, test.OutputsArray, m.Snapshot,
            m.Cancellation);
    }
}
