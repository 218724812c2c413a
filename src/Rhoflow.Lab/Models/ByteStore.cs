using Microsoft.Win32.SafeHandles;
using Rhoflow.Data;

namespace Rhoflow.Lab.Models;

/// <summary>Bytes that are read where and when they are wanted, and never beyond their end.</summary>
internal abstract class ByteStore
{
    /// <summary>What errors call it: the file, and the entry of an archive.</summary>
    public abstract string Name { get; }

    /// <summary>How many bytes there are.</summary>
    public abstract long Length { get; }

    /// <summary>Fills <paramref name="to"/> with the bytes from <paramref name="offset"/> on.</summary>
    /// <exception cref="DataException">They are not there, or cannot be read.</exception>
    public void Read(long offset, Span<byte> to)
    {
        RequireWithin(offset, to.Length);
        if (to.Length > 0) ReadWithin(offset, to);
    }

    /// <summary>All bytes of a part, in an array of its own.</summary>
    /// <exception cref="DataException">They are not there, or cannot be read.</exception>
    public byte[] Bytes(long offset, int count)
    {
        RequireWithin(offset, count);
        var bytes = new byte[count];
        Read(offset, bytes);
        return bytes;
    }

    /// <summary>A part of it as a store of its own.</summary>
    public ByteStore Part(long offset, long length, string name) => new PartOfStore(this, offset, length, name);

    /// <summary>The bytes are there.</summary>
    protected abstract void ReadWithin(long offset, Span<byte> to);

    // Before memory is taken for them.
    private void RequireWithin(long offset, int count)
    {
        if (offset < 0 || offset > Length || count > Length - offset)
            throw new DataException($"{Name}: ends at byte {Length}; {count} bytes from byte {offset} on were expected");
    }

    private sealed class PartOfStore : ByteStore
    {
        private readonly ByteStore _whole;
        private readonly long _begin;

        public PartOfStore(ByteStore whole, long begin, long length, string name)
        {
            if (begin < 0 || length < 0 || begin > whole.Length || length > whole.Length - begin)
                throw new DataException(
                    $"{name}: would lie at bytes {begin} … {(Int128)begin + length} of {whole.Name}, which has {whole.Length}");
            (_whole, _begin, Length, Name) = (whole, begin, length, name);
        }

        public override string Name { get; }

        public override long Length { get; }

        protected override void ReadWithin(long offset, Span<byte> to) => _whole.Read(_begin + offset, to);
    }
}

/// <summary>
/// A file. It is read with offsets and not mapped: a file that becomes shorter meanwhile is an error and not the end of the process, and
/// what was read is not counted as this program's memory.
/// </summary>
internal sealed class FileStore : ByteStore, IDisposable
{
    private readonly SafeFileHandle _file;

    /// <exception cref="DataException">There is no such file, or it cannot be read.</exception>
    public FileStore(string path)
    {
        Name = path;
        try
        {
            _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Length = RandomAccess.GetLength(_file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException($"there is no file '{path}'", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new DataException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    public override string Name { get; }

    public override long Length { get; }

    public void Dispose() => _file.Dispose();

    protected override void ReadWithin(long offset, Span<byte> to)
    {
        try
        {
            for (var done = 0; done < to.Length;)
            {
                var count = RandomAccess.Read(_file, to[done..], offset + done);
                if (count == 0) throw new DataException($"{Name}: became shorter than {Length} bytes while it was read");
                done += count;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new DataException($"{Name}: cannot be read at byte {offset}: {e.Message}", e);
        }
    }
}

/// <summary>Bytes in memory.</summary>
internal sealed class MemoryStore(string name, byte[] bytes) : ByteStore
{
    public override string Name => name;

    public override long Length => bytes.Length;

    protected override void ReadWithin(long offset, Span<byte> to) => bytes.AsSpan((int)offset, to.Length).CopyTo(to);
}
