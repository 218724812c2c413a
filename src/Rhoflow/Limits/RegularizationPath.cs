using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Data;
using Rhoflow.Kernels;
using Rhoflow.Losses;
using Rhoflow.Numerics;

namespace Rhoflow.Limits;

/// <summary>A point of the path.</summary>
public sealed record RegularizationPoint
{
    private readonly double[] _weights;

    internal RegularizationPoint(double[] weights) => _weights = weights;

    /// <summary>log λ, natural.</summary>
    public required double LogLambda { get; init; }

    /// <summary>w(λ), d numbers.</summary>
    public ReadOnlySpan<double> Weights => _weights;

    /// <summary>log Σ ℓ_n at w(λ), without the penalty.</summary>
    public required double LogLoss { get; init; }

    /// <summary>
    /// ‖−∇L − 2λw‖ / (Σ |∂ℓ_n/∂f_n|‖x_n‖ + ‖2λw‖): the stationarity Σ y x e^{−y w·x} = 2λw, relative to the terms it is the sum of (for the
    /// square loss to 2Σ(|y_n| + |f_n|)‖x_n‖ + ‖2λw‖). Exponents of size w·z cost it about |log λ|·1e-16.
    /// </summary>
    public required double Residual { get; init; }

    /// <summary>Newton steps over the whole continuation.</summary>
    public required int NewtonSteps { get; init; }

    /// <summary>ρ = ‖w(λ)‖.</summary>
    public double Rho => Vectors.Norm(_weights);
}

/// <summary>
/// w(λ) = argmin Σ ℓ(y_n, w·x_n) + λ‖w‖² for a linear network (T3b eq. 8, 17, 24 with 2λ for λ). For exponential-type losses it is the
/// curve ρ v*(ρ) of the fixed-ρ minimizers, so its direction reaches the maximum margin like ‖c‖/ρ with ρ ≈ log(1/λ)/γ: very slowly, and
/// not monotonically. Newton on the strictly convex objective, continued from large λ in the log domain.
/// </summary>
/// <remarks>
/// T3b's printed solution w = Σ k_n x_n, e^{−k_n x_n·Σ x_j} = k_n λ is wrong; the right relation is e^{−x_n·Σ_j k_j x_j} = 2λ k_n.
/// </remarks>
public static class RegularizationPath
{
    /// <summary>One point of the path.</summary>
    /// <param name="data">Labels that the loss takes; need not be separable.</param>
    /// <param name="loss">Summed over examples.</param>
    /// <param name="lambda">λ &gt; 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">λ is not positive and finite.</exception>
    /// <exception cref="DataException">Labels that the loss does not take.</exception>
    /// <exception cref="ArithmeticException">Newton's method did not settle.</exception>
    public static RegularizationPoint Solve(Dataset data, Loss loss, double lambda)
    {
        if (!(lambda > 0 && double.IsFinite(lambda)))
            throw new ArgumentOutOfRangeException(nameof(lambda), lambda, "λ must be positive; for λ → 0 see HardMargin and MinimumNorm");
        return At(data, loss, [Math.Log(lambda)])[0];
    }

    /// <summary>Points of the path at several λ, each continued from the next larger one.</summary>
    /// <param name="data">Labels that the loss takes; need not be separable.</param>
    /// <param name="loss">Summed over examples.</param>
    /// <param name="logLambdas">log λ, natural, in any order; −690 is λ = 1e-300, and there is no lower end.</param>
    /// <param name="cancellation">Looked at before every step of Newton's method.</param>
    /// <returns>A point for each λ, in the order given.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A logarithm is not finite.</exception>
    /// <exception cref="DataException">Labels that the loss does not take.</exception>
    /// <exception cref="ArithmeticException">Newton's method did not settle.</exception>
    public static RegularizationPoint[] At(Dataset data, Loss loss, IReadOnlyList<double> logLambdas,
        CancellationToken cancellation = default)
    {
        foreach (var l in logLambdas)
            if (!double.IsFinite(l)) throw new ArgumentOutOfRangeException(nameof(logLambdas), l, "log λ must be finite");
        if (!data.IsBinary && !loss.TakesRealTargets)
            throw new DataException($"data '{data.Name}': the {loss.Name} loss needs labels −1 and +1");
        if (loss == Loss.Square)
        {
            var system = MinimumNorm.Of(data, cancellation: cancellation);
            return [.. logLambdas.Select(l => Ridge(data, system, l))];
        }
        var points = new RegularizationPoint[logLambdas.Count];
        var state = new State(data, loss);
        var w = new double[state.Rank];
        var steps = 0;
        var at = double.PositiveInfinity;
        foreach (var (target, index) in logLambdas.Select((l, i) => (l, i)).OrderByDescending(p => p.l))
        {
            var start = Math.Max(target, state.LargeLogLambda);
            if (at > start) steps += state.Newton(w, at = start, cancellation);
            for (var h = 1.0; at > target;)
            {
                var next = Math.Max(target, at - h);
                state.Predict(w, at, next);
                var used = state.Newton(w, at = next, cancellation);
                steps += used;
                // The path is nearly straight in log λ, so steps may grow while the corrector has little to do.
                h = used <= 4 ? 2 * h : used >= 8 ? Math.Max(.25, h / 2) : h;
            }
            points[index] = state.Point(w, target, steps);
        }
        return points;
    }

