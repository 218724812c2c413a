using System.Numerics.Tensors;
using Rhoflow.Kernels;
using Rhoflow.Numerics;

namespace Rhoflow.Approximation;

/// <summary>
/// Least squares of a <see cref="RidgeNetwork"/> by Levenberg and Marquardt: δ = −(JᵀJ + μ diag JᵀJ)⁻¹ Jᵀr on all points at once, with
/// Nielsen's rule for μ (Madsen, Nielsen and Tingleff 2004, §3.2). For a few hundred parameters it finds what Adam
/// (<see cref="RidgeTraining"/>) does not in any time; it ends in a local minimum all the same, and from a random start in worse ones than
/// after some of Adam's steps.
/// </summary>
internal sealed record LevenbergMarquardt
{
    /// <summary>The most steps, those that were not taken counted.</summary>
    public int Steps { get; init; } = 300;

    /// <summary>It ends when the sum of squares has fallen by less than this share in twenty steps.</summary>
    public double Progress { get; init; } = 1e-3;

    /// <summary>What goes before, from a random start on the same points; null: nothing.</summary>
    public RidgeTraining? First { get; init; }

    /// <summary>Training points.</summary>
    public int Points { get; init; } = 1024;

    /// <summary>Points that the error is measured on.</summary>
    public int TestPoints { get; init; } = 4096;

    /// <summary>Where a descent ended.</summary>
    /// <param name="Test">Errors on fresh points over the standard deviation of f there.</param>
    /// <param name="Training">√ mean square error on the training points over the standard deviation of f there.</param>
    /// <param name="Steps">Tried.</param>
    /// <param name="Settled">Whether it came to rest; otherwise it ran out of steps.</param>
    internal readonly record struct End(ApproximationError Test, double Training, int Steps, bool Settled);

    /// <summary>From one start.</summary>
    /// <param name="network">The network.</param>
    /// <param name="f">The target on [−1, 1]^n.</param>
    /// <param name="seed">Of the start; the points are the same for all.</param>
    /// <param name="cancellation">Looked at before every step.</param>
    public End Fit(RidgeNetwork network, CompositionalFunction f, long seed, CancellationToken cancellation = default)
    {
        if (network.Inputs != f.Inputs)
            throw new ArgumentException($"the network takes {network.Inputs} inputs, the function {f.Inputs}", nameof(network));
        var (x, y) = RidgeTraining.Sample(f, Points, 1);
        var theta = network.Start(new RandomStream(seed, 2));
        First?.Descend(network, x, y, theta, cancellation);
        var (steps, settled) = Descend(network, x, y, theta, cancellation);
        var (testX, testY) = RidgeTraining.Sample(f, TestPoints, 3);
        return new End(Relative(network, theta, testX, testY), Relative(network, theta, x, y).L2, steps, settled);
    }

    /// <summary>θ ← a local minimum of Σ (f(θ; x_i) − y_i)², from where θ is.</summary>
    /// <returns>Steps tried, and whether it came to rest.</returns>
    internal (int Steps, bool Settled) Descend(RidgeNetwork network, double[][] x, double[] y, double[] theta,
        CancellationToken cancellation = default)
    {
        int n = theta.Length, count = y.Length;
        var pass = new RidgePass(network, count);
        var jacobian = new double[n][];
        for (var p = 0; p < n; p++) jacobian[p] = new double[count];
        double[] normal = new double[n * n], damped = new double[n * n], gradient = new double[n], residual = new double[count],
            next = new double[n], trial = new double[count];
        var sum = Residual(pass, theta, x, y, residual);
        double mu = 1e-3, growth = 2, before = sum;
        var stale = true;
        using var team = new Team();
        for (var step = 1; step <= Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (stale)
            {
                pass.Forward(theta, x, 0, count);
                pass.Jacobian(theta, jacobian);
                for (var p = 0; p < n; p++)
                {
                    gradient[p] = TensorPrimitives.Dot<double>(jacobian[p], residual);
                    for (var q = 0; q <= p; q++)
                        normal[p * n + q] = normal[q * n + p] = TensorPrimitives.Dot<double>(jacobian[p], jacobian[q]);
                }
                stale = false;
            }
            normal.CopyTo(damped, 0);
            // A unit that is dead on all points has no curvature: it stays where it is.
            for (var p = 0; p < n; p++) damped[p * n + p] += mu * normal[p * n + p] + 1e-12;
            var delta = Cholesky.Of(damped, n, team)?.Solve(gradient, 1);
            var predicted = 0.0;
            if (delta is not null)
            {
                for (var p = 0; p < n; p++)
                {
                    next[p] = theta[p] - delta[p];
                    predicted += delta[p] * (mu * normal[p * n + p] * delta[p] + gradient[p]);
                }
            }
            var after = delta is null ? double.NaN : Residual(pass, next, x, y, trial);
            if (after < sum)
            {
                var gain = (sum - after) / predicted;
                mu = Math.Max(1e-15, mu * Math.Max(1.0 / 3, 1 - Math.Pow(2 * gain - 1, 3)));
                (growth, sum, stale) = (2, after, true);
                next.CopyTo(theta, 0);
                trial.CopyTo(residual, 0);
            }
            else
            {
                mu *= growth;
                growth *= 2;
                if (mu > 1e15) return (step, true);
            }
            if (step % 20 != 0) continue;
            if (sum >= before * (1 - Progress)) return (step, true);
            before = sum;
        }
        return (Steps, false);
    }

    private static double Residual(RidgePass pass, double[] theta, double[][] x, double[] y, double[] residual)
    {
        TensorPrimitives.Subtract(pass.Forward(theta, x, 0, y.Length), y, residual);
        return TensorPrimitives.SumOfSquares<double>(residual);
    }

    private static ApproximationError Relative(RidgeNetwork network, double[] theta, double[][] x, double[] y)
    {
        var errors = new double[y.Length];
        Residual(new RidgePass(network, y.Length), theta, x, y, errors);
        var mean = y.Average();
        Vectors.Scale(1 / Math.Sqrt(y.Average(t => (t - mean) * (t - mean))), errors, errors);
        return ApproximationError.Of(errors);
    }
}
