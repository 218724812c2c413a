using Rhoflow.Data;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Numerics.Eigen;
using Rhoflow.Observations;
using Rhoflow.Tests.Limits;

namespace Rhoflow.Tests.Measures.Curvature;

/// <summary>Networks of every kind, at a point, on random data.</summary>
internal static class CurvaturePoints
{
    private static readonly Dictionary<string, (Network Network, Loss Loss)> Points = new()
    {
        ["linear, square"] = (Network.Dense(4, 1), Loss.Square),
        ["relu chain, exponential"] = (Network.Dense(4, 5, 4, 1), Loss.Exponential),
        ["relu chain, logistic"] = (Network.Dense(4, 6, 1), Loss.Logistic),
        ["power, square"] = (Network.Dense(3, Activation.Power(2), 4, 1), Loss.Square),
        ["three classes, cross-entropy"] = (Network.Dense(4, 5, 3), Loss.CrossEntropy),
        ["diagonal, cross-entropy"] = (new NetworkBuilder(4).Diagonal().Then(Activation.ReLU).Dense(3).Build(), Loss.CrossEntropy),
        ["convolutions and a pool"] = (Image(5, 2).Convolution(3, 3, 1, 1).Then(Activation.ReLU).MaxPool(2).Convolution(3, 2)
            .Then(Activation.ReLU).Dense(3).Build(), Loss.CrossEntropy),
        ["batch norm"] = (Image(4, 2).Convolution(3, 3).BatchNorm().Then(Activation.ReLU).Dense(4).BatchNorm().Then(Activation.ReLU)
            .Dense(1).Build(), Loss.Logistic),
        ["affine batch norm"] = (Image(4, 2).Convolution(3, 3).BatchNorm(affine: true).Then(Activation.ReLU).Dense(3).Build(),
            Loss.CrossEntropy),
        ["residual"] = (new NetworkBuilder(4).Dense(4).Then(Activation.ReLU).Residual(b => b.Dense(4).Then(Activation.ReLU).Dense(4))
            .Dense(2).Build(), Loss.Square),
    };

    public static IEnumerable<string> Names => Points.Keys;

    public static Dataset Data(string name, int seed, int count = 9)
    {
        var network = Points[name].Network;
        var random = new Random(seed);
        double[] y = [.. Enumerable.Range(0, count)
            .Select(n => network.Outputs == 1 ? random.Next(2) * 2 - 1.0 : n < network.Outputs ? n : random.Next(network.Outputs))];
        return new Dataset("random", Problems.Normal(random, count * network.Inputs), y, network.Inputs);
    }

    public static Linearization At(string name, int seed, Func<double[], double[]>? theta = null) => At<double>(name, seed, theta);

    public static Linearization At<T>(string name, int seed, Func<double[], double[]>? theta = null,
        NormalizeBy by = NormalizeBy.Running, int batch = 0) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        var (network, loss) = Points[name];
        var random = new Random(100 + seed);
        double[] statistics = [.. network.StartStatistics().Select(s => s + 0.3 * random.NextDouble())];
        double[] start = [.. Initialization.Kaiming(network, new RandomStream(seed)).Select(w => w + 0.05 * random.NextDouble())];
        return Linearization.Of<T>(network, loss, Data(name, seed), Reduction.Mean, theta is null ? start : theta(start), statistics,
            threads: 1, by: by, batch: batch);
    }

    /// <summary>The matrix as rows, by differences of the gradient: nothing of second derivatives is used.</summary>
    public static double[] Differences(string name, int seed, double logScale)
    {
        using var here = At(name, seed);
        var p = here.Theta.Length;
        const double H = 1e-5;
        var matrix = new double[p * p];
        for (var i = 0; i < p; i++)
        {
            double[] ahead = Gradient(H), behind = Gradient(-H);
            for (var j = 0; j < p; j++) matrix[i * p + j] = (ahead[j] - behind[j]) / (2 * H) / Math.Exp(logScale);

            double[] Gradient(double step)
            {
                using var moved = At(name, seed, t => [.. t.Select((w, j) => j == i ? w + step : w)]);
                var descent = new double[p];
                var scale = -Math.Exp(moved.Gradient(descent).LogScale);
                return [.. descent.Select(g => scale * g)];
            }
        }
        return matrix;
    }

    public static double[] Times(ISymmetricOperator a, double[] v)
    {
        var result = new double[a.Size];
        a.Apply(v, result);
        return result;
    }

    private static NetworkBuilder Image(int side, int channels) => new(new TensorShape(side, side, channels));
}
