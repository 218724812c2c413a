using Rhoflow.Data;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Limits;

/// <summary>
/// The gradients y_n ∂f_n/∂θ of a chain, where a ReLU may stand on its kink: f_n then has one gradient for each choice of sides, and
/// their convex hull is Clarke's subdifferential, in which the papers' ∂f/∂V has to be read (T3 §2). A flow that slides along a kink
/// moves by one of its elements.
/// </summary>
internal sealed class ClarkeGradients
{
    private const int MostKinks = 12;

    private readonly double[] _margins;

    private ClarkeGradients(double[] margins, List<int> examples, List<double[]> gradients) =>
        (_margins, Examples, Gradients) = (margins, examples, gradients);

    /// <summary>q_n = y_n f_n, N numbers.</summary>
    public ReadOnlySpan<double> Margins => _margins;

    /// <summary>The example that each of <see cref="Gradients"/> belongs to.</summary>
    public IReadOnlyList<int> Examples { get; }

    /// <summary>y_n ∂f_n/∂θ, P numbers each: one per example, or 2^m where m of its units stand on their kinks.</summary>
    public IReadOnlyList<double[]> Gradients { get; }

    /// <param name="network">One output.</param>
    /// <param name="theta">θ.</param>
    /// <param name="binary">Labels ±1.</param>
    /// <param name="kink">A unit stands on its kink where |z| ≤ kink·‖w‖‖a‖, w its row and a what it reads; 0: nowhere.</param>
    /// <exception cref="ArgumentException">One example has more than twelve units on their kinks.</exception>
    public static ClarkeGradients Of(Network network, ReadOnlySpan<double> theta, Dataset binary, double kink)
    {
        int count = binary.Count, p = network.ParameterCount;
        var passes = new ChainPasses(network, binary.X, count);
        passes.Forward(theta);
        var margins = new double[count];
        for (var n = 0; n < count; n++) margins[n] = binary.Y[n] * passes.Outputs[n];
        var kinks = kink > 0 ? Kinks(network, passes, theta, binary, kink) : new List<Kink>[count];
        var most = kinks.Max(k => k?.Count ?? 0);
        if (most > MostKinks)
            throw new ArgumentException($"{most} units stand on their kinks for one example; at most {MostKinks} can be told apart");

        List<int> examples = [];
        List<double[]> gradients = [];
        var all = new double[count * p];
        for (var choice = 0; choice < 1 << most; choice++)
        {
            if (choice == 1) passes.FrozenPattern = true;
            if (most > 0) Choose(passes, kinks, choice);
            if (choice > 0) passes.Forward(theta);
            passes.PerExample(theta, all);
            for (var n = 0; n < count; n++)
            {
                if (choice >= 1 << (kinks[n]?.Count ?? 0)) continue;
                var gradient = all[(n * p)..((n + 1) * p)];
                Vectors.Scale(binary.Y[n], gradient, gradient);
                examples.Add(n);
                gradients.Add(gradient);
            }
        }
        return new ClarkeGradients(margins, examples, gradients);
    }

    // Bit i of the choice is the slope of an example's i-th unit on its kink.
    private static void Choose(ChainPasses passes, List<Kink>[] kinks, int choice)
    {
        foreach (var of in kinks)
        {
            for (var i = 0; i < of.Count; i++)
            {
                var low = passes.Network.Activations[of[i].Layer - 1] is { Kind: ActivationKind.LeakyReLU } leaky ? leaky.Parameter : 0;
                passes.Slopes(of[i].Layer - 1)[of[i].Unit * passes.Stride + of[i].Example] = (choice >> i & 1) == 1 ? 1 : low;
            }
        }
    }

    private static List<Kink>[] Kinks(Network network, ChainPasses passes, ReadOnlySpan<double> theta, Dataset data, double kink)
    {
        List<Kink>[] found = [.. Enumerable.Range(0, data.Count).Select(_ => new List<Kink>())];
        for (var k = 0; k < network.Depth; k++)
        {
            if (!network.Activations[k].HasKink) continue;
            var layer = network.Layers[k];
            var w = layer.Of(theta);
            for (var n = 0; n < data.Count; n++)
            {
                double[] input = k == 0 ? data.Example(n).ToArray() : Activations(network.Activations[k - 1], passes, k - 1, n);
                var size = Vectors.Norm(input);
                if (size == 0) continue;   // all units below are off, so that z stays 0 nearby
                for (var i = 0; i < layer.Rows; i++)
                {
                    var row = layer.Kind == LayerKind.Diagonal ? Math.Abs(w[i]) : Vectors.Norm(w.Slice(i * layer.Columns, layer.Columns));
                    if (Math.Abs(passes.PreActivations(k)[i * passes.Stride + n]) <= kink * row * size) found[n].Add(new Kink(k + 1, i, n));
                }
            }
        }
        return found;
    }

    private static double[] Activations(Activation sigma, ChainPasses passes, int layer, int n)
    {
        var z = new double[passes.Network.Layers[layer].Rows];
        for (var i = 0; i < z.Length; i++) z[i] = passes.PreActivations(layer)[i * passes.Stride + n];
        var a = new double[z.Length];
        sigma.Apply(z, a, new double[z.Length]);
        return a;
    }
}
