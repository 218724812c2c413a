using System.Numerics;
using System.Numerics.Tensors;

namespace Rhoflow.Networks.Operators;

/// <summary>z_i = w_i a_i, δ_a = w ∘ δ_z, dw_i = Σ_n δ_z a.</summary>
internal sealed class DiagonalOperator<T>(Layer layer, Source<T> source, Slot<T> target) : IOperator<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Forward(in Pass<T> pass) => Times(Window(pass.Theta), source.Slot.Value(pass.Examples), target.Value(pass.Examples), accumulate: false);

    public void Backward(in Pass<T> pass)
    {
        var n = pass.Examples;
        if (!pass.Gradient.IsEmpty) WeightGradient(pass, target.Delta(n), source.Slot.Value(n), accumulate: false);
        if (source.Slot.Moves) Times(Window(pass.Theta), target.Delta(n), source.Slot.Delta(n), source.Accumulate);
    }

    public void Tangent(in Pass<T> pass)
    {
        var n = pass.Examples;
        Times(Window(pass.Direction), source.Slot.Value(n), target.ValueDot(n), accumulate: false);
        if (source.Slot.Moves) Times(Window(pass.Theta), source.Slot.ValueDot(n), target.ValueDot(n), accumulate: true);
    }

    public void BackwardTangent(in Pass<T> pass)
    {
        var n = pass.Examples;
        WeightGradient(pass, target.DeltaDot(n), source.Slot.Value(n), accumulate: false);
        if (!source.Slot.Moves) return;
        WeightGradient(pass, target.Delta(n), source.Slot.ValueDot(n), accumulate: true);
        Times(Window(pass.Theta), target.DeltaDot(n), source.Slot.DeltaDot(n), source.Accumulate);
        Times(Window(pass.Direction), target.Delta(n), source.Slot.DeltaDot(n), accumulate: true);
    }

    private ReadOnlySpan<T> Window(ReadOnlySpan<T> theta) => theta.Slice(layer.Offset, layer.Count);

    private static void Times(ReadOnlySpan<T> w, ReadOnlySpan<T> a, Span<T> result, bool accumulate)
    {
        for (var at = 0; at < a.Length; at += w.Length)
        {
            var row = result.Slice(at, w.Length);
            if (accumulate) TensorPrimitives.MultiplyAdd(a.Slice(at, w.Length), w, row, row);
            else TensorPrimitives.Multiply(a.Slice(at, w.Length), w, row);
        }
    }

    private void WeightGradient(in Pass<T> pass, ReadOnlySpan<T> delta, ReadOnlySpan<T> a, bool accumulate)
    {
        var dw = pass.Gradient.Slice(layer.Offset, layer.Count);
        if (!accumulate) dw.Clear();
        for (var at = 0; at < a.Length; at += dw.Length)
            TensorPrimitives.MultiplyAdd(delta.Slice(at, dw.Length), a.Slice(at, dw.Length), dw, dw);
    }
}
