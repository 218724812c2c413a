using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Rhoflow.Networks;

namespace Rhoflow.Losses;

/// <summary>
/// L(θ) = Σ_n or N⁻¹ Σ_n ℓ(f(θ; x_n), y_n) over any passes: the network in <typeparamref name="T"/>, the loss in float64 and in the log
/// domain.
/// Every risk is this with examples of its own. 1/N of a mean stands in the scale, so that weights are the same for both reductions.
/// Owns a workspace: not thread-safe; use one instance per thread.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class LossOverPasses<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly INetworkPasses<T> _passes;
    private readonly Loss _loss;
    private readonly Reduction _reduction;
    private readonly int _outputs;
    private readonly double[] _f, _weights, _fDot, _weightsDot;
    private readonly T[] _c, _cDot;
    private double _logFactor;
    private int _count, _size;             // N and N·C of the outputs taken
    private bool _ownsOutputs;

    /// <param name="passes">The network on its examples.</param>
    /// <param name="loss">ℓ.</param>
    /// <param name="reduction">Whether L is a mean or a sum.</param>
    /// <param name="capacity">The most examples.</param>
    public LossOverPasses(INetworkPasses<T> passes, Loss loss, Reduction reduction, int capacity)
    {
        (_passes, _loss, _reduction, _outputs) = (passes, loss, reduction, passes.Network.Outputs);
        var size = checked(capacity * _outputs);
        (_f, _weights, _fDot, _weightsDot) = (new double[size], new double[size], new double[size], new double[size]);
        (_c, _cDot) = typeof(T) == typeof(double) ? ([], []) : (new T[size], new T[size]);
    }

    /// <summary>f in float64, N × C, less a shift of targets if one was given.</summary>
    public ReadOnlySpan<double> Outputs => typeof(T) == typeof(double) && !_ownsOutputs ? AsDouble(_passes.Outputs) : _f.AsSpan(0, _size);

    /// <summary>c with −∂L/∂f = e^{LogScale} c, N × C, of the last <see cref="Weigh"/>.</summary>
    public ReadOnlySpan<double> Weights => _weights.AsSpan(0, _size);

    /// <summary>Takes the outputs of the passes, which have just run forward.</summary>
    /// <param name="count">N.</param>
    /// <param name="shift">Subtracted from them, N × C; empty: nothing.</param>
    public void TakeOutputs(int count, ReadOnlySpan<double> shift = default)
    {
        if (count != _count) (_count, _size, _logFactor) = (count, count * _outputs, _reduction == Reduction.Mean ? -Math.Log(count) : 0);
        _ownsOutputs = typeof(T) != typeof(double) || !shift.IsEmpty;
        if (!_ownsOutputs) return;
        Widen(_passes.Outputs, _f);
        if (!shift.IsEmpty) TensorPrimitives.Subtract(Outputs, shift[.._size], _f.AsSpan(0, _size));
    }

    /// <summary>L and its weights at the given outputs.</summary>
    /// <param name="f">N × C.</param>
    /// <param name="y">N targets.</param>
    public LossValue Weigh(ReadOnlySpan<double> f, ReadOnlySpan<double> y)
    {
        var value = _loss.Evaluate(f, y[.._count], _outputs, _weights.AsSpan(0, _size));
        return new LossValue(value.LogLoss + _logFactor, value.LogScale + _logFactor);
    }

    /// <summary>descent ← Σ c ∂f/∂θ with the weights of the last <see cref="Weigh"/>: −∇L = e^{LogScale} descent.</summary>
    public void VectorJacobianProduct(ReadOnlySpan<T> theta, Span<T> descent) =>
        _passes.VectorJacobianProduct(theta, Narrow(_weights.AsSpan(0, _size), _c), descent);

    /// <summary>result with (∇²L) v = e^{LogScale} result at the outputs taken: exact, 0 for a ReLU's own second derivative.</summary>
    public LossValue HessianVectorProduct(ReadOnlySpan<T> theta, ReadOnlySpan<double> y, ReadOnlySpan<T> v, Span<T> result)
    {
        var value = Weigh(Outputs, y);
        var weights = _weights.AsSpan(0, _size);
        var fDot = _passes.JacobianVectorProduct(theta, v);
        if (typeof(T) != typeof(double)) Widen(fDot, _fDot);
        // Curvatures on the scale of the sum, where those of single examples stand; d(∂L/∂f) = ℓ'' ḟ.
        var sum = value with { LogScale = value.LogScale - _logFactor };
        _loss.CurvatureTimes(Outputs, y[.._count], _outputs, sum,
            typeof(T) == typeof(double) ? AsDouble(fDot) : _fDot.AsSpan(0, _size), _weightsDot.AsSpan(0, _size));
        TensorPrimitives.Negate(weights, weights);                         // ∂L/∂f
        _passes.HessianVectorProduct(theta, v, Narrow(weights, _c), Narrow(_weightsDot.AsSpan(0, _size), _cDot), result);
        TensorPrimitives.Negate(weights, weights);
        return value;
    }

    private static ReadOnlySpan<double> AsDouble(ReadOnlySpan<T> numbers) => MemoryMarshal.Cast<T, double>(numbers);

    private static void Widen(ReadOnlySpan<T> from, Span<double> to)
    {
        for (var i = 0; i < from.Length; i++) to[i] = double.CreateTruncating(from[i]);
    }

    // The numbers themselves in float64.
    private static ReadOnlySpan<T> Narrow(ReadOnlySpan<double> from, T[] to)
    {
        if (typeof(T) == typeof(double)) return MemoryMarshal.Cast<double, T>(from);
        for (var i = 0; i < from.Length; i++) to[i] = T.CreateTruncating(from[i]);
        return to.AsSpan(0, from.Length);
    }
}
