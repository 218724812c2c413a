using System.Buffers.Binary;
using System.IO.Hashing;
using Rhoflow.Data;
using StbImageSharp;

namespace Rhoflow.Lab.Datasets;

/// <summary>What the header of an image says.</summary>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Columns.</param>
/// <param name="Channels">1, grey, or 3, red, green and blue.</param>
internal readonly record struct ImageHeader(int Height, int Width, int Channels)
{
    public override string ToString() => $"{Height} × {Width}, {(Channels == 1 ? "grey" : "RGB")}";
}

/// <summary>
/// One PNG or JPEG file as bytes, row by row, channels last. Before it is decoded its frame is checked, since a decoder fills what is
/// missing with grey: of a PNG every chunk with its CRC-32 and the end chunk, of a JPEG the markers at both ends.
/// </summary>
internal static class ImageFile
{
    /// <summary>More pixels, or a larger file, are not decoded.</summary>
    public const int MostPixels = 1 << 26, MostBytes = 1 << 28;

    private static readonly byte[] s_png = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Whether a name ends in .png, .jpg or .jpeg.</summary>
    public static bool IsNamed(string path) =>
        Path.GetExtension(path).ToUpperInvariant() is ".PNG" or ".JPG" or ".JPEG";

    /// <summary>Size and channels, without decoding.</summary>
    /// <exception cref="DataException">No image, or one that is not read here.</exception>
    public static ImageHeader Header(string path)
    {
        using var stream = Open(path);
        return Header(path, stream);
    }

    /// <summary>The pixels.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="channels">1, or 3: a grey image has its value three times then.</param>
    /// <exception cref="DataException">No image, or a damaged one.</exception>
    public static byte[] Pixels(string path, int channels)
    {
        var bytes = Bytes(path);
        var header = Header(path, new MemoryStream(bytes, writable: false));
        RequireWhole(path, bytes);
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

    private static ImageHeader Header(string path, Stream stream)
    {
        ImageInfo? info;
        try
        {
            info = ImageInfo.FromStream(stream);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new DataException($"{path}: the header of the image is damaged: {e.Message}", e);
        }
        if (info is not { Width: > 0, Height: > 0 } of) throw new DataException($"{path}: is no PNG or JPEG image, or a damaged one");
        if ((long)of.Width * of.Height > MostPixels)
            throw new DataException($"{path}: its header says {of.Height} × {of.Width} pixels; images of at most {MostPixels} are read");
        if (of.BitsPerChannel > 8) throw new DataException($"{path}: the image has {of.BitsPerChannel} bits a channel; at most 8 are read");
        return of.ColorComponents switch
        {
            ColorComponents.Grey => new(of.Height, of.Width, 1),
            ColorComponents.RedGreenBlue => new(of.Height, of.Width, 3),
            _ => throw new DataException($"{path}: the image has a channel of transparency; grey and RGB are read. Save it without"),
        };
    }

    private static void RequireWhole(string path, ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(s_png)) RequireChunks(path, bytes);
        else if (!bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]) || bytes.TrimEnd((byte)0) is not [.., 0xFF, 0xD9])
            throw new DataException($"{path}: a JPEG image begins with FF D8 and ends with FF D9; it was cut off, or something follows it");
    }

    // Length, type, content, CRC-32 of type and content; the last is IEND.
    private static void RequireChunks(string path, ReadOnlySpan<byte> bytes)
    {
        for (var at = s_png.Length; ;)
        {
            if (bytes.Length - at < 12) throw new DataException($"{path}: the PNG image was cut off at byte {bytes.Length}");
            var length = BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
            if (length > bytes.Length - at - 12)
                throw new DataException($"{path}: the chunk at byte {at} has {length} bytes, but the PNG image ends at {bytes.Length}");
            var content = bytes.Slice(at + 4, 4 + (int)length);
            if (Crc32.HashToUInt32(content) != BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 8 + (int)length)..]))
                throw new DataException($"{path}: the CRC-32 of the chunk at byte {at} is wrong: the PNG image is damaged");
            if (content.StartsWith("IEND"u8)) return;
            at += 12 + (int)length;
        }
    }

    private static byte[] Bytes(string path)
    {
        using var stream = Open(path);
        if (stream.Length > MostBytes) throw new DataException($"{path}: {stream.Length} bytes; images of at most {MostBytes} are read");
        var bytes = GC.AllocateUninitializedArray<byte>((int)stream.Length);
        try
        {
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (IOException e)
        {
            throw new DataException($"the image '{path}' cannot be read: {e.Message}", e);
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 12);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"the image '{path}' cannot be read: {e.Message}", e);
        }
    }
}