    // The square loss is linear: its path is ridge regression, through the singular values at any λ.
    private static RegularizationPoint Ridge(Dataset data, MinimumNorm system, double logLambda)
    {
        var w = system.Ridge(Math.Exp(logLambda));
        var force = new double[w.Length];
        double size = 2 * Math.Exp(logLambda) * Vectors.Norm(w), loss = 0;
        Vectors.Add(-2 * Math.Exp(logLambda), w, force);
        for (var n = 0; n < data.Count; n++)
        {
            var error = data.Y[n] - Compensated.Dot(w, data.Example(n));
            Vectors.Add(2 * error, data.Example(n), force);
            size += 2 * (Math.Abs(data.Y[n]) + Math.Abs(data.Y[n] - error)) * Vectors.Norm(data.Example(n));
            loss += error * error;
        }
        return new RegularizationPoint(w)
        {
            LogLambda = logLambda,
            LogLoss = Math.Log(loss),
            Residual = size == 0 ? 0 : Vectors.Norm(force) / size,
            NewtonSteps = 0,
        };
    }

    private sealed class State
    {
        private readonly RowSpace _space;
        private readonly double[][] _x;
        private readonly double[] _y, _f, _c, _curvature, _force, _norms;
        private readonly Loss _loss;

        public State(Dataset data, Loss loss)
        {
            _loss = loss;
            _y = data.Y.ToArray();
            // w(λ) lies in the span of the examples.
            var rows = Enumerable.Range(0, data.Count).Select(n => data.Example(n).ToArray()).ToArray();
            _space = new RowSpace(rows, data.Inputs, 1e-14);
            _x = [.. rows.Select(r => _space.Coordinates(r))];
            _f = new double[data.Count];
            _c = new double[data.Count];
            _curvature = new double[data.Count];
            _force = new double[Rank];
            _norms = [.. _x.Select(r => Vectors.Norm(r))];
            var squares = _x.Sum(r => Vectors.Dot(r, r));
            LargeLogLambda = squares > 0 ? Math.Log(squares) : 0;
        }

        public int Rank => _space.Rank;

        /// <summary>Here the penalty outweighs the loss's curvature at 0, and Newton from 0 is in its safe zone.</summary>
        public double LargeLogLambda { get; }

        private LossValue Evaluate(double[] w)
        {
            for (var n = 0; n < _f.Length; n++) _f[n] = Compensated.Dot(w, _x[n]);
            return _loss.Evaluate(_f, _y, _c);
        }

        // log of L/λ + ‖w‖²: a difference of logarithms decides the line search where the values themselves would overflow.
        private double LogObjective(double[] w, double logLambda) =>
            Vectors.LogSumExp([Evaluate(w).LogLoss - logLambda, 2 * Math.Log(Vectors.Norm(w))]);

        // (∇²L + 2λI, −∇L − 2λw), both divided by the larger of λ and the loss's own scale; without separation that is the loss's.
        private (DenseMatrix Hessian, double Penalty, double Residual) Linearize(double[] w, double logLambda, double[] force)
        {
            var value = Evaluate(w);
            var larger = Math.Max(value.LogScale, logLambda);
            double scale = Math.Exp(value.LogScale - larger), penalty = 2 * Math.Exp(logLambda - larger);
            var size = penalty * Vectors.Norm(w);
            Array.Clear(force);
            for (var n = 0; n < _f.Length; n++)
            {
                Vectors.Add(scale * _c[n], _x[n], force);
                size += scale * Math.Abs(_c[n]) * _norms[n];
            }
            Vectors.Add(-penalty, w, force);
            _loss.Curvature(_f, _y, value, _curvature);
            var h = DenseMatrix.Create(Rank, Rank, 0);
            for (var n = 0; n < _f.Length; n++)
            {
                var weight = scale * _curvature[n];
                if (weight > 0)
                    for (var j = 0; j < Rank; j++) Vectors.Add(weight * _x[n][j], _x[n], h.Values.AsSpan(j * Rank, Rank));
            }
            for (var i = 0; i < Rank; i++) h[i, i] += penalty;
            return (h, penalty, size == 0 ? 0 : Vectors.Norm(force) / size);
        }

        // dw/d log λ = −(∇²L + 2λI)⁻¹ 2λw.
        public void Predict(double[] w, double from, double to)
        {
            var (h, penalty, _) = Linearize(w, from, _force);
            var slope = h.Cholesky().Solve(DenseVector.OfArray(w));
            for (var i = 0; i < Rank; i++) w[i] -= penalty * (to - from) * slope[i];
        }

        public int Newton(double[] w, double logLambda, CancellationToken cancellation)
        {
            var previous = double.PositiveInfinity;
            var best = (double[])w.Clone();
            for (var step = 0; step < 500; step++)
            {
                cancellation.Look();
                var (h, _, residual) = Linearize(w, logLambda, _force);
                // Quadratic convergence until rounding: stop when a small residual no longer falls.
                if (residual <= 1e-16 || (residual < 1e-9 && residual > .5 * previous))
                {
                    if (residual > previous) best.CopyTo(w, 0);
                    return step;
                }
                previous = residual;
                w.CopyTo(best, 0);
                var dw = h.Cholesky().Solve(DenseVector.OfArray(_force)).ToArray();
                var value = LogObjective(w, logLambda);
                for (var t = 1.0; ; t /= 2)
                {
                    for (var i = 0; i < Rank; i++) w[i] = best[i] + t * dw[i];
                    if (residual < 1e-6 || LogObjective(w, logLambda) < value || t < 1e-12) break;
                }
            }
            throw new ArithmeticException($"the regularization path did not settle at log λ = {logLambda:g6}");
        }

        public RegularizationPoint Point(double[] w, double logLambda, int steps)
        {
            var residual = Linearize(w, logLambda, _force).Residual;
            return new RegularizationPoint(_space.Vector(w))
            {
                LogLambda = logLambda,
                LogLoss = Evaluate(w).LogLoss,
                Residual = residual,
                NewtonSteps = steps,
            };
        }
    }
}
