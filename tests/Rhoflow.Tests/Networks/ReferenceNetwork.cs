using Rhoflow.Networks;
using Rhoflow.Tests.Limits;

namespace Rhoflow.Tests.Networks;

/// <summary>A network written out with loops, one example at a time: the readable second opinion.</summary>
internal static class ReferenceNetwork
{
    public static double[] Outputs(Network net, double[] theta, double[] x) => Forward(net, theta, x)[^1].Z;

    /// <summary>Signs of all pre-activations that stand before a kink.</summary>
    public static bool[] Pattern(Network net, double[] theta, double[] x) =>
        [.. Forward(net, theta, x).Where((_, k) => net.Activations[k].HasKink).SelectMany(l => l.Z.Select(z => z > 0))];

    /// <summary>∂f_output/∂θ by the chain rule, weight after weight.</summary>
    public static double[] Gradient(Network net, double[] theta, double[] x, int output = 0)
    {
        var pass = Forward(net, theta, x);
        var gradient = new double[theta.Length];
        var delta = new double[net.Outputs];
        delta[output] = 1;
        for (var k = net.Depth - 1; k >= 0; k--)
        {
            var layer = net.Layers[k];
            var w = layer.Matrix(theta);
            var input = k == 0 ? x : pass[k - 1].A;
            var below = new double[layer.Columns];
            for (var i = 0; i < layer.Rows; i++)
            {
                for (var j = 0; j < layer.Columns; j++)
                {
                    below[j] += w[i][j] * delta[i];
                    if (layer.Kind == LayerKind.Dense) gradient[layer.Offset + i * layer.Columns + j] = delta[i] * input[j];
                    else if (i == j) gradient[layer.Offset + i] = delta[i] * input[i];
                }
            }
            if (k > 0)
                for (var j = 0; j < below.Length; j++) below[j] *= Slope(net.Activations[k - 1], pass[k - 1].Z[j]);
            delta = below;
        }
        return gradient;
    }

    private static (double[] Z, double[] A)[] Forward(Network net, double[] theta, double[] x)
    {
        var pass = new (double[] Z, double[] A)[net.Depth];
        var a = x;
        for (var k = 0; k < net.Depth; k++)
        {
            var w = net.Layers[k].Matrix(theta);
            var z = w.Select(row => row.Zip(a, (u, v) => u * v).Sum()).ToArray();
            a = [.. z.Select(v => Value(net.Activations[k], v))];
            pass[k] = (z, a);
        }
        return pass;
    }

    private static double Value(Activation sigma, double z) => sigma.Kind switch
    {
        ActivationKind.Identity => z,
        ActivationKind.ReLU => Math.Max(z, 0),
        ActivationKind.LeakyReLU => z > 0 ? z : sigma.Parameter * z,
        _ => Enumerable.Repeat(z, (int)sigma.Parameter).Aggregate((a, b) => a * b),
    };

    private static double Slope(Activation sigma, double z) => sigma.Kind switch
    {
        ActivationKind.Identity => 1,
        ActivationKind.ReLU => z > 0 ? 1 : 0,
        ActivationKind.LeakyReLU => z > 0 ? 1 : sigma.Parameter,
        _ => sigma.Parameter * Enumerable.Repeat(z, (int)sigma.Parameter - 1).Aggregate(1.0, (a, b) => a * b),
    };
}

/// <summary>A random small network with weights and inputs, all from one seed.</summary>
internal sealed class RandomNetwork
{
    public RandomNetwork(int seed, int maxDepth = 4)
    {
        var random = new Random(seed);
        var d = random.Next(1, 6);
        Examples = random.Next(1, 12);
        var depth = random.Next(1, maxDepth + 1);
        Activation[] activations =
            [Activation.ReLU, Activation.LeakyReLU(0.2), Activation.Power(2), Activation.Power(3), Activation.Identity];
        var choice = random.Next(activations.Length + 2);
        if (choice == activations.Length) Net = Network.Diagonal(d, depth);
        else if (choice < activations.Length)
            Net = Network.Dense(d, activations[choice], [.. Enumerable.Range(1, depth).Select(k => k == depth ? 1 : random.Next(1, 7))]);
        else
        {
            var builder = new NetworkBuilder(d).Diagonal().Then(Activation.ReLU);
            for (var k = 1; k < depth; k++) builder.Dense(random.Next(2, 6)).Then(activations[random.Next(activations.Length - 1)]);
            Net = builder.Dense(1).Build();
        }
        Theta = [.. Problems.Normal(random, Net.ParameterCount).Select(v => 0.7 * v)];
        Direction = Problems.Normal(random, Net.ParameterCount);
        X = Problems.Normal(random, Examples * d);
        Y = [.. Enumerable.Range(0, Examples).Select(_ => random.Next(2) * 2.0 - 1)];
    }

    public Network Net { get; }
    public double[] Theta { get; }
    public double[] Direction { get; }
    public int Examples { get; }
    public double[] X { get; }
    public double[] Y { get; }

    public double[] Example(int n) => X[(n * Net.Inputs)..((n + 1) * Net.Inputs)];
}
