using Rhoflow.Numerics;

namespace Rhoflow.Measures.Collapse;

/// <summary>
/// NC2: how far C vectors are from a simplex equiangular tight frame, C vectors of one length with all cosines −1/(C−1), up to scale and
/// rotation (Papyan, Han and Donoho 2020). The spreads are over the C vectors or the C(C−1)/2 pairs, without Bessel's correction.
/// </summary>
/// <remarks>
/// Two centred vectors are a frame whatever the features are, so for C = 2 the numbers of class means are 0 and say nothing.
/// All numbers are NaN where a vector is 0.
/// </remarks>
internal sealed record SimplexFrame
{
    /// <summary>Std ‖m_c‖ / Avg ‖m_c‖.</summary>
    public required double Equinorm { get; init; }

    /// <summary>Std of the cosines of all pairs.</summary>
    public required double CosineSpread { get; init; }

    /// <summary>Avg |cos(m_c, m_c') + 1/(C−1)| over all pairs.</summary>
    public required double Equiangularity { get; init; }

    /// <summary>‖MMᵀ/‖MMᵀ‖_F − (I − 11ᵀ/C)/√(C−1)‖_F (Zhu et al. 2021, their NC2).</summary>
    public required double Distance { get; init; }

    /// <summary>The frame of the rows of a C × p matrix, as they are: class means have to be centred before.</summary>
    /// <param name="m">Row-major C × p.</param>
    /// <param name="classes">C, at least 2.</param>
    public static SimplexFrame Of(ReadOnlySpan<double> m, int classes)
    {
        var p = m.Length / classes;
        double[] norms = new double[classes], products = new double[classes * classes], cosines = new double[classes * (classes - 1) / 2];
        for (var c = 0; c < classes; c++) norms[c] = Vectors.Norm(m.Slice(c * p, p));
        var largest = norms.Max();
        for (int c = 0, pair = 0; c < classes; c++)
            for (var d = 0; d <= c; d++)
            {
                var cosine = c == d ? 1 : Vectors.Dot(m.Slice(c * p, p), m.Slice(d * p, p)) / norms[c] / norms[d];
                // Relative to the largest: squares of tiny features would vanish.
                products[c * classes + d] = products[d * classes + c] = cosine * (norms[c] / largest) * (norms[d] / largest);
                if (c != d) cosines[pair++] = cosine;
            }
        var deviation = 0.0;
        foreach (var cosine in cosines) deviation += Math.Abs(cosine + 1.0 / (classes - 1)) / cosines.Length;
        return new SimplexFrame
        {
            Equinorm = Spread(norms) / norms.Average(),
            CosineSpread = Spread(cosines),
            Equiangularity = deviation,
            Distance = DistanceToFrame(products, classes),
        };
    }

    /// <summary>‖A/‖A‖_F − (I − 11ᵀ/C)/√(C−1)‖_F for a C × C matrix A: NC2 of MMᵀ, NC3 of WH.</summary>
    internal static double DistanceToFrame(ReadOnlySpan<double> a, int classes)
    {
        var (norm, root) = (Vectors.Norm(a), Math.Sqrt(classes - 1));
        var difference = new double[a.Length];
        for (var c = 0; c < classes; c++)
            for (var d = 0; d < classes; d++)
                difference[c * classes + d] = a[c * classes + d] / norm - ((c == d ? 1 : 0) - 1.0 / classes) / root;
        return Vectors.Norm(difference);
    }

    private static double Spread(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / values.Length);
    }
}
