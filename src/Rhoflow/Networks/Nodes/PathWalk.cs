using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>One walk over the nodes that adds up ∏|w|^p over all paths from the inputs (see <see cref="Node.PathSums"/>).</summary>
/// <param name="network">Whose nodes.</param>
/// <param name="theta">θ.</param>
/// <param name="p">p ≥ 1.</param>
internal sealed class PathWalk(Network network, ReadOnlySpan<double> theta, double p)
{
    private readonly double[] _powers = PowersOf(theta, p);
    private int _node;

    /// <summary>Whose nodes.</summary>
    public Network Network => network;

    /// <summary>p.</summary>
    public double P => p;

    /// <summary>|θ|^p.</summary>
    public ReadOnlySpan<double> Powers => _powers;

    /// <summary>The shape of what the node that is asked reads.</summary>
    public TensorShape Input => network.ShapeOf(network.Nodes[_node].Sources[0]);

    /// <summary>The sums of every output of the network.</summary>
    public double[] Run()
    {
        var ones = new double[network.Inputs];
        ones.AsSpan().Fill(1);
        var sums = new double[network.Nodes.Count][];
        for (_node = 0; _node < sums.Length; _node++)
            sums[_node] = network.Nodes[_node].PathSums(this, [.. network.Nodes[_node].Sources.Select(s => s < 0 ? ones : sums[s])]);
        return sums[^1];
    }

    private static double[] PowersOf(ReadOnlySpan<double> theta, double p)
    {
        var powers = new double[theta.Length];
        for (var i = 0; i < powers.Length; i++)
            powers[i] = p == 1 ? Math.Abs(theta[i]) : p == 2 ? theta[i] * theta[i] : Math.Pow(Math.Abs(theta[i]), p);
        return powers;
    }
}
