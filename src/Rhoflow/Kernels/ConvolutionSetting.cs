using System.Numerics;

namespace Rhoflow.Kernels;

/// <summary>What the three passes of one convolution share.</summary>
internal sealed unsafe class ConvolutionSetting<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int FewestPixels = 48;

    private readonly AlignedBuffer<T> _edges;

    public ConvolutionSetting(ConvolutionShape shape, int batch, Team team, SimdWidth width)
    {
        (Shape, Batch, Team) = (shape, batch, team);
        Products = ShiftedProducts<T>.For(width);
        _edges = new AlignedBuffer<T>(team.Threads * Products.EdgeSize);
        var s = shape;
        Input = new ConvolutionImages(s.Height, s.Width, s.Channels, s.Padding, s.Padding,
            Math.Max(0, (s.OutHeight - 1) * s.Stride + s.KernelHeight - s.Padding - s.Height),
            Math.Max(0, (s.OutWidth - 1) * s.Stride + s.KernelWidth - s.Padding - s.Width));
        PaddedInput = new AlignedBuffer<T>(Input.Borderless ? 0 : checked(batch * Input.Size));
        Patch = ConvolutionImages.Offsets(0, (s.KernelHeight, Input.RowSize), (s.KernelWidth, s.Channels), (s.Channels, 1));

        // As many images per task as leave no row of a tile idle, as few as keep tasks small.
        var pixels = s.OutHeight * s.OutWidth;
        var rows = ShiftedProducts<T>.RowMultiple / Gcd(ShiftedProducts<T>.RowMultiple, pixels);
        var images = rows * ((FewestPixels + rows * pixels - 1) / (rows * pixels));
        ImagesPerTask = Math.Clamp(images, 1, Math.Max(1, batch / 8));
    }

    public ConvolutionShape Shape { get; }
    public int Batch { get; }
    public Team Team { get; }
    public ShiftedProducts<T> Products { get; }

    /// <summary>How many images one task of the passes over images takes.</summary>
    public int ImagesPerTask { get; }

    /// <summary>The layout of the padded input.</summary>
    public ConvolutionImages Input { get; }

    /// <summary>The padded input of the whole batch; empty where nothing is padded.</summary>
    public AlignedBuffer<T> PaddedInput { get; }

    /// <summary>Where the entries of a patch lie, seen from its first: (ky, kx, c).</summary>
    public AlignedBuffer<int> Patch { get; }

    /// <summary>Where the patches of all output pixels of some images begin: (n, oy, ox).</summary>
    public AlignedBuffer<int> Pixels(int images) => ConvolutionImages.Offsets(0, (images, Input.Size),
        (Shape.OutHeight, Shape.Stride * Input.RowSize), (Shape.OutWidth, Shape.Stride * Shape.Channels));

    /// <summary>Where the kernel reads image n of an input, once it was padded.</summary>
    public T* Image(T* x, int n) => (Input.Borderless ? x : PaddedInput.Pointer) + (nint)n * Input.Size;

    /// <summary>Pads some images of the input.</summary>
    public void Pad(T* x, int first, int images)
    {
        if (!Input.Borderless) Input.Fill(x + (nint)first * Shape.InputSize, Image(x, first), images);
    }

    /// <summary>Scratch of one thread for tiles that reach over the end.</summary>
    public T* Edge(int thread) => _edges.Pointer + thread * Products.EdgeSize;

    private static int Gcd(int a, int b) => b == 0 ? a : Gcd(b, a % b);
}
