namespace Rhoflow.Numerics;

/// <summary>Local error allowed in a step: |error_i| ≲ Absolute + Relative·|y_i|, in the root mean square over components.</summary>
/// <param name="Relative">At least 1e-14: below, rounding and not the method decides.</param>
/// <param name="Absolute">Positive; 1e-300 makes every component relative.</param>
public sealed record Tolerance(double Relative = 1e-10, double Absolute = 1e-12)
{
    /// <summary>‖error‖ relative to what is allowed; at most 1 is accepted.</summary>
    public double Norm(ReadOnlySpan<double> error, ReadOnlySpan<double> y, ReadOnlySpan<double> yNew)
    {
        var sum = 0.0;
        for (var i = 0; i < error.Length; i++)
        {
            var r = error[i] / Scale(y[i], yNew[i]);
            sum += r * r;
        }
        return Math.Sqrt(sum / error.Length);
    }

    /// <summary>The error allowed in a component that goes from <paramref name="y"/> to <paramref name="yNew"/>.</summary>
    public double Scale(double y, double yNew) => Absolute + Relative * Math.Max(Math.Abs(y), Math.Abs(yNew));
}
