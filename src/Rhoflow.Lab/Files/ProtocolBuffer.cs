using System.Buffers.Binary;
using System.Text;

namespace Rhoflow.Lab.Files;

/// <summary>A message in the wire format of Protocol Buffers: fields by their numbers, one after the other.</summary>
internal sealed class ProtocolBuffer
{
    private readonly MemoryStream _bytes = new();

    private enum Wire
    {
        Varint = 0,
        Fixed64 = 1,
        Length = 2,
        Fixed32 = 5,
    }

    /// <summary>The message so far.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.GetBuffer().AsSpan(0, (int)_bytes.Length);

    /// <summary>int64.</summary>
    public ProtocolBuffer Add(int field, long value)
    {
        Head(field, Wire.Varint);
        Varint((ulong)value);
        return this;
    }

    /// <summary>bool.</summary>
    public ProtocolBuffer Add(int field, bool value) => Add(field, value ? 1L : 0L);

    /// <summary>double.</summary>
    public ProtocolBuffer Add(int field, double value)
    {
        Head(field, Wire.Fixed64);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>float.</summary>
    public ProtocolBuffer Add(int field, float value)
    {
        Head(field, Wire.Fixed32);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>string.</summary>
    public ProtocolBuffer Add(int field, string text) => Add(field, Encoding.UTF8.GetBytes(text));

    /// <summary>A message within this one.</summary>
    public ProtocolBuffer Add(int field, ProtocolBuffer message) => Add(field, message.Bytes);

    /// <summary>bytes.</summary>
    public ProtocolBuffer Add(int field, ReadOnlySpan<byte> bytes)
    {
        Head(field, Wire.Length);
        Varint((ulong)bytes.Length);
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>All fields of another one.</summary>
    public ProtocolBuffer Append(ProtocolBuffer other)
    {
        _bytes.Write(other.Bytes);
        return this;
    }

    private void Head(int field, Wire type) => Varint((ulong)((field << 3) | (int)type));

    // Seven bits a byte, the lowest first; the eighth says that more follow.
    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) _bytes.WriteByte((byte)(value | 0x80));
        _bytes.WriteByte((byte)value);
    }
}
