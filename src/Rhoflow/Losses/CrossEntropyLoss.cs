using Rhoflow.Numerics;

namespace Rhoflow.Losses;

/// <summary>
/// L = −Σ_n log p_{y_n}, p = softmax(f_n); −∂L/∂f_c = [c = y] − p_c (T3b eq. 59, 60). All
/// of it goes through a = log Σ_{j≠y} e^{f_j − f_y}: the term is log(1 + e^a), 1 − p_y = σ(a), so that an example with f_y 2300 above
/// the others still has all its digits. The sum of PyTorch's cross_entropy (whose default is the mean over examples), without
/// label smoothing or class weights. With one output and labels ±1 it is the logistic loss.
/// </summary>
internal sealed class CrossEntropyLoss : Loss
{
    public override string Name => "cross-entropy";
    public override string Summary => "−Σ log softmax(f)_y  (T3b eq. 60)";
    public override bool HasExponentialTail => true;

    public override LossValue Evaluate(ReadOnlySpan<double> f, ReadOnlySpan<double> y, Span<double> weights) =>
        Logistic.Evaluate(f, y, weights);

    public override void Curvature(ReadOnlySpan<double> f, ReadOnlySpan<double> y, LossValue value, Span<double> curvature) =>
        Logistic.Curvature(f, y, value, curvature);

    protected override LossValue EvaluateClasses(ReadOnlySpan<double> f, ReadOnlySpan<double> y, int classes, Span<double> weights)
    {
        // The first N of the N·C weights hold log ℓ_n until log L is known.
        for (var n = 0; n < y.Length; n++) weights[n] = LogSigmoid.LogSoftplusOfMinus(-LogOdds(f.Slice(n * classes, classes), (int)y[n]));
        var logLoss = Vectors.LogSumExp(weights[..y.Length]);
        for (var n = 0; n < y.Length; n++)
        {
            var row = f.Slice(n * classes, classes);
            var own = (int)y[n];
            var a = LogOdds(row, own);
            var logOwn = LogSigmoid.At(-a);
            var w = weights.Slice(n * classes, classes);
            for (var j = 0; j < classes; j++)
                w[j] = j == own ? Math.Exp(LogSigmoid.At(a) - logLoss) : -Math.Exp(row[j] - row[own] + logOwn - logLoss);
        }
        return new LossValue(logLoss, logLoss);
    }

    // (diag p − p pᵀ) ḟ with u_j = ḟ_j − ḟ_y and ū = Σ p_j u_j: p_j (u_j − ū) for j ≠ y and −p_y ū for y, no difference of large parts.
    protected override void CurvatureTimesClasses(ReadOnlySpan<double> f, ReadOnlySpan<double> y, int classes, LossValue value,
        ReadOnlySpan<double> fDot, Span<double> result)
    {
        for (var n = 0; n < y.Length; n++)
        {
            ReadOnlySpan<double> row = f.Slice(n * classes, classes), u = fDot.Slice(n * classes, classes);
            var r = result.Slice(n * classes, classes);
            var own = (int)y[n];
            var logOwn = LogSigmoid.At(-LogOdds(row, own));
            double mean = 0, scaledMean = 0;
            for (var j = 0; j < classes; j++)
            {
                if (j == own) continue;
                var logP = row[j] - row[own] + logOwn;
                r[j] = Math.Exp(logP - value.LogScale);
                mean += Math.Exp(logP) * (u[j] - u[own]);
                scaledMean += r[j] * (u[j] - u[own]);
            }
            for (var j = 0; j < classes; j++) r[j] = j == own ? -Math.Exp(logOwn) * scaledMean : r[j] * (u[j] - u[own] - mean);
        }
    }

    // a = log Σ_{j≠y} e^{f_j − f_y}
    private static double LogOdds(ReadOnlySpan<double> f, int y)
    {
        Margin.Of(f, y, out var rival);
        var sum = 0.0;
        for (var j = 0; j < f.Length; j++)
            if (j != y) sum += Math.Exp(f[j] - f[rival]);
        return f[rival] - f[y] + Math.Log(sum);
    }
}
