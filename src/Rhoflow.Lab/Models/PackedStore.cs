using System.IO.Compression;
using System.IO.Hashing;
using Rhoflow.Data;

namespace Rhoflow.Lab.Models;

/// <summary>
/// The content of an entry of a zip archive. What is stored is read where it lies; what is deflated is unpacked as far as it is asked for,
/// from its beginning again where an earlier part is wanted. Checksums are checked by whoever asks for the whole.
/// </summary>
internal static class PackedStore
{
    // Deflate cannot pack better than 1 : 1032; weights rarely pack to a hundredth, and zeros that do are small.
    private const long MostOfDeflate = 1032, LargestRatio = 100, SmallContent = 64L << 20;

    /// <exception cref="DataException">It promises more than so small an entry is believed to hold.</exception>
    public static ByteStore Of(ByteStore archive, ZipEntry entry)
    {
        var name = $"{archive.Name} ({entry.Name})";
        var part = archive.Part(entry.Begin, entry.Packed, name);
        if (!entry.IsPacked) return part;
        if (entry.Length / MostOfDeflate > entry.Packed || entry.Length > Math.Max(SmallContent, LargestRatio * entry.Packed))
            throw new DataException($"{name}: promises {entry.Length} bytes, more than {entry.Packed} packed ones are believed to hold");
        return new Inflated(part, entry);
    }

    /// <summary>The CRC-32 of all bytes must be that of the archive.</summary>
    /// <exception cref="DataException">It is another.</exception>
    public static void RequireWhole(ByteStore content, ZipEntry entry)
    {
        var (crc, chunk) = (new Crc32(), new byte[Math.Min(1 << 16, content.Length)]);
        for (var at = 0L; at < content.Length; at += chunk.Length)
        {
            var part = chunk.AsSpan(0, (int)Math.Min(chunk.Length, content.Length - at));
            content.Read(at, part);
            crc.Append(part);
        }
        if (crc.GetCurrentHashAsUInt32() is var found && found != entry.Crc)
            throw new DataException(
                $"{content.Name}: its CRC-32 is {found:x8}, where the archive says {entry.Crc:x8}: the content is damaged");
    }

    private sealed class Inflated(ByteStore packed, ZipEntry entry) : ByteStore
    {
        private DeflateStream? _stream;
        private long _at;

        public override string Name => packed.Name;

        public override long Length => entry.Length;

        protected override void ReadWithin(long offset, Span<byte> to)
        {
            if (_stream is null || offset < _at)
            {
                _stream?.Dispose();
                (_stream, _at) = (new DeflateStream(new StoreStream(packed), CompressionMode.Decompress), 0);
            }
            Span<byte> skipped = stackalloc byte[4096];
            while (_at < offset) Fill(skipped[..(int)Math.Min(skipped.Length, offset - _at)]);
            Fill(to);
        }

        private void Fill(Span<byte> to)
        {
            try
            {
                var count = _stream!.ReadAtLeast(to, to.Length, throwOnEndOfStream: false);
                _at += count;
                if (count < to.Length)
                    throw new DataException($"{Name}: its packed data end at byte {_at}, where {Length} bytes are promised");
            }
            catch (Exception e) when (e is InvalidDataException or IOException)
            {
                throw new DataException($"{Name}: its packed data are damaged behind byte {_at}", e);
            }
        }
    }
}
