using System.Buffers.Binary;
using System.Numerics;

namespace Rhoflow.Lab.Export;

/// <summary>
/// TFRecord: each record as its length (8 bytes), the length's checksum (4), the record, and its checksum (4), little-endian.
/// </summary>
internal static class RecordFile
{
    /// <summary>Adds a record.</summary>
    public static void Add(Stream file, ReadOnlySpan<byte> record)
    {
        Span<byte> head = stackalloc byte[12], tail = stackalloc byte[4];
        BinaryPrimitives.WriteInt64LittleEndian(head, record.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], Masked(head[..8]));
        BinaryPrimitives.WriteUInt32LittleEndian(tail, Masked(record));
        file.Write(head);
        file.Write(record);
        file.Write(tail);
    }

    /// <summary>CRC-32C, rotated and shifted, since a checksum of data that hold checksums is weak.</summary>
    public static uint Masked(ReadOnlySpan<byte> data) => BitOperations.RotateRight(Crc32C(data), 15) + 0xa282ead8;

    /// <summary>The cyclic redundancy check with Castagnoli's polynomial.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        for (; data.Length >= 8; data = data[8..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
        foreach (var b in data) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
