using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Rhoflow.Data;

/// <summary>
/// A file read from its beginning to its end, unpacked where its name ends in .gz (of one member or several). It knows how far it has come,
/// so that what is wrong is said with its place: all offsets are those of the unpacked content. Checksums are checked at the end, and a
/// file that unpacks to far more than its size promises is stopped at a bound.
/// </summary>
internal sealed class DataFile : IDisposable
{
    // What is packed may be so much larger than its file before a bound has to be named: data rarely pack to a hundredth.
    private const long SmallContent = 256L << 20, LargestRatio = 100, LargestContent = 8L << 30;

    // Deflate cannot pack better than 1 : 1032.
    private const long MostOfDeflate = 1032;

    private readonly Stream _stream;
    private readonly uint? _crcExpected;
    private readonly Crc32? _crc;
    private readonly (uint Crc, uint Length)? _trailer;

    private DataFile(Stream stream, string name, bool packed, long length, long packedLength, long? maxBytes, uint? crc = null,
        (uint, uint)? trailer = null)
    {
        (_stream, Name, IsPacked, Length, PackedLength, _crcExpected, _trailer) =
            (stream, name, packed, length, packedLength, crc, trailer);
        if (crc is not null) _crc = new Crc32();
        Bound = maxBytes ?? (packed ? Math.Min(LargestContent, Math.Max(SmallContent, LargestRatio * packedLength)) : long.MaxValue);
    }

    /// <summary>What errors call it.</summary>
    public string Name { get; }

    /// <summary>True if it is unpacked while it is read.</summary>
    public bool IsPacked { get; }

    /// <summary>
    /// The bytes of the content; of a gzip file, what its last four bytes say, which is less where it has several members and arbitrary
    /// where it was cut off.
    /// </summary>
    public long Length { get; }

    /// <summary>The bytes that the content takes on disk.</summary>
    public long PackedLength { get; }

    /// <summary>More bytes than these are not read.</summary>
    public long Bound { get; }

