using System.Numerics;
using System.Numerics.Tensors;

namespace Rhoflow.Kernels;

/// <summary>
/// The gradient by the weights: rows are entries of the patch, the depth is output pixels, columns are maps. A task takes one panel of
/// maps and a chunk of the batch that depends on the sizes only; the chunks are then added in their order, so threads change no bit.
/// </summary>
internal sealed unsafe class ConvolutionBackwardWeights<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    // Output pixels after which a tile goes back to memory, so that their gradients stay in the first cache.
    private const int PixelsPerBlock = 256;
    private const int FewestPixelsPerChunk = 512;
    private const int MostChunks = 16;
    private const int EntriesPerSum = 32;

    private readonly ConvolutionSetting<T> _setting;
    private readonly AlignedBuffer<int> _pixels, _targets;
    private readonly AlignedBuffer<T> _gradients, _partial;
    private readonly Action<int, int> _pad, _multiply, _sum;
    private readonly int _chunk, _columns;
    private T* _x, _dy, _dw;
    private int _examples, _chunks;
    private bool _accumulate;

    public ConvolutionBackwardWeights(ConvolutionSetting<T> setting)
    {
        _setting = setting;
        var shape = setting.Shape;
        var pixels = shape.OutHeight * shape.OutWidth;
        _chunk = Math.Min(setting.Batch, Math.Max((FewestPixelsPerChunk + pixels - 1) / pixels, (setting.Batch + MostChunks - 1) / MostChunks));
        _columns = setting.Products.PanelColumns(shape.Maps);
        _pixels = setting.Pixels(_chunk);
        _targets = ConvolutionImages.Offsets(0, (shape.Patch, _columns), (1, 0), (1, 0));
        _gradients = new AlignedBuffer<T>(checked(setting.Team.Threads * PixelsPerBlock * 2 * setting.Products.Lanes));
        _partial = new AlignedBuffer<T>(checked((setting.Batch + _chunk - 1) / _chunk * shape.Patch * _columns));
        _pad = Pad;
        _multiply = Multiply;
        _sum = Sum;
    }

    public void Run(int examples, T* x, T* dy, T* dw, bool accumulate, bool padded)
    {
        _x = x;
        _dy = dy;
        _dw = dw;
        (_examples, _accumulate) = (examples, accumulate);
        _chunks = (examples + _chunk - 1) / _chunk;
        if (!padded && !_setting.Input.Borderless)
        {
            _setting.Team.Run((examples + _setting.ImagesPerTask - 1) / _setting.ImagesPerTask, _pad);
        }
        _setting.Team.Run(_chunks * _setting.Products.Panels(_setting.Shape.Maps), _multiply);
        _setting.Team.Run((_setting.Shape.Patch + EntriesPerSum - 1) / EntriesPerSum, _sum);
    }

    private void Pad(int task, int thread)
    {
        var first = task * _setting.ImagesPerTask;
        _setting.Pad(_x, first, Math.Min(_setting.ImagesPerTask, _examples - first));
    }

    private void Multiply(int task, int thread)
    {
        var (shape, products) = (_setting.Shape, _setting.Products);
        var panels = products.Panels(shape.Maps);
        int chunk = task / panels, column = task % panels * 2 * products.Lanes, width = products.PanelWidth(shape.Maps - column);
        var first = chunk * _chunk;
        var pixels = Math.Min(_chunk, _examples - first) * shape.OutHeight * shape.OutWidth;
        for (var pixel = 0; pixel < pixels; pixel += PixelsPerBlock)
        {
            var block = Math.Min(PixelsPerBlock, pixels - pixel);
            var gradient = _dy + (nint)first * shape.OutputSize + (nint)pixel * shape.Maps + column;
            var product = new ShiftedProduct<T>
            {
                A = _setting.Image(_x, first),
                Rows = _setting.Patch.Pointer,
                RowCount = shape.Patch,
                Depth = _pixels.Pointer + pixel,
                DepthCount = block,
                B = width == shape.Maps ? gradient : Gather(gradient, block, width, Math.Min(width, shape.Maps - column), thread),
                BStride = width,
                C = _partial.Pointer + (nint)chunk * shape.Patch * _columns + column,
                Targets = _targets.Pointer,
                Columns = width,
                Accumulate = pixel > 0,
                Edge = _setting.Edge(thread),
            };
            products.Run(ref product);
        }
    }

    // A panel of maps of some output gradients, one pixel behind the other; what lies behind the last map reaches no result.
    private T* Gather(T* gradient, int pixels, int width, int maps, int thread)
    {
        var gathered = _gradients.Pointer + (nint)thread * PixelsPerBlock * 2 * _setting.Products.Lanes;
        for (var p = 0; p < pixels; p++)
        {
            new ReadOnlySpan<T>(gradient + (nint)p * _setting.Shape.Maps, maps).CopyTo(new Span<T>(gathered + p * width, maps));
        }
        return gathered;
    }

    // Some entries of the patch: the chunks into the first of them, then transposed.
    private void Sum(int task, int thread)
    {
        var shape = _setting.Shape;
        int first = task * EntriesPerSum, entries = Math.Min(EntriesPerSum, shape.Patch - first);
        var sum = _partial.Pointer + (nint)first * _columns;
        var total = new Span<T>(sum, entries * _columns);
        for (var chunk = 1; chunk < _chunks; chunk++)
        {
            var part = new ReadOnlySpan<T>(sum + (nint)chunk * shape.Patch * _columns, total.Length);
            TensorPrimitives.Add(total, part, total);
        }
        for (var m = 0; m < shape.Maps; m++)
        {
            var to = _dw + (nint)m * shape.Patch + first;
            for (var k = 0; k < entries; k++) to[k] = _accumulate ? to[k] + sum[(nint)k * _columns + m] : sum[(nint)k * _columns + m];
        }
    }
}
