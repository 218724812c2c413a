namespace Rhoflow.Losses;

/// <summary>
/// L = Σ E_n², E = y − f; −∂L/∂f_n = 2 E_n (T3b eq. 13, 14, 26, 27; SQ eq. 2b; T3b eq. 15, 18 lack the factor 2). With classes Σ_n Σ_c
/// (t_{nc} − f_{nc})², t_{nc} = 1 for c = y_n and <paramref name="other"/> (0 or −1) elsewhere. The mean is over examples, so it is C times
/// PyTorch's mse_loss, which divides by N·C.
/// </summary>
internal sealed class SquareLoss(double other, string name, string summary) : Loss
{
    public override string Name => name;
    public override string Summary => summary;
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

    public override void Curvature(ReadOnlySpan<double> f, ReadOnlySpan<double> y, LossValue value, Span<double> curvature) =>
        curvature.Fill(2);

    protected override LossValue EvaluateClasses(ReadOnlySpan<double> f, ReadOnlySpan<double> y, int classes, Span<double> weights)
    {
        var sum = 0.0;
        for (var n = 0; n < y.Length; n++)
            for (var c = 0; c < classes; c++)
            {
                var error = (c == (int)y[n] ? 1 : other) - f[n * classes + c];
                weights[n * classes + c] = 2 * error;
                sum += error * error;
            }
        return new LossValue(Math.Log(sum), 0);
    }

    protected override void CurvatureTimesClasses(ReadOnlySpan<double> f, ReadOnlySpan<double> y, int classes, LossValue value,
        ReadOnlySpan<double> fDot, Span<double> result)
    {
        for (var i = 0; i < fDot.Length; i++) result[i] = 2 * fDot[i];
    }
}
