using System.Numerics;
using Rhoflow.Data;
using Rhoflow.Kernels;
using Rhoflow.Networks;

namespace Rhoflow.Measures.Margins;

/// <summary>f and ∂f/∂x of a few examples at a time; no derivative by the weights is taken on the way.</summary>
/// <typeparam name="T">float or double: what is computed in.</typeparam>
internal sealed class InputGradients<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    // Of the activations of examples that go together, and of their derivatives.
    private const long Part = 1L << 28;
    private const int LargestBlock = 256;

    private readonly T[] _theta;
    private readonly double[] _statistics;
    private readonly GraphPasses<T> _passes;
    private readonly Minibatch<T> _batch;

    /// <param name="network">The network.</param>
    /// <param name="theta">θ, narrowed to <typeparamref name="T"/>.</param>
    /// <param name="statistics">Running means and variances of batch normalization; empty without it.</param>
    /// <param name="team">Who works; used by nobody else meanwhile.</param>
    public InputGradients(Network network, ReadOnlySpan<double> theta, ReadOnlySpan<double> statistics, Team team)
    {
        (_theta, _statistics) = (Narrowed(theta), statistics.ToArray());
        Capacity = CapacityOf(network);
        _passes = new GraphPasses<T>(network, Capacity, team, movesInput: true);
        _batch = new Minibatch<T>(network.Input, Capacity, shared: false, team);
    }

    /// <summary>The most examples at a time.</summary>
    public int Capacity { get; }

    /// <summary>Of a network: as many examples as activations and derivatives have room for.</summary>
    public static unsafe int CapacityOf(Network network) => (int)Math.Clamp(
        Part / (2L * sizeof(T) * (network.Inputs + network.Nodes.Sum(static n => (long)n.Shape.Count))), 1, LargestBlock);

    /// <summary>f, n × C numbers that stay until the next call.</summary>
    /// <param name="some">At most <see cref="Capacity"/> examples.</param>
    public ReadOnlySpan<T> Outputs(Dataset some)
    {
        _batch.GatherRange(some.XAs<T>(), [], 0, some.Count);
        _passes.Forward(_theta, _batch, NormalizeBy.Running, _statistics);
        return _passes.Outputs;
    }

    /// <summary>Σ_c weights_c ∂f_c(x)/∂x of the examples of the last outputs, n × d numbers that stay until the next call.</summary>
    /// <param name="weights">n × C.</param>
    public ReadOnlySpan<T> At(ReadOnlySpan<double> weights) => _passes.InputGradients(_theta, Narrowed(weights));

    private static T[] Narrowed(ReadOnlySpan<double> values)
    {
        var narrowed = new T[values.Length];
        for (var i = 0; i < narrowed.Length; i++) narrowed[i] = T.CreateTruncating(values[i]);
        return narrowed;
    }
}
