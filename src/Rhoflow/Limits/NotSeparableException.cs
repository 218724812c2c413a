using System.Globalization;
using Rhoflow.Data;

namespace Rhoflow.Limits;

/// <summary>
/// No w has y_n w·x_n &gt; 0 for every example. The reason is exhibited, not asserted: weights c_n ≥ 0, Σ c_n = 1, with
/// Σ c_n y_n x_n = 0 to rounding (Gordan's theorem); with a bias also Σ c_n y_n = 0, so a point lies in the hulls of both classes.
/// </summary>
public sealed class NotSeparableException : DataException
{
    internal NotSeparableException(string data, bool bias, double[] certificate, double residual)
        : base(Describe(data, bias, certificate, residual))
    {
        Certificate = certificate;
        Residual = residual;
    }

    /// <summary>c_n, one per example, nonnegative, summing to 1; at most d + 1 (with bias 2d + 2) are positive.</summary>
    public IReadOnlyList<double> Certificate { get; }

    /// <summary>‖Σ c_n y_n x_n‖ / Σ c_n ‖x_n‖: rounding only.</summary>
    public double Residual { get; }

    /// <summary>The examples with c_n &gt; 0.</summary>
    public IReadOnlyList<int> Involved => [.. Enumerable.Range(0, Certificate.Count).Where(n => Certificate[n] > 0)];

    private static string Describe(string data, bool bias, double[] c, double residual)
    {
        var involved = Enumerable.Range(0, c.Length).Where(n => c[n] > 0).OrderByDescending(n => c[n]).ToArray();
        var terms = involved.Take(6).Select(n => string.Create(CultureInfo.InvariantCulture, $"{c[n]:g4} (example {n})"));
        var more = involved.Length > 6 ? $" and {involved.Length - 6} more" : "";
        var sum = bias ? "sum c_n y_n x_n = 0 and sum c_n y_n = 0" : "sum c_n y_n x_n = 0";
        return $"data '{data}' are not linearly separable{(bias ? ", not even with a bias" : " without a bias")}: the weights c = "
            + string.Join(", ", terms) + more
            + string.Create(CultureInfo.InvariantCulture,
                $" give {sum} (to {residual:g2}, relative), which no separating direction allows. ")
            + (bias ? "Choose other classes or leave examples out"
                : "Add a bias (a constant input), choose other classes, or leave examples out");
    }
}
