using System.Buffers.Binary;
using System.IO.Hashing;
using Rhoflow.Data;

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
/// The frame of a PNG or JPEG file, followed from its first byte to its last before anything is decoded: decoders fill what is missing with
/// grey, and follow a wrong length out of the file. Of a PNG every chunk has its CRC-32 (ISO 15948, §5.3); of a JPEG every segment lies in
/// the file, up to the marker of its end (ITU-T T.81, annex B).
/// </summary>
internal static class ImageFrame
{
    // Deflate cannot pack better than 1 : 1032, and JPEG does not pack pictures so.
    private const long LargestRatio = 1032;

    private static readonly byte[] s_png = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Size and channels of an image whose frame is whole.</summary>
    /// <param name="path">For errors.</param>
    /// <param name="bytes">The file.</param>
    /// <exception cref="DataException">No image, a damaged one, or one of a kind that is not read.</exception>
    public static ImageHeader Of(string path, ReadOnlySpan<byte> bytes)
    {
        var header = bytes.StartsWith(s_png) ? Png(path, bytes) : bytes is [0xFF, 0xD8, ..] ? Jpeg(path, bytes)
            : throw new DataException($"{path}: is no PNG or JPEG image");
        if (header.Height < 1 || header.Width < 1)
            throw new DataException($"{path}: its header says {header.Height} × {header.Width} pixels");
        return (long)header.Height * header.Width <= Math.Min(ImageFile.MostPixels, LargestRatio * bytes.Length) ? header
            : throw new DataException($"{path}: its header says {header.Height} × {header.Width} pixels; a file of {bytes.Length} bytes "
                + $"cannot hold as many, or they are more than {ImageFile.MostPixels}");
    }

    // Length, type, content, CRC-32 of type and content; IHDR is the first and IEND the last.
    private static ImageHeader Png(string path, ReadOnlySpan<byte> bytes)
    {
        ImageHeader? header = null;
        for (var at = s_png.Length; ;)
        {
            if (bytes.Length - at < 12) throw new DataException($"{path}: the PNG image was cut off at byte {bytes.Length}");
            var length = BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
            if (length > bytes.Length - at - 12)
                throw new DataException($"{path}: the chunk at byte {at} has {length} bytes, but the PNG image ends at {bytes.Length}");
            ReadOnlySpan<byte> type = bytes.Slice(at + 4, 4), content = bytes.Slice(at + 8, (int)length);
            if (Crc32.HashToUInt32(bytes.Slice(at + 4, 4 + (int)length))
                != BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 8 + (int)length)..]))
                throw new DataException($"{path}: the CRC-32 of the chunk at byte {at} is wrong: the PNG image is damaged");
            if (header is null)
                header = type.SequenceEqual("IHDR"u8) && content.Length == 13 ? PngHeader(path, content)
                    : throw new DataException($"{path}: the PNG image does not begin with its header");
            if (type.SequenceEqual("tRNS"u8)) throw Transparent(path);
            if (type.SequenceEqual("IEND"u8)) return header.Value;
            at += 12 + (int)length;
        }
    }

    // Width, height, bits, colour: 0 grey, 2 RGB, 3 a palette of RGB, 4 and 6 with transparency.
    private static ImageHeader PngHeader(string path, ReadOnlySpan<byte> content)
    {
        if (content[8] > 8) throw new DataException($"{path}: the image has {content[8]} bits a channel; at most 8 are read");
        if (content[9] is 4 or 6) throw Transparent(path);
        return new ImageHeader(BinaryPrimitives.ReadInt32BigEndian(content[4..]), BinaryPrimitives.ReadInt32BigEndian(content),
            content[9] == 0 ? 1 : 3);
    }

    private static DataException Transparent(string path) =>
        new($"{path}: the image has a channel of transparency; grey and RGB are read. Save it without");

    // FF and a marker; most have a length with what follows. After the start of a scan come its data, in which FF is followed by 0 or a
    // restart, up to the next marker.
    private static ImageHeader Jpeg(string path, ReadOnlySpan<byte> bytes)
    {
        ImageHeader? header = null;
        var scans = 0;
        for (var at = 2; ;)
        {
            DataException Broken(string why) => new($"{path}: {why} at byte {at}: the JPEG image is damaged or was cut off");
            while (at + 1 < bytes.Length && bytes[at] == 0xFF && bytes[at + 1] == 0xFF) at++;
            if (at + 1 >= bytes.Length || bytes[at] != 0xFF) throw Broken("there is no marker");
            var marker = bytes[at + 1];
            if (marker == 0xD9)
                return header is { } whole && scans > 0 ? whole : throw Broken($"it ends without {(header is null ? "header" : "scan")}");
            if (at + 4 > bytes.Length) throw Broken("a segment has no length");
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
            if (length < 2 || at + 2 + length > bytes.Length) throw Broken($"a segment of {length} bytes does not fit");
            var content = bytes.Slice(at + 4, length - 2);
            if (marker is 0xC0 or 0xC1 or 0xC2)
            {
                if (header is not null || content.Length < 6) throw Broken("a second header, or too short a one,");
                header = JpegHeader(path, content);
            }
            else if (marker is > 0xC2 and < 0xD0 and not (0xC4 or 0xC8 or 0xCC))
                throw new DataException($"{path}: a JPEG image of a kind that is not read (SOF{marker - 0xC0}): baseline and progressive "
                    + "ones are");
            at += 2 + length;
            if (marker != 0xDA) continue;
            if (header is null) throw Broken("a scan stands before the header");
            scans++;
            while (at + 1 < bytes.Length && !(bytes[at] == 0xFF && bytes[at + 1] is not (0 or >= 0xD0 and <= 0xD7))) at++;
        }
    }

    // Bits, height, width, components.
    private static ImageHeader JpegHeader(string path, ReadOnlySpan<byte> content) => content switch
    {
        [not 8, ..] => throw new DataException($"{path}: the image has {content[0]} bits a channel; 8 are read"),
        [_, _, _, _, _, not (1 or 3), ..] => throw new DataException($"{path}: the image has {content[5]} channels; grey and RGB are read"),
        _ => new ImageHeader(BinaryPrimitives.ReadUInt16BigEndian(content[1..]), BinaryPrimitives.ReadUInt16BigEndian(content[3..]),
            content[5]),
    };
}
