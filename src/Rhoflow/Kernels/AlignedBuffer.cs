using System.Runtime.CompilerServices;

namespace Rhoflow.Kernels;

/// <summary>
/// Numbers that stay where they are and begin at a multiple of 64 bytes (a cache line, a 512-bit vector); all zero at first.
/// </summary>
internal sealed unsafe class AlignedBuffer<T> where T : unmanaged
{
    private const int Alignment = 64;

    // Pinned, so that addresses into it stay valid while this object is reachable.
    private readonly byte[] _memory;

    /// <param name="length">Numbers; 0 is allowed.</param>
    public AlignedBuffer(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        _memory = GC.AllocateArray<byte>(checked(length * sizeof(T) + Alignment), pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref _memory[0]);
        Pointer = (T*)((address + Alignment - 1) / Alignment * Alignment);
    }

    public int Length { get; }

    /// <summary>Where they begin; valid while the buffer is reachable.</summary>
    public T* Pointer { get; }

    /// <summary>The numbers.</summary>
    public Span<T> Span => new(Pointer, Length);
}
