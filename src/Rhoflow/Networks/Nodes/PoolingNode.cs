using System.Numerics;
using Rhoflow.Kernels;

namespace Rhoflow.Networks.Operators;

/// <summary>
/// z = maximum or mean of every window (of the whole image, for a global average). A maximum sends δ to the place it came from, a mean
/// to all; both are linear for fixed places, so derivatives along a direction use the same places.
/// </summary>
internal sealed class PoolingOperator<T> : IOperator<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Pooling<T> _kernel;
    private readonly AlignedBuffer<T>? _choice;
    private readonly Source<T> _source;
    private readonly Slot<T> _target;

    public PoolingOperator(PoolingShape shape, PoolingKind kind, int capacity, Source<T> source, Slot<T> target, Team team)
    {
        (_source, _target) = (source, target);
        _kernel = new Pooling<T>(shape, team);
        if (kind == PoolingKind.Max) _choice = new AlignedBuffer<T>(checked(capacity * target.Count));
    }

    public void Forward(in Pass<T> pass)
    {
        var n = pass.Examples;
        if (_choice is null) _kernel.AverageForward(n, _source.Slot.Value(n), _target.Value(n));
        else _kernel.MaximumForward(n, _source.Slot.Value(n), _target.Value(n), Choice(n));
    }

    public void Backward(in Pass<T> pass)
    {
        var n = pass.Examples;
        if (_source.Slot.Moves) Back(n, _target.Delta(n), _source.Slot.Delta(n));
    }

    public void Tangent(in Pass<T> pass)
    {
        var n = pass.Examples;
        if (_choice is null) _kernel.AverageForward(n, _source.Slot.ValueDot(n), _target.ValueDot(n));
        else _kernel.MaximumTangent(n, _source.Slot.ValueDot(n), Choice(n), _target.ValueDot(n));
    }

    public void BackwardTangent(in Pass<T> pass)
    {
        var n = pass.Examples;
        if (_source.Slot.Moves) Back(n, _target.DeltaDot(n), _source.Slot.DeltaDot(n));
    }

    private void Back(int examples, ReadOnlySpan<T> delta, Span<T> below)
    {
        if (_choice is null) _kernel.AverageBackward(examples, delta, below, _source.Accumulate);
        else _kernel.MaximumBackward(examples, delta, Choice(examples), below, _source.Accumulate);
    }

    private Span<T> Choice(int examples) => _choice!.Span[..(examples * _target.Count)];
}
