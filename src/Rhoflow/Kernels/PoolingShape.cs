namespace Rhoflow.Kernels;

/// <summary>
/// The sizes of a pooling: each channel by itself, windows of KernelHeight × KernelWidth pixels. Activations are stored with the
/// channel fastest, as those of a convolution.
/// </summary>
internal sealed record PoolingShape
{
    /// <param name="Height">Rows of the input image.</param>
    /// <param name="Width">Columns of the input image.</param>
    /// <param name="Channels">Numbers at a pixel.</param>
    /// <param name="KernelHeight">Rows of the window.</param>
    /// <param name="KernelWidth">Columns of the window.</param>
    /// <param name="Stride">Pixels from one window to the next, in both directions.</param>
    /// <param name="Padding">Pixels around the image, on each of the four sides; at most half a window, so that each sees the
    /// image.</param>
    /// <exception cref="ArgumentException">A size is not positive, the padding too wide, or the window larger than the padded
    /// image.</exception>
    public PoolingShape(int Height, int Width, int Channels, int KernelHeight, int KernelWidth, int Stride, int Padding)
    {
        (this.Height, this.Width, this.Channels) = (Height, Width, Channels);
        (this.KernelHeight, this.KernelWidth, this.Stride, this.Padding) = (KernelHeight, KernelWidth, Stride, Padding);
        OutHeight = Window.Positions("pooling", "height", Height, KernelHeight, Stride, Padding);
        OutWidth = Window.Positions("pooling", "width", Width, KernelWidth, Stride, Padding);
        if (Channels < 1) throw new ArgumentException($"a pooling cannot have {Channels} channels: at least 1 is needed");
        var most = Math.Min(KernelHeight, KernelWidth) / 2;
        if (Padding > most)
        {
            throw new ArgumentException(
                $"a pooling with a kernel of {KernelHeight}×{KernelWidth} takes a padding of at most {most}, not {Padding}");
        }
        _ = checked(Height * Width * Channels);
        _ = checked(OutHeight * OutWidth * Channels);
    }

    /// <summary>One window, the whole image.</summary>
    public static PoolingShape Global(int height, int width, int channels) => new(height, width, channels, height, width, 1, 0);

    public int Height { get; }
    public int Width { get; }
    public int Channels { get; }
    public int KernelHeight { get; }
    public int KernelWidth { get; }
    public int Stride { get; }
    public int Padding { get; }

    /// <summary>Rows of the output: ⌊(Height + 2·Padding − KernelHeight)/Stride⌋ + 1.</summary>
    public int OutHeight { get; }

    /// <summary>Columns of the output: ⌊(Width + 2·Padding − KernelWidth)/Stride⌋ + 1.</summary>
    public int OutWidth { get; }

    /// <summary>Numbers of one input image.</summary>
    public int InputSize => Height * Width * Channels;

    /// <summary>Numbers of one output image.</summary>
    public int OutputSize => OutHeight * OutWidth * Channels;
}
