using System.Numerics;

namespace Rhoflow.Kernels;

/// <summary>The forward pass: rows are output pixels, the depth is the patch, columns are maps. A task takes some images.</summary>
internal sealed unsafe class ConvolutionForward<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly ConvolutionSetting<T> _setting;
    private readonly AlignedBuffer<int> _pixels, _targets;
    private readonly AlignedBuffer<T> _packed;
    private readonly Action<int, int> _pack, _multiply;
    private T* _x, _w, _y;
    private int _examples;
    private Epilogue<T> _after;
    private bool _accumulate;

    public ConvolutionForward(ConvolutionSetting<T> setting)
    {
        _setting = setting;
        var (shape, images) = (setting.Shape, setting.ImagesPerTask);
        _pixels = setting.Pixels(images);
        _targets = ConvolutionImages.Offsets(0, (images, shape.OutputSize), (shape.OutHeight * shape.OutWidth, shape.Maps), (1, 0));
        _packed = new AlignedBuffer<T>(checked(setting.Products.PanelColumns(shape.Maps) * shape.Patch));
        _pack = Pack;
        _multiply = Multiply;
    }

    public void Run(int examples, T* x, T* w, T* y, bool accumulate, Epilogue<T> after, bool sameWeights)
    {
        _x = x;
        _w = w;
        _y = y;
        (_examples, _accumulate, _after) = (examples, accumulate, after);
        if (!sameWeights) _setting.Team.Run(_setting.Products.Panels(_setting.Shape.Maps), _pack);
        _setting.Team.Run((examples + _setting.ImagesPerTask - 1) / _setting.ImagesPerTask, _multiply);
    }

    // Panel of maps, transposed: B[k][m] = W[m][k]; columns after the last map stay zero.
    private void Pack(int panel, int thread)
    {
        var (shape, products) = (_setting.Shape, _setting.Products);
        int first = panel * 2 * products.Lanes, width = products.PanelWidth(shape.Maps - first), patch = shape.Patch;
        var maps = Math.Min(width, shape.Maps - first);
        Transposition<T>.Matrix(_w + (nint)first * patch, patch, maps, patch, _packed.Pointer + (nint)first * patch, width);
    }

    private void Multiply(int task, int thread)
    {
        var (shape, products) = (_setting.Shape, _setting.Products);
        var first = task * _setting.ImagesPerTask;
        var images = Math.Min(_setting.ImagesPerTask, _examples - first);
        _setting.Pad(_x, first, images);
        for (var panel = 0; panel < products.Panels(shape.Maps); panel++)
        {
            var column = panel * 2 * products.Lanes;
            var width = products.PanelWidth(shape.Maps - column);
            var product = new ShiftedProduct<T>
            {
                A = _setting.Image(_x, first),
                Rows = _pixels.Pointer,
                RowCount = images * shape.OutHeight * shape.OutWidth,
                Depth = _setting.Patch.Pointer,
                DepthCount = shape.Patch,
                B = _packed.Pointer + (nint)column * shape.Patch,
                BStride = width,
                C = _y + (nint)first * shape.OutputSize + column,
                Targets = _targets.Pointer,
                Columns = Math.Min(width, shape.Maps - column),
                Accumulate = _accumulate,
                Edge = _setting.Edge(thread),
            };
            products.Run(ref product);
        }
        if (!_after.IsEmpty) _after.Apply(_y + (nint)first * shape.OutputSize, images * shape.OutHeight * shape.OutWidth, shape.Maps);
    }
}
