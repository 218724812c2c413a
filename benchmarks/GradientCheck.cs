using System.Text.Json;
using System.Text.Json.Nodes;
using Rhoflow.Kernels;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Benchmarks;

/// <summary>How far our derivatives are from PyTorch's: largest differences over the largest number compared with.</summary>
/// <param name="Name">gradients-, then the node that it is about.</param>
/// <param name="Outputs">f.</param>
/// <param name="Gradient">∂L/∂θ in float64.</param>
/// <param name="HessianVector">(∂²L/∂θ²) θ̇ in float64.</param>
/// <param name="Statistics">Running means and variances after one minibatch; 0 without batch normalization.</param>
/// <param name="SingleGradient">∂L/∂θ in float32 against float64 there.</param>
/// <param name="Error">Why it was not compared; null where it was.</param>
public sealed record GradientRow(string Name, double Outputs, double Gradient, double HessianVector, double Statistics,
    double SingleGradient, string? Error)
{
    /// <summary>Whether all differences are rounding.</summary>
    public bool Agrees => Error is null && Math.Max(Math.Max(Outputs, Gradient), Math.Max(HessianVector, Statistics)) < 1e-11
        && SingleGradient < 1e-4;
}

/// <summary>
/// Our outputs, gradients and Hessian-vector products of L = Σ (c f + f²/2) compared with those of PyTorch's automatic differentiation, one
/// small network for every kind of node.
/// </summary>
internal static class GradientCheck
{
    private const int Examples = 5;

    private static readonly (string Node, bool Training, Func<NetworkBuilder> Build)[] Cases =
    [
        ("dense", true, static () => new NetworkBuilder(6).Dense(5).Then(Activation.ReLU).Dense(4).Then(Activation.ReLU).Dense(3)),
        ("diagonal", true, static () => new NetworkBuilder(6).Diagonal().Then(Activation.ReLU).Diagonal().Dense(2)),
        ("leaky-relu", true, static () => new NetworkBuilder(6).Dense(5).Then(Activation.LeakyReLU(0.2)).Dense(3)),
        ("power", true, static () => new NetworkBuilder(4).Dense(5).Then(Activation.Power(2)).Dense(4).Then(Activation.Power(3)).Dense(2)),
        ("conv", true, static () =>
            Image().Convolution(5, 3, 2, 1).Then(Activation.ReLU).Convolution(4, 2).Then(Activation.ReLU).Flatten().Dense(3)),
        ("batch-norm", true, static () => Image().Convolution(5, 3).BatchNorm().Then(Activation.ReLU).Convolution(4, 3, 2)
            .Then(Activation.ReLU).BatchNorm().Dense(2).BatchNorm()),
        ("batch-norm-affine", true, static () => Image().BatchNorm(affine: true).Convolution(5, 3).BatchNorm(affine: true)
            .Then(Activation.ReLU).Dense(4).BatchNorm(affine: true)),
        ("batch-norm-running", false, static () =>
            Image().Convolution(5, 3).BatchNorm(affine: true).Then(Activation.ReLU).Dense(4).BatchNorm()),
        ("layer-norm", true, static () => Image().Convolution(5, 3).LayerNorm(gamma: true).Then(Activation.ReLU).Dense(6)
            .LayerNorm(gamma: true, beta: true).Then(Activation.Power(2)).LayerNorm().Dense(2)),
        ("max-pool", true, static () =>
            Image().Convolution(5, 3, 1, 1).MaxPool(3, 2, 1).Then(Activation.ReLU).Convolution(3, 2).MaxPool(2).Dense(2)),
        ("average-pool", true, static () => Image().Convolution(5, 3, 1, 1).Then(Activation.ReLU).AveragePool(3, 2, 1).Dense(2)),
        ("global-average", true, static () => Image().Convolution(5, 3).Then(Activation.ReLU).GlobalAverage().Dense(2)),
        ("residual", true, static () => Image().Convolution(5, 3, 1, 1).BatchNorm().Then(Activation.ReLU)
            .Residual(b => b.Convolution(5, 3, 1, 1).BatchNorm().Then(Activation.ReLU).Convolution(5, 3, 1, 1).BatchNorm())
            .Then(Activation.ReLU)
            .Residual(b => b.Convolution(6, 3, 2, 1).Then(Activation.ReLU).Residual(c => c.Convolution(6, 1)), s => s.Convolution(6, 1, 2))
            .GlobalAverage().Dense(2)),
    ];

    /// <summary>The rows there are.</summary>
    public static IEnumerable<string> Names => Cases.Select(static c => $"gradients-{c.Node}");

    /// <summary>The peer's script.</summary>
    internal const string Script = "gradients.py";

    /// <summary>Compares the derivatives of one of <see cref="Names"/>.</summary>
    /// <param name="name">gradients-…</param>
    /// <param name="peer">PyTorch's process; null where it cannot be started.</param>
    /// <param name="limit">For its answer.</param>
    internal static GradientRow Compare(string name, Peer? peer, TimeLimit limit)
    {
        var (_, training, build) = Cases.Single(c => $"gradients-{c.Node}" == name);
        return peer is not null ? Compare(name, build().Build(), training, peer, limit)
            : new GradientRow(name, 0, 0, 0, 0, 0, "PyTorch cannot be started");
    }

