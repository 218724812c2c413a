namespace Rhoflow.Losses;

/// <summary>L = Σ E_n², E = y − f; −∂L/∂f_n = 2 E_n (T3b eq 14, 27; eq 15 and 18 there lack the factor 2).</summary>
internal sealed class SquareLoss : Loss
{
    public override string Name => "square";
    public override string Summary => "Σ (y − f)²  (T3b eq 14, SQ eq 1)";
    public override bool HasExponentialTail => false;
    public override bool TakesRealTargets => true;

    public override LossValue Evaluate(ReadOnlySpan<double> f, ReadOnlySpan<double> y, Span<double> weights)
    {
        var sum = 0.0;
        for (var n = 0; n < f.Length; n++)
        {
            var error = y[n] - f[n];
            weights[n] = 2 * error;
            sum += error * error;
        }
        return new LossValue(Math.Log(sum), 0);
    }

    public override void Curvature(ReadOnlySpan<double> f, ReadOnlySpan<double> y, LossValue value, Span<double> curvature) => curvature.Fill(2);
}
