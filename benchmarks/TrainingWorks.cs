using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Kernels;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Benchmarks;

/// <summary>
/// The training rows, as peers/training.py has them: whole steps (gathering the minibatch, forward, backward, momentum) in float32 at batch
/// 128, through the public engine; a Hessian-vector product compared with a gradient; and the matrix product alone.
/// </summary>
internal static class TrainingWorks
{
    private const string Script = "training.py";
    private const int Batch = 128, Side = 1024, Copies = 16;

    private static readonly string[] Peers = ["torch", "libtorch"];

    public static IReadOnlyList<Work> All { get; } =
    [
        .. Both(static threads => Step("fc", FullyConnected(), Loss.Square, 1, threads, threads == 1 ? 1.4 : 1.6,
            "matrix products with few rows; reading, packing and updating 0.9 million weights once a step")),
        .. Both(static threads => Step("conv", Convolutional(batchNorm: false), Loss.CrossEntropy, 1, threads, threads == 1 ? 1.8 : 2,
            "the first layers: 27 and 144 multiply-adds a number loaded for 16 and 32 maps")),
        .. Both(static threads => Step("conv-bn", Convolutional(batchNorm: true), Loss.CrossEntropy, 1, threads, threads == 1 ? 1.8 : 2,
            "as conv, and three passes over memory a batch normalization")),
        .. Both(static threads => Step("replicas", Network.Dense(3072, 64, 64, 1), Loss.Square, Copies, threads, threads == 1 ? 2.3 : 3.3,
            "the multiply-adds of the first layer")),
        .. Both(static threads => Curvature("hvp-conv", threads, again: true, "the multiply-adds: 6 products a layer, a gradient has 3")),
        .. Both(static threads =>
        Curvature("hvp-conv-once", threads, again: false, "the multiply-adds: 8 products a layer, a gradient has 3")),
        .. Both(static threads => Product<float>("gemm-1024-f32", threads, new Goal(GoalKind.PeakShare, 0.85))),
        .. Both(static threads => Product<double>("gemm-1024-f64", threads, null)),
    ];

    private static IEnumerable<Work> Both(Func<int, Work> work) => [work(1), work(2)];

    private static Work Step(string name, Network network, Loss loss, int replicas, int threads, double goal, string bound) =>
        new(name, threads, Script, Peers, () =>
        {
            // One minibatch is the whole set, so that an epoch is a step.
            var risk = new DataRisk<float>(network, loss, Noise(network));
            var options = new DescentOptions(new Sgd(learningRate: 1e-3, momentum: 0.9, batch: Batch));
            var training = new Training<float>(risk, [.. Enumerable.Range(0, replicas)
                .Select(r => new ReplicaStart(Start(network, r), options))], new TrainingOptions { Threads = threads });
            return count => training.Train(training.Epoch + count);
        }, replicas * Flops(network), IsSingle: true, IsRate: false, new Goal(GoalKind.Ratio, goal), bound);

    // Again: at a point where a product has been taken before, as eigenvalue solvers do; else with outputs and deltas of its own.
    private static Work Curvature(string name, int threads, bool again, string bound) =>
        new(name, threads, Script, Peers, () =>
            HessianVector(threads, product: true, again), 0, IsSingle: true, IsRate: false, new Goal(GoalKind.Cost, 2.5), bound)
        {
            Beside = () => HessianVector(threads, product: false, again),
        };

    private static Action<int> HessianVector(int threads, bool product, bool again)
    {
        var network = Convolutional(batchNorm: false);
        var team = new Team(threads);
        var risk = new MinibatchRisk<float>(network, Loss.CrossEntropy, Batch, team);
        var data = Noise(network);
        var batch = new Minibatch<float>(network.Input, Batch, shared: false, team);
        batch.GatherRange(data.XAs<float>(), data.Y, 0, Batch);
        float[] theta = Single(Start(network, 0)), direction = Single(Start(network, 1)), result = new float[theta.Length];
        if (again) risk.HessianVectorProduct(theta, batch, NormalizeBy.Batch, default, direction, result);
        return count =>
        {
            for (var i = 0; i < count; i++)
                if (product && again) risk.HessianVectorProductHere(theta, batch, direction, result);
                else if (product) risk.HessianVectorProduct(theta, batch, NormalizeBy.Batch, default, direction, result);
                else risk.Gradient(theta, batch, NormalizeBy.Batch, default, result);
        };
    }

    private static Work Product<T>(string name, int threads, Goal? goal) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> =>
        new(name, threads, Script, Peers, () =>
        {
            var random = new RandomStream(0);
            T[] Matrix() => [.. Enumerable.Range(0, Side * Side).Select(_ => T.CreateTruncating(random.NextNormal()))];
            T[] a = Matrix(), b = Matrix(), c = new T[Side * Side];
            var team = new Team(threads);
            return count =>
            {
                for (var i = 0; i < count; i++)
                    Gemm.Multiply<T>(GemmForm.NN, Side, Side, Side, a, Side, b, Side, c, Side, accumulate: false, team);
            };
        }, 2.0 * Side * Side * Side, typeof(T) == typeof(float), IsRate: false, goal, "packing, and memory between the blocks");

    private static Network FullyConnected() => Network.Dense(3072, 256, 256, 256, 1);

    /// <summary>The convolutional network of the rows: 0.1 million parameters on images of 32 × 32.</summary>
    internal static Network Convolutional(bool batchNorm)
    {
        var builder = new NetworkBuilder(new TensorShape(32, 32, 3));
        foreach (var maps in (int[])[16, 32, 64, 128])
        {
            builder.Convolution(maps, kernel: 3, stride: 2, padding: 1);
            if (batchNorm) builder.BatchNorm();
            builder.Then(Activation.ReLU);
        }
        return builder.Dense(10).Build();
    }

    // Forward, and backward for the weights and, after the first layer, for the activations: 2 operations per multiply-add.
    private static double Flops(Network network)
    {
        var sum = 0.0;
        foreach (var node in network.Nodes)
        {
            if (node.Layer is { } layer) sum += 2.0 * Batch * node.Shape.Positions * network.Layers[layer].Count * (layer == 0 ? 2 : 3);
        }
        return sum;
    }

    private static Dataset Noise(Network network)
    {
        var random = new RandomStream(0);
        var x = new float[Batch * network.Inputs];
        foreach (ref var v in x.AsSpan()) v = (float)random.NextNormal();
        double[] y = [.. Enumerable.Range(0, Batch).Select(n => network.Outputs == 1 ? (n % 2 == 0 ? 1.0 : -1) : n % network.Outputs)];
        return Dataset.Of("noise", x, y, network.Inputs, network.Outputs > 1
            ? [.. Enumerable.Range(0, network.Outputs).Select(static c => $"{c}")] : null);
    }

    private static double[] Start(Network network, int seed) => Initialization.Kaiming(network, new RandomStream(seed));

    private static float[] Single(double[] values) => [.. values.Select(static v => (float)v)];
}
