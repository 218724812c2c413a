using System.Runtime.InteropServices;

namespace Rhoflow.Kernels;

/// <summary>Numbers outside the managed heap that begin at a multiple of 64 bytes (a cache line, a 512-bit vector); all zero at first.</summary>
public sealed unsafe class AlignedBuffer<T> : IDisposable where T : unmanaged
{
    private T* _data;

    /// <param name="length">Numbers; 0 is allowed.</param>
    public AlignedBuffer(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        var bytes = (nuint)Math.Max(1, length) * (nuint)sizeof(T);
        _data = (T*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(_data, bytes);
        GC.AddMemoryPressure((long)bytes);
    }

    ~AlignedBuffer() => Free();

    public int Length { get; }

    /// <summary>The numbers; valid until <see cref="Dispose"/>, and as long as the buffer is reachable.</summary>
    public Span<T> Span => new(Pointer, Length);

    /// <summary>Where they begin.</summary>
    public T* Pointer => _data != null ? _data : throw new ObjectDisposedException(nameof(AlignedBuffer<T>));

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_data == null) return;
        NativeMemory.AlignedFree(_data);
        _data = null;
        GC.RemoveMemoryPressure((long)Math.Max(1, Length) * sizeof(T));
    }
}
