using MyLab;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;

namespace Rhoflow.Tests.Networks.Passes;

/// <summary>Networks that together have every node in every place that matters.</summary>
internal static class NetworkTable
{
    private static readonly Dictionary<string, Network> Networks = new()
    {
        ["dense"] = Network.Dense(7, 6, 5, 1),
        ["three classes, leaky"] = Network.Dense(5, Activation.LeakyReLU(0.2), 6, 4, 3),
        ["a kink that turns back"] = Network.Dense(5, Activation.LeakyReLU(-0.3), 6, 2),
        ["powers"] = new NetworkBuilder(4).Dense(4).Then(Activation.Power(2)).Dense(3).Then(Activation.Power(3)).Dense(2).Build(),
        ["diagonal"] = new NetworkBuilder(6).Diagonal().Then(Activation.ReLU).Diagonal().Dense(2).Build(),
        ["strided convolutions"] = Image(8, 8, 3).Convolution(8, 3, 2, 1).Then(Activation.ReLU).Convolution(6, 3, 2, 1)
            .Then(Activation.ReLU).Flatten().Dense(3).Build(),
        ["odd windows"] = Image(7, 5, 2).Convolution(3, 2).Then(Activation.LeakyReLU(0.1)).Convolution(4, 3, 3, 2).GlobalAverage().Dense(2)
            .Build(),
        ["batch norm before relu"] = Image(6, 6, 3).Convolution(8, 3, 1, 1).BatchNorm().Then(Activation.ReLU)
            .Convolution(9, 3, 2).BatchNorm(affine: true).Then(Activation.ReLU).Dense(3).Build(),
        ["batch norm after relu"] = new NetworkBuilder(5).Dense(8).Then(Activation.ReLU).BatchNorm().Dense(6).Then(Activation.ReLU)
            .BatchNorm(affine: true).Dense(2).Build(),
        ["batch norm at the output"] = new NetworkBuilder(5).Dense(6).Then(Activation.ReLU).Dense(2).BatchNorm(affine: true).Build(),
        ["plain batch norm at the output"] =
            Image(5, 5, 2).Convolution(4, 3).BatchNorm(epsilon: 0).Then(Activation.ReLU).GlobalAverage().Dense(1).BatchNorm().Build(),
        ["batch norm of the input"] = Image(5, 5, 3).BatchNorm(affine: true).Convolution(4, 3).Then(Activation.ReLU).Dense(2).Build(),
        ["plain batch norm of the input"] =
            new NetworkBuilder(5).BatchNorm().Dense(4).BatchNorm().Then(Activation.Power(2)).Dense(1).Build(),
        ["pools"] = Image(8, 8, 2).Convolution(4, 3, 1, 1).Then(Activation.ReLU).MaxPool(2).Convolution(8, 3, 1, 1)
            .Then(Activation.LeakyReLU(0.1)).AveragePool(3, 2, 1).Dense(2).Build(),
        ["overlapping maxima"] =
            Image(7, 7, 2).Convolution(5, 3, 1, 1).MaxPool(3, 2, 1).Then(Activation.ReLU).GlobalAverage().Dense(3).Build(),
        ["pool of the input"] = Image(6, 6, 2).AveragePool(2).Then(Activation.ReLU).MaxPool(2, 1).Dense(3).Then(Activation.ReLU).Dense(1)
            .Build(),
        ["relu of the input"] = Image(3, 3, 2).Flatten().Then(Activation.ReLU).Dense(4).Build(),
        ["residual"] = new NetworkBuilder(5).Dense(6).Then(Activation.ReLU).Residual(b => b.Dense(4).Then(Activation.ReLU).Dense(6))
            .Then(Activation.ReLU).Dense(2).Build(),
        ["residual of the input"] = new NetworkBuilder(4).Residual(b => b.Dense(4).Then(Activation.ReLU).Dense(4)).Dense(2).Build(),
        ["residual with a shortcut"] = Image(6, 6, 3).Convolution(4, 3, 1, 1).BatchNorm(affine: true).Then(Activation.ReLU)
            .Residual(b => b.Convolution(6, 3, 2, 1).BatchNorm().Then(Activation.ReLU).Convolution(6, 3, 1, 1).BatchNorm(affine: true), s =>
            s.Convolution(6, 1, 2).BatchNorm())
            .Then(Activation.ReLU).GlobalAverage().Dense(3).Build(),
        ["nested residuals"] = new NetworkBuilder(4).Dense(5)
            .Residual(b => b.Then(Activation.ReLU).Residual(c => c.Dense(5).Then(Activation.ReLU).Dense(5)).Dense(5), s =>
            s.Residual(c => c.Then(Activation.LeakyReLU(0.3)).Diagonal()))
            .Dense(1).Build(),
        ["side by side"] = Image(5, 6, 2).Convolution(3, 3, 1, 1).BatchNorm(affine: true)
            .Concat(b => b.Then(Activation.ReLU).Convolution(2, 3, 1, 1).BatchNorm())
            .Concat(b => b.Convolution(4, 1), s => s.Concat(c => c.Convolution(2, 3, 1, 1).Bias()).MaxPool(3, 1, 1))
            .BatchNorm().Then(Activation.ReLU).Flatten().Concat(b => b.Dense(3).Then(Activation.Power(2))).Dense(3).Build(),
        ["beside the input"] = new NetworkBuilder(4).Concat(b => b.Dense(3).Then(Activation.ReLU)).Concat(b => b.Dense(5), s => s.Flatten())
            .Residual(b => b.Dense(12)).Then(Activation.LeakyReLU(0.2)).Dense(2).Build(),
        ["layer norm"] = new NetworkBuilder(5).Dense(8).LayerNorm().Then(Activation.ReLU).Dense(6).LayerNorm(gamma: true, beta: true)
            .Then(Activation.Power(2))
            .Dense(2).Build(),
        ["layer norm of images"] =
            Image(5, 4, 3).Convolution(4, 3, 1, 1).LayerNorm(gamma: true).Then(Activation.ReLU).Convolution(3, 2).BatchNorm()
            .Then(Activation.LeakyReLU(0.2)).LayerNorm(epsilon: 0.1).GlobalAverage().Dense(3).Build(),
        ["layer norm of the input"] =
            new NetworkBuilder(6).LayerNorm(gamma: true, beta: true).Dense(5).Then(Activation.ReLU).LayerNorm(beta: true, epsilon: 0)
            .Dense(1).Build(),
        ["layer norm at the output"] =
            new NetworkBuilder(4).Dense(5).Then(Activation.ReLU).Dense(3).LayerNorm(gamma: true, epsilon: 0).Build(),
        ["layer norm in a branch"] = new NetworkBuilder(4).Dense(5)
            .Residual(b => b.LayerNorm(gamma: true).Dense(4).Then(Activation.ReLU).Dense(5)).LayerNorm().Dense(2).Build(),
        ["biases"] = Image(6, 5, 2).Convolution(4, 3, 1, 1).Bias().Then(Activation.ReLU).Convolution(5, 3, 2).Bias().BatchNorm(affine: true)
            .Then(Activation.LeakyReLU(0.2)).Flatten().Dense(4).Bias().Then(Activation.Power(2)).Dense(3).Bias().Build(),
        ["biases everywhere"] = new NetworkBuilder(5).Bias().Dense(6).Then(Activation.ReLU).Bias()
            .Residual(b => b.Bias().Dense(6).Bias()).Bias().Residual(b => b.Bias()).Dense(2).Build(),
        ["tanh"] = Image(4, 4, 2).Convolution(3, 2).BatchNorm(affine: true).Then(ElementwiseKind.Tanh).Flatten()
            .Dense(5).Then(ElementwiseKind.Tanh).Residual(b => b.Dense(5).Then(ElementwiseKind.Tanh)).Dense(2).Build(),
        ["smooth units"] = new NetworkBuilder(4).Dense(5).Then(ElementwiseKind.Sigmoid).Dense(5).Bias().Then(ElementwiseKind.Gelu)
            .Dense(4).Then(ElementwiseKind.Elu).Dense(2).Build(),
        ["layers of other assemblies"] = new NetworkBuilder(7).Then(static s => LocalLayer.After(s, patch: 3, stride: 2))
            .Then(Activation.ReLU).Then(static s => new SquaresLayer(s)).Dense(2).Build(),
        ["layers of other assemblies in a branch"] = new NetworkBuilder(4).Dense(5).BatchNorm()
            .Then(static s => LocalLayer.After(s, patch: 2, stride: 1)).BatchNorm(affine: true).Then(Activation.ReLU)
            .Residual(static b => b.Then(static s => new SquaresLayer(s)).Then(static s => new SquaresLayer(s)))
            .Dense(2).Build(),
        ["one vector twice"] = new NetworkBuilder(4).Dense(3).Residual(b => b.Flatten()).Then(Activation.ReLU).Dense(2).Build(),
    };

