using System.Numerics;
using System.Numerics.Tensors;
using Rhoflow.Kernels;
using Rhoflow.Networks;

namespace Rhoflow.Losses;

/// <summary>
/// L(θ) of one minibatch, the mean over its examples: the network in <typeparamref name="T"/>, the loss in float64 and in the log domain.
/// Owns the room it computes in: one instance a thread, or one with a team of threads.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class MinibatchRisk<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly double[] _f, _weights, _fDot, _weightsDot;
    private readonly T[] _c, _cDot;
    private int _count;

    /// <param name="network">What runs.</param>
    /// <param name="loss">ℓ.</param>
    /// <param name="capacity">The most examples of a minibatch.</param>
    /// <param name="team">Who works.</param>
    public MinibatchRisk(Network network, Loss loss, int capacity, Team team)
    {
        (Network, Loss) = (network, loss);
        Propagation = new Propagation<T>(network, capacity, team);
        var size = checked(capacity * network.Outputs);
        (_f, _weights, _fDot, _weightsDot) = (new double[size], new double[size], new double[size], new double[size]);
        (_c, _cDot) = (new T[size], new T[size]);
    }

    public Network Network { get; }
    public Loss Loss { get; }

    /// <summary>The network on the last minibatch (features, for measures).</summary>
    public Propagation<T> Propagation { get; }

    /// <summary>f of the last minibatch in float64, N × C, less the shift of targets if one was given.</summary>
    public ReadOnlySpan<double> Outputs => _f.AsSpan(0, _count * Network.Outputs);

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
        Forward(theta, batch, by, statistics);
        var f = _f.AsSpan(0, _count * Network.Outputs);
        if (!shift.IsEmpty) TensorPrimitives.Subtract(f, shift[..f.Length], f);
        var value = Weigh(y.IsEmpty ? batch.Y : y);
        Narrow(_weights, _c, f.Length);
        Propagation.Backward(theta, _c.AsSpan(0, f.Length), descent);
        return value;
    }

    /// <summary>L of the minibatch, and its outputs.</summary>
    /// <inheritdoc cref="Gradient" path="/param"/>
    public LossValue Evaluate(ReadOnlySpan<T> theta, Minibatch<T> batch, NormalizeBy by, Span<double> statistics)
    {
        Forward(theta, batch, by, statistics);
        return Weigh(batch.Y);
    }

    /// <summary>result with (∇²L) v = e^{LogScale} result: forward over reverse, exact (0 for a ReLU's own second derivative).</summary>
    /// <inheritdoc cref="Gradient" path="/param"/>
    public LossValue HessianVector(ReadOnlySpan<T> theta, Minibatch<T> batch, NormalizeBy by, Span<double> statistics, ReadOnlySpan<T> v, Span<T> result)
    {
        Evaluate(theta, batch, by, statistics);
        return HessianVectorHere(theta, batch, v, result);
    }

    /// <summary>
    /// The same at the θ and minibatch of the last call: what an eigenvalue solver asks for many times. Neither the outputs nor, from the
    /// second time on, the deltas are computed again: 6 products a layer where a gradient takes 3.
    /// </summary>
    public LossValue HessianVectorHere(ReadOnlySpan<T> theta, Minibatch<T> batch, ReadOnlySpan<T> v, Span<T> result)
    {
        var value = Weigh(batch.Y);
        var size = Outputs.Length;
        Widen(Propagation.Tangent(theta, v), _fDot);
        var sum = value with { LogScale = value.LogScale + Math.Log(_count) };
        Loss.CurvatureTimes(Outputs, batch.Y, Network.Outputs, sum, _fDot.AsSpan(0, size), _weightsDot.AsSpan(0, size));
        TensorPrimitives.Negate(_weights.AsSpan(0, size), _weights.AsSpan(0, size));
        Narrow(_weights, _c, size);
        Narrow(_weightsDot, _cDot, size);
        Propagation.BackwardTangent(theta, v, _c.AsSpan(0, size), _cDot.AsSpan(0, size), result);
        return value;
    }

    private void Forward(ReadOnlySpan<T> theta, Minibatch<T> batch, NormalizeBy by, Span<double> statistics)
    {
        Propagation.Forward(theta, batch, by, statistics);
        _count = batch.Count;
        Widen(Propagation.Outputs, _f);
    }

    // The 1/N of the mean moves into the scale.
    private LossValue Weigh(ReadOnlySpan<double> y)
    {
        var value = Loss.Evaluate(Outputs, y[.._count], Network.Outputs, _weights.AsSpan(0, Outputs.Length));
        var logCount = Math.Log(_count);
        return new LossValue(value.LogLoss - logCount, value.LogScale - logCount);
    }

    private static void Widen(ReadOnlySpan<T> from, Span<double> to)
    {
        for (var i = 0; i < from.Length; i++) to[i] = double.CreateTruncating(from[i]);
    }

    private static void Narrow(ReadOnlySpan<double> from, Span<T> to, int size)
    {
        for (var i = 0; i < size; i++) to[i] = T.CreateTruncating(from[i]);
    }
}
