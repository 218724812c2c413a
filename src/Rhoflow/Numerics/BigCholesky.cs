namespace Rhoflow.Numerics;

/// <summary>K = L Lᵀ of a symmetric positive definite matrix in extended precision; every inner product is rounded once.</summary>
internal sealed class BigCholesky
{
    private readonly BigFloat[][] _l;        // row i holds L_i0 … L_ii
    private readonly BigFloat[] _inverse;    // 1/L_ii

    private BigCholesky(BigFloat[][] l, BigFloat[] inverse) => (_l, _inverse) = (l, inverse);

    /// <param name="k">The lower triangle: row i holds K_i0 … K_ii.</param>
    /// <exception cref="ArithmeticException">A pivot is not positive: the matrix is not positive definite, or not with these
    /// bits.</exception>
    public static BigCholesky Of(BigFloat[][] k)
    {
        var l = new BigFloat[k.Length][];
        var inverse = new BigFloat[k.Length];
        for (var i = 0; i < l.Length; i++)
        {
            var row = l[i] = [.. k[i]];
            for (var j = 0; j < i; j++) row[j] = Less(row, l[j], j) * inverse[j];
            var pivot = Less(row, row, i);
            if (pivot.Sign <= 0)
                throw new ArithmeticException(
                    $"pivot {i + 1} of {l.Length} is not positive with {pivot.Bits} bits: the matrix is singular, or needs more bits");
            row[i] = BigFloat.Sqrt(pivot);
            inverse[i] = BigFloat.Of(1, pivot.Bits) / row[i];
        }
        return new BigCholesky(l, inverse);
    }

    /// <summary>x with K x = y.</summary>
    public BigFloat[] Solve(ReadOnlySpan<BigFloat> y)
    {
        var x = y.ToArray();
        for (var i = 0; i < x.Length; i++)
        {
            if (i > 0) x[i] -= BigFloat.Dot(_l[i].AsSpan(0, i), x.AsSpan(0, i));
            x[i] *= _inverse[i];
        }
        for (var i = x.Length - 1; i >= 0; i--)
        {
            x[i] *= _inverse[i];
            for (var j = 0; j < i; j++) x[j] -= _l[i][j] * x[i];
        }
        return x;
    }

    // row_j − Σ_{m<j} row_m other_m
    private static BigFloat Less(BigFloat[] row, BigFloat[] other, int j) =>
        j == 0 ? row[0] : row[j] - BigFloat.Dot(row.AsSpan(0, j), other.AsSpan(0, j));
}
