using Rhoflow.Data;
using Rhoflow.Losses;
using Rhoflow.Measures;
using Rhoflow.Measures.Catalog;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Observations;
using Rhoflow.Tests.Limits;

namespace Rhoflow.Tests.Measures;

/// <summary>Observations of networks that these tests make themselves.</summary>
internal static class Observations
{
    public static readonly TensorShape Image = new(4, 3, 2);

    /// <summary>What a run would hand to the measures at θ, with passes and features.</summary>
    public static MeasureInput At(Network network, Loss loss, Dataset data, double[] theta, double[]? statistics = null,
        Reduction reduction = Reduction.Mean, double decay = 0, Dataset? test = null)
    {
        var passes = Passes(network, loss, data, theta, statistics, reduction);
        var snapshot = Snap(passes);
        TestResult? result = null;
        if (test is not null)
        {
            using var onTest = Passes(network, loss, test, theta, statistics, reduction);
            result = new TestResult(Divided(onTest.Outputs, snapshot.LogRho), test.Y.ToArray(), network.Outputs, onTest.Value.LogLoss);
        }
        return new MeasureInput(new MeasureSetting(network, loss, data, test) { WeightDecay = decay }, snapshot)
        {
            Passes = passes,
            Features = passes.Features,
            Test = result
        };
    }

    public static Linearization Passes(Network network, Loss loss, Dataset data, double[] theta, double[]? statistics = null,
        Reduction reduction = Reduction.Mean) =>
        Linearization.Of<double>(network, loss, data, reduction, theta, statistics ?? network.StartStatistics(), 1);

    /// <summary>W_k = ρ_k V_k with batch normalization folded, and f/ρ.</summary>
    public static Snapshot Snap(Linearization passes)
    {
        var network = passes.Network;
        double[] v = [.. passes.Theta.ToArray().Zip(passes.Scale.ToArray(), static (w, s) => w * s)];
        var rhoK = new double[network.Depth];
        var logRho = 0.0;
        for (var k = 0; k < rhoK.Length; k++)
        {
            var w = network.Layers[k].Of(v);
            rhoK[k] = Vectors.Norm(w);
            logRho += network.Exponents[k] * Math.Log(rhoK[k]);
            if (rhoK[k] > 0) Vectors.Scale(1 / rhoK[k], w, w);
        }
        return new Trained(passes, rhoK, v, logRho, Divided(passes.Outputs, logRho));
    }

    /// <summary>The value of one column.</summary>
    public static double Column(this MeasureInput input, string column)
    {
        var measure = MeasureCatalog.All.Single(m => m.Refuse(input.Setting) is null && m.Columns(input.Setting).Contains(column));
        return measure.Values(input)[Array.IndexOf(measure.Columns(input.Setting), column)];
    }

    /// <summary>A run that begins there.</summary>
    public static History Start(Snapshot s) => new(s.Network, [.. s.RhoK], [.. s.V]);

    public static Measure Measure(string family, string name) => MeasureCatalog.All.Single(m => m.Family == family && m.Name == name);

    /// <summary>Random examples of C classes in turn.</summary>
    public static Dataset Classes(int seed, int count, int inputs, int classes) =>
        new("random", Problems.Normal(new Random(seed), count * inputs), [.. Enumerable.Range(0, count).Select(n => (double)(n % classes))],
            inputs, [.. Enumerable.Range(0, classes).Select(static c => $"class {c}")]);

    /// <summary>A convolutional network without batch normalization: convolution, ReLU, pooling, dense, ReLU, dense.</summary>
    public static Network Convolutional(int outputs) =>
        new NetworkBuilder(Image).Convolution(3, kernel: 3, padding: 1).Then(Activation.ReLU).MaxPool(2, stride: 1)
        .Convolution(4, kernel: 2).Then(Activation.ReLU).Flatten().Dense(outputs).Build();

    /// <summary>Batch normalization before a ReLU and after one.</summary>
    public static Network Normalized(int outputs) =>
        new NetworkBuilder(Image).Convolution(3, kernel: 3, padding: 1).BatchNorm(affine: true).Then(Activation.ReLU)
        .Convolution(2, kernel: 2).Then(Activation.ReLU).BatchNorm().GlobalAverage().Dense(outputs).Build();

    /// <summary>Parts of degree 0 and 1 are added: no scale factors out.</summary>
    public static Network Inhomogeneous(int outputs) =>
        new NetworkBuilder(3).Residual(static b => b.Dense(3).Then(Activation.ReLU).Dense(3)).Dense(outputs).Build();

    /// <summary>Statistics as if some minibatches had been seen.</summary>
    public static double[] Statistics(Network network, int seed, double shift = 1)
    {
        var random = new Random(seed);
        return [.. network.StartStatistics().Select(s => s == 1 ? 0.5 + random.NextDouble() : shift * (random.NextDouble() - 0.5))];
    }

    public static double[] Divided(ReadOnlySpan<double> outputs, double logRho)
    {
        var divided = outputs.ToArray();
        foreach (ref var f in divided.AsSpan())
            if (f != 0) f *= Math.Exp(-logRho);
        return divided;
    }

    private sealed class Trained(Linearization passes, double[] rhoK, double[] v, double logRho, double[] outputs)
        : Snapshot(passes.Network, rhoK, v, logRho, outputs, passes.Data.Y.ToArray(), passes.Value.LogLoss,
        passes.Reduction == Reduction.Mean ? -Math.Log(passes.Data.Count) : 0)
    {
        public override double[] Weights() => [.. passes.Theta];
    }
}
