using Rhoflow.Data;
using StbImageSharp;

namespace Rhoflow.Lab.Datasets;

/// <summary>One PNG or JPEG file as bytes, row by row, channels last. Only what <see cref="ImageFrame"/> finds whole is decoded.</summary>
internal static class ImageFile
{
    /// <summary>More pixels, or a larger file, are not decoded.</summary>
    public const int MostPixels = 1 << 26, MostBytes = 1 << 28;

    /// <summary>Whether a name ends in .png, .jpg or .jpeg.</summary>
    public static bool IsNamed(string path) =>
        Path.GetExtension(path).ToUpperInvariant() is ".PNG" or ".JPG" or ".JPEG";

    /// <summary>Size and channels, without decoding.</summary>
    /// <exception cref="DataException">No image, a damaged one, or one of a kind that is not read.</exception>
    public static ImageHeader Header(string path) => ImageFrame.Of(path, Bytes(path));

    /// <summary>The pixels.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="channels">1, or 3: a grey image has its value three times then.</param>
    /// <exception cref="DataException">No image, or a damaged one.</exception>
    public static byte[] Pixels(string path, int channels) => Pixels(path, Bytes(path), channels);

    /// <summary>The pixels of a file whose bytes are read.</summary>
    public static byte[] Pixels(string path, byte[] bytes, int channels)
    {
        var header = ImageFrame.Of(path, bytes);
        try
        {
            var image = ImageResult.FromMemory(bytes, channels == 1 ? ColorComponents.Grey : ColorComponents.RedGreenBlue);
            return image.Data is { } data && data.Length == header.Height * header.Width * channels ? data
                : throw new DataException($"{path}: the image ends before its {header.Height} × {header.Width} pixels");
        }
        catch (Exception e) when (e is not (DataException or OutOfMemoryException))
        {
            throw new DataException($"{path}: the image is damaged: {e.Message}", e);
        }
    }

    private static byte[] Bytes(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
            if (stream.Length > MostBytes)
                throw new DataException($"{path}: {stream.Length} bytes; images of at most {MostBytes} are read");
            var bytes = GC.AllocateUninitializedArray<byte>((int)stream.Length);
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"the image '{path}' cannot be read: {e.Message}", e);
        }
    }
}
