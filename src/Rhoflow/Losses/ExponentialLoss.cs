using System.Numerics.Tensors;

namespace Rhoflow.Losses;

/// <summary>
/// L = Σ e^{−z_n}, z_n = y_n f_n (T3 eq 8; PNAS eq 3). −∂L/∂f_n = L p_n y_n with p = softmax(−z), so the weights are p_n y_n
/// and the scale is log L = logsumexp(−z).
/// </summary>
internal sealed class ExponentialLoss : Loss
{
    public override string Name => "exponential";
    public override string Summary => "Σ e^{−y f}  (T3 eq 8)";
    public override bool HasExponentialTail => true;

    public override LossValue Evaluate(ReadOnlySpan<double> f, ReadOnlySpan<double> y, Span<double> weights)
    {
        TensorPrimitives.Multiply(f, y, weights);
        var smallest = TensorPrimitives.Min<double>(weights);
        TensorPrimitives.Subtract(smallest, weights, weights);
        TensorPrimitives.Exp(weights, weights);
        var sum = TensorPrimitives.Sum<double>(weights);
        TensorPrimitives.Multiply(weights, 1 / sum, weights);
        TensorPrimitives.Multiply(weights, y, weights);
        var logLoss = Math.Log(sum) - smallest;
        return new LossValue(logLoss, logLoss);
    }

    public override void Curvature(ReadOnlySpan<double> f, ReadOnlySpan<double> y, LossValue value, Span<double> curvature)
    {
        for (var n = 0; n < f.Length; n++) curvature[n] = Math.Exp(-y[n] * f[n] - value.LogScale);
    }
}
