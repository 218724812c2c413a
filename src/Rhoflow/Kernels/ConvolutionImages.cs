using System.Runtime.CompilerServices;

namespace Rhoflow.Kernels;

/// <summary>Images with a border of zeros, so that windows which reach over the edge need no special case.</summary>
internal sealed class ConvolutionImages(int height, int width, int channels, int top, int left, int bottom, int right)
{
    /// <summary>Numbers of a row with its border.</summary>
    public int RowSize { get; } = checked((left + width + right) * channels);

    /// <summary>Numbers of an image with its border.</summary>
    public int Size { get; } = checked((top + height + bottom) * (left + width + right) * channels);

    /// <summary>Without a border the images are used where they lie.</summary>
    public bool Borderless { get; } = (top | left | bottom | right) == 0;

    /// <summary>Copies images into the insides; the borders stay as they are.</summary>
    public unsafe void Fill<T>(T* from, T* to, int images) where T : unmanaged
    {
        var row = (uint)(width * channels * sizeof(T));
        for (var n = 0; n < images; n++)
        {
            var inside = to + (nint)n * Size + top * RowSize + left * channels;
            for (var y = 0; y < height; y++, from += width * channels, inside += RowSize) Unsafe.CopyBlockUnaligned(inside, from, row);
        }
    }

    /// <summary>The numbers start + i·I + j·J + k·K for all i, j, k below the counts, k fastest.</summary>
    public static AlignedBuffer<int> Offsets(int start, (int Count, int Step) i, (int Count, int Step) j, (int Count, int Step) k)
    {
        var offsets = new AlignedBuffer<int>(checked(i.Count * j.Count * k.Count));
        var at = 0;
        for (var a = 0; a < i.Count; a++)
            for (var b = 0; b < j.Count; b++)
                for (var c = 0; c < k.Count; c++)
                    offsets.Span[at++] = checked(start + a * i.Step + b * j.Step + c * k.Step);
        return offsets;
    }
}
