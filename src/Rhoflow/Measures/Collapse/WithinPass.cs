using System.Numerics.Tensors;
using Rhoflow.Kernels;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Collapse;

/// <summary>
/// One pass over centred features d_n = h_n − μ_{c(n)} that gives NC1 and NC4. Neither needs a p × p matrix: tr(Σ_WΣ_B⁺) is the mean of ‖R
/// d_n‖² with RᵀR = Σ_B⁺ of at most C−1 rows, and ‖h_n − μ_j‖² − ‖d_n‖² = 2 d_n·(μ_c − μ_j) + ‖μ_c − μ_j‖², which loses no digits however
/// small d_n is.
/// </summary>
internal sealed class WithinPass
{
    // Distances to two centres that differ by less, relative to the numbers they are made of, are the same distance.
    private const double TieTolerance = 1e-13;

    private readonly ClassMeans _means;
    private readonly ClassLabels _labels;
    private readonly int[] _decisions;
    private readonly BetweenScatter _byClasses, _byExamples;
    private readonly double[] _squares, _between;
    private double _whitenedByClasses, _whitenedByExamples;
    private int _errors, _disagreements;

    public WithinPass(ClassMeans means, FeatureMatrix features, ClassLabels labels, int[] decisions, bool variability, Team team,
        CancellationToken cancellation = default)
    {
        if (decisions.Length != 0 && decisions.Length != labels.Count)
            throw new ArgumentException($"{decisions.Length} decisions of the network were given for {labels.Count} examples");
        (_means, _labels, _decisions) = (means, labels, decisions);
        var (p, classes, centered) = (means.Width, means.Classes, means.Centered());
        _squares = new double[classes];
        _between = Distances(centered, classes);
        _byClasses = variability ? new BetweenScatter(centered, classes) : BetweenScatter.None;
        _byExamples = variability ? new BetweenScatter(means.Centered(overExamples: true), classes) : BetweenScatter.None;

        // R of either definition, then the centred means: one product for all.
        double[] stacked = [.. _byClasses.Root, .. _byExamples.Root, .. centered];
        var q = stacked.Length / p;
        var packed = new PackedMatrix<double>();
        packed.PackTransposed(p, q, stacked, p, team);
        double[] products = [];
        means.EachBlock(features, labels, team, (first, count, rows) =>
        {
            if (products.Length < count * q) products = new double[count * q];
            Gemm.MultiplyPacked(count, rows, p, false, packed, products.AsSpan(), q, false, false, team);
            for (var n = 0; n < count; n++) Add(first + n, TensorPrimitives.SumOfSquares(rows.AsSpan(n * p, p)), products.AsSpan(n * q, q));
        }, cancellation);
    }

    public NearestCenters Centers => new()
    {
        Error = _errors / (double)_labels.Count,
        Disagreement = _decisions.Length == 0 ? double.NaN : _disagreements / (double)_labels.Count,
    };

    public WithinVariability Variability => new()
    {
        PapyanHanDonoho = _byClasses.Rank == 0 ? double.NaN : _whitenedByClasses / _labels.Count / _labels.Classes,
        Zhu = _byExamples.Rank == 0 ? double.NaN : _whitenedByExamples / _labels.Count / _labels.Classes,
        TraceRatio = _squares.Sum() / _labels.Count / _byClasses.Trace,
        ClassDistance = ClassDistance(),
    };

    private void Add(int n, double square, ReadOnlySpan<double> products)
    {
        var (own, a, b) = (_labels[n], _byClasses.Rank, _byExamples.Rank);
        _squares[own] += square;
        _whitenedByClasses += TensorPrimitives.SumOfSquares(products[..a]);
        _whitenedByExamples += TensorPrimitives.SumOfSquares(products.Slice(a, b));
        var nearest = Nearest(own, square, products[(a + b)..]);
        if (nearest != own) _errors++;
        if (_decisions.Length > 0 && (nearest < 0 || nearest != _decisions[n])) _disagreements++;
    }

    // ‖h − μ_j‖² − ‖h − μ_own‖² for every j; 0 for its own class.
    private int Nearest(int own, double square, ReadOnlySpan<double> products)
    {
        double best = double.PositiveInfinity, second = double.PositiveInfinity, scale = square;
        var nearest = -1;
        for (var j = 0; j < products.Length; j++)
        {
            var between = _between[own * products.Length + j];
            var beyond = 2 * (products[own] - products[j]) + between;
            if (double.IsNaN(beyond)) continue;
            scale = Math.Max(scale, between);
            if (beyond < best) (second, best, nearest) = (best, beyond, j);
            else if (beyond < second) second = beyond;
        }
        return second - best <= TieTolerance * scale ? -1 : nearest;
    }

    private double ClassDistance()
    {
        var (sum, classes) = (0.0, _labels.Classes);
        for (var c = 0; c < classes; c++)
            for (var d = 0; d < c; d++)
                sum += (_squares[c] / _labels.Counts[c] + _squares[d] / _labels.Counts[d]) / (2 * _between[c * classes + d]);
        return sum / (classes * (classes - 1) / 2);
    }

    private static double[] Distances(double[] centered, int classes)
    {
        var p = centered.Length / classes;
        var squares = new double[classes * classes];
        for (var c = 0; c < classes; c++)
            for (var d = 0; d < c; d++)
                squares[c * classes + d] = squares[d * classes + c] =
                    Math.Pow(TensorPrimitives.Distance(centered.AsSpan(c * p, p), centered.AsSpan(d * p, p)), 2);
        return squares;
    }
}
