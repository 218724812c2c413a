using Rhoflow.Measures.Collapse;
using Rhoflow.Numerics;
using Rhoflow.Observations;

namespace Rhoflow.Papers.Since;

/// <summary>
/// The unconstrained-features model (Zhu et al. 2021): the features are parameters themselves,
/// L(W, H, b) = (1/N) Σ_n CE(Wh_n + b, y_n) + λ(‖W‖² + ‖H‖² + ‖b‖²)/2 with n examples of each of K classes, N = nK, followed by gradient
/// descent in steps of one over a bound of the curvature. Its minimum is known: W is a simplex equiangular tight frame with
/// ‖W‖² = m(K − 1)√n, h_n = w_{y_n}/√n, b = 0, logits that differ by m = log(1/(λ√n) − (K − 1)).
/// </summary>
internal sealed class UnconstrainedFeatures
{
    private readonly int _n;
    private readonly double _lambda;
    private readonly double[] _descent, _p;

    /// <param name="classes">K ≥ 2.</param>
    /// <param name="width">d &gt; K, the length of a feature.</param>
    /// <param name="examples">n of each class.</param>
    /// <param name="lambda">λ_W = λ_H = λ_b, below 1/(K√n), where the minimum is not 0.</param>
    /// <param name="start">N(0, 1) entries.</param>
    public UnconstrainedFeatures(int classes, int width, int examples, double lambda, RandomStream start)
    {
        (Classes, Width, _n, _lambda) = (classes, width, examples, lambda);
        Parameters = new double[classes * width + Count * width + classes];
        foreach (ref var v in Parameters.AsSpan()) v = start.NextNormal();
        (_descent, _p) = (new double[Parameters.Length], new double[classes]);
    }

    /// <summary>K.</summary>
    public int Classes { get; }

    /// <summary>d.</summary>
    public int Width { get; }

    /// <summary>N.</summary>
    public int Count => Classes * _n;

    /// <summary>W (K × d), H (N × d, class by class) and b, one after the other.</summary>
    public double[] Parameters { get; }

    /// <summary>W, K × d.</summary>
    public Span<double> W => Parameters.AsSpan(0, Classes * Width);

    /// <summary>H, N × d.</summary>
    public Span<double> H => Parameters.AsSpan(Classes * Width, Count * Width);

    /// <summary>b, K.</summary>
    public Span<double> B => Parameters.AsSpan(^Classes..);

    /// <summary>m of the minimum.</summary>
    public double LeastMargin => Math.Log(1 / (_lambda * Math.Sqrt(_n)) - (Classes - 1));

    /// <summary>‖W‖² = ‖H‖² of the minimum.</summary>
    public double LeastSquare => LeastMargin * (Classes - 1) * Math.Sqrt(_n);

    /// <summary>L of the minimum.</summary>
    public double LeastLoss => Math.Log(1 + (Classes - 1) * Math.Exp(-LeastMargin)) + _lambda * LeastSquare;

    /// <summary>L, with −∇L in <paramref name="descent"/>.</summary>
    public double Evaluate(ReadOnlySpan<double> parameters, Span<double> descent)
    {
        int k = Classes, d = Width, count = Count;
        var w = parameters[..(k * d)];
        var h = parameters.Slice(k * d, count * d);
        var b = parameters[^k..];
        Vectors.Scale(-_lambda, parameters, descent);
        var loss = _lambda / 2 * Vectors.Dot(parameters, parameters);
        for (var n = 0; n < count; n++)
        {
            var feature = h.Slice(n * d, d);
            var label = n / _n;
            for (var c = 0; c < k; c++) _p[c] = Vectors.Dot(w.Slice(c * d, d), feature) + b[c];
            var log = Vectors.LogSumExp(_p);
            loss += (log - _p[label]) / count;
            for (var c = 0; c < k; c++)
            {
                var pull = ((c == label ? 1 : 0) - Math.Exp(_p[c] - log)) / count;
                Vectors.Add(pull, feature, descent.Slice(c * d, d));
                Vectors.Add(pull, w.Slice(c * d, d), descent.Slice((k + n) * d, d));
                descent[^(k - c)] += pull;
            }
        }
        return loss;
    }

    /// <summary>L and ‖∇L‖ here.</summary>
    public (double Loss, double Slope) At()
    {
        var loss = Evaluate(Parameters, _descent);
        return (loss, Vectors.Norm(_descent));
    }

    /// <summary>Steps of descent. With <paramref name="merged"/> the first two classes are kept alike, a subspace that the gradient does
    /// not leave.</summary>
    public void Descend(int steps, bool merged = false, CancellationToken cancellation = default)
    {
        for (var i = 0; i < steps; i++)
        {
            if (i % 1000 == 0) cancellation.ThrowIfCancellationRequested();
            if (merged) Merge();
            Evaluate(Parameters, _descent);
            // ½(‖W‖² + ‖H‖²)/N + ½ of the logits' part, 1/√N of the product's.
            var squares = Vectors.Dot(W, W) + Vectors.Dot(H, H);
            Vectors.Add(1 / (squares / (2 * Count) + .5 + 1 / Math.Sqrt(Count) + _lambda), _descent, Parameters);
        }
        if (merged) Merge();
    }

    /// <summary>The direction that parts the first two classes along u, orthogonal to all rows of W: +u for one, −u for the
    /// other.</summary>
    public double[] Parting()
    {
        var u = new double[Width];
        u[0] = 1;
        // Off the span of the rows, which is of dimension K − 1 or less.
        for (var j = 0; j < Width && !Off(u); j++)
        {
            Array.Clear(u);
            u[j] = 1;
        }
        var direction = new double[Parameters.Length];
        for (var c = 0; c < 2; c++)
        {
            Vectors.Add(1 - 2 * c, u, direction.AsSpan(c * Width, Width));
            for (var i = 0; i < _n; i++)
                Vectors.Add((1 - 2 * c) / Math.Sqrt(_n), u, direction.AsSpan((Classes + c * _n + i) * Width, Width));
        }
        return direction;
    }

    /// <summary>NC1 to NC4 of H and W.</summary>
    public NeuralCollapse Collapse() => NeuralCollapse.Of(FeatureMatrix.Of(H.ToArray(), Width),
        ClassLabels.Of([.. Enumerable.Range(0, Count).Select(n => n / _n)], Classes), W);

    // u ← u without its part in the rows of W, by Gram–Schmidt; false where little is left.
    private bool Off(double[] u)
    {
        var basis = new List<double[]>();
        for (var c = 0; c < Classes; c++)
        {
            var row = W.Slice(c * Width, Width).ToArray();
            var size = Vectors.Norm(row);
            foreach (var e in basis) Vectors.Add(-Vectors.Dot(e, row), e, row);
            if (Vectors.Norm(row) <= 1e-8 * size) continue;
            Vectors.Scale(1 / Vectors.Norm(row), row, row);
            basis.Add(row);
        }
        foreach (var e in basis) Vectors.Add(-Vectors.Dot(e, u), e, u);
        if (Vectors.Norm(u) < .1) return false;
        Vectors.Scale(1 / Vectors.Norm(u), u, u);
        return true;
    }

    private void Merge()
    {
        void Alike(Span<double> a, Span<double> b)
        {
            for (var i = 0; i < a.Length; i++) a[i] = b[i] = (a[i] + b[i]) / 2;
        }
        Alike(W[..Width], W.Slice(Width, Width));
        Alike(H[..(_n * Width)], H.Slice(_n * Width, _n * Width));
        Alike(B[..1], B.Slice(1, 1));
    }
}
