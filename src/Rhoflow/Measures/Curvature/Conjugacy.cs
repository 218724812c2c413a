namespace Rhoflow.Measures.Curvature;

/// <summary>
/// Two linear systems ẋ_i = μ_i x_i and ẏ_i = ν_i y_i without zero eigenvalues and with equally many of each sign are topologically
/// conjugate by h_i(x_i) = sgn(x_i) |x_i|^{ν_i/μ_i} (T3b eq. 47): y = h(x) turns one flow into the other. h and its inverse are
/// differentiable only where ν_i = μ_i. T3b's own use of it fails: networks of more than one layer have zero eigenvalues, weight decay or
/// not (claim b20), and then there is no exponent.
/// </summary>
internal sealed record Conjugacy
{
    private Conjugacy(double[] mu, double[] nu) => (Mu, Nu, Exponents) = (mu, nu, [.. mu.Zip(nu, static (m, n) => n / m)]);

    /// <summary>μ_i, descending.</summary>
    public double[] Mu { get; }

    /// <summary>ν_i, descending.</summary>
    public double[] Nu { get; }

    /// <summary>ν_i/μ_i &gt; 0.</summary>
    public double[] Exponents { get; }

    /// <summary>Whether all exponents are 1 within a relative tolerance, so that h is a diffeomorphism.</summary>
    public bool IsDifferentiable(double tolerance = 1e-9) => Exponents.All(e => Math.Abs(e - 1) <= tolerance);

    /// <summary>h(x), coordinate by coordinate in the order of the eigenvalues.</summary>
    public double[] Map(ReadOnlySpan<double> x)
    {
        if (x.Length != Mu.Length)
            throw new ArgumentException($"{Mu.Length} eigenvalues need as many coordinates; {x.Length} were given", nameof(x));
        var y = new double[x.Length];
        for (var i = 0; i < y.Length; i++) y[i] = Math.Sign(x[i]) * Math.Pow(Math.Abs(x[i]), Exponents[i]);
        return y;
    }

    /// <summary>Null where two spectra are conjugate; otherwise why not.</summary>
    /// <param name="mu">μ, in any order.</param>
    /// <param name="nu">ν, in any order.</param>
    /// <param name="relative">Eigenvalues up to this times the largest of their spectrum count as zero.</param>
    internal static string? Refuse(ReadOnlySpan<double> mu, ReadOnlySpan<double> nu, double relative = 1e-9)
    {
        if (mu.Length != nu.Length)
            return $"the spectra have {mu.Length} and {nu.Length} eigenvalues; conjugate systems have the same dimension";
        Signature m = Signature.Of(mu, relative), n = Signature.Of(nu, relative);
        if (m.Zero > 0 || n.Zero > 0)
            return $"{m.Zero} eigenvalues of the first and {n.Zero} of the second spectrum are zero (up to {relative:g2} of the largest): "
                + "the systems are not hyperbolic, and the Hartman–Grobman theorem does not apply";
        if (m.Positive != n.Positive)
            return $"the first spectrum has {m.Negative} negative and {m.Positive} positive eigenvalues, the second {n.Negative} and "
                + $"{n.Positive}: stable and unstable spaces must have the same dimensions";
        return null;
    }

    /// <summary>The conjugacy that pairs both spectra in descending order.</summary>
    /// <inheritdoc cref="Refuse" path="/param"/>
    /// <exception cref="ArgumentException">They are not conjugate; the message says why.</exception>
    public static Conjugacy Between(ReadOnlySpan<double> mu, ReadOnlySpan<double> nu, double relative = 1e-9)
    {
        if (Refuse(mu, nu, relative) is { } reason) throw new ArgumentException(reason, nameof(nu));
        double[] m = mu.ToArray(), n = nu.ToArray();
        m.AsSpan().Sort(static (a, b) => b.CompareTo(a));
        n.AsSpan().Sort(static (a, b) => b.CompareTo(a));
        return new Conjugacy(m, n);
    }
}
