using System.Numerics;

namespace Rhoflow.Kernels;

/// <summary>
/// The gradient by the input. An input pixel iy = p + s·i of parity p (for each direction) is seen through the taps ky = k₀ + s·t
/// with k₀ = (p + Padding) mod s, by the output pixels oy = i + (p + Padding − k₀)/s − t. So each of the s² parities is a
/// correlation of stride 1 over the zero-padded output gradient: rows are input pixels, the depth is (t reversed, map), columns are
/// channels.
/// </summary>
internal sealed unsafe class ConvolutionBackwardData<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly ConvolutionSetting<T> _setting;
    private readonly ConvolutionImages _gradient;
    private readonly AlignedBuffer<T> _padded, _packed;
    private readonly Parity[] _parities;
    private readonly Action<int, int> _pack, _multiply;
    private T* _dy, _w, _dx;
    private int _examples;
    private bool _accumulate;

    public ConvolutionBackwardData(ConvolutionSetting<T> setting)
    {
        _setting = setting;
        var s = setting.Shape;
        var rows = Taps.All(s.Height, s.OutHeight, s.KernelHeight, s.Stride, s.Padding);
        var columns = Taps.All(s.Width, s.OutWidth, s.KernelWidth, s.Stride, s.Padding);
        int top = rows.Max(r => r.Before), left = columns.Max(c => c.Before);
        _gradient = new ConvolutionImages(s.OutHeight, s.OutWidth, s.Maps, top, left, rows.Max(r => r.After), columns.Max(c => c.After));
        _padded = new AlignedBuffer<T>(_gradient.Borderless ? 0 : checked(setting.Team.Threads * setting.ImagesPerTask * _gradient.Size));

        var width = setting.Products.PanelColumns(s.Channels);
        var packed = 0;
        _parities = new Parity[rows.Length * columns.Length];
        for (var i = 0; i < _parities.Length; i++)
        {
            var parity = _parities[i] =
                new Parity(setting, _gradient, rows[i / columns.Length], columns[i % columns.Length], top, left, packed);
            packed = checked(packed + parity.DepthCount * width);
        }
        _packed = new AlignedBuffer<T>(packed);
        _pack = Pack;
        _multiply = Multiply;
    }

    public void Run(int examples, T* dy, T* w, T* dx, bool accumulate)
    {
        _dy = dy;
        _w = w;
        _dx = dx;
        (_examples, _accumulate) = (examples, accumulate);
        _setting.Team.Run(_parities.Length, _pack);
        _setting.Team.Run((examples + _setting.ImagesPerTask - 1) / _setting.ImagesPerTask, _multiply);
    }

    // All panels of channels of one parity: B[t'y, t'x, m][c] = W[m][ky][kx][c]; columns after the last channel stay zero.
    private void Pack(int task, int thread)
    {
        var (shape, products, parity) = (_setting.Shape, _setting.Products, _parities[task]);
        for (var first = 0; first < shape.Channels; first += 2 * products.Lanes)
        {
            var width = products.PanelWidth(shape.Channels - first);
            var channels = Math.Min(width, shape.Channels - first);
            var to = _packed.Pointer + parity.Packed + (nint)first * parity.DepthCount;
            for (var y = parity.Y.Count - 1; y >= 0; y--)
                for (var x = parity.X.Count - 1; x >= 0; x--)
                {
                    int ky = parity.Y.First + y * shape.Stride, kx = parity.X.First + x * shape.Stride;
                    var from = _w + (ky * shape.KernelWidth + kx) * shape.Channels + first;
                    products.Gather(from, shape.Patch, shape.Maps, channels, to);
                    to += (nint)shape.Maps * width;
                }
        }
    }

    private void Multiply(int task, int thread)
    {
        var (shape, products) = (_setting.Shape, _setting.Products);
        var first = task * _setting.ImagesPerTask;
        var images = Math.Min(_setting.ImagesPerTask, _examples - first);
        var gradient = _dy + (nint)first * shape.OutputSize;
        if (!_gradient.Borderless)
        {
            var padded = _padded.Pointer + (nint)thread * _setting.ImagesPerTask * _gradient.Size;
            _gradient.Fill(gradient, padded, images);
            gradient = padded;
        }
        foreach (var parity in _parities)
        {
            for (var column = 0; column < shape.Channels; column += 2 * products.Lanes)
            {
                var width = products.PanelWidth(shape.Channels - column);
                var product = new ShiftedProduct<T>
                {
                    A = gradient,
                    Rows = parity.Rows.Pointer,
                    RowCount = images * parity.Y.Pixels * parity.X.Pixels,
                    Depth = parity.Depth.Pointer,
                    DepthCount = parity.DepthCount,
                    B = _packed.Pointer + parity.Packed + (nint)column * parity.DepthCount,
                    BStride = width,
                    C = _dx + (nint)first * shape.InputSize + column,
                    Targets = parity.Targets.Pointer,
                    Columns = Math.Min(width, shape.Channels - column),
                    Accumulate = _accumulate,
                    Edge = _setting.Edge(thread),
                };
                products.Run(ref product);
            }
        }
    }

    /// <summary>One parity in one direction.</summary>
    /// <param name="Parity">p, the first input pixel of this parity.</param>
    /// <param name="Pixels">How many input pixels have it.</param>
    /// <param name="First">k₀, the first tap that sees them.</param>
    /// <param name="Count">How many taps do.</param>
    /// <param name="Start">The output pixel that sees pixel p through the last tap; may be negative.</param>
    /// <param name="Before">Zero pixels that are read before the output.</param>
    /// <param name="After">Zero pixels that are read after it.</param>
    private readonly record struct Taps(int Parity, int Pixels, int First, int Count, int Start, int Before, int After)
    {
        public static Taps[] All(int size, int outputs, int kernel, int stride, int padding)
        {
            var all = new Taps[Math.Min(stride, size)];
            for (var p = 0; p < all.Length; p++)
            {
                var first = (p + padding) % stride;
                var count = first < kernel ? (kernel - 1 - first) / stride + 1 : 0;
                var pixels = (size - 1 - p) / stride + 1;
                var start = (p + padding - first) / stride - (count - 1);
                // Without taps nothing is read.
                all[p] = count == 0
                    ? new Taps(p, pixels, first, 0, 0, 0, 0)
                    : new Taps(p, pixels, first, count, start, Math.Max(0, -start),
                    Math.Max(0, start + pixels - 1 + count - 1 - (outputs - 1)));
            }
            return all;
        }
    }

    /// <summary>The offsets of one parity of both directions.</summary>
    private sealed class Parity(ConvolutionSetting<T> setting, ConvolutionImages gradient, Taps y, Taps x, int top, int left, int packed)
    {
        public Taps Y => y;
        public Taps X => x;

        /// <summary>Where its packed weights begin.</summary>
        public int Packed => packed;

        public int DepthCount { get; } = y.Count * x.Count * setting.Shape.Maps;

        public AlignedBuffer<int> Rows { get; } = ConvolutionImages.Offsets(
            (y.Start + top) * gradient.RowSize + (x.Start + left) * setting.Shape.Maps,
            (setting.ImagesPerTask, gradient.Size), (y.Pixels, gradient.RowSize), (x.Pixels, setting.Shape.Maps));

        public AlignedBuffer<int> Depth { get; } = ConvolutionImages.Offsets(
            0, (y.Count, gradient.RowSize), (x.Count, setting.Shape.Maps), (setting.Shape.Maps, 1));

        public AlignedBuffer<int> Targets { get; } = ConvolutionImages.Offsets(
            (y.Parity * setting.Shape.Width + x.Parity) * setting.Shape.Channels,
            (setting.ImagesPerTask, setting.Shape.InputSize),
            (y.Pixels, setting.Shape.Stride * setting.Shape.Width * setting.Shape.Channels),
            (x.Pixels, setting.Shape.Stride * setting.Shape.Channels));
    }
}
