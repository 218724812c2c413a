using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Rhoflow.Tests.Lab.Datasets;

/// <summary>PNG files of given pixels, and two JPEG files of one colour.</summary>
internal static class ImageSamples
{
    /// <summary>Pillow 9.4's Image.save of 8 × 8 pixels (200, 100, 50), quality 95, optimized.</summary>
    public static readonly byte[] JpegOf200And100And50 = Convert.FromBase64String(
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYGCAsICQoKCgoKBggLDAsKDAkKCgr/2wBD"
        + "AQICAgICAgUDAwUKBwYHCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgr/wAARCAAIAAgDASIAAhEBAxEB/8QAFQABAQAA"
        + "AAAAAAAAAAAAAAAAAAX/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFAEBAAAAAAAAAAAAAAAAAAAACP/EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAMAwEAAhEDEQA/"
        + "AJ4Armw//9k=");

    /// <summary>The same of grey 130, progressive.</summary>
    public static readonly byte[] JpegOf130 = Convert.FromBase64String(
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYGCAsICQoKCgoKBggLDAsKDAkKCgr/wgAL"
        + "CAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//aAAgBAQAAAAFP/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABBQJ//8QAFBABAAAAAAAAAAAAAAAA"
        + "AAAAAP/aAAgBAQAGPwJ//8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPyF//9oACAEBAAAAEH//xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oACAEBAAE/EH//"
        + "2Q==");

    /// <summary>A PNG file: rows are filtered by "up" in turn with "none", so that a reader has something to undo.</summary>
    /// <param name="channels">1: grey, 3: RGB, 4: RGBA; or 2 with <paramref name="bits"/> 16: grey of two bytes.</param>
    public static byte[] Png(int height, int width, int channels, ReadOnlySpan<byte> pixels, int bits = 8)
    {
        var stride = width * channels;
        var rows = new List<byte>();
        for (var i = 0; i < height; i++)
        {
            var filtered = i % 2 == 1;
            rows.Add((byte)(filtered ? 2 : 0));
            for (var j = 0; j < stride; j++)
                rows.Add((byte)(pixels[i * stride + j] - (filtered ? pixels[(i - 1) * stride + j] : 0)));
        }
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)) zlib.Write([.. rows]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = ((byte)bits, (byte)(channels switch { 3 => 2, 4 => 6, _ => 0 }));
        return [0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n', .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, packed.ToArray()),
            .. Chunk("IEND"u8, [])];
    }

    /// <summary>A PNG with right checksums wherever its chunks can be followed; anything else as it is.</summary>
    public static byte[] Checked(byte[] bytes)
    {
        if (bytes is not [_, (byte)'P', ..]) return bytes;
        for (var at = 8; bytes.Length - at >= 12;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));
            if (length > bytes.Length - at - 12) break;
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at + 8 + (int)length),
                Crc32.HashToUInt32(bytes.AsSpan(at + 4, 4 + (int)length)));
            at += 12 + (int)length;
        }
        return bytes;
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        byte[] body = [.. type, .. content];
        byte[] ends = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(ends, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(ends.AsSpan(4), Crc32.HashToUInt32(body));
        return [.. ends[..4], .. body, .. ends[4..]];
    }
}
