using Rhoflow.Kernels;
using Rhoflow.Networks;

namespace Rhoflow.Measures.Margins;

/// <summary>
/// ∂f/∂x of single examples: the network with a diagonal layer in front, whose weights are the example and whose input is all ones. The
/// derivative by those weights is the derivative by the example.
/// </summary>
internal sealed class InputGradients : IDisposable
{
    private readonly Network _probe;
    private readonly double[] _theta, _statistics, _gradient;
    private readonly Team _team = new();
    private readonly GraphPasses<double> _propagation;
    private readonly Minibatch<double> _ones;

    /// <param name="network">The network.</param>
    /// <param name="theta">θ.</param>
    /// <param name="statistics">Running means and variances of batch normalization; empty without it.</param>
    public InputGradients(Network network, ReadOnlySpan<double> theta, ReadOnlySpan<double> statistics)
    {
        var d = network.Inputs;
        // The network one node, one layer and d parameters later, after the diagonal.
        Node[] nodes = [new LinearNode([Node.NetworkInput], network.Input, new NodeWindows(0)),
            .. network.Nodes.Select(n => n.Shifted(1, 1, d))];
        Layer[] layers = [new(LayerKind.Diagonal, d, d, 0), .. network.Layers.Select(l => l with { Offset = l.Offset + d })];
        _probe = Network.FromNodes(network.Input, nodes, layers, network.ParameterCount + d, network.StatisticsCount);
        (_theta, _statistics) = ([.. new double[d], .. theta], statistics.ToArray());
        _gradient = new double[_theta.Length];
        _propagation = new GraphPasses<double>(_probe, 1, _team);
        _ones = new Minibatch<double>(network.Input, 1, shared: false, _team);
        _ones.GatherRange([.. Enumerable.Repeat(1.0, d)], [], 0, 1);
    }

    /// <summary>Σ_c weights_c ∂f_c(x)/∂x, d numbers that stay until the next call.</summary>
    /// <param name="x">One example.</param>
    /// <param name="weights">C numbers.</param>
    public ReadOnlySpan<double> At(ReadOnlySpan<double> x, ReadOnlySpan<double> weights)
    {
        x.CopyTo(_theta);
        _propagation.Forward(_theta, _ones, NormalizeBy.Running, _statistics);
        _propagation.VectorJacobianProduct(_theta, weights, _gradient);
        return _gradient.AsSpan(0, x.Length);
    }

    public void Dispose() => _team.Dispose();
}
