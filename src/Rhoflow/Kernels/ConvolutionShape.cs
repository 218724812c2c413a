namespace Rhoflow.Kernels;

/// <summary>
/// The sizes of a convolution: y[n][oy][ox][m] = Σ_{ky,kx,c} W[m][ky][kx][c] · x[n][oy·Stride + ky − Padding][ox·Stride + kx − Padding][c],
/// with x zero outside the image. Activations are stored with the channel (or map) fastest; the weights are a matrix of
/// <see cref="Maps"/> rows and <see cref="Patch"/> columns, in the order (ky, kx, c) with c fastest.
/// </summary>
internal sealed record ConvolutionShape
{
    /// <param name="Height">Rows of the input image.</param>
    /// <param name="Width">Columns of the input image.</param>
    /// <param name="Channels">Numbers at a pixel of the input.</param>
    /// <param name="Maps">Numbers at a pixel of the output.</param>
    /// <param name="KernelHeight">Rows of the window.</param>
    /// <param name="KernelWidth">Columns of the window.</param>
    /// <param name="Stride">Pixels from one window to the next, in both directions.</param>
    /// <param name="Padding">Zero pixels around the image, on each of the four sides.</param>
    /// <exception cref="ArgumentException">A size is not positive, or the window is larger than the padded image.</exception>
    public ConvolutionShape(int Height, int Width, int Channels, int Maps, int KernelHeight, int KernelWidth, int Stride, int Padding)
    {
        (this.Height, this.Width, this.Channels, this.Maps) = (Height, Width, Channels, Maps);
        (this.KernelHeight, this.KernelWidth, this.Stride, this.Padding) = (KernelHeight, KernelWidth, Stride, Padding);
        if (Maps < 1) throw new ArgumentException($"a convolution cannot have {Maps} maps: at least 1 is needed");
        OutHeight = Window.Positions("convolution", "height", Height, KernelHeight, Stride, Padding);
        OutWidth = Window.Positions("convolution", "width", Width, KernelWidth, Stride, Padding);
        if (Channels < 1) throw new ArgumentException($"a convolution cannot have {Channels} channels: at least 1 is needed");
        _ = checked(Height * Width * Channels);
        _ = checked(OutHeight * OutWidth * Maps);
        _ = checked(Maps * Patch);
    }

    public int Height { get; }
    public int Width { get; }
    public int Channels { get; }
    public int Maps { get; }
    public int KernelHeight { get; }
    public int KernelWidth { get; }
    public int Stride { get; }
    public int Padding { get; }

    /// <summary>Rows of the output: ⌊(Height + 2·Padding − KernelHeight)/Stride⌋ + 1.</summary>
    public int OutHeight { get; }

    /// <summary>Columns of the output: ⌊(Width + 2·Padding − KernelWidth)/Stride⌋ + 1.</summary>
    public int OutWidth { get; }

    /// <summary>Numbers that one output sees: columns of the weight matrix.</summary>
    public int Patch => KernelHeight * KernelWidth * Channels;

    /// <summary>Numbers of one input image.</summary>
    public int InputSize => Height * Width * Channels;

    /// <summary>Numbers of one output image.</summary>
    public int OutputSize => OutHeight * OutWidth * Maps;

    /// <summary>Floating-point operations of one pass over one image, a multiplication and an addition counted as two.</summary>
    public long Flops => 2L * OutputSize * Patch;
}
