namespace Rhoflow.Losses;

/// <summary>
/// L = Σ log(1 + e^{−z_n}), z_n = y_n f_n; −∂L/∂f_n = y_n/(1 + e^{z_n}) (T3b; catalogue A2). For z → ∞ both go over into the
/// exponential loss, and are computed without cancellation: log log(1 + e^{−z}) → −z.
/// </summary>
internal sealed class LogisticLoss : Loss
{
    public override string Name => "logistic";
    public override string Summary => "Σ log(1 + e^{−y f})  (T3b §3)";
    public override bool HasExponentialTail => true;

    public override LossValue Evaluate(ReadOnlySpan<double> f, ReadOnlySpan<double> y, Span<double> weights)
    {
        for (var n = 0; n < f.Length; n++) weights[n] = LogTerm(y[n] * f[n]);
        var logLoss = Numerics.Vectors.LogSumExp(weights);
        for (var n = 0; n < f.Length; n++) weights[n] = y[n] * Math.Exp(LogSigmoid(-y[n] * f[n]) - logLoss);
        return new LossValue(logLoss, logLoss);
    }

    // ∂²/∂f² log(1 + e^{−z}) = σ(z) σ(−z)
    public override void Curvature(ReadOnlySpan<double> f, ReadOnlySpan<double> y, LossValue value, Span<double> curvature)
    {
        for (var n = 0; n < f.Length; n++)
        {
            var z = y[n] * f[n];
            curvature[n] = Math.Exp(LogSigmoid(z) + LogSigmoid(-z) - value.LogScale);
        }
    }

    // log log(1 + e^{−z})
    private static double LogTerm(double z) => z switch
    {
        > 36 => -z - Math.Exp(-z) / 2,                     // log(e − e²/2 + …) = −z + log(1 − e/2), e = e^{−z} < 3e-16
        > 0 => Math.Log(Log1p(Math.Exp(-z))),
        _ => Math.Log(-z + Log1p(Math.Exp(z))),
    };

    // log 1/(1 + e^{−z})
    private static double LogSigmoid(double z) => z >= 0 ? -Log1p(Math.Exp(-z)) : z - Log1p(Math.Exp(z));

    // log(1 + e) for e ∈ [0, 1] with full relative precision (the classic correction of 1 + e's rounding)
    private static double Log1p(double e)
    {
        var u = 1 + e;
        return u == 1 ? e : Math.Log(u) * e / (u - 1);
    }
}
