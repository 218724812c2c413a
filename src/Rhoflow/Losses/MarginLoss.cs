using Rhoflow.Numerics;

namespace Rhoflow.Losses;

/// <summary>
/// L = Σ ℓ(m_n) with a falling ℓ of the margin: m_n = y_n f_n for one output, m_n = f_{y_n} − max_{j≠y_n} f_j for classes. Where several
/// classes tie for the maximum, the first carries the derivative (any of them is a subgradient). Known through log ℓ, log(−ℓ')
/// and log ℓ'', so that nothing underflows; the scale of derivatives is log L.
/// </summary>
internal abstract class MarginLoss : Loss
{
    public override bool HasExponentialTail => true;

    /// <summary>log ℓ(m).</summary>
    protected abstract double LogTerm(double m);

    /// <summary>log(−ℓ'(m)).</summary>
    protected abstract double LogSlope(double m);

    /// <summary>log ℓ''(m).</summary>
    protected abstract double LogCurvature(double m);

    public override void Curvature(ReadOnlySpan<double> f, ReadOnlySpan<double> y, LossValue value, Span<double> curvature)
    {
        for (var n = 0; n < f.Length; n++) curvature[n] = Math.Exp(LogCurvature(y[n] * f[n]) - value.LogScale);
    }

    protected override LossValue EvaluateClasses(ReadOnlySpan<double> f, ReadOnlySpan<double> y, int classes, Span<double> weights)
    {
        // The first N of the N·C weights hold log ℓ(m_n) until log L is known.
        for (var n = 0; n < y.Length; n++) weights[n] = LogTerm(Margin.Of(f.Slice(n * classes, classes), (int)y[n], out _));
        var logLoss = Vectors.LogSumExp(weights[..y.Length]);
        weights.Clear();
        for (var n = 0; n < y.Length; n++)
        {
            var m = Margin.Of(f.Slice(n * classes, classes), (int)y[n], out var rival);
            var slope = Math.Exp(LogSlope(m) - logLoss);
            weights[n * classes + (int)y[n]] = slope;
            weights[n * classes + rival] = -slope;
        }
        return new LossValue(logLoss, logLoss);
    }

    protected override void CurvatureTimesClasses(ReadOnlySpan<double> f, ReadOnlySpan<double> y, int classes, LossValue value,
        ReadOnlySpan<double> fDot, Span<double> result)
    {
        result.Clear();
        for (var n = 0; n < y.Length; n++)
        {
            var m = Margin.Of(f.Slice(n * classes, classes), (int)y[n], out var rival);
            int own = n * classes + (int)y[n], other = n * classes + rival;
            var along = Math.Exp(LogCurvature(m) - value.LogScale) * (fDot[own] - fDot[other]);
            result[own] = along;
            result[other] = -along;
        }
    }
}
