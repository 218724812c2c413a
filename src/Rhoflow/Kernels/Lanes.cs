using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Rhoflow.Kernels;

/// <summary>
/// One SIMD width as a type argument: a kernel written once over <typeparamref name="TLanes"/> is compiled for each width and number
/// type, with its vectors in registers. Which width runs is chosen once, by <see cref="Simd"/>.
/// </summary>
/// <typeparam name="TLanes">The vector: Vector128, Vector256 or Vector512 of <typeparamref name="T"/>.</typeparam>
/// <typeparam name="T">float or double.</typeparam>
internal unsafe interface ILanes<TLanes, T> where TLanes : unmanaged where T : unmanaged
{
    /// <summary>Numbers in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>All zeros.</summary>
    static abstract TLanes Zero { get; }

    static abstract TLanes Load(T* address);
    static abstract void Store(T* address, TLanes value);
    static abstract TLanes Broadcast(T value);
    static abstract TLanes Add(TLanes a, TLanes b);
    static abstract TLanes Multiply(TLanes a, TLanes b);

    /// <summary>a·b + c, rounded once.</summary>
    static abstract TLanes MultiplyAdd(TLanes a, TLanes b, TLanes c);
}

/// <summary>512 bits: AVX-512.</summary>
internal readonly unsafe struct Lanes512<T> : ILanes<Vector512<T>, T> where T : unmanaged
{
    public static int Count => Vector512<T>.Count;
    public static Vector512<T> Zero => Vector512<T>.Zero;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<T> Load(T* address) => Vector512.Load(address);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* address, Vector512<T> value) =>
        Vector512.Store(value, address);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<T> Broadcast(T value) => Vector512.Create(value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<T> Add(Vector512<T> a, Vector512<T> b) => a + b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<T> Multiply(Vector512<T> a, Vector512<T> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> MultiplyAdd(Vector512<T> a, Vector512<T> b, Vector512<T> c) => typeof(T) == typeof(float)
        ? Vector512.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
        : Vector512.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();
}

/// <summary>256 bits: AVX2 with FMA.</summary>
internal readonly unsafe struct Lanes256<T> : ILanes<Vector256<T>, T> where T : unmanaged
{
    public static int Count => Vector256<T>.Count;
    public static Vector256<T> Zero => Vector256<T>.Zero;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<T> Load(T* address) => Vector256.Load(address);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* address, Vector256<T> value) =>
        Vector256.Store(value, address);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<T> Broadcast(T value) => Vector256.Create(value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<T> Add(Vector256<T> a, Vector256<T> b) => a + b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<T> Multiply(Vector256<T> a, Vector256<T> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> MultiplyAdd(Vector256<T> a, Vector256<T> b, Vector256<T> c) => typeof(T) == typeof(float)
        ? Vector256.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
        : Vector256.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();
}

/// <summary>128 bits: Arm's AdvSimd, and x86 processors without AVX2.</summary>
internal readonly unsafe struct Lanes128<T> : ILanes<Vector128<T>, T> where T : unmanaged
{
    public static int Count => Vector128<T>.Count;
    public static Vector128<T> Zero => Vector128<T>.Zero;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<T> Load(T* address) => Vector128.Load(address);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* address, Vector128<T> value) =>
        Vector128.Store(value, address);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<T> Broadcast(T value) => Vector128.Create(value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<T> Add(Vector128<T> a, Vector128<T> b) => a + b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<T> Multiply(Vector128<T> a, Vector128<T> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> MultiplyAdd(Vector128<T> a, Vector128<T> b, Vector128<T> c) => typeof(T) == typeof(float)
        ? Vector128.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
        : Vector128.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();
}
