using System.Buffers;
using System.Runtime.InteropServices;
using Rhoflow.Numerics;

namespace Rhoflow.Data;

/// <summary>
/// Images as they were read from files, of which some are to be chosen. Their bytes lie in memory that is freed on <see cref="Dispose"/>,
/// so that those that are not chosen do not stay beside the converted ones until a garbage collection: half of the peak for a part of
/// CIFAR-10.
/// </summary>
internal sealed class LentImages : IDisposable
{
    private readonly IMemoryOwner<byte> _pixels;
    private readonly TensorShape _shape;

    private LentImages(string name, IMemoryOwner<byte> pixels, double[] y, IReadOnlyList<string> classNames, TensorShape shape,
        DataReading? reading)
    {
        (_pixels, _shape) = (pixels, shape);
        Examples = new Dataset(name, [.. Enumerable.Range(0, y.Length).Select(static n => (double)n)], y, 1, classNames)
            .WithReading(reading);
    }

    /// <summary>All examples with their labels; the one input of each is its place among the images.</summary>
    public Dataset Examples { get; }

    /// <summary>Reads images into lent memory.</summary>
    /// <param name="name">What errors and tables call the set.</param>
    /// <param name="shape">The shape of an image.</param>
    /// <param name="read">Reads them into the memory that it asks for by its length in bytes; gives targets and names of the
    /// classes.</param>
    /// <param name="reading">What they were taken for; null: nothing was guessed.</param>
    /// <exception cref="DataException">What <paramref name="read"/> finds wrong.</exception>
    public static LentImages Read(string name, TensorShape shape,
        Func<Func<int, Memory<byte>>, (double[] Y, IReadOnlyList<string> ClassNames)> read, DataReading? reading = null)
    {
        IMemoryOwner<byte>? pixels = null;
        try
        {
            var (y, names) = read(bytes => (pixels = new NativeBytes(bytes)).Memory);
            return new LentImages(name, pixels!, y, names, shape, reading);
        }
        catch
        {
            pixels?.Dispose();
            throw;
        }
    }

    /// <summary>The images of chosen examples, copied.</summary>
    /// <param name="chosen">Made from <see cref="Examples"/> by choosing examples and changing targets.</param>
    public Dataset Of(Dataset chosen)
    {
        var size = _shape.Count;
        ReadOnlySpan<byte> pixels = _pixels.Memory.Span;
        var places = chosen.X;
        var x = GC.AllocateUninitializedArray<byte>(checked(chosen.Count * size));
        for (var i = 0; i < chosen.Count; i++) pixels.Slice((int)places[i] * size, size).CopyTo(x.AsSpan(i * size));
        return Dataset.Of(chosen.Name, x, chosen.Y.ToArray(), size, chosen.ClassNames, _shape).WithReading(chosen.Reading);
    }

    /// <inheritdoc/>
    public void Dispose() => _pixels.Dispose();

    private sealed unsafe class NativeBytes(int length) : MemoryManager<byte>
    {
        private byte* _start = (byte*)NativeMemory.Alloc((nuint)length);

        public override Span<byte> GetSpan()
        {
            ObjectDisposedException.ThrowIf(_start is null, this);
            return new(_start, length);
        }

        public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

        public override void Unpin() { }

        protected override void Dispose(bool disposing)
        {
            NativeMemory.Free(_start);
            _start = null;
        }
    }
}
