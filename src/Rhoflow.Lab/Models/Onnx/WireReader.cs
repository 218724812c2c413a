using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Rhoflow.Data;

namespace Rhoflow.Lab.Models.Onnx;

/// <summary>A field of a message of Protocol Buffers.</summary>
/// <param name="Number">Of the field.</param>
/// <param name="Wire">0: number; 1: 8 bytes; 2: bytes; 5: 4 bytes.</param>
/// <param name="Value">The number, or the 8 or 4 bytes.</param>
/// <param name="Begin">Of bytes: the first, in the file.</param>
/// <param name="Length">Of bytes: how many.</param>
internal readonly record struct WireField(int Number, int Wire, ulong Value, long Begin, long Length)
{
    /// <summary>An int32, int64 or enumeration.</summary>
    public long Signed => (long)Value;

    /// <summary>A float.</summary>
    public float Single => BitConverter.UInt32BitsToSingle((uint)Value);
}

/// <summary>
/// The fields of one message, in the order of the file, read where they lie: of bytes only the place is given, so that the weights of a
/// model of any size are passed over. A message within it is another reader, bounded by its own length. (Protocol Buffers' own reader takes
/// a message within a stream only whole into memory.)
/// </summary>
internal sealed class WireReader
{
    private const int Ahead = 4096;

    private readonly ByteStore _file;
    private readonly long _end;
    private readonly byte[] _buffer;
    private long _at, _bufferBegin;
    private int _buffered;

    /// <param name="file">The file.</param>
    /// <param name="begin">The message's first byte.</param>
    /// <param name="length">Its bytes.</param>
    public WireReader(ByteStore file, long begin, long length) =>
        (_file, _at, _end, _buffer) = (file, begin, begin + length, new byte[(int)Math.Min(Ahead, length)]);

    /// <summary>A message that is a field of another one.</summary>
    public static WireReader Of(ByteStore file, WireField field) => field.Wire == 2 ? new WireReader(file, field.Begin, field.Length)
        : throw new DataException($"{file.Name}: field {field.Number} before byte {field.Begin} should be a message and is a number");

    /// <summary>Where the next field begins.</summary>
    public long At => _at;

    /// <summary>The next field; false at the end of the message.</summary>
    /// <exception cref="DataException">It goes beyond the message, or is of no form that Protocol Buffers have.</exception>
    public bool Next(out WireField field)
    {
        field = default;
        if (_at == _end) return false;
        var start = _at;
        var tag = Varint();
        int wire = (int)(tag & 7), number = tag >> 3 is > 0 and < 1 << 29 and var n ? (int)n : throw Damaged(start);
        switch (wire)
        {
            case 0:
                field = new WireField(number, wire, Varint(), _at, 0);
                return true;
            case 1 or 5:
                Span<byte> bytes = stackalloc byte[8];
                bytes.Clear();
                for (var i = 0; i < (wire == 1 ? 8 : 4); i++) bytes[i] = Byte();
                field = new WireField(number, wire, BinaryPrimitives.ReadUInt64LittleEndian(bytes), _at, 0);
                return true;
            case 2:
                var length = Varint();
                if (length > (ulong)(_end - _at))
                    throw new DataException($"{_file.Name}, byte {start}: a field of {length} bytes, where {_end - _at} are left");
                field = new WireField(number, wire, 0, _at, (long)length);
                _at += (long)length;
                return true;
            default: throw Damaged(start);
        }
    }

    /// <summary>The numbers of a repeated field: packed, or one.</summary>
    /// <param name="field">Of this message.</param>
    /// <param name="file">Where it lies.</param>
    public static IEnumerable<ulong> Varints(ByteStore file, WireField field)
    {
        if (field.Wire != 2)
        {
            yield return field.Value;
            yield break;
        }
        var packed = Of(file, field);
        while (packed._at < packed._end) yield return packed.Varint();
    }

    /// <summary>Text, at most <paramref name="most"/> bytes of it.</summary>
    /// <exception cref="DataException">Longer, or not UTF-8.</exception>
    public static string Text(ByteStore file, WireField field, int most = 1 << 20)
    {
        if (field.Wire != 2 || field.Length > most)
            throw new DataException($"{file.Name}, byte {field.Begin}: no text of at most {most} bytes");
        var bytes = file.Bytes(field.Begin, (int)field.Length);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes)
            : throw new DataException($"{file.Name}, byte {field.Begin}: a text is not UTF-8");
    }

    private ulong Varint()
    {
        var (value, start) = (0UL, _at);
        for (var shift = 0; shift < 70; shift += 7)
        {
            var b = Byte();
            if (shift == 63 && b > 1) break;
            value |= (ulong)(b & 127) << shift;
            if (b < 128) return value;
        }
        throw Damaged(start);
    }

    private byte Byte()
    {
        if (_at >= _end) throw new DataException($"{_file.Name}, byte {_at}: a message ends inside a field");
        if (_at < _bufferBegin || _at >= _bufferBegin + _buffered)
        {
            _buffered = (int)Math.Min(_buffer.Length, _end - _at);
            _bufferBegin = _at;
            _file.Read(_at, _buffer.AsSpan(0, _buffered));
        }
        return _buffer[_at++ - _bufferBegin];
    }

    private DataException Damaged(long at) =>
        new($"{_file.Name}, byte {at}: no field of a message of Protocol Buffers stands there; this is not an ONNX file, or it is damaged");
}
