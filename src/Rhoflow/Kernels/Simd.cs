using System.Runtime.Intrinsics;

namespace Rhoflow.Kernels;

/// <summary>The SIMD widths that kernels are compiled for.</summary>
internal enum SimdWidth
{
    Bits128 = 128,
    Bits256 = 256,
    Bits512 = 512,
}

/// <summary>The widest SIMD that this processor has in hardware; an emulated wider one would be several times slower.</summary>
internal static class Simd
{
    /// <summary>What kernels use unless told otherwise.</summary>
    public static SimdWidth Best { get; } =
        Vector512.IsHardwareAccelerated ? SimdWidth.Bits512 : Vector256.IsHardwareAccelerated ? SimdWidth.Bits256 : SimdWidth.Bits128;
}
