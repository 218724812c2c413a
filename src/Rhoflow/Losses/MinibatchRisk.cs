using System.Numerics;
using Rhoflow.Kernels;
using Rhoflow.Networks;

namespace Rhoflow.Losses;

/// <summary>
/// L(θ) of one minibatch, the mean over its examples: the network in <typeparamref name="T"/>, the loss in float64 and in the log domain.
/// Owns a workspace: not thread-safe; use one instance per thread, or one with a team of threads.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class MinibatchRisk<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly LossOverPasses<T> _risk;

    /// <param name="network">What runs.</param>
    /// <param name="loss">ℓ.</param>
    /// <param name="capacity">The most examples of a minibatch.</param>
    /// <param name="team">Who works.</param>
    public MinibatchRisk(Network network, Loss loss, int capacity, Team team)
    {
        (Network, Loss) = (network, loss);
        Passes = new GraphPasses<T>(network, capacity, team);
        _risk = new LossOverPasses<T>(Passes, loss, Reduction.Mean, capacity);
    }

    /// <summary>What runs.</summary>
    public Network Network { get; }

    /// <summary>ℓ.</summary>
    public Loss Loss { get; }

    /// <summary>The network on the last minibatch (features, for measures).</summary>
    public GraphPasses<T> Passes { get; }

    /// <summary>f of the last minibatch in float64, N × C, less the shift of targets if one was given; valid until the next call.</summary>
    public ReadOnlySpan<double> Outputs => _risk.Outputs;

    /// <summary>Computes descent with −∇L = e^{LogScale} descent, L the mean over the minibatch.</summary>
    /// <param name="theta">θ.</param>
    /// <param name="batch">The examples; what it holds for targets is not used where <paramref name="y"/> is given.</param>
    /// <param name="by">What batch normalization normalizes by.</param>
    /// <param name="statistics">Its running averages, updated by <see cref="NormalizeBy.Batch"/>; empty: not kept.</param>
    /// <param name="descent">Receives P numbers.</param>
    /// <param name="y">Targets instead of the minibatch's, for replicas with label noise of their own; empty: the minibatch's.</param>
    /// <param name="shift">Added to the target numbers of a square loss, N × C (ℓ(f, t + ξ) = ℓ(f − ξ, t)); empty: none.</param>
    public LossValue Gradient(ReadOnlySpan<T> theta, Minibatch<T> batch, NormalizeBy by, Span<double> statistics, Span<T> descent,
        ReadOnlySpan<double> y = default, ReadOnlySpan<double> shift = default)
    {
        Passes.Forward(theta, batch, by, statistics);
        _risk.TakeOutputs(batch.Count, shift);
        var value = _risk.Weigh(Outputs, y.IsEmpty ? batch.Y : y);
        _risk.VectorJacobianProduct(theta, descent);
        return value;
    }

    /// <summary>L of the minibatch, and its outputs.</summary>
    /// <inheritdoc cref="Gradient" path="/param"/>
    public LossValue Evaluate(ReadOnlySpan<T> theta, Minibatch<T> batch, NormalizeBy by, Span<double> statistics)
    {
        Passes.Forward(theta, batch, by, statistics);
        _risk.TakeOutputs(batch.Count);
        return _risk.Weigh(Outputs, batch.Y);
    }

    /// <summary>result with (∇²L) v = e^{LogScale} result: forward over reverse, exact (0 for a ReLU's own second derivative).</summary>
    /// <inheritdoc cref="Gradient" path="/param"/>
    /// <param name="v">P numbers.</param>
    /// <param name="result">Receives P numbers.</param>
    public LossValue HessianVectorProduct(
        ReadOnlySpan<T> theta, Minibatch<T> batch, NormalizeBy by, Span<double> statistics, ReadOnlySpan<T> v, Span<T> result)
    {
        Passes.Forward(theta, batch, by, statistics);
        _risk.TakeOutputs(batch.Count);
        return HessianVectorProductHere(theta, batch, v, result);
    }

    /// <summary>
    /// The same at the θ and minibatch of the last call: what an eigenvalue solver asks for many times. Neither the outputs nor, from the
    /// second time on, the deltas are computed again: 6 products per layer where a gradient takes 3.
    /// </summary>
    public LossValue HessianVectorProductHere(ReadOnlySpan<T> theta, Minibatch<T> batch, ReadOnlySpan<T> v, Span<T> result) =>
        _risk.HessianVectorProduct(theta, batch.Y, v, result);
}
