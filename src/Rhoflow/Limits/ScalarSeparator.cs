namespace Rhoflow.Limits;

/// <summary>
/// The smallest problem that cannot be separated: one weight, inputs −x1 and x2 (x1, x2 &gt; 0) with label +1, L = e^{x1 w} + e^{−x2 w}
/// (T3 eq. 26, 27, 27a; T3b eq. 62, 62a, 63). Misclassification holds the norm: ẇ = −x1 e^{x1 w} + x2 e^{−x2 w} vanishes at a finite w.
/// </summary>
public static class ScalarSeparator
{
    /// <summary>w* = log(x2/x1)/(x1 + x2). Holds for any x1, x2 &gt; 0, not only x2 &gt; x1.</summary>
    public static double Minimizer(double x1, double x2)
    {
        Check(x1, x2);
        return (Math.Log(x2) - Math.Log(x1)) / (x1 + x2);
    }

    /// <summary>ẇ at w.</summary>
    public static double Velocity(double x1, double x2, double w) => -x1 * Math.Exp(x1 * w) + x2 * Math.Exp(-x2 * w);

    /// <summary>∂ẇ/∂w at w*: −x1² e^{x1 w*} − x2² e^{−x2 w*} &lt; 0, so the equilibrium is hyperbolic and attracts (T3 eq. 28;
    /// T3b eq. 63).</summary>
    public static double Jacobian(double x1, double x2)
    {
        var w = Minimizer(x1, x2);
        return -x1 * x1 * Math.Exp(x1 * w) - x2 * x2 * Math.Exp(-x2 * w);
    }

    private static void Check(double x1, double x2)
    {
        if (!(x1 > 0 && x2 > 0 && double.IsFinite(x1) && double.IsFinite(x2)))
            throw new ArgumentOutOfRangeException(nameof(x1), $"x1 = {x1}, x2 = {x2}",
                "both must be positive and finite; otherwise the examples can be separated");
    }
}
