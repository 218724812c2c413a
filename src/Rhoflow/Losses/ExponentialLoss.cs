using System.Numerics;
using System.Numerics.Tensors;
using Rhoflow.Numerics;

namespace Rhoflow.Losses;

/// <summary>
/// L = Σ e^{−z_n}, z_n = y_n f_n (T3 eq. 8; PNAS eq. 3; T3b eq. 20, 30). −∂L/∂f_n = L p_n y_n with p = softmax(−z), so the weights are p_n
/// y_n and the scale is log L = logsumexp(−z).
/// </summary>
internal sealed class ExponentialLoss : MarginLoss
{
    public override string Name => "exponential";
    public override string Summary => "Σ e^{−y f}  (T3 eq. 8)";

    protected override double LogTerm(double m) => -m;
    protected override double LogSlope(double m) => -m;
    protected override double LogCurvature(double m) => -m;

    public override LossValue Evaluate(ReadOnlySpan<double> f, ReadOnlySpan<double> y, Span<double> weights)
    {
        var smallest = SignedOutputs(f, y, weights);
        TensorPrimitives.Subtract(smallest, weights, weights);
        Vectors.ExpOfNegatives(weights);
        var sum = SignAndSum(y, weights);
        TensorPrimitives.Multiply(weights, 1 / sum, weights);
        var logLoss = Math.Log(sum) - smallest;
        return new LossValue(logLoss, logLoss);
    }

    // z_n = y_n f_n and their minimum in one pass: flows call this millions of times a second.
    private static double SignedOutputs(ReadOnlySpan<double> f, ReadOnlySpan<double> y, Span<double> z)
    {
        var smallest = double.PositiveInfinity;
        var n = 0;
        if (f.Length >= Vector<double>.Count)
        {
            var least = new Vector<double>(smallest);
            for (; n <= f.Length - Vector<double>.Count; n += Vector<double>.Count)
            {
                var v = new Vector<double>(f[n..]) * new Vector<double>(y[n..]);
                v.CopyTo(z[n..]);
                least = Vector.Min(least, v);
            }
            for (var i = 0; i < Vector<double>.Count; i++) smallest = Math.Min(smallest, least[i]);
        }
        for (; n < f.Length; n++) smallest = Math.Min(smallest, z[n] = f[n] * y[n]);
        return smallest;
    }

    // e_n ← y_n e_n; returns Σ e_n.
    private static double SignAndSum(ReadOnlySpan<double> y, Span<double> e)
    {
        var sums = Vector<double>.Zero;
        var n = 0;
        for (; n <= e.Length - Vector<double>.Count; n += Vector<double>.Count)
        {
            var v = new Vector<double>(e[n..]);
            sums += v;
            (v * new Vector<double>(y[n..])).CopyTo(e[n..]);
        }
        var sum = Vector.Sum(sums);
        for (; n < e.Length; n++)
        {
            sum += e[n];
            e[n] *= y[n];
        }
        return sum;
    }
}
