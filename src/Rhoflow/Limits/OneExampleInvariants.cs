namespace Rhoflow.Limits;

/// <summary>
/// What stays exactly constant for one example z = y x and one linear layer under the exponential loss (T3 §16), θ the angle
/// between w = ρv and z, γ = ‖z‖ the margin. ‖z‖ drops out of both invariants; it enters only where they are followed in time (ρ ~ log
/// t/γ).
/// </summary>
/// <remarks>
/// Gradient descent, ẇ = e^{−w·z} z: the part of w orthogonal to z does not move, so ρ sin θ is constant (T3 eq. 79, 79a, 79b;
/// PNAS eq. 21, 21a). Weight normalization, ρ̇ = e^{−ρv·z} v·z, v̇ = ρ e^{−ρv·z}(z − v v·z): θ̇ = −ρ e^{…} γ sin θ and ρ̇ = e^{…} γ cos θ,
/// so d log sin θ = −ρ dρ and sin θ e^{ρ²/2} is constant. Hence sin θ ≈ t^{−log t/(2γ²)}, for γ = 1 the t^{−½ log t} of T3 eq. 80, 80a, 80b
/// and PNAS eq. 22, 22a, 22b. Both also hold while θ &gt; π/2, where ρ falls.
/// </remarks>
public static class OneExampleInvariants
{
    /// <summary>ρ sin θ, constant under gradient descent.</summary>
    public static double GradientDescent(double rho, double theta) => rho * Math.Sin(theta);

    /// <summary>log(sin θ e^{ρ²/2}) = log sin θ + ρ²/2, constant under weight normalization.</summary>
    public static double LogWeightNormalization(double rho, double theta) => LogSine(theta) + rho * rho / 2;

    /// <summary>log sin θ under gradient descent when the norm has gone from (rho0, theta0) to <paramref name="rho"/>.</summary>
    public static double LogSineGradientDescent(double rho0, double theta0, double rho) => LogSine(theta0) + Math.Log(rho0 / rho);

    /// <summary>
    /// log sin θ under weight normalization when the norm has gone from (rho0, theta0) to <paramref name="rho"/>; −1e6 is as good as −1.
    /// </summary>
    public static double LogSineWeightNormalization(double rho0, double theta0, double rho) =>
        LogSine(theta0) - (rho - rho0) * (rho + rho0) / 2;

    /// <summary>
    /// (ρ, θ) of gradient flow at log t (natural), exactly: with a = w·z/γ, e^{γ a} = e^{γ a0} + γ² t, and the orthogonal part stays.
    /// </summary>
    public static (double Rho, double Theta) GradientDescentAt(double gamma, double rho0, double theta0, double logT)
    {
        double a0 = rho0 * Math.Cos(theta0), b = rho0 * Math.Sin(theta0);
        double x = gamma * a0, y = logT + 2 * Math.Log(gamma);
        var (high, low) = x > y ? (x, y) : (y, x);
        var a = (high + double.LogP1(Math.Exp(low - high))) / gamma;
        return (double.Hypot(a, b), Math.Atan2(b, a));
    }

    /// <summary>
    /// The law log sin θ ≈ −½(log t/γ)² of weight normalization, from log t (natural): t^{−log t/(2γ²)} (T3 eq. 80, PNAS eq. 22).
    /// </summary>
    public static double LogSineLaw(double gamma, double logT) => -logT * logT / (2 * gamma * gamma);

    /// <summary>
    /// ρ_i² − ρ_1² for each layer, from the layer norms: constant in time for every homogeneous network under gradient flow (T3 eq. 60).
    /// Layers stay equal only if they start equal.
    /// </summary>
    public static double[] NormDifferences(ReadOnlySpan<double> layerNorms)
    {
        var differences = new double[layerNorms.Length];
        for (var k = 0; k < layerNorms.Length; k++)
            differences[k] = (layerNorms[k] - layerNorms[0]) * (layerNorms[k] + layerNorms[0]);
        return differences;
    }

    private static double LogSine(double theta)
    {
        if (!(theta >= 0 && theta <= Math.PI))
            throw new ArgumentOutOfRangeException(nameof(theta), theta, "an angle between directions lies in [0, π]");
        return Math.Log(Math.Sin(theta));
    }
}
