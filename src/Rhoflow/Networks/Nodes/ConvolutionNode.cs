using System.Numerics;
using Rhoflow.Kernels;
using Rhoflow.Numerics;

namespace Rhoflow.Networks.Operators;

/// <summary>z = W ∗ a, δ_a = Wᵀ ∗ δ_z, dW = δ_z ⋆ a: bilinear, so derivatives along a direction are the same three passes.</summary>
internal sealed class ConvolutionOperator<T> : IOperator<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Layer _layer;
    private readonly Source<T> _source;
    private readonly Slot<T> _target;
    private readonly Convolution<T> _kernel;

    // The kernel keeps the padded input of its last forward pass; this tells whether that was a.
    private bool _holdsValue;

    public ConvolutionOperator(ConvolutionNode node, Layer layer, TensorShape input, int capacity, Source<T> source, Slot<T> target, Team team)
    {
        (_layer, _source, _target) = (layer, source, target);
        _kernel = new Convolution<T>(
            new ConvolutionShape(input.Height, input.Width, input.Channels, layer.Rows, node.Kernel, node.Kernel, node.Stride, node.Padding), capacity, team);
    }

    public void Forward(in Pass<T> pass)
    {
        _kernel.Forward(pass.Examples, _source.Slot.Value(pass.Examples), Window(pass.Theta), _target.Value(pass.Examples));
        _holdsValue = true;
    }

    public void Backward(in Pass<T> pass)
    {
        var n = pass.Examples;
        var delta = _target.Delta(n);
        if (!pass.Gradient.IsEmpty) _kernel.BackwardWeights(n, _source.Slot.Value(n), delta, Window(pass.Gradient), sameInput: _holdsValue);
        if (_source.Slot.Moves) _kernel.BackwardData(n, delta, Window(pass.Theta), _source.Slot.Delta(n), _source.Accumulate);
    }

    public void Tangent(in Pass<T> pass)
    {
        var n = pass.Examples;
        var zDot = _target.ValueDot(n);
        if (_source.Slot.Moves) _kernel.Forward(n, _source.Slot.ValueDot(n), Window(pass.Theta), zDot);
        _kernel.Forward(n, _source.Slot.Value(n), Window(pass.Direction), zDot, accumulate: _source.Slot.Moves);
        _holdsValue = true;
    }

    public void BackwardTangent(in Pass<T> pass)
    {
        var n = pass.Examples;
        Span<T> delta = _target.Delta(n), deltaDot = _target.DeltaDot(n);
        _kernel.BackwardWeights(n, _source.Slot.Value(n), deltaDot, Window(pass.Gradient), sameInput: _holdsValue);
        if (!_source.Slot.Moves) return;
        _kernel.BackwardWeights(n, _source.Slot.ValueDot(n), delta, Window(pass.Gradient), accumulate: true);
        _holdsValue = false;
        _kernel.BackwardData(n, deltaDot, Window(pass.Theta), _source.Slot.DeltaDot(n), _source.Accumulate);
        _kernel.BackwardData(n, delta, Window(pass.Direction), _source.Slot.DeltaDot(n), accumulate: true);
    }

    private ReadOnlySpan<T> Window(ReadOnlySpan<T> theta) => theta.Slice(_layer.Offset, _layer.Count);
    private Span<T> Window(Span<T> theta) => theta.Slice(_layer.Offset, _layer.Count);
}
