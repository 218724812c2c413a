using System.Buffers;
using Rhoflow.Data;

namespace Rhoflow.Lab.Models;

/// <summary>
/// A named array in a file, read in windows: entry i of the row-major order lies at offset + Σ_a index_a stride_a. Views of one storage,
/// transposed and Fortran-ordered arrays are strides; arrays that repeat numbers (a stride of 0) would be larger than their file, and are
/// refused.
/// </summary>
internal sealed class Tensor
{
    /// <summary>Axes at most; NumPy and PyTorch allow 64.</summary>
    public const int MostAxes = 64;

    private const int ChunkBytes = 1 << 16;

    private readonly ByteStore _store;
    private readonly long _offset;
    private readonly long[] _strides;
    private readonly bool _big;
    private Action? _check;

    /// <param name="name">Any text.</param>
    /// <param name="shape">Sizes ≥ 0.</param>
    /// <param name="type">Of the numbers.</param>
    /// <param name="store">Where they lie.</param>
    /// <param name="offset">The first number's byte.</param>
    /// <param name="strides">In numbers; null: row-major without gaps.</param>
    /// <param name="big">Big-endian.</param>
    /// <exception cref="DataException">The numbers do not lie in the store.</exception>
    public Tensor(string name, long[] shape, ElementType type, ByteStore store, long offset = 0, long[]? strides = null, bool big = false)
    {
        (Name, Shape, Type, _store, _offset, _big) = (name, shape, type, store, offset, big);
        DataException Refused(string why) => new($"{store.Name}: array '{name}' of shape [{string.Join(", ", shape)}] {why}");
        if (shape.Length > MostAxes)
            throw new DataException($"{store.Name}: array '{name}' has {shape.Length} axes; {MostAxes} are the most");
        if (Array.Exists(shape, static s => s < 0)) throw Refused("has a negative size");
        Int128 count = shape.Contains(0) ? 0 : 1;
        foreach (var size in shape)
            if ((count *= size) > long.MaxValue) throw Refused("has more numbers than any file");
        Count = (long)count;
        _strides = strides ?? RowMajor(shape);
        if (_strides.Length != shape.Length) throw Refused($"has {_strides.Length} strides");
        if (Count == 0) return;
        if (Array.Exists(_strides, static s => s < 0))
            throw Refused($"has strides [{string.Join(", ", _strides)}]; they cannot be negative");
        Int128 last = 0;
        for (var a = 0; a < shape.Length; a++) last += (Int128)(shape[a] - 1) * _strides[a];
        var (bytes, room) = (type.Bytes(), store.Length - offset);
        if (offset < 0 || room < 0 || last >= room / bytes)
            throw Refused($"of {type.Word()} would end at byte {offset + (last + 1) * bytes} of {store.Length}");
        if (count > room / bytes)
            throw Refused($"repeats the {room / bytes} numbers that it is made of; save a copy of it (contiguous())");
        IsContiguous = strides is null || IsRowMajor(shape, _strides);
    }

    /// <summary>As the file has it.</summary>
    public string Name { get; }

    /// <summary>The length of each axis.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>How many numbers it has.</summary>
    public long Count { get; }

    /// <summary>Of the numbers.</summary>
    public ElementType Type { get; }

    /// <summary>Whether its numbers lie one after another, row by row.</summary>
    public bool IsContiguous { get; private init; } = true;

    /// <summary>"4 × 1 × 3 × 3".</summary>
    public string Form => Shape.Count == 0 ? "one number" : string.Join(" × ", Shape);

    /// <summary>Something that must hold before the first number is read.</summary>
    public Tensor CheckedBy(Action check)
    {
        _check = check;
        return this;
    }

    /// <summary>A matrix with rows and columns exchanged; nothing is moved.</summary>
    public Tensor Transposed() => Shape.Count == 2
        ? new Tensor(Name, [Shape[1], Shape[0]], Type, _store, _offset, [_strides[1], _strides[0]], _big) { _check = _check }
        : throw new ArgumentException($"'{Name}' is {Form} and no matrix");

    /// <summary>Entries of the row-major order as float64.</summary>
    /// <param name="from">The first of them.</param>
    /// <param name="to">As many as it holds.</param>
    /// <exception cref="DataException">The file cannot be read.</exception>
    public void Read(long from, Span<double> to)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from + to.Length, Count);
        if (to.IsEmpty) return;
        _check?.Invoke();
        _check = null;
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            if (IsContiguous) ReadOn(from, to, buffer);
            else ReadStrided(from, to, buffer);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Entries of the row-major order as float32.</summary>
    /// <param name="from">The first of them.</param>
    /// <param name="to">As many as it holds.</param>
    /// <exception cref="DataException">The file cannot be read.</exception>
    public void Read(long from, Span<float> to)
    {
        Span<double> wide = stackalloc double[512];
        for (var done = 0; done < to.Length;)
        {
            var part = wide[..Math.Min(wide.Length, to.Length - done)];
            Read(from + done, part);
            foreach (var v in part) to[done++] = (float)v;
        }
    }

    private void ReadOn(long from, Span<double> to, byte[] buffer)
    {
        var bytes = Type.Bytes();
        for (var done = 0; done < to.Length;)
        {
            var count = Math.Min(ChunkBytes / bytes, to.Length - done);
            var chunk = buffer.AsSpan(0, count * bytes);
            _store.Read(_offset + (from + done) * bytes, chunk);
            Type.Decode(chunk, _big, to.Slice(done, count));
            done += count;
        }
    }

    // In the order of the storage, axis of the largest stride first, so that a transposed array is read from its beginning to its end.
    private void ReadStrided(long from, Span<double> to, byte[] buffer)
    {
        var bytes = Type.Bytes();
        var places = RowMajor([.. Shape]);
        int[] axes = [.. Enumerable.Range(0, Shape.Count).Where(a => Shape[a] > 1).OrderByDescending(a => _strides[a])];
        var index = new long[axes.Length];
        Span<byte> one = stackalloc byte[8];
        (long at, long place, long begin, long end) = (0, 0, 0, 0);
        for (var left = Count; ;)
        {
            if (place >= from && place < from + to.Length)
            {
                var position = _offset + at * bytes;
                if (position < begin || position + bytes > end)
                {
                    begin = position;
                    end = begin + Math.Min(ChunkBytes, _store.Length - begin);
                    _store.Read(begin, buffer.AsSpan(0, (int)(end - begin)));
                }
                buffer.AsSpan((int)(position - begin), bytes).CopyTo(one);
                Type.Decode(one[..bytes], _big, to.Slice((int)(place - from), 1));
            }
            if (--left == 0) return;
            for (var k = axes.Length - 1; ; k--)
            {
                var a = axes[k];
                (at, place) = (at + _strides[a], place + places[a]);
                if (++index[k] < Shape[a]) break;
                (at, place, index[k]) = (at - _strides[a] * Shape[a], place - places[a] * Shape[a], 0);
            }
        }
    }

    private static long[] RowMajor(long[] shape)
    {
        var strides = new long[shape.Length];
        var stride = 1L;
        for (var a = shape.Length - 1; a >= 0; stride *= Math.Max(1, shape[a--])) strides[a] = stride;
        return strides;
    }

    private static bool IsRowMajor(long[] shape, long[] strides)
    {
        var wanted = RowMajor(shape);
        for (var a = 0; a < shape.Length; a++)
            if (shape[a] > 1 && strides[a] != wanted[a]) return false;
        return true;
    }
}
