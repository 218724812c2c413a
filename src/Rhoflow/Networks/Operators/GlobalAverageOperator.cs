using System.Numerics;
using System.Numerics.Tensors;

namespace Rhoflow.Networks.Operators;

/// <summary>z_c = (1/P) Σ_p a_pc over the P positions; linear, so derivatives along a direction are the same maps.</summary>
internal sealed class GlobalAverageOperator<T>(TensorShape input, Source<T> source, Slot<T> target) : IOperator<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Forward(in Pass<T> pass) => Average(source.Slot.Value(pass.Examples), target.Value(pass.Examples));

    public void Backward(in Pass<T> pass)
    {
        if (source.Slot.Moves) Spread(target.Delta(pass.Examples), source.Slot.Delta(pass.Examples));
    }

    public void Tangent(in Pass<T> pass)
    {
        if (source.Slot.Moves) Average(source.Slot.ValueDot(pass.Examples), target.ValueDot(pass.Examples));
    }

    public void BackwardTangent(in Pass<T> pass)
    {
        if (source.Slot.Moves) Spread(target.DeltaDot(pass.Examples), source.Slot.DeltaDot(pass.Examples));
    }

    private void Average(ReadOnlySpan<T> a, Span<T> z)
    {
        var share = T.One / T.CreateChecked(input.Positions);
        for (var at = 0; at < z.Length; at += input.Channels)
        {
            var sum = z.Slice(at, input.Channels);
            var image = a.Slice(at * input.Positions, input.Count);
            image[..input.Channels].CopyTo(sum);
            for (var p = 1; p < input.Positions; p++) TensorPrimitives.Add(sum, image.Slice(p * input.Channels, input.Channels), sum);
            TensorPrimitives.Multiply(sum, share, sum);
        }
    }

    private void Spread(ReadOnlySpan<T> delta, Span<T> below)
    {
        var share = T.One / T.CreateChecked(input.Positions);
        for (var at = 0; at < delta.Length; at += input.Channels)
        {
            var row = delta.Slice(at, input.Channels);
            var image = below.Slice(at * input.Positions, input.Count);
            for (var p = 0; p < input.Positions; p++)
            {
                var position = image.Slice(p * input.Channels, input.Channels);
                if (source.Accumulate) TensorPrimitives.MultiplyAdd(row, share, position, position);
                else TensorPrimitives.Multiply(row, share, position);
            }
        }
    }
}
