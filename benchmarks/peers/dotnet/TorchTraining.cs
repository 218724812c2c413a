using static TorchSharp.torch;

namespace Rhoflow.Peers;

/// <summary>
/// The training rows as its users write them for speed (peers/training.py): float32, SGD with momentum 0.9. Convolutions run in both
/// layouts of memory once, and in the faster one from then on.
/// </summary>
internal static class TorchTraining
{
    private const int Batch = TorchNetworks.Batch, Copies = 16;

    public static IReadOnlyDictionary<string, Func<Action>> Works(int threads)
    {
        set_num_threads(threads);
        return new Dictionary<string, Func<Action>>
        {
            ["fc libtorch"] = static () => Step(TorchNetworks.Dense(3072, 256, 256, 256, 1), randn(Batch, 3072), Signs(), Square),
            ["conv libtorch"] = static () => Convolutions(batchNorm: false),
            ["conv-bn libtorch"] = static () => Convolutions(batchNorm: true),
            ["replicas libtorch"] = Replicas,
            ["hvp-conv libtorch"] = static () => Protocol.Fastest(Both(static last => HessianVector(last, again: true))),
            ["hvp-conv-once libtorch"] = static () => Protocol.Fastest(Both(static last => HessianVector(last, again: false))),
            ["gemm-1024-f32 libtorch"] = static () => Product(float32),
            ["gemm-1024-f64 libtorch"] = static () => Product(float64),
        };
    }

    private static IEnumerable<Action> Both(Func<bool, Action> make) => [make(false), make(true)];

    private static Tensor Square(Tensor f, Tensor y) => nn.functional.mse_loss(f, y);

    private static Tensor CrossEntropy(Tensor f, Tensor y) => nn.functional.cross_entropy(f, y);

    private static Tensor Signs() => randn(Batch, 1).sign();

    private static Action Step(TorchNetworks.Net net, Tensor x, Tensor y, Func<Tensor, Tensor, Tensor> loss)
    {
        var optimizer = optim.SGD(net.Parameters, 0.001, momentum: 0.9);
        return () =>
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            loss(net.Forward(x), y).backward();
            optimizer.step();
        };
    }

    private static Action Convolutions(bool batchNorm) => Protocol.Fastest(Both(last => Step(TorchNetworks.Convolutional(batchNorm, last),
        TorchNetworks.Images(Batch, 3, 32, last), randint(0, 10, [Batch], int64), CrossEntropy)));

    private static Action Replicas()
    {
        Tensor x = randn(Batch, 3072), y = Signs();
        Action[] steps = [.. Enumerable.Range(0, Copies).Select(_ => Step(TorchNetworks.Dense(3072, 64, 64, 1), x, y, Square))];
        return () =>
        {
            foreach (var step in steps) step();
        };
    }

    // With a gradient of its own, or again from the graph of one, as an eigenvalue solver takes them.
    private static Action HessianVector(bool channelsLast, bool again)
    {
        var net = TorchNetworks.Convolutional(false, channelsLast);
        Tensor x = TorchNetworks.Images(Batch, 3, 32, channelsLast), y = randint(0, 10, [Batch], int64);
        Tensor[] direction = [.. net.Parameters.Select(static p => randn_like(p))];
        IList<Tensor> Gradient() => autograd.grad([CrossEntropy(net.Forward(x), y)], net.Parameters, retain_graph: true,
            create_graph: true);
        var kept = again ? Gradient() : null;
        return () =>
        {
            using var scope = NewDisposeScope();
            autograd.grad(kept ?? Gradient(), net.Parameters, direction, retain_graph: again);
        };
    }

    private static Action Product(ScalarType type)
    {
        Tensor a = randn(1024, 1024, type), b = randn(1024, 1024, type);
        return () => a.mm(b).Dispose();
    }
}
