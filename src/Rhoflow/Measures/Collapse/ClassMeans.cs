using System.Buffers;
using Rhoflow.Kernels;
using Rhoflow.Numerics;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Collapse;

/// <summary>
/// The means μ_c of the features of every class. They are held relative to an origin (one of the examples) and summed relative to an
/// example of their own class, so that a common offset, however large compared with the spread, costs no digits, and a class whose features
/// are all the same has exactly that mean.
/// </summary>
internal sealed class ClassMeans
{
    // Rows that are read, centred and multiplied together: 512 of them of 512 numbers are 2 MB.
    private const int NumbersPerBlock = 1 << 18;

    private readonly double[] _origin;
    private readonly double[] _means;

    private ClassMeans(int[] counts, double[] origin, double[] means) => (Counts, _origin, _means) = (counts, origin, means);

    /// <summary>N_c: 0 for a class without examples, whose mean is NaN.</summary>
    public int[] Counts { get; }

    /// <summary>C.</summary>
    public int Classes => Counts.Length;

    /// <summary>p.</summary>
    public int Width => _origin.Length;

    /// <summary>μ_c itself, p numbers.</summary>
    public double[] Mean(int c)
    {
        double[] mean = [.. _means.AsSpan(c * Width, Width)];
        Vectors.Add(1, _origin, mean);
        return mean;
    }

    /// <summary>μ_c − μ_G, row-major C × p.</summary>
    /// <param name="overExamples">μ_G is the mean of all examples (Zhu et al.); else that of the class means. The same where classes have
    /// as many examples.</param>
    public double[] Centered(bool overExamples = false)
    {
        var global = new double[Width];
        double total = Counts.Sum();
        for (var c = 0; c < Classes; c++)
            Vectors.Add(overExamples ? Counts[c] / total : 1.0 / Classes, _means.AsSpan(c * Width, Width), global);
        var centered = (double[])_means.Clone();
        for (var c = 0; c < Classes; c++) Vectors.Add(-1, global, centered.AsSpan(c * Width, Width));
        return centered;
    }

    /// <summary>The means of the classes.</summary>
    /// <param name="features">N × p.</param>
    /// <param name="labels">N.</param>
    /// <param name="team">Who works; the bits do not depend on it.</param>
    /// <param name="cancellation">Looked at before every block of examples.</param>
    /// <exception cref="ArgumentException">As many labels as examples are needed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ClassMeans Of(FeatureMatrix features, ClassLabels labels, Team team, CancellationToken cancellation = default)
    {
        var (p, classes) = (features.Width, labels.Classes);
        if (features.Count != labels.Count)
            throw new ArgumentException($"{features.Count} examples have features, but {labels.Count} have labels");
        double[] origin = features.Row(0), references = new double[classes * p], sums = new double[classes * p];
        for (var c = 0; c < classes; c++)
        {
            var reference = references.AsSpan(c * p, p);
            if (labels.First[c] < 0)
            {
                reference.Fill(double.NaN);
                continue;
            }
            features.CopyTo(labels.First[c], 1, reference);
            Vectors.Add(-1, origin, reference);
        }
        var means = new ClassMeans(labels.Counts, origin, references);
        means.EachBlock(features, labels, team, (first, count, rows) => ByColumns(p, team, (from, length) =>
        {
            for (var n = 0; n < count; n++)
                Vectors.Add(1, rows.AsSpan(n * p + from, length), sums.AsSpan(labels[first + n] * p + from, length));
        }), cancellation);
        for (var c = 0; c < classes; c++) Vectors.Add(1.0 / labels.Counts[c], sums.AsSpan(c * p, p), references.AsSpan(c * p, p));
        return means;
    }

    /// <summary>h_n − μ_{c(n)} of some examples after another, in the order of the data.</summary>
    /// <param name="features">N × p: those that the means are of, or others of the same network.</param>
    /// <param name="labels">N.</param>
    /// <param name="visit">Is given (first example, how many, rows of p numbers, perhaps in a longer array that is used again
    /// afterwards).</param>
    /// <param name="cancellation">Looked at before every block.</param>
    internal void EachBlock(FeatureMatrix features, ClassLabels labels, Team team, Action<int, int, double[]> visit,
        CancellationToken cancellation = default)
    {
        Check(features, labels);
        var block = Math.Clamp(NumbersPerBlock / Width, 1, features.Count);
        const int rowsATask = 32;
        var rows = ArrayPool<double>.Shared.Rent(block * Width);
        for (var first = 0; first < features.Count; first += block)
        {
            cancellation.Look();
            var (start, count) = (first, Math.Min(block, features.Count - first));
            team.Run((count + rowsATask - 1) / rowsATask, (task, _) =>
            {
                var from = task * rowsATask;
                var some = Math.Min(rowsATask, count - from);
                features.CopyTo(start + from, some, rows.AsSpan(from * Width));
                for (var n = from; n < from + some; n++)
                {
                    // In this order: the origin is subtracted without rounding where features are close to each other.
                    var row = rows.AsSpan(n * Width, Width);
                    Vectors.Add(-1, _origin, row);
                    Vectors.Add(-1, _means.AsSpan(labels[start + n] * Width, Width), row);
                }
            });
            visit(start, count, rows);
        }
        ArrayPool<double>.Shared.Return(rows);
    }

    /// <summary>Σ_W = (1/N) Σ_n (h_n − μ_{c(n)})(h_n − μ_{c(n)})ᵀ, p × p.</summary>
    public double[] WithinScatter(FeatureMatrix features, ClassLabels labels, Team team, CancellationToken cancellation = default)
    {
        var (p, scatter) = (Width, new double[Width * Width]);
        EachBlock(features, labels, team,
            (_, count, rows) => Gemm.Gram<double>(GemmForm.TN, p, count, rows, p, scatter, p, accumulate: true, team),
            cancellation);
        Gemm.Mirror<double>(p, scatter, p);
        Vectors.Scale(1.0 / labels.Count, scatter, scatter);
        return scatter;
    }

    /// <summary>
    /// Calls work(from, length) for slices of the columns, shared by the team: every sum over rows stays in the order of the rows.
    /// </summary>
    private static void ByColumns(int p, Team team, Action<int, int> work)
    {
        const int columns = 128;
        team.Run((p + columns - 1) / columns, (task, _) => work(task * columns, Math.Min(columns, p - task * columns)));
    }

    private void Check(FeatureMatrix features, ClassLabels labels)
    {
        if (features.Width != Width)
            throw new ArgumentException($"features of {features.Width} numbers do not go with class means of {Width}");
        if (features.Count != labels.Count)
            throw new ArgumentException($"{features.Count} examples have features, but {labels.Count} have labels");
        if (labels.Classes != Classes)
            throw new ArgumentException($"labels of {labels.Classes} classes do not go with the means of {Classes}");
        for (var c = 0; c < Classes; c++)
            if (labels.Counts[c] > 0 && Counts[c] == 0)
                throw new ArgumentException($"class {c} has no mean: no example was there when the means were taken");
    }
}