    /// <summary>The bytes that were read so far.</summary>
    public long Offset { get; private set; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="maxBytes">More bytes of content are not read; null: a hundred times the packed size, but at least 256 MiB.</param>
    /// <exception cref="DataException">It is missing or cannot be read.</exception>
    public static DataFile Open(string path, long? maxBytes = null)
    {
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            if (!path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
                return new(file, path, false, file.Length, file.Length, maxBytes);
            if (file.Length < 18)
            {
                var length = file.Length;
                file.Dispose();
                throw new DataException($"{path}: {length} bytes are too few for a gzip file");
            }
            Span<byte> trailer = stackalloc byte[8];
            file.Seek(-8, SeekOrigin.End);
            file.ReadExactly(trailer);
            file.Seek(0, SeekOrigin.Begin);
            var (crc, size) = (BinaryPrimitives.ReadUInt32LittleEndian(trailer), BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]));
            return new(new GZipStream(file, CompressionMode.Decompress), path, true, size, file.Length, maxBytes, trailer: (crc, size));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException($"there is no data file '{path}'", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"the data file '{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>An entry of an archive.</summary>
    /// <param name="stream">Its content.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="length">Of the content, as the archive says.</param>
    /// <param name="packedLength">In the archive.</param>
    /// <param name="crc">The CRC-32 of the content, as the archive says.</param>
    /// <param name="maxBytes">As for a file.</param>
    internal static DataFile Over(Stream stream, string name, long length, long packedLength, uint crc, long? maxBytes) =>
        new(stream, name, true, length, packedLength, maxBytes, crc);

    /// <summary>The bytes of a file's content, unpacked once to count them; up to its first fault.</summary>
    public static long Measure(string path, long? maxBytes = null)
    {
        using var file = Open(path, maxBytes);
        var chunk = new byte[1 << 16];
        try
        {
            while (file.Read(chunk) > 0) { }
        }
        catch (DataException) when (file.Offset <= file.Bound)
        {
            // Whoever reads it finds the same.
        }
        return file.Offset;
    }

    /// <summary>The whole content of a file; memory is taken when its size is known.</summary>
    /// <exception cref="DataException">It is missing, damaged, or larger than allowed.</exception>
    public static byte[] ReadWhole(string path, long? maxBytes = null)
    {
        using var file = Open(path, maxBytes);
        var length = file.IsPacked ? Measure(path, maxBytes) : file.Length;
        if (length > file.Bound) throw file.TooLarge();
        if (length > Array.MaxLength)
            throw new DataException(
                $"{path}: {length} bytes; a text of more than {Array.MaxLength} cannot be read at once. A .npy file can hold it");
        var bytes = GC.AllocateUninitializedArray<byte>((int)length);
        file.ReadExactly(bytes, "the content");
        file.RequireEnd("the content");
        return bytes;
    }

    /// <summary>Before memory is taken for what a header promises.</summary>
    /// <param name="bytes">How many bytes of content are promised in all.</param>
    /// <param name="place">Where: "its header (byte 4)".</param>
    /// <exception cref="DataException">The file cannot hold as many, or they are more than allowed.</exception>
    public void RequireRoomFor(long bytes, string place)
    {
        if (bytes > Bound) throw TooLarge();
        if (IsPacked && bytes / MostOfDeflate > PackedLength)
            throw new DataException($"{Name}: {place} promises {bytes} bytes, more than so small a packed file can hold");
    }

    /// <summary>The file of that name in a folder, plain or with the suffix .gz; null if there is neither.</summary>
    public static string? Find(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path) ? path : File.Exists(path + ".gz") ? path + ".gz" : null;
    }

    /// <summary>Fills as much of <paramref name="buffer"/> as the rest of the content can; fewer bytes mean that it has ended.</summary>
    /// <exception cref="DataException">The file is damaged or cannot be read; the offset is named.</exception>
    public int Read(Span<byte> buffer)
    {
        var start = Offset;
        try
        {
            while (Offset - start < buffer.Length)
            {
                var count = _stream.Read(buffer[(int)(Offset - start)..]);
                if (count == 0) break;
                _crc?.Append(buffer.Slice((int)(Offset - start), count));
                Offset += count;
                if (Offset > Bound) throw TooLarge();
            }
        }
        catch (InvalidDataException e)
        {
            throw new DataException($"{Name}: the packed data end too early or are damaged: they can be unpacked as far as byte {Offset} "
                + "of the content only", e);
        }
        catch (IOException e)
        {
            throw new DataException($"{Name} cannot be read beyond byte {Offset}: {e.Message}", e);
        }
        return (int)(Offset - start);
    }

    /// <summary>Fills <paramref name="buffer"/>.</summary>
    /// <param name="what">What the bytes are, for the error.</param>
    /// <exception cref="DataException">The content ends before.</exception>
    public void ReadExactly(Span<byte> buffer, string what)
    {
        var start = Offset;
        var found = Read(buffer);
        if (found < buffer.Length)
            throw new DataException($"{Name}: ends at byte {Offset}, inside {what}: {buffer.Length} bytes from byte {start} on were "
                + $"expected, {found} were found");
    }

    /// <summary>After the last byte.</summary>
    /// <exception cref="DataException">There is more, or a checksum is wrong.</exception>
    public void RequireEnd(string what)
    {
        Span<byte> one = stackalloc byte[1];
        if (Read(one) > 0)
            throw new DataException(
                $"{Name}: goes on after byte {Offset - 1}, where {what} should end{(IsPacked ? "" : $"; it has {Length} bytes")}");
        RequireWhole();
    }

    /// <summary>
    /// After the last byte. The unpacker checks every gzip member that is there whole, and is silent about one that was cut off: the
    /// last eight bytes of the file must be the checksum and size of what was unpacked last.
    /// </summary>
    /// <exception cref="DataException">The content was cut off, or its checksum is wrong.</exception>
    public void RequireWhole()
    {
        if (_crc is not null && Offset == Length && _crc.GetCurrentHashAsUInt32() is var found && found != _crcExpected)
            throw new DataException($"{Name}: its CRC-32 is {found:x8}, where the archive says {_crcExpected:x8}: the content is damaged");
        if (_trailer is { } trailer)
        {
            if ((uint)Offset == trailer.Length || (Offset > trailer.Length && LastBytesHave(trailer))) return;
            throw new DataException($"{Name}: ends at byte {Offset}, where its gzip trailer says {trailer.Length}: it was cut off, or "
                + "something else follows the packed content");
        }
        if (Offset != Length)
            throw new DataException($"{Name}: ends at byte {Offset}, where {(IsPacked ? "the archive" : "its size")} says {Length}: it was "
                + "cut off");
    }

    // Of several members the trailer is the last one's: its content is unpacked once more, after those before it.
    private bool LastBytesHave((uint Crc, uint Length) trailer)
    {
        using var again = Open(Name, Bound);
        var (chunk, crc, first) = (new byte[1 << 16], new Crc32(), Offset - trailer.Length);
        for (int count; (count = again.Read(chunk)) > 0;)
        {
            var from = Math.Clamp(first - (again.Offset - count), 0, count);
            crc.Append(chunk.AsSpan((int)from, count - (int)from));
        }
        return crc.GetCurrentHashAsUInt32() == trailer.Crc;
    }

    private DataException TooLarge() => new($"{Name}: its content is larger than {Bound} bytes"
        + (IsPacked ? $" ({PackedLength} packed)" : "") + "; data.max-bytes: N allows more");

    public void Dispose() => _stream.Dispose();
}
