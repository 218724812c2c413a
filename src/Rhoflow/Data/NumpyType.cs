using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Rhoflow.Data;

/// <summary>The type of the items of a NumPy array, as its header describes it.</summary>
/// <param name="Kind">b, u, i, f, U or S.</param>
/// <param name="Bytes">Of one item.</param>
/// <param name="Big">Big-endian.</param>
internal readonly partial record struct NumpyType(char Kind, int Bytes, bool Big)
{
    private const string Allowed = "bool, u1, u2, u4, u8, i1, i2, i4, i8, f2, f4, f8, and text (U, S) for labels";

    /// <summary>Reads a description such as '&lt;f8'.</summary>
    /// <exception cref="DataException">Another type.</exception>
    public static NumpyType Of(string descr, string name)
    {
        var match = Pattern().Match(descr);
        if (match.Success && int.TryParse(match.Groups["size"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            && size <= 1 << 20)
        {
            var kind = match.Groups["kind"].Value[0];
            var bytes = kind == 'U' ? 4 * size : size;
            var known = kind switch { 'b' => size == 1, 'f' => size is 2 or 4 or 8, 'u' or 'i' => size is 1 or 2 or 4 or 8, _ => size > 0 };
            if (known) return new(kind, bytes, match.Groups["order"].Value == ">");
        }
        var remedy = descr.Contains('O', StringComparison.Ordinal)
            ? ", objects, which would be pickles: programs that this reader never runs"
            : descr.Contains("f16", StringComparison.Ordinal) || descr.Contains("f12", StringComparison.Ordinal)
                ? ", numbers that only some machines have: save a.astype('float64')"
            : "";
        throw new DataException($"{name}: the dtype (in the header, byte 10) is '{DataReading.Shown(descr)}'{remedy}; allowed: {Allowed}");
    }

    /// <summary>The items: byte[] of bool and u1, float[] of f2 and f4, string[] of text, else double[].</summary>
    /// <exception cref="DataException">Text that is no text, or a whole number that no double holds.</exception>
    public Array Decode(byte[] bytes, string name)
    {
        var (item, big) = (Bytes, Big);
        switch (Kind)
        {
            case 'b' or 'u' when item == 1:
                if (Kind == 'b')
                    for (var i = 0; i < bytes.Length; i++) bytes[i] = bytes[i] == 0 ? (byte)0 : (byte)1;
                return bytes;
            case 'f' when item == 2:
                return Each(bytes, b => (float)(big ? BinaryPrimitives.ReadHalfBigEndian(b) : BinaryPrimitives.ReadHalfLittleEndian(b)));
            case 'f' when item == 4:
                return Each(bytes, b => big ? BinaryPrimitives.ReadSingleBigEndian(b) : BinaryPrimitives.ReadSingleLittleEndian(b));
            case 'f':
                return Each(bytes, b => big ? BinaryPrimitives.ReadDoubleBigEndian(b) : BinaryPrimitives.ReadDoubleLittleEndian(b));
            case 'U':
                return Each(bytes, (b, i) => Unicode(b, big) ?? throw NotText(name, i));
            case 'S':
                return Each(bytes, (b, i) => Utf8(b) ?? throw NotText(name, i));
            case 'u' when item == 8:
                return Each(bytes, (b, i) => Exact(name, i, big ? BinaryPrimitives.ReadUInt64BigEndian(b)
                    : BinaryPrimitives.ReadUInt64LittleEndian(b)));
            case 'i' when item == 8:
                return Each(bytes, (b, i) => Exact(name, i, big ? BinaryPrimitives.ReadInt64BigEndian(b)
                    : BinaryPrimitives.ReadInt64LittleEndian(b)));
            case 'u' when item == 2:
                return Each(bytes, b => (double)(big ? BinaryPrimitives.ReadUInt16BigEndian(b)
                    : BinaryPrimitives.ReadUInt16LittleEndian(b)));
            case 'u':
                return Each(bytes, b => (double)(big ? BinaryPrimitives.ReadUInt32BigEndian(b)
                    : BinaryPrimitives.ReadUInt32LittleEndian(b)));
            case 'i' when item == 1:
                return Each(bytes, b => (double)(sbyte)b[0]);
            case 'i' when item == 2:
                return Each(bytes, b => (double)(big ? BinaryPrimitives.ReadInt16BigEndian(b) : BinaryPrimitives.ReadInt16LittleEndian(b)));
            default:
                return Each(bytes, b => (double)(big ? BinaryPrimitives.ReadInt32BigEndian(b) : BinaryPrimitives.ReadInt32LittleEndian(b)));
        }
    }

    private delegate T Reader<T>(ReadOnlySpan<byte> bytes);

    private delegate T PlacedReader<T>(ReadOnlySpan<byte> bytes, int place);

    private T[] Each<T>(byte[] bytes, Reader<T> read) => Each(bytes, (b, _) => read(b));

    private T[] Each<T>(byte[] bytes, PlacedReader<T> read)
    {
        var values = new T[bytes.Length / Bytes];
        for (var i = 0; i < values.Length; i++) values[i] = read(bytes.AsSpan(i * Bytes, Bytes), i);
        return values;
    }

    // Beyond 2⁵³ a double would be another number, and two labels might become one.
    private static double Exact(string name, int place, Int128 value) => (Int128)(double)value == value ? (double)value
        : throw new DataException($"{name}: number {place} is {value}, which no float64 is; save it as text if it is a label, or drop it");

    private static DataException NotText(string name, int place) =>
        new($"{name}: text {place} is not UTF-8 (or, in a U array, not Unicode); save the array with dtype U");

    private static string? Utf8(ReadOnlySpan<byte> bytes)
    {
        var text = bytes.TrimEnd((byte)0);
        return System.Text.Unicode.Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : null;
    }

    private static string? Unicode(ReadOnlySpan<byte> bytes, bool big)
    {
        var text = new StringBuilder();
        for (var at = 0; at < bytes.Length; at += 4)
        {
            var code = big ? BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
            if (code == 0 && bytes[at..].IndexOfAnyExcept((byte)0) < 0) break;
            if (!Rune.IsValid(code)) return null;
            text.Append(new Rune(code).ToString());
        }
        return text.ToString();
    }

    [GeneratedRegex("^(?<order>[<>|=]?)(?<kind>[buifUS])(?<size>[0-9]{1,8})$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pattern();
}