    private static GradientRow Compare(string name, Network network, bool training, Peer peer, TimeLimit limit)
    {
        var random = new RandomStream(1);
        double[] Normal(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextNormal())];
        double[] theta = [.. Initialization.Kaiming(network, random).Select(t => t + 0.1 * random.NextNormal())];
        var direction = Normal(theta.Length);
        double[] x = Normal(Examples * network.Inputs), weights = Normal(Examples * network.Outputs);
        double[] statistics = [.. network.StartStatistics().Select(s => s + 0.3 * random.NextDouble())];
        var question = new JsonObject
        {
            ["network"] = Describe(network),
            ["theta"] = Numbers(theta),
            ["direction"] = Numbers(direction),
            ["x"] = Numbers(x),
            ["examples"] = Examples,
            ["weights"] = Numbers(weights),
            ["statistics"] = Numbers(statistics),
            ["training"] = training,
        };
        var (line, why) = peer.Answer(question.ToJsonString(), limit);
        if (line is null || line.StartsWith("failed", StringComparison.Ordinal)) return new GradientRow(name, 0, 0, 0, 0, 0, line ?? why);
        var theirs = JsonNode.Parse(line)!;
        var ours = Derivatives<double>(network, training, theta, direction, x, weights, statistics);
        var single = Derivatives<float>(network, training, theta, direction, x, weights, statistics);
        return new GradientRow(name, Difference(ours.Outputs, Of("outputs")), Difference(ours.Gradient, Of("gradient")),
            Difference(ours.HessianVector, Of("hessian_vector")), Difference(ours.Statistics, Of("statistics")),
                Difference(single.Gradient, Of("gradient")), null);
        double[] Of(string key) => theirs[key]!.Deserialize<double[]>()!;
    }

    private static (double[] Outputs, double[] Gradient, double[] HessianVector, double[] Statistics) Derivatives<T>(
        Network network, bool training, double[] theta, double[] direction, double[] x, double[] weights, double[] statistics)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        using var team = new Team();
        var batch = new Minibatch<T>(network.Input, Examples, shared: false, team);
        batch.GatherRange(To<T>(x), [], 0, Examples);
        var propagation = new GraphPasses<T>(network, Examples, team);
        T[] at = To<T>(theta), along = To<T>(direction), c = To<T>(weights), gradient = new T[at.Length], product = new T[at.Length];
        double[] running = [.. statistics];
        propagation.Forward(at, batch, training ? NormalizeBy.Batch : NormalizeBy.Running, running);
        var f = propagation.Outputs.ToArray();
        T[] slope = [.. c.Zip(f, static (a, b) => a + b)];
        propagation.VectorJacobianProduct(at, slope, gradient);
        var fDot = propagation.JacobianVectorProduct(at, along).ToArray();
        propagation.HessianVectorProduct(at, along, slope, fDot, product);
        return (From(f), From(gradient), From(product), running);
    }

    private static JsonObject Describe(Network network) => new()
    {
        ["input"] = new JsonArray(network.Input.Height, network.Input.Width, network.Input.Channels),
        ["nodes"] = new JsonArray([.. network.Nodes.Select(n => (JsonNode)Describe(network, n))]),
    };

    private static JsonObject Describe(Network network, Node node)
    {
        var layer = node.Layer is { } k ? network.Layers[k] : null;
        var o = new JsonObject
        {
            ["kind"] = layer?.Kind == LayerKind.Diagonal ? "diagonal" : node.Kind.Split('(')[0],
            ["sources"] = new JsonArray([.. node.Sources.Select(s => (JsonNode)s)]),
        };
        foreach (var (name, value) in node.Settings) o[name] = value;
        if (layer is not null) (o["offset"], o["count"], o["rows"]) = (layer.Offset, layer.Count, layer.Rows);
        if (node.Windows.Means is { } means) o["statistics"] = means.Offset;
        o["gamma"] = node.Windows.Gamma?.Offset ?? -1;
        o["beta"] = node.Windows.Beta?.Offset ?? -1;
        return o;
    }

    private static double Difference(double[] ours, double[] theirs)
    {
        double largest = 0, difference = 0;
        for (var i = 0; i < theirs.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(theirs[i]));
            difference = Math.Max(difference, Math.Abs(ours[i] - theirs[i]));
        }
        return largest > 0 ? difference / largest : difference;
    }

    private static NetworkBuilder Image() => new(new TensorShape(7, 7, 3));
    private static JsonArray Numbers(double[] values) => [.. values.Select(static v => (JsonNode)v)];
    private static T[] To<T>(double[] values) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> =>
        [.. values.Select(T.CreateTruncating)];
    private static double[] From<T>(T[] values) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> =>
        [.. values.Select(double.CreateTruncating)];
}
