using System.Runtime.InteropServices;

namespace Rhoflow.Lab.Models;

/// <summary>The types of numbers that files of models hold.</summary>
internal enum ElementType
{
    /// <summary>IEEE binary64.</summary>
    Float64,

    /// <summary>IEEE binary32.</summary>
    Float32,

    /// <summary>IEEE binary16.</summary>
    Float16,

    /// <summary>The upper half of a binary32.</summary>
    BFloat16,

    /// <summary>Sign, 4 bits of exponent (bias 7), 3 of fraction; no infinities, and only 0x7f and 0xff are NaN.</summary>
    Float8E4M3,

    /// <summary>The upper half of a binary16.</summary>
    Float8E5M2,

    /// <summary>Signed, 8 bytes.</summary>
    Int64,

    /// <summary>Signed, 4 bytes.</summary>
    Int32,

    /// <summary>Signed, 2 bytes.</summary>
    Int16,

    /// <summary>Signed, 1 byte.</summary>
    Int8,

    /// <summary>Unsigned, 8 bytes.</summary>
    UInt64,

    /// <summary>Unsigned, 4 bytes.</summary>
    UInt32,

    /// <summary>Unsigned, 2 bytes.</summary>
    UInt16,

    /// <summary>Unsigned, 1 byte.</summary>
    UInt8,

    /// <summary>1 byte, 0 is false.</summary>
    Bool,
}

/// <summary>Sizes, names and decoding of <see cref="ElementType"/>.</summary>
internal static class ElementTypes
{
    /// <summary>Bytes of one number.</summary>
    public static int Bytes(this ElementType type) => type switch
    {
        ElementType.Float64 or ElementType.Int64 or ElementType.UInt64 => 8,
        ElementType.Float32 or ElementType.Int32 or ElementType.UInt32 => 4,
        ElementType.Float16 or ElementType.BFloat16 or ElementType.Int16 or ElementType.UInt16 => 2,
        _ => 1,
    };

    /// <summary>Whether weights can be of it.</summary>
    public static bool IsFloating(this ElementType type) => type <= ElementType.Float8E5M2;

    /// <summary>float32 …, as NumPy and PyTorch say it.</summary>
    public static string Word(this ElementType type) => type switch
    {
        ElementType.Float8E4M3 => "float8_e4m3fn",
        ElementType.Float8E5M2 => "float8_e5m2",
        _ => type.ToString().ToLowerInvariant(),
    };

    /// <summary>Numbers as float64; integers beyond 2⁵³ are rounded.</summary>
    /// <param name="type">Of the numbers.</param>
    /// <param name="bytes">Exactly theirs; where <paramref name="big"/> they are turned around in place.</param>
    /// <param name="big">Big-endian.</param>
    /// <param name="to">One for each.</param>
    public static void Decode(this ElementType type, Span<byte> bytes, bool big, Span<double> to)
    {
        var size = type.Bytes();
        if (big && size > 1)
            for (var at = 0; at < bytes.Length; at += size) bytes.Slice(at, size).Reverse();
        switch (type)
        {
            case ElementType.Float64: MemoryMarshal.Cast<byte, double>(bytes).CopyTo(to); break;
            case ElementType.Float32: Each(MemoryMarshal.Cast<byte, float>(bytes), to); break;
            case ElementType.Float16: Each(MemoryMarshal.Cast<byte, Half>(bytes), to); break;
            case ElementType.BFloat16:
                var upper = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (var i = 0; i < to.Length; i++) to[i] = BitConverter.Int32BitsToSingle(upper[i] << 16);
                break;
            case ElementType.Float8E4M3:
                for (var i = 0; i < to.Length; i++) to[i] = E4M3(bytes[i]);
                break;
            case ElementType.Float8E5M2:
                for (var i = 0; i < to.Length; i++) to[i] = (double)BitConverter.UInt16BitsToHalf((ushort)(bytes[i] << 8));
                break;
            case ElementType.Int64: Each(MemoryMarshal.Cast<byte, long>(bytes), to); break;
            case ElementType.Int32: Each(MemoryMarshal.Cast<byte, int>(bytes), to); break;
            case ElementType.Int16: Each(MemoryMarshal.Cast<byte, short>(bytes), to); break;
            case ElementType.Int8: Each(MemoryMarshal.Cast<byte, sbyte>(bytes), to); break;
            case ElementType.UInt64: Each(MemoryMarshal.Cast<byte, ulong>(bytes), to); break;
            case ElementType.UInt32: Each(MemoryMarshal.Cast<byte, uint>(bytes), to); break;
            case ElementType.UInt16: Each(MemoryMarshal.Cast<byte, ushort>(bytes), to); break;
            case ElementType.UInt8: Each<byte>(bytes, to); break;
            default:
                for (var i = 0; i < to.Length; i++) to[i] = bytes[i] == 0 ? 0 : 1;
                break;
        }
    }

    private static void Each<T>(ReadOnlySpan<T> from, Span<double> to) where T : System.Numerics.INumberBase<T>
    {
        for (var i = 0; i < to.Length; i++) to[i] = double.CreateTruncating(from[i]);
    }

    private static double E4M3(byte bits)
    {
        int exponent = bits >> 3 & 15, fraction = bits & 7;
        var size = (exponent, fraction) is (15, 7) ? double.NaN
            : exponent == 0 ? fraction / 512.0 : Math.ScaleB(1 + fraction / 8.0, exponent - 7);
        return bits < 128 ? size : -size;
    }
}
