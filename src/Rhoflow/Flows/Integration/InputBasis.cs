using System.Runtime.CompilerServices;
using MathNet.Numerics.LinearAlgebra.Double;
using MathNet.Numerics.LinearAlgebra.Factorization;
using Rhoflow.Data;
using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>
/// Orthonormal directions of the inputs, from the one along which examples are largest to the one along which they differ least. Inputs
/// near (1e8, −1e8) are 1e8 along the first and about 1 along the others, which in the coordinates they come in is the small difference
/// of large parts. Only of data whose sizes lie apart by more than <see cref="Apart"/>; others need no such care.
/// </summary>
internal sealed class InputBasis
{
    /// <summary>s_1/s_r from which on parts are said to cancel.</summary>
    public const double Apart = 1e4;

    // Below this times s_1, a direction is not told from rounding.
    private const double Resolution = 1e-13;
    private const int LargestSide = 64, LargestInputs = 256, LargestExact = 4000;
    private const long LargestData = 50_000;

    private static readonly ConditionalWeakTable<Dataset, Holder> s_known = [];

    private readonly double[] _v;                // row i: direction i, d numbers

    private InputBasis(double[] v, double[] sizes, double unresolved) => (_v, Sizes, Unresolved) = (v, sizes, unresolved);

    /// <summary>Root mean squares of the examples along the directions, d numbers; 0 where they are not told from 0.</summary>
    public double[] Sizes { get; }

    /// <summary>How far examples may reach (s, not a mean) along directions that are not told from rounding; 0 without any.</summary>
    public double Unresolved { get; }

    /// <summary>d.</summary>
    public int Inputs => Sizes.Length;

    /// <summary>Null where nothing cancels, or where the data are too large to look.</summary>
    public static InputBasis? Of(Dataset data) => s_known.GetValue(data, static set => new Holder(Compute(set))).Basis;

    /// <summary>Coordinates along the directions.</summary>
    public void Forward(ReadOnlySpan<double> x, Span<double> result)
    {
        for (var i = 0; i < Inputs; i++) result[i] = Compensated.Dot(_v.AsSpan(i * Inputs, Inputs), x);
    }

    /// <summary>From coordinates along the directions.</summary>
    public void Back(ReadOnlySpan<double> c, Span<double> result)
    {
        result.Clear();
        for (var i = 0; i < Inputs; i++) Vectors.Add(c[i], _v.AsSpan(i * Inputs, Inputs), result);
    }

    private static InputBasis? Compute(Dataset data)
    {
        int count = data.Count, d = data.Inputs;
        if (Math.Min(count, d) > LargestSide || d > LargestInputs || (long)count * d > LargestData) return null;
        var x = data.X.ToArray();
        var largest = 0.0;
        foreach (var value in x) largest = Math.Max(largest, Math.Abs(value));
        if (largest == 0 || !double.IsFinite(largest)) return null;
        var exponent = Math.ILogB(largest);
        foreach (ref var value in x.AsSpan()) value = Math.ScaleB(value, -exponent);
        // Square, so that its right vectors span all of R^d.
        var matrix = new DenseMatrix(d, count, x).Transpose();
        var square = count > d ? matrix.QR(QRMethod.Thin).R : DenseMatrix.Create(d, d, (i, j) => i < count ? matrix[i, j] : 0);
        var svd = square.Svd();
        double[] s = [.. svd.S];
        var rank = s.Count(value => value > Resolution * s[0]);
        var hidden = rank < Math.Min(count, d) && IsOfHigherRank(data, rank) ? Math.Max(s[rank], 1e-16 * s[0]) : 0;
        if (s[rank - 1] * Apart > s[0] && hidden == 0) return null;
        var v = new double[d * d];
        for (var i = 0; i < d; i++)
            for (var j = 0; j < d; j++) v[i * d + j] = svd.VT[i, j];
        return new InputBasis(v, [.. s.Select((value, i) => i < rank ? Math.ScaleB(value / Math.Sqrt(count), exponent) : 0)],
            Math.ScaleB(hidden, exponent));
    }

    // Exactly, by elimination in extended precision: duplicates and constants are of lower rank, what float64 cannot tell is not.
    private static bool IsOfHigherRank(Dataset data, int rank)
    {
        const int bits = 512;
        int count = data.Count, d = data.Inputs;
        if ((long)count * d > LargestExact) return false;
        var rows = Enumerable.Range(0, count).Select(n => data.Example(n).ToArray().Select(v => BigFloat.Of(v, bits)).ToArray()).ToList();
        for (var found = 0; rows.Count > 0; found++)
        {
            var (pivot, column, magnitude) = (-1, -1, int.MinValue);
            for (var n = 0; n < rows.Count; n++)
                for (var j = 0; j < d; j++)
                    if (rows[n][j].Sign != 0 && rows[n][j].Magnitude > magnitude) (pivot, column, magnitude) = (n, j, rows[n][j].Magnitude);
            if (pivot < 0) return false;
            if (found == rank) return true;
            var row = rows[pivot];
            rows.RemoveAt(pivot);
            foreach (var other in rows)
            {
                if (other[column].Sign == 0) continue;
                var factor = other[column] / row[column];
                for (var j = 0; j < d; j++)
                {
                    var before = other[j].Magnitude;
                    other[j] = j == column ? BigFloat.Of(0, bits) : other[j] - factor * row[j];
                    // What is left of a difference after 400 bits is rounding.
                    if (other[j].Sign != 0 && other[j].Magnitude < before - 400) other[j] = BigFloat.Of(0, bits);
                }
            }
        }
        return false;
    }

    private sealed record Holder(InputBasis? Basis);
}
