using System.Numerics;
using System.Runtime.CompilerServices;

namespace Rhoflow.Kernels;

/// <summary>
/// The forward pass of a 3 × 3 convolution of stride 1 by Winograd's minimal filtering F(2 × 2, 3 × 3) (Lavin and Gray 2016): outputs in
/// tiles of 2 × 2, each from 4 × 4 inputs d and the patch g, as Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A, summed over channels: 16 products where the
/// definition takes 36. Rounding differs from the definition's by a few units in the last place of the largest terms: for outputs, not for
/// derivatives of differences of them. The bits do not depend on the number of threads, nor on the examples that go together.
/// </summary>
internal sealed unsafe class WinogradForward<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    // Fewer channels or maps leave the transformations more to do than the products save.
    private const int FewestNumbers = 32;
    // Places of a tile, and tiles that are multiplied together: their transforms stay in a cache, or the weights are read from memory for
    // more of them at a time where these are many.
    private const int Places = 16, FewTiles = 48, ManyTiles = 96, ManyWeights = 1 << 16;

    private readonly ConvolutionShape _shape;
    private readonly Team _team;
    private readonly ShiftedProducts<T> _products;
    private readonly ConvolutionImages _images;
    private readonly int _tileColumns, _tiles, _columns, _tilesPerProduct, _pad;
    private readonly AlignedBuffer<int> _rows, _depth, _targets;
    private readonly AlignedBuffer<T> _weights, _filters, _padded, _transformed, _multiplied, _edges;
    private readonly Action<int, int> _pack, _multiply;
    private T* _x, _w, _y;
    private Epilogue<T> _after;
    private int _examples, _imagesPerTask;

    /// <param name="shape">One that <see cref="Fits"/>.</param>
    /// <param name="team">Who works.</param>
    /// <param name="width">The SIMD width of the products.</param>
    public WinogradForward(ConvolutionShape shape, Team team, SimdWidth? width = null)
    {
        (_shape, _team, _products) = (shape, team, ShiftedProducts<T>.For(width ?? Simd.Best));
        var tileRows = (shape.OutHeight + 1) / 2;
        _tileColumns = (shape.OutWidth + 1) / 2;
        _tiles = tileRows * _tileColumns;
        // Up to the last tile's end.
        _images = new ConvolutionImages(shape.Height, shape.Width, shape.Channels, shape.Padding, shape.Padding,
            2 * tileRows + 2 - shape.Padding - shape.Height, 2 * _tileColumns + 2 - shape.Padding - shape.Width);
        _tilesPerProduct = shape.Channels * shape.Maps >= ManyWeights ? ManyTiles : FewTiles;
        // Places begin in different sets of a cache.
        _pad = 64 / sizeof(T);
        _columns = _products.PanelColumns(shape.Maps);
        _rows = ConvolutionImages.Offsets(0, (_tilesPerProduct, shape.Channels), (1, 0), (1, 0));
        _depth = ConvolutionImages.Offsets(0, (shape.Channels, 1), (1, 0), (1, 0));
        _targets = ConvolutionImages.Offsets(0, (_tilesPerProduct, shape.Maps), (1, 0), (1, 0));
        _weights = new AlignedBuffer<T>(checked(Places * _columns * shape.Channels));
        _filters = new AlignedBuffer<T>(checked(team.Threads * Places * (2 * _products.Lanes * shape.Channels + _pad)));
        _padded = new AlignedBuffer<T>(checked(team.Threads * _images.Size));
        _transformed = new AlignedBuffer<T>(checked(team.Threads * Places * TransformStep));
        _multiplied = new AlignedBuffer<T>(checked(team.Threads * Places * ProductStep));
        _edges = new AlignedBuffer<T>(team.Threads * _products.EdgeSize);
        (_pack, _multiply) = (Pack, Multiply);
    }

    /// <summary>Whether it computes this convolution, and faster.</summary>
    public static bool Fits(ConvolutionShape shape) => shape is { KernelHeight: 3, KernelWidth: 3, Stride: 1 }
        && shape.Channels >= FewestNumbers && shape.Channels % Vector<T>.Count == 0
        && shape.Maps >= FewestNumbers && shape.Maps % Vector<T>.Count == 0;

    // From a place to the next.
    private int TransformStep => _tilesPerProduct * _shape.Channels + _pad;
    private int ProductStep => _tilesPerProduct * _shape.Maps + _pad;

    /// <summary>y = conv(x, W).</summary>
    /// <param name="examples">How many.</param>
    /// <param name="x">examples × Height × Width × Channels.</param>
    /// <param name="w">Maps × Patch.</param>
    /// <param name="y">examples × OutHeight × OutWidth × Maps.</param>
    /// <param name="after">What follows.</param>
    /// <param name="sameWeights">Whether W is unchanged since the last call.</param>
    /// <exception cref="ArgumentException">An operand is too short.</exception>
    public void Run(int examples, ReadOnlySpan<T> x, ReadOnlySpan<T> w, Span<T> y, Epilogue<T> after = default, bool sameWeights = false)
    {
        if (x.Length < (long)examples * _shape.InputSize || w.Length < (long)_shape.Maps * _shape.Patch
            || y.Length < (long)examples * _shape.OutputSize)
            throw new ArgumentException(
                $"{x.Length} inputs, {w.Length} weights and {y.Length} outputs are too few for {examples} examples");
        fixed (T* px = x, pw = w, py = y)
        {
            _x = px;
            _w = pw;
            _y = py;
            (_examples, _after) = (examples, after);
            _imagesPerTask = ImagesPerTask(examples);
            if (!sameWeights) _team.Run(_products.Panels(_shape.Maps), _pack);
            _team.Run((examples + _imagesPerTask - 1) / _imagesPerTask, _multiply);
        }
    }

    // As many images as fill the products, at most, and no thread waits for a last task.
    private int ImagesPerTask(int examples)
    {
        var images = Math.Max(1, _tilesPerProduct / Math.Min(_tiles, _tilesPerProduct / 3));
        var tasks = (examples + images - 1) / images;
        tasks = (tasks + _team.Threads - 1) / _team.Threads * _team.Threads;
        return (examples + tasks - 1) / tasks;
    }

    // A panel of maps: G g Gᵀ map by map, then every place of it transposed, B[c][m]; columns after the last map stay zero.
    private void Pack(int panel, int thread)
    {
        int channels = _shape.Channels, first = panel * 2 * _products.Lanes, width = _products.PanelWidth(_shape.Maps - first);
        var maps = Math.Min(width, _shape.Maps - first);
        int step = maps * channels + _pad;
        var filters = _filters.Pointer + (nint)thread * Places * (2 * _products.Lanes * channels + _pad);
        for (var m = 0; m < maps; m++)
            Filter(_w + (nint)(first + m) * _shape.Patch, channels, filters + (nint)m * channels, step);
        for (var place = 0; place < Places; place++)
            Transposition<T>.Matrix(filters + (nint)place * step, channels, maps, channels,
                _weights.Pointer + ((nint)place * _columns + first) * channels, width);
    }

    private void Multiply(int task, int thread)
    {
        int first = task * _imagesPerTask, images = Math.Min(_imagesPerTask, _examples - first), all = images * _tiles;
        var padded = _padded.Pointer + (nint)thread * _images.Size;
        var transformed = _transformed.Pointer + (nint)thread * Places * TransformStep;
        var multiplied = _multiplied.Pointer + (nint)thread * Places * ProductStep;
        var image = -1;
        for (var begin = 0; begin < all; begin += _tilesPerProduct)
        {
            var count = Math.Min(_tilesPerProduct, all - begin);
            for (var t = 0; t < count; t++)
            {
                var (n, tile) = Math.DivRem(begin + t, _tiles);
                if (n != image)
                {
                    image = n;
                    _images.Fill(_x + (nint)(first + n) * _shape.InputSize, padded, 1);
                }
                var (row, column) = Math.DivRem(tile, _tileColumns);
                Take(padded + 2 * row * _images.RowSize + 2 * column * _shape.Channels, _images.RowSize, _shape.Channels,
                    transformed + (nint)t * _shape.Channels, TransformStep);
            }
            for (var place = 0; place < Places; place++)
                Product(place, count, transformed, multiplied, _edges.Pointer + thread * _products.EdgeSize);
            for (var t = 0; t < count; t++)
            {
                var (n, tile) = Math.DivRem(begin + t, _tiles);
                var (row, column) = Math.DivRem(tile, _tileColumns);
                var y = _y + (nint)(first + n) * _shape.OutputSize + (2 * row * _shape.OutWidth + 2 * column) * _shape.Maps;
                Give(multiplied + (nint)t * _shape.Maps, _shape.Maps, ProductStep, y, _shape.OutWidth * _shape.Maps, _after,
                    isLow: 2 * row + 1 < _shape.OutHeight, isRight: 2 * column + 1 < _shape.OutWidth);
            }
        }
    }

    private void Product(int place, int count, T* transformed, T* multiplied, T* edge)
    {
        for (var column = 0; column < _shape.Maps; column += 2 * _products.Lanes)
        {
            var width = _products.PanelWidth(_shape.Maps - column);
            var product = new ShiftedProduct<T>
            {
                A = transformed + (nint)place * TransformStep,
                Rows = _rows.Pointer,
                RowCount = count,
                Depth = _depth.Pointer,
                DepthCount = _shape.Channels,
                B = _weights.Pointer + ((nint)place * _columns + column) * _shape.Channels,
                BStride = width,
                C = multiplied + (nint)place * ProductStep + column,
                Targets = _targets.Pointer,
                Columns = Math.Min(width, _shape.Maps - column),
                Edge = edge,
            };
            _products.Run(ref product);
        }
    }

    // u = G g Gᵀ, channel by channel; place (i, j) goes to = to + (4i + j)·step. G: g₀, (g₀ + g₁ + g₂)/2, (g₀ − g₁ + g₂)/2, g₂.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Filter(T* g, int channels, T* to, int step)
    {
        var half = new Vector<T>(T.CreateChecked(0.5));
        var rows = stackalloc Vector<T>[12];
        for (var c = 0; c < channels; c += Vector<T>.Count)
        {
            for (var x = 0; x < 3; x++)
            {
                var at = g + x * channels + c;
                Vector<T> a = Vector.Load(at), b = Vector.Load(at + 3 * channels), d = Vector.Load(at + 6 * channels);
                (rows[x], rows[3 + x], rows[6 + x], rows[9 + x]) = (a, half * (a + b + d), half * (a - b + d), d);
            }
            for (var i = 0; i < 4; i++)
            {
                Vector<T> a = rows[3 * i], b = rows[3 * i + 1], d = rows[3 * i + 2];
                var at = to + (nint)4 * i * step + c;
                a.Store(at);
                (half * (a + b + d)).Store(at + step);
                (half * (a - b + d)).Store(at + 2 * (nint)step);
                d.Store(at + 3 * (nint)step);
            }
        }
    }

    // v = Bᵀ d B, channel by channel. Bᵀ: d₀ − d₂, d₁ + d₂, d₂ − d₁, d₁ − d₃.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Take(T* d, int rowSize, int channels, T* to, nint step)
    {
        var rows = stackalloc Vector<T>[16];
        for (var c = 0; c < channels; c += Vector<T>.Count)
        {
            for (var x = 0; x < 4; x++)
            {
                var at = d + x * channels + c;
                Vector<T> d0 = Vector.Load(at), d1 = Vector.Load(at + rowSize);
                Vector<T> d2 = Vector.Load(at + 2 * rowSize), d3 = Vector.Load(at + 3 * rowSize);
                (rows[x], rows[4 + x], rows[8 + x], rows[12 + x]) = (d0 - d2, d1 + d2, d2 - d1, d1 - d3);
            }
            for (var i = 0; i < 4; i++)
            {
                Vector<T> d0 = rows[4 * i], d1 = rows[4 * i + 1], d2 = rows[4 * i + 2], d3 = rows[4 * i + 3];
                var at = to + 4 * i * step + c;
                (d0 - d2).Store(at);
                (d1 + d2).Store(at + step);
                (d2 - d1).Store(at + 2 * step);
                (d1 - d3).Store(at + 3 * step);
            }
        }
    }

    // Y = Aᵀ m A, map by map. Aᵀ: m₀ + m₁ + m₂, m₁ − m₂ − m₃.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Give(T* m, int maps, nint step, T* y, int rowSize, in Epilogue<T> after, bool isLow, bool isRight)
    {
        var rows = stackalloc Vector<T>[8];
        for (var c = 0; c < maps; c += Vector<T>.Count)
        {
            for (var x = 0; x < 4; x++)
            {
                var at = m + x * step + c;
                Vector<T> m0 = Vector.Load(at), m1 = Vector.Load(at + 4 * step);
                Vector<T> m2 = Vector.Load(at + 8 * step), m3 = Vector.Load(at + 12 * step);
                (rows[x], rows[4 + x]) = (m0 + m1 + m2, m1 - m2 - m3);
            }
            for (var i = 0; i < (isLow ? 2 : 1); i++)
            {
                var at = y + i * rowSize + c;
                after.Apply(rows[4 * i] + rows[4 * i + 1] + rows[4 * i + 2], c).Store(at);
                if (isRight) after.Apply(rows[4 * i + 1] - rows[4 * i + 2] - rows[4 * i + 3], c).Store(at + maps);
            }
        }
    }
}
