using Rhoflow.Losses;
using Rhoflow.Observations;

namespace Rhoflow.Measures;

/// <summary>One observation: what a measure may look at.</summary>
/// <param name="Setting">Network, loss and data.</param>
/// <param name="Snapshot">The network at the moment.</param>
public sealed record MeasureInput(MeasureSetting Setting, Snapshot Snapshot)
{
    /// <summary>What the network does on test data; null where there are none, or where no measure needs it.</summary>
    public TestResult? Test { get; init; }

    /// <summary>What enters W_k (k = 1 … K) on training examples, N × p; null where it was not kept.</summary>
    public Func<int, FeatureMatrix?> Features { get; init; } = static _ => null;

    /// <summary>The same on test examples.</summary>
    public Func<int, FeatureMatrix?> TestFeatures { get; init; } = static _ => null;

    /// <summary>
    /// Derivatives on the training set, as <see cref="Measure.GoesThroughStatistics"/> asks for them; null for the scalar equations, and
    /// where W leaves the range of a double.
    /// </summary>
    public Linearization? Passes { get; init; }

    /// <summary>Start and previous observation; null where there is only this one.</summary>
    public History? History { get; init; }

    /// <summary>η of the descent at this moment; NaN for flows.</summary>
    public double LearningRate { get; init; } = double.NaN;

    /// <summary>The training risk of a flow, with work buffers of its own; null for descents and the scalar equations.</summary>
    public EmpiricalRisk? Risk { get; init; }

    /// <summary>Ends the measuring; looked at by everything that takes long.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Told which part of it a long measure is at: "layer 2 of 5". Null where nobody listens.</summary>
    public Action<string>? Part { get; init; }

    /// <summary>The direction that theory predicts for a linear network (unit norm, d numbers); null where it predicts none.</summary>
    public double[]? Limit { get; init; }
}

/// <summary>Features by layer, each made once: what measures share goes by the object.</summary>
internal static class FeatureMemo
{
    /// <summary>The same features, and the same object for the same k.</summary>
    public static Func<int, FeatureMatrix?> Of(Func<int, FeatureMatrix?> features)
    {
        var known = new Dictionary<int, FeatureMatrix?>();
        return k =>
        {
            if (!known.TryGetValue(k, out var matrix)) known[k] = matrix = features(k);
            return matrix;
        };
    }
}
