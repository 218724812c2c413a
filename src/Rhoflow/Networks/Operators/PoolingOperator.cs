using System.Numerics;

namespace Rhoflow.Networks.Operators;

/// <summary>
/// z = maximum or mean of every window; a maximum sends δ to the place it came from (the first of equal ones), a mean to all of them.
/// Both are linear for fixed places, so derivatives along a direction use the same places.
/// </summary>
internal sealed class PoolingOperator<T>(PoolingNode node, TensorShape input, int capacity, Source<T> source, Slot<T> target) : IOperator<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int[] _places = node.Pooling == PoolingKind.Max ? new int[capacity * node.Shape.Count] : [];

    public void Forward(in Pass<T> pass)
    {
        if (node.Pooling == PoolingKind.Max) FindPlaces(pass.Examples, source.Slot.Value(pass.Examples));
        Pool(source.Slot.Value(pass.Examples), target.Value(pass.Examples));
    }

    public void Backward(in Pass<T> pass)
    {
        if (source.Slot.Moves) Spread(target.Delta(pass.Examples), source.Slot.Delta(pass.Examples));
    }

    public void Tangent(in Pass<T> pass) => Pool(source.Slot.ValueDot(pass.Examples), target.ValueDot(pass.Examples));

    public void BackwardTangent(in Pass<T> pass)
    {
        if (source.Slot.Moves) Spread(target.DeltaDot(pass.Examples), source.Slot.DeltaDot(pass.Examples));
    }

    private void Pool(ReadOnlySpan<T> a, Span<T> z)
    {
        if (node.Pooling == PoolingKind.Max)
        {
            for (var i = 0; i < z.Length; i++) z[i] = a[_places[i]];
            return;
        }
        z.Clear();
        var share = T.One / T.CreateChecked(node.Kernel * node.Kernel);
        for (var output = 0; output < z.Length / node.Shape.Channels; output++)
        {
            foreach (var position in Window(output))
                for (var c = 0; c < node.Shape.Channels; c++) z[output * node.Shape.Channels + c] += share * a[position * node.Shape.Channels + c];
        }
    }

    private void Spread(ReadOnlySpan<T> delta, Span<T> below)
    {
        if (!source.Accumulate) below.Clear();
        if (node.Pooling == PoolingKind.Max)
        {
            for (var i = 0; i < delta.Length; i++) below[_places[i]] += delta[i];
            return;
        }
        var share = T.One / T.CreateChecked(node.Kernel * node.Kernel);
        for (var output = 0; output < delta.Length / node.Shape.Channels; output++)
        {
            foreach (var position in Window(output))
                for (var c = 0; c < node.Shape.Channels; c++) below[position * node.Shape.Channels + c] += share * delta[output * node.Shape.Channels + c];
        }
    }

    private void FindPlaces(int examples, ReadOnlySpan<T> a)
    {
        for (var output = 0; output < examples * node.Shape.Positions; output++)
        {
            for (var c = 0; c < node.Shape.Channels; c++)
            {
                var best = -1;
                foreach (var position in Window(output))
                {
                    var at = position * node.Shape.Channels + c;
                    if (best < 0 || a[at] > a[best]) best = at;
                }
                _places[output * node.Shape.Channels + c] = best;
            }
        }
    }

    private PoolingWindow Window(int output) => new(node, input, output);
}

/// <summary>The positions (counted over all examples) inside the image that one output of a pooling node sees.</summary>
internal ref struct PoolingWindow
{
    private readonly int _left, _right, _bottom, _width, _image;
    private int _x, _y;

    public PoolingWindow(PoolingNode node, TensorShape input, int output)
    {
        var (example, at) = Math.DivRem(output, node.Shape.Positions);
        var (oy, ox) = Math.DivRem(at, node.Shape.Width);
        int top = oy * node.Stride - node.Padding, left = ox * node.Stride - node.Padding;
        (_width, _image) = (input.Width, example * input.Positions);
        (_left, _right) = (Math.Max(left, 0), Math.Min(left + node.Kernel, input.Width));
        (_y, _bottom) = (Math.Max(top, 0), Math.Min(top + node.Kernel, input.Height));
        _x = _left - 1;
    }

    public readonly PoolingWindow GetEnumerator() => this;
    public readonly int Current => _image + _y * _width + _x;

    public bool MoveNext()
    {
        if (++_x < _right) return true;
        _x = _left;
        return ++_y < _bottom;
    }
}
