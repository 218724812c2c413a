using Rhoflow.Kernels;
using Rhoflow.Numerics;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Collapse;

/// <summary>
/// NC1 to NC4 of the features of one layer (Papyan, Han and Donoho 2020; SQ App. G), every number by the name of its definition:
/// <code>
/// var collapse = NeuralCollapse.Of(features, labels, w); collapse.Within.PapyanHanDonoho; collapse.Means.Equiangularity;
/// collapse.Duality!.Cosine; collapse.Centers.Disagreement
/// </code>
/// Features of any layer will do; W only belongs to those of the last.
/// </summary>
internal sealed record NeuralCollapse
{
    /// <summary>μ_c of these features.</summary>
    public required ClassMeans ClassMeans { get; init; }

    /// <summary>NC1, by the means of these features.</summary>
    public required WithinVariability Within { get; init; }

    /// <summary>NC2 of μ_c − μ_G, μ_G the mean of the class means.</summary>
    public required SimplexFrame Means { get; init; }

    /// <summary>NC2 of the rows of W, as they are; null without W or with one output.</summary>
    public SimplexFrame? Classifier { get; init; }

    /// <summary>NC3; null without W.</summary>
    public SelfDuality? Duality { get; init; }

    /// <summary>NC4, and the error of the nearest-class-centre rule.</summary>
    public required NearestCenters Centers { get; init; }

    /// <summary>
    /// cos(μ₊, μ₋) of the means as they are, for two classes; NaN for more. SQ App. G expects −1; ReLU features, all ≥ 0, cannot be below
    /// 0.
    /// </summary>
    public required double MeanCosine { get; init; }

    /// <summary>NC1 to NC4.</summary>
    /// <param name="features">N × p, in the precision that they came in.</param>
    /// <param name="labels">N, every class with an example.</param>
    /// <param name="w">The layer that reads these features and gives the outputs, C × p or 1 × p; empty for features of another
    /// layer.</param>
    /// <param name="decisions">The network's, N, from <see cref="NearestCenters.Decisions"/>; empty: those of W h where W is given.</param>
    /// <param name="training">The centres of NC4 where features are those of a test set: the means of the training set; null: the features'
    /// own.</param>
    /// <param name="team">Who works, null for one thread; the bits do not depend on it.</param>
    /// <exception cref="ArgumentException">A class without examples, or sizes that do not belong together.</exception>
    public static NeuralCollapse Of(FeatureMatrix features, ClassLabels labels, ReadOnlySpan<double> w = default,
        ReadOnlySpan<int> decisions = default,
        ClassMeans? training = null, Team? team = null)
    {
        if (labels.Absent is { } absent)
            throw new ArgumentException(
                $"class {absent} has no example; neural collapse compares the means of all {labels.Classes} classes");
        using var own = team is null ? new Team() : null;
        team ??= own!;
        var means = ClassMeans.Of(features, labels, team);
        var duality = w.IsEmpty ? null : SelfDuality.Of(means, w);
        var decided = decisions.IsEmpty
            && !w.IsEmpty ? NearestCenters.Decisions(Outputs(features, w, team), w.Length / features.Width) : decisions.ToArray();
        var pass = new WithinPass(means, features, labels, training is null ? decided : [], variability: true, team);
        return new NeuralCollapse
        {
            ClassMeans = means,
            Within = pass.Variability,
            Means = SimplexFrame.Of(means.Centered(), means.Classes),
            Classifier = w.Length == means.Classes * means.Width ? SimplexFrame.Of(w, means.Classes) : null,
            Duality = duality,
            Centers = training is null ? pass.Centers : NearestCenters.Of(training, features, labels, decided, team),
            MeanCosine = means.Classes == 2 ? CosineOfMeans(means) : double.NaN,
        };
    }

    internal static double CosineOfMeans(ClassMeans means) => Math.Cos(Vectors.Angle(means.Mean(1), means.Mean(0)));

    // W h_n, row-major N × C.
    private static double[] Outputs(FeatureMatrix features, ReadOnlySpan<double> w, Team team)
    {
        var (p, outputs) = (features.Width, w.Length / features.Width);
        var packed = new PackedMatrix<double>();
        packed.PackTransposed(p, outputs, w, p, team);
        const int block = 512;
        double[] rows = new double[Math.Min(block, features.Count) * p], f = new double[features.Count * outputs];
        for (var first = 0; first < features.Count; first += block)
        {
            var count = Math.Min(block, features.Count - first);
            features.CopyTo(first, count, rows);
            Gemm.MultiplyPacked(count, rows, p, false, packed, f.AsSpan(first * outputs), outputs, false, false, team);
        }
        return f;
    }
}
