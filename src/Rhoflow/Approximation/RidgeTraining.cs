using Rhoflow.Numerics;

namespace Rhoflow.Approximation;

/// <summary>
/// Trains a <see cref="RidgeNetwork"/> on the square loss to a function on [−1, 1]^n: Adam (Kingma and Ba 2015; β₁ = .9, β₂ = .999, ε =
/// 1e-8) on minibatches of points drawn once, with a rate that falls to 0 like a half cosine. What is measured is approximation and
/// optimization together; with many more points than parameters there is nothing to generalize.
/// </summary>
public sealed record RidgeTraining
{
    private const double Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;

    /// <summary>Steps.</summary>
    public int Steps { get; init; } = 3000;

    /// <summary>Points per step.</summary>
    public int Batch { get; init; } = 256;

    /// <summary>The first learning rate.</summary>
    public double Rate { get; init; } = 0.01;

    /// <summary>Training points.</summary>
    public int Points { get; init; } = 16_384;

    /// <summary>Points that the error is measured on.</summary>
    public int TestPoints { get; init; } = 8_192;

    /// <summary>The error of the trained network, divided by the standard deviation of f on the test points.</summary>
    /// <param name="network">The network.</param>
    /// <param name="f">The target.</param>
    /// <param name="seed">The seed of the start; points are the same for all seeds.</param>
    /// <param name="cancellation">Looked at before every step.</param>
    /// <exception cref="ArgumentException">Inputs that differ, or counts out of range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public ApproximationError Fit(RidgeNetwork network, CompositionalFunction f, long seed, CancellationToken cancellation = default)
    {
        if (network.Inputs != f.Inputs)
            throw new ArgumentException($"the network takes {network.Inputs} inputs, the function {f.Inputs}", nameof(network));
        if (Steps < 1 || Batch < 1 || Points < Batch || TestPoints < 2)
            throw new ArgumentException(
                $"steps {Steps}, batch {Batch} and test points {TestPoints} must be positive, points {Points} at least the batch");
        var (x, y) = Sample(f, Points, 1);
        var theta = network.Start(new RandomStream(seed, 2));
        Descend(network, x, y, theta, cancellation);
        return Test(network, f, theta);
    }

    /// <summary>θ ← after <see cref="Steps"/> steps on the points.</summary>
    /// <param name="network">The network.</param>
    /// <param name="x">One array per input, at least a batch of points.</param>
    /// <param name="y">The values of f.</param>
    /// <param name="theta">Start and end.</param>
    /// <param name="cancellation">Looked at before every step.</param>
    internal void Descend(RidgeNetwork network, double[][] x, double[] y, double[] theta, CancellationToken cancellation = default)
    {
        double[] gradient = new double[theta.Length], m = new double[theta.Length], v = new double[theta.Length], error = new double[Batch];
        var pass = new RidgePass(network, Batch);
        for (var step = 1; step <= Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var first = (int)((long)(step - 1) * Batch % (y.Length - Batch + 1));
            var output = pass.Forward(theta, x, first, Batch);
            for (var i = 0; i < Batch; i++) error[i] = 2 * (output[i] - y[first + i]) / Batch;
            pass.Backward(theta, error, gradient);
            var rate = Rate * 0.5 * (1 + Math.Cos(Math.PI * step / Steps)) * Math.Sqrt(1 - Math.Pow(Beta2, step))
                / (1 - Math.Pow(Beta1, step));
            for (var i = 0; i < theta.Length; i++)
            {
                m[i] = Beta1 * m[i] + (1 - Beta1) * gradient[i];
                v[i] = Beta2 * v[i] + (1 - Beta2) * gradient[i] * gradient[i];
                theta[i] -= rate * m[i] / (Math.Sqrt(v[i]) + Epsilon);
            }
        }
    }

    private ApproximationError Test(RidgeNetwork network, CompositionalFunction f, double[] theta)
    {
        var (x, y) = Sample(f, TestPoints, 3);
        var output = new RidgePass(network, TestPoints).Forward(theta, x, 0, TestPoints);
        var mean = y.Average();
        var scale = Math.Sqrt(y.Average(t => (t - mean) * (t - mean)));
        var differences = new double[TestPoints];
        for (var i = 0; i < differences.Length; i++) differences[i] = (output[i] - y[i]) / scale;
        return ApproximationError.Of(differences);
    }

    /// <summary>One array per input, and the values of f.</summary>
    internal static (double[][] X, double[] Y) Sample(CompositionalFunction f, int count, int stream)
    {
        var points = ApproximationError.Points(count, f.Inputs, new RandomStream(0, stream));
        double[][] x = [.. Enumerable.Range(0, f.Inputs).Select(_ => new double[count])];
        var y = new double[count];
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < f.Inputs; j++) x[j][i] = points[i * f.Inputs + j];
            y[i] = f.At(points.AsSpan(i * f.Inputs, f.Inputs));
        }
        return (x, y);
    }
}
