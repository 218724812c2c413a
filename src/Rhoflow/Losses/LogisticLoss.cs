namespace Rhoflow.Losses;

/// <summary>
/// L = Σ log(1 + e^{−z_n}), z_n = y_n f_n; −∂L/∂f_n = y_n/(1 + e^{z_n}) (T3b §3). For z → ∞ both go over into the
/// exponential loss, and are computed without cancellation: log log(1 + e^{−z}) → −z.
/// </summary>
internal sealed class LogisticLoss : MarginLoss
{
    public override string Name => "logistic";
    public override string Summary => "Σ log(1 + e^{−y f})  (T3b §3)";

    protected override double LogTerm(double m) => LogSigmoid.LogSoftplusOfMinus(m);
    protected override double LogSlope(double m) => LogSigmoid.At(-m);

    // ∂²/∂f² log(1 + e^{−z}) = σ(z) σ(−z)
    protected override double LogCurvature(double m) => LogSigmoid.At(m) + LogSigmoid.At(-m);

    public override LossValue Evaluate(ReadOnlySpan<double> f, ReadOnlySpan<double> y, Span<double> weights)
    {
        for (var n = 0; n < f.Length; n++) weights[n] = LogTerm(y[n] * f[n]);
        var logLoss = Numerics.Vectors.LogSumExp(weights);
        for (var n = 0; n < f.Length; n++) weights[n] = y[n] * Math.Exp(LogSlope(y[n] * f[n]) - logLoss);
        return new LossValue(logLoss, logLoss);
    }
}
