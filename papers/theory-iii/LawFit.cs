using Rhoflow.Flows;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// The least-squares line error = offset + factor · law(t) over the observations of a range of t, as T3 figures 4 and 5 judge their laws
/// ("goodness of fit"). Observations lie evenly in log t, and so does what is fitted.
/// </summary>
/// <param name="Law">How the law is written.</param>
/// <param name="From">log₁₀ t of the first observation.</param>
/// <param name="To">log₁₀ t of the last.</param>
/// <param name="Offset">The error where the law is 0.</param>
/// <param name="Factor">Of the law.</param>
/// <param name="R2">The coefficient of determination, 1 − Σ(error − fit)²/Σ(error − mean)².</param>
internal sealed record LawFit(string Law, double From, double To, double Offset, double Factor, double R2)
{
    /// <summary>1/log t, of gradient descent (T3 eq. 79).</summary>
    public const string InverseLog = "1/log t";

    /// <summary>t^{−½ log t}, of weight normalization on one example of norm 1 (T3 eq. 80).</summary>
    public const string PowerOfLog = "t^(−½ log t)";

    /// <summary>The value of a law at log₁₀ t.</summary>
    public static double Value(string law, double log10T)
    {
        var logT = log10T * Curves.Ln10;
        return law == InverseLog ? 1 / logT : Math.Exp(Limits.OneExampleInvariants.LogSineLaw(1, logT));
    }

    /// <summary>The fit of a law to what was observed from t = 10^<paramref name="from"/> to 10^<paramref name="to"/>.</summary>
    public static LawFit Of(string law, IReadOnlyList<FlowPoint> points, Func<FlowPoint, double> error, double from, double to)
    {
        FlowPoint[] within = [.. points.Where(p => p.Log10T >= from && p.Log10T <= to)];
        var line = LinearRegression.Of([.. within.Select(p => Value(law, p.Log10T))], [.. within.Select(error)]);
        return new(law, from, to, line.Intercept, line.Slope, line.R * line.R);
    }

    /// <summary>The fitted error at log₁₀ t.</summary>
    public double At(double log10T) => Offset + Factor * Value(Law, log10T);
}
