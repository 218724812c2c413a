namespace Rhoflow.Measures.Spectra;

/// <summary>
/// The law of Marchenko and Pastur (1967): eigenvalues λ of WWᵀ/n for a large m × n matrix, m ≤ n, of independent entries of variance 1;
/// c = m/n ≤ 1. Its density is √((λ_+ − λ)(λ − λ_−))/(2πcλ) between λ_± = (1 ± √c)². Entries of variance s² multiply λ by s².
/// </summary>
/// <param name="Aspect">c, between 0 and 1.</param>
internal readonly record struct MarchenkoPastur(double Aspect)
{
    /// <summary>Of a matrix, whichever side is the longer.</summary>
    public static MarchenkoPastur Of(int rows, int columns) => new((double)Math.Min(rows, columns) / Math.Max(rows, columns));

    /// <summary>λ_+.</summary>
    public double Upper => (1 + Math.Sqrt(Aspect)) * (1 + Math.Sqrt(Aspect));

    /// <summary>λ_−.</summary>
    public double Lower => (1 - Math.Sqrt(Aspect)) * (1 - Math.Sqrt(Aspect));

    /// <summary>The density at λ.</summary>
    public double Density(double lambda) =>
        lambda <= Lower || lambda >= Upper ? 0 : Root(lambda) / (2 * Math.PI * Aspect * lambda);

    /// <summary>
    /// The share of eigenvalues up to λ: [R + (1 + c)(φ_1 + π/2) − (1 − c)(φ_2 + π/2)]/(2πc) with R = √((λ_+ − λ)(λ − λ_−)),
    /// sin φ_1 = (λ − 1 − c)/(2√c), sin φ_2 = ((1 + c)λ − (1 − c)²)/(2√c λ).
    /// </summary>
    public double Cumulative(double lambda)
    {
        if (lambda <= Lower) return 0;
        if (lambda >= Upper) return 1;
        var (c, root) = (Aspect, Root(lambda));
        // Angles by both coordinates: near the edges an arc sine loses half of the digits.
        var first = Math.Atan2(lambda - 1 - c, root);
        var second = Math.Atan2((1 + c) * lambda - (1 - c) * (1 - c), (1 - c) * root);
        var share = (root + (1 + c) * (first + Math.PI / 2) - (1 - c) * (second + Math.PI / 2)) / (2 * Math.PI * c);
        return Math.Clamp(share, 0, 1);
    }

    /// <summary>The λ that half of the eigenvalues lie below.</summary>
    public double Median
    {
        get
        {
            var (low, high) = (Lower, Upper);
            while ((low + high) / 2 is var middle && middle > low && middle < high)
                if (Cumulative(middle) < 0.5) low = middle;
                else high = middle;
            return high;
        }
    }

    private double Root(double lambda) => Math.Sqrt((Upper - lambda) * (lambda - Lower));
}
