using System.Numerics;
using Rhoflow.Kernels;

namespace Rhoflow.Networks.Operators;

/// <summary>Z = A Wᵀ (N × rows), δ_A = δ_Z W, dW = δ_Zᵀ A. A first layer on a shared minibatch reads it packed: the same bits.</summary>
/// <param name="readsInput">Whether the source is the network's input.</param>
internal sealed class LinearOperator<T>(Layer layer, Source<T> source, Slot<T> target, bool readsInput, Team team) : IOperator<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Forward(in Pass<T> pass) => Product(pass, Window(pass.Theta), source.Slot.Value(pass.Examples), target.Value(pass.Examples), readsInput, accumulate: false);

    public void Backward(in Pass<T> pass)
    {
        var n = pass.Examples;
        var delta = target.Delta(n);
        if (!pass.Gradient.IsEmpty) WeightGradient(pass, delta, source.Slot.Value(n), readsInput, accumulate: false);
        if (source.Slot.Moves) Back(n, delta, Window(pass.Theta), source.Slot.Delta(n), source.Accumulate);
    }

    public void Tangent(in Pass<T> pass)
    {
        var n = pass.Examples;
        Product(pass, Window(pass.Direction), source.Slot.Value(n), target.ValueDot(n), readsInput, accumulate: false);
        if (source.Slot.Moves) Product(pass, Window(pass.Theta), source.Slot.ValueDot(n), target.ValueDot(n), packed: false, accumulate: true);
    }

    public void BackwardTangent(in Pass<T> pass)
    {
        var n = pass.Examples;
        WeightGradient(pass, target.DeltaDot(n), source.Slot.Value(n), readsInput, accumulate: false);
        if (!source.Slot.Moves) return;
        WeightGradient(pass, target.Delta(n), source.Slot.ValueDot(n), packed: false, accumulate: true);
        Back(n, target.DeltaDot(n), Window(pass.Theta), source.Slot.DeltaDot(n), source.Accumulate);
        Back(n, target.Delta(n), Window(pass.Direction), source.Slot.DeltaDot(n), accumulate: true);
    }

    private ReadOnlySpan<T> Window(ReadOnlySpan<T> theta) => theta.Slice(layer.Offset, layer.Count);

    private void Product(in Pass<T> pass, ReadOnlySpan<T> w, ReadOnlySpan<T> a, Span<T> z, bool packed, bool accumulate)
    {
        if (packed && pass.Inputs.PackedTransposed is { } columns)
            Gemm.MultiplyPacked(layer.Rows, w, layer.Columns, aTransposed: false, columns, z, layer.Rows, cTransposed: true, accumulate, team);
        else
            Gemm.Multiply(GemmForm.NT, pass.Examples, layer.Rows, layer.Columns, a, layer.Columns, w, layer.Columns, z, layer.Rows, accumulate, team);
    }

    private void WeightGradient(in Pass<T> pass, ReadOnlySpan<T> delta, ReadOnlySpan<T> a, bool packed, bool accumulate)
    {
        var dw = pass.Gradient.Slice(layer.Offset, layer.Count);
        if (packed && pass.Inputs.Packed is { } rows)
            Gemm.MultiplyPacked(layer.Rows, delta, layer.Rows, aTransposed: true, rows, dw, layer.Columns, cTransposed: false, accumulate, team);
        else
            Gemm.Multiply(GemmForm.TN, layer.Rows, layer.Columns, pass.Examples, delta, layer.Rows, a, layer.Columns, dw, layer.Columns, accumulate, team);
    }

    private void Back(int examples, ReadOnlySpan<T> delta, ReadOnlySpan<T> w, Span<T> below, bool accumulate) =>
        Gemm.Multiply(GemmForm.NN, examples, layer.Columns, layer.Rows, delta, layer.Rows, w, layer.Columns, below, layer.Columns, accumulate, team);
}
