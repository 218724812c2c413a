using System.Buffers.Binary;
using System.IO.Compression;

namespace Rhoflow.Data;

/// <summary>
/// A file read from its beginning to its end, unpacked where its name ends in .gz. It knows how far it has come, so that what is wrong
/// is said with its place: all offsets are those of the unpacked content.
/// </summary>
internal sealed class DataFile : IDisposable
{
    private readonly Stream _stream;

    private DataFile(Stream stream, string name, bool packed, long length) => (_stream, Name, IsPacked, Length) =
        (stream, name, packed, length);

    /// <summary>What errors call it.</summary>
    public string Name { get; }

    /// <summary>True if it is unpacked while it is read.</summary>
    public bool IsPacked { get; }

    /// <summary>The bytes of the content; of a gzip file, what its last four bytes say, which is wrong if it was cut off.</summary>
    public long Length { get; }

    /// <summary>The bytes that were read so far.</summary>
    public long Offset { get; private set; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="DataException">It is missing or cannot be read.</exception>
    public static DataFile Open(string path)
    {
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            if (!path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)) return new(file, path, false, file.Length);
            if (file.Length < 18)
            {
                var length = file.Length;
                file.Dispose();
                throw new DataException($"{path}: {length} bytes are too few for a gzip file");
            }
            Span<byte> trailer = stackalloc byte[4];
            file.Seek(-4, SeekOrigin.End);
            file.ReadExactly(trailer);
            file.Seek(0, SeekOrigin.Begin);
            return new(new GZipStream(file, CompressionMode.Decompress), path, true, BinaryPrimitives.ReadUInt32LittleEndian(trailer));
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

    /// <summary>A part of another file, such as an entry of an archive.</summary>
    internal static DataFile Over(Stream stream, string name, long length) => new(stream, name, true, length);

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
                Offset += count;
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

    /// <exception cref="DataException">There is more.</exception>
    public void RequireEnd(string what)
    {
        Span<byte> one = stackalloc byte[1];
        if (Read(one) > 0)
            throw new DataException(
                $"{Name}: goes on after byte {Offset - 1}, where {what} should end{(IsPacked ? "" : $"; it has {Length} bytes")}");
    }

    /// <summary>After the last byte: a gzip file that was cut off unpacks to less than its trailer says.</summary>
    /// <exception cref="DataException">It does.</exception>
    public void RequireWhole()
    {
        if (Offset != Length)
            throw new DataException($"{Name}: ends at byte {Offset}, where {(IsPacked ? "its gzip trailer" : "its size")} says {Length}: "
                + $"it was cut off{(IsPacked ? ", or packed in several pieces (unpack it, and pack it as one)" : "")}");
    }

    public void Dispose() => _stream.Dispose();
}
