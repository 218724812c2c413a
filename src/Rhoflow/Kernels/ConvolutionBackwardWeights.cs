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
    private const int PixelsPerBlock = 128;
    private const int FewestPixelsPerChunk = 512;
    private const int MostChunks = 16;
    private const int FewestTasks = 8;
    private const int EntriesPerSum = 32;

    private readonly ConvolutionSetting<T> _setting;
    private readonly AlignedBuffer<int> _pixels, _targets;
    private readonly AlignedBuffer<T> _gradients, _partial;
    private readonly Action<int, int> _pad, _multiply, _sum;
    private readonly int _chunk, _groups, _columns;
    private T* _x, _dy, _dw;
    private int _examples, _chunks;
    private bool _accumulate;

    public ConvolutionBackwardWeights(ConvolutionSetting<T> setting)
    {
        _setting = setting;
        var shape = setting.Shape;
        var pixels = shape.OutHeight * shape.OutWidth;
        _chunk = Math.Min(setting.Batch,
            Math.Max((FewestPixelsPerChunk + pixels - 1) / pixels, (setting.Batch + MostChunks - 1) / MostChunks));
        var chunks = (setting.Batch + _chunk - 1) / _chunk;
        _groups = Math.Min((FewestTasks + chunks - 1) / chunks, setting.Products.Panels(shape.Maps));
        _columns = setting.Products.PanelColumns(shape.Maps);
        _pixels = setting.Pixels(_chunk);
        _targets = ConvolutionImages.Offsets(0, (shape.Patch, _columns), (1, 0), (1, 0));
        _gradients = new AlignedBuffer<T>(checked(setting.Team.Threads * PixelsPerBlock * 2 * setting.Products.Lanes));
        _partial = new AlignedBuffer<T>(checked(chunks * shape.Patch * _columns));
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
        _setting.Team.Run(_chunks * _groups, _multiply);
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
        int chunk = task / _groups, panels = products.Panels(shape.Maps), group = task % _groups;
        var first = chunk * _chunk;
        var pixels = Math.Min(_chunk, _examples - first) * shape.OutHeight * shape.OutWidth;
        for (var pixel = 0; pixel < pixels; pixel += PixelsPerBlock)
            for (var panel = group * panels / _groups; panel < (group + 1) * panels / _groups; panel++)
            {
                int column = panel * 2 * products.Lanes, width = products.PanelWidth(shape.Maps - column);
                var block = Math.Min(PixelsPerBlock, pixels - pixel);
                var gradient = _dy + (nint)first * shape.OutputSize + (nint)pixel * shape.Maps + column;
                var product = new ShiftedProduct<T>
                {
                    A = _setting.Image(_x, first),
                    Rows = _setting.Patch.Pointer,
                    RowCount = shape.Patch,
                    Depth = _pixels.Pointer + pixel,
                    DepthCount = block,
                    B = width == shape.Maps ? gradient : Gather(gradient, block, Math.Min(width, shape.Maps - column), thread),
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

    // A panel of maps of some output gradients, one pixel after another; what lies after the last map reaches no result.
    private T* Gather(T* gradient, int pixels, int maps, int thread)
    {
        var gathered = _gradients.Pointer + (nint)thread * PixelsPerBlock * 2 * _setting.Products.Lanes;
        _setting.Products.Gather(gradient, _setting.Shape.Maps, pixels, maps, gathered);
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
        if (_accumulate)
        {
            for (var m = 0; m < shape.Maps; m++)
                for (var k = 0; k < entries; k++) sum[k * _columns + m] += _dw[(nint)m * shape.Patch + first + k];
        }
        Transposition<T>.Matrix(sum, _columns, entries, shape.Maps, _dw + first, shape.Patch);
    }
}
