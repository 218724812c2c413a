using System.Globalization;
using Rhoflow.Kernels;
using Rhoflow.Lab.Models.Writing;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Benchmarks;

/// <summary>
/// Forward passes of networks that are evaluated only, as peers/inference.py has them: ResNet-18 for CIFAR (11 million parameters) and
/// VGG-11 (9 million), batch normalization by running averages, random weights, float32, a minibatch of images of 32 × 32.
/// </summary>
internal static class InferenceWorks
{
    private const string Script = "inference.py";
    private const int Batch = 16, Classes = 10;

    private static readonly string[] Peers = ["torch", "libtorch", "onnxruntime"];

    /// <summary>Where the networks stand for ONNX Runtime while this program runs.</summary>
    public static string Models { get; } = Path.Combine(Path.GetTempPath(),
        string.Create(CultureInfo.InvariantCulture, $"rhoflow-bench-{Environment.ProcessId}"));

    public static IReadOnlyList<Work> All { get; } =
    [
        Forward("forward-resnet18", ResNet18(), 1),
        Forward("forward-resnet18", ResNet18(), 2),
        Forward("forward-vgg11", Vgg11(), 1),
        Forward("forward-vgg11", Vgg11(), 2),
    ];

    /// <summary>Removes what rows have written.</summary>
    public static void Clear()
    {
        if (Directory.Exists(Models)) Directory.Delete(Models, recursive: true);
    }

    private static Work Forward(string name, Network network, int threads) =>
        new(name, threads, Script, Peers, () =>
        {
            var random = new RandomStream(0);
            var theta = Initialization.Kaiming(network, random);
            double[] statistics = [.. network.StartStatistics().Select(s => s + 0.1 * random.NextDouble())];
            Write(name, network, theta, statistics);
            var team = new Team(threads);
            var batch = new Minibatch<float>(network.Input, Batch, shared: false, team);
            float[] x = [.. Enumerable.Range(0, Batch * network.Inputs).Select(_ => (float)random.NextNormal())];
            batch.GatherRange(x, [], 0, Batch);
            float[] single = [.. theta.Select(static t => (float)t)];
            var passes = new GraphPasses<float>(network, Batch, team, movesInput: false, evaluatesOnly: true);
            // Minibatch after minibatch of one data set.
            passes.Forward(single, batch, NormalizeBy.Running, statistics);
            return count =>
            {
                for (var i = 0; i < count; i++) passes.Forward(single, batch, NormalizeBy.Running, statistics, sameTheta: true);
            };
        }, Batch * Flops(network), IsSingle: true, IsRate: false, new Goal(GoalKind.Ratio, 1),
            "the multiply-adds; the share counts those of the definition, of which Winograd's filtering takes less than half")
        {
            Pairs = 5,
        };

    private static void Write(string name, Network network, double[] theta, double[] statistics)
    {
        Directory.CreateDirectory(Models);
        ModelWriter.Write(Path.Combine(Models, $"{name}.onnx"), "onnx", network, theta, statistics, isDouble: false,
            new Dictionary<string, string>());
    }

    /// <summary>The CIFAR variant of ResNet-18 (He et al. 2016): a 3 × 3 stem without pooling, four stages of two blocks.</summary>
    internal static Network ResNet18()
    {
        var builder = Unit(new NetworkBuilder(new TensorShape(32, 32, 3)), 64, 3, 1).Then(Activation.ReLU);
        var inputs = 64;
        foreach (var maps in (int[])[64, 64, 128, 128, 256, 256, 512, 512])
        {
            var stride = maps == inputs ? 1 : 2;
            void Branch(NetworkBuilder b) => Unit(Unit(b, maps, 3, stride).Then(Activation.ReLU), maps, 3, 1);
            builder = (stride == 1 ? builder.Residual(Branch) : builder.Residual(Branch, b => Unit(b, maps, 1, stride)))
                .Then(Activation.ReLU);
            inputs = maps;
        }
        return builder.GlobalAverage().Dense(Classes).Build();
    }

    /// <summary>VGG-11 (Simonyan and Zisserman 2015) with batch normalization and one dense layer.</summary>
    internal static Network Vgg11()
    {
        var builder = new NetworkBuilder(new TensorShape(32, 32, 3));
        foreach (var maps in (int[])[64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0])
            builder = maps == 0 ? builder.MaxPool(2) : Unit(builder, maps, 3, 1).Then(Activation.ReLU);
        return builder.Dense(Classes).Build();
    }

    private static NetworkBuilder Unit(NetworkBuilder b, int maps, int kernel, int stride) =>
        b.Convolution(maps, kernel, stride, kernel / 2).BatchNorm(affine: true);

    private static double Flops(Network network) => network.Nodes.Sum(n => n.Layer is { } k
        ? 2.0 * n.Shape.Positions * network.Layers[k].Count : 0);
}
