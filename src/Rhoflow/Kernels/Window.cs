namespace Rhoflow.Kernels;

/// <summary>Windows that slide over one direction of an image: what convolutions and pools share.</summary>
internal static class Window
{
    /// <summary>How many positions a window has: ⌊(size + 2·padding − kernel)/stride⌋ + 1.</summary>
    /// <exception cref="ArgumentException">A size is not allowed, or the window is larger than the padded image.</exception>
    public static int Positions(string what, string direction, int size, int kernel, int stride, int padding)
    {
        if (size < 1) throw new ArgumentException($"the {direction} of an image that a {what} sees is at least 1, not {size}");
        if (kernel < 1) throw new ArgumentException($"the kernel {direction} of a {what} is at least 1, not {kernel}");
        if (stride < 1) throw new ArgumentException($"the stride of a {what} is at least 1, not {stride}");
        if (padding < 0) throw new ArgumentException($"the padding of a {what} is at least 0, not {padding}");
        var padded = checked(size + 2 * padding);
        if (kernel > padded)
        {
            throw new ArgumentException(
                $"the kernel {direction} {kernel} of a {what} is larger than the padded image: {size} + 2·{padding} = {padded}");
        }
        return (padded - kernel) / stride + 1;
    }
}