    public static IEnumerable<string> Names => Networks.Keys;

    public static Network Get(string name) => Networks[name];

    private static NetworkBuilder Image(int height, int width, int channels) => new(new TensorShape(height, width, channels));

    /// <summary>Several blocks in a random order on a small image or vector.</summary>
    public static Network Random(Random random)
    {
        var builder = random.Next(2) == 0 ? new NetworkBuilder(random.Next(1, 7))
            : Image(random.Next(3, 7), random.Next(3, 7), random.Next(1, 4));
        for (var blocks = random.Next(1, 4); blocks > 0; blocks--) AddBlock(builder, random, depth: 0);
        return builder.Dense(random.Next(1, 4)).Build();
    }

    private static void AddBlock(NetworkBuilder builder, Random random, int depth)
    {
        Activation[] activations = [Activation.ReLU, Activation.LeakyReLU(0.2), Activation.LeakyReLU(-0.5), Activation.Power(2)];
        var shape = builder.Shape;
        if (depth == 0 && random.Next(5) == 0)
        {
            if (shape.IsVector) builder.Concat(b => AddBlock(b, random, 1));
            else builder.Concat(b => b.Convolution(3, 3, 1, 1).BatchNorm(random.Next(2) == 0));
            return;
        }
        if (depth == 0 && random.Next(3) == 0)
        {
            if (shape.IsVector) builder.Residual(b => { AddBlock(b, random, 1); b.Dense(shape.Channels); });
            else builder.Residual(b => { b.Convolution(3, 3, 1, 1); if (random.Next(2) == 0) b.BatchNorm(random.Next(2) == 0); }, s =>
                s.Convolution(3, 1));
            return;
        }
        if (Math.Min(shape.Height, shape.Width) >= 2 && random.Next(4) > 0)
            builder.Convolution(random.Next(1, 10), random.Next(1, 3), random.Next(1, 3), random.Next(2));
        else if (shape.IsVector && random.Next(4) == 0) builder.Diagonal();
        else builder.Dense(random.Next(2, 10));
        if (random.Next(3) == 0) builder.Bias();
        if (random.Next(2) == 0) builder.BatchNorm(random.Next(2) == 0, random.Next(2) == 0 ? 1e-5 : 0.1);
        if (random.Next(4) == 0 && builder.Shape.Count > 1)
            builder.LayerNorm(random.Next(2) == 0, random.Next(2) == 0, random.Next(2) == 0 ? 1e-3 : 0.1);
        if (random.Next(4) > 0) builder.Then(activations[random.Next(activations.Length)]);
        if (!builder.Shape.IsVector && random.Next(3) == 0 && Math.Min(builder.Shape.Height, builder.Shape.Width) >= 2)
        {
            if (random.Next(2) == 0) builder.MaxPool(2, random.Next(1, 3), random.Next(2));
            else builder.AveragePool(2, random.Next(1, 3), random.Next(2));
        }
        if (random.Next(4) == 0) builder.BatchNorm(random.Next(2) == 0);
    }
}

/// <summary>A network with weights, inputs, running statistics and directions from one seed, and both ways to compute with it.</summary>
internal sealed class Trial
{
    public Trial(Network network, int seed, int examples = 6)
    {
        var random = new Random(seed);
        (Network, Examples) = (network, examples);
        var p = network.ParameterCount;
        Theta = [.. Initialization.Kaiming(network, new RandomStream(seed)).Zip(Problems.Normal(random, p), (t, u) => t + 0.1 * u)];
        (U, V) = (Problems.Normal(random, p), Problems.Normal(random, p));
        X = Problems.Normal(random, examples * network.Inputs);
        (C, CDot) = (Problems.Normal(random, examples * network.Outputs), Problems.Normal(random, examples * network.Outputs));
        Running = [.. network.StartStatistics().Select(s => s + 0.3 * random.NextDouble())];
    }

    public Network Network { get; }
    public int Examples { get; }
    public double[] Theta { get; }
    public double[] U { get; }
    public double[] V { get; }
    public double[] X { get; }
    public double[] C { get; }
    public double[] CDot { get; }
    public double[] Running { get; }

    public override string ToString() => Network.ToString();
}
