using Rhoflow.Kernels;
using Rhoflow.Lab.Models;
using Rhoflow.Measures.Overlap;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Inspection;

/// <summary>One matrix in two models.</summary>
/// <param name="Name">In both.</param>
/// <param name="Rows">Of it.</param>
/// <param name="Columns">Of it.</param>
/// <param name="Difference">‖W' − W‖_F/‖W‖_F.</param>
/// <param name="Cosine">⟨W, W'⟩/(‖W‖_F‖W'‖_F).</param>
/// <param name="Rank">r, at most half of the singular values; 0: subspaces are not compared.</param>
/// <param name="Left">The subspaces of the r largest left singular vectors; null where they are not compared.</param>
/// <param name="Right">The same of the right ones.</param>
/// <param name="Gap">(σ_r − σ_(r+1))/σ_r, the smaller of both models': near 0 the subspaces are chosen by chance.</param>
internal sealed record MatrixOverlap(string Name, int Rows, int Columns, double Difference, double Cosine, int Rank,
    SubspaceOverlap? Left, SubspaceOverlap? Right, double Gap);

/// <summary>
/// How far the matrices of two models, or of two checkpoints of one, point the same way: matched by name, whatever the formats; none is
/// skipped in silence. One matrix at a time is read.
/// </summary>
/// <param name="Rank">r that was asked for.</param>
/// <param name="Matrices">In the order of the first model.</param>
/// <param name="NotCompared">Arrays and subspaces, and why.</param>
internal sealed record ModelOverlap(int Rank, IReadOnlyList<MatrixOverlap> Matrices, IReadOnlyList<(string What, string Why)> NotCompared)
{
    // Inner products of more take 1 GB, with those of the other model 2.
    private const int MostSmaller = 11_585, Block = 1 << 18;

    /// <summary>Cancelled: what was compared until then is here.</summary>
    public bool IsInterrupted { get; init; }

    /// <param name="a">Of a model.</param>
    /// <param name="b">Of another.</param>
    /// <param name="rank">r, at least 1.</param>
    /// <param name="threads">No influence on results.</param>
    /// <param name="progress">Where it stands.</param>
    /// <param name="cancellation">Ends it; what was compared before is given.</param>
    /// <exception cref="Rhoflow.Data.DataException">A file cannot be read, or is damaged where its numbers are.</exception>
    public static ModelOverlap Of(IReadOnlyList<Tensor> a, IReadOnlyList<Tensor> b, int rank, int threads, Action<string> progress,
        CancellationToken cancellation = default)
    {
        var (matrices, not) = (new List<MatrixOverlap>(), new List<(string, string)>());
        var others = b.ToDictionary(static t => t.Name, StringComparer.Ordinal);
        var interrupted = false;
        using var team = new Team(threads) { Cancellation = cancellation };
        foreach (var (i, tensor) in a.Index())
        {
            if (interrupted || WhyNot(tensor, others) is { } why)
            {
                not.Add((tensor.Name, interrupted ? "interrupted" : WhyNot(tensor, others)!));
                continue;
            }
            try
            {
                cancellation.ThrowIfCancellationRequested();
                progress($"{tensor.Name}, array {i + 1} of {a.Count}");
                matrices.Add(Compare(tensor, others[tensor.Name], rank, team, not, cancellation));
            }
            catch (OperationCanceledException)
            {
                interrupted = true;
                not.Add((tensor.Name, "interrupted"));
            }
        }
        var first = a.Select(static t => t.Name).ToHashSet(StringComparer.Ordinal);
        not.AddRange(b.Where(t => !first.Contains(t.Name)).Select(static t => (t.Name, $"is in B only ({t.Form})")));
        return new ModelOverlap(rank, matrices, not) { IsInterrupted = interrupted };
    }

    private static string? WhyNot(Tensor tensor, Dictionary<string, Tensor> others)
    {
        if (!others.TryGetValue(tensor.Name, out var other)) return $"is in A only ({tensor.Form})";
        if (!tensor.Shape.SequenceEqual(other.Shape)) return $"is {tensor.Form} in A and {other.Form} in B";
        return TensorRole.WhyNot(tensor) ?? (TensorRole.WhyNot(other) is { } why ? $"in B: {why}" : null);
    }

    private static MatrixOverlap Compare(Tensor a, Tensor b, int rank, Team team, List<(string, string)> not,
        CancellationToken cancellation)
    {
        var (rows, columns) = TensorRole.Sides(a);
        var (one, two) = (new StreamedMatrix(a, rows, columns), new StreamedMatrix(b, rows, columns));
        var ((of, bad), (other, worse)) = (one.Largest(cancellation), two.Largest(cancellation));
        var none = new MatrixOverlap(a.Name, rows, columns, double.NaN, double.NaN, 0, null, null, double.NaN);
        if (bad is not null || worse is not null)
        {
            not.Add((a.Name, bad is not null ? $"number {bad} of it in A is {of}" : $"number {worse} of it in B is {other}"));
            return none;
        }
        var (difference, cosine) = Distance(a, b, Math.Max(of, other) is > 0 and var largest ? largest : 1, cancellation);
        var plain = none with { Difference = difference, Cosine = cosine };
        var most = one.Smaller / 2;
        rank = Math.Min(rank, most);
        string? why = rank == 0 ? "it has one singular value: its subspaces are the cosine, or the whole space"
            : one.Smaller > MostSmaller ? $"inner products of {one.Smaller} rows or columns would need more than 1 GB" : null;
        if (why is null && of > 0 && other > 0 && TopSubspaces.Of(one, rank, of, team, cancellation) is { } s
            && TopSubspaces.Of(two, rank, other, team, cancellation) is { } t)
        {
            double Gap(TopSubspaces u) => (u.Values[^1] - u.Next) / u.Values[^1];
            return plain with
            {
                Rank = rank,
                Left = SubspaceOverlap.Of(s.Left, t.Left),
                Right = SubspaceOverlap.Of(s.Right, t.Right),
                Gap = Math.Min(Gap(s), Gap(t)),
            };
        }
        not.Add(($"subspaces of {a.Name}", why ?? $"it has no {rank} singular values above 1e-7 σ_1"));
        return plain;
    }

    // In units of the largest entry of both, so that no square leaves the range of a double.
    private static (double Difference, double Cosine) Distance(Tensor a, Tensor b, double scale, CancellationToken cancellation)
    {
        double own = 0, other = 0, inner = 0, between = 0;
        double[] x = new double[Math.Min(Block, a.Count)], y = new double[x.Length];
        for (var from = 0L; from < a.Count; from += x.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = (int)Math.Min(x.Length, a.Count - from);
            Span<double> left = x.AsSpan(0, count), right = y.AsSpan(0, count);
            a.Read(from, left);
            b.Read(from, right);
            Vectors.Scale(1 / scale, left, left);
            Vectors.Scale(1 / scale, right, right);
            own += Vectors.Dot(left, left);
            other += Vectors.Dot(right, right);
            inner += Vectors.Dot(left, right);
            // W' − W itself: nothing cancels where they are close.
            Vectors.Add(-1, left, right);
            between += Vectors.Dot(right, right);
        }
        return (own > 0 ? Math.Sqrt(between / own) : double.NaN,
            own > 0 && other > 0 ? Math.Clamp(inner / Math.Sqrt(own) / Math.Sqrt(other), -1, 1) : double.NaN);
    }
}
