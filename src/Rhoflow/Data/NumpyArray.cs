using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Rhoflow.Data;

/// <summary>
/// An array from a file in NumPy's format (versions 1 to 3), in C order: dtypes u1 (kept as bytes), f4 (kept as float), i1, i2, i4, i8 and
/// f8 (as double), of either byte order. Objects are refused: they are pickles, which are programs.
/// </summary>
/// <param name="Sizes">The length of each axis.</param>
/// <param name="Values">byte[], float[] or double[], the last axis fastest.</param>
internal sealed partial record NumpyArray(IReadOnlyList<int> Sizes, Array Values)
{
    /// <exception cref="DataException">Not an array of this format; file, offset, what was expected and what found.</exception>
    public static NumpyArray Read(DataFile file)
    {
        var (descr, fortran, sizes) = Header(file);
        var match = Dtype().Match(descr);
        if (!match.Success)
        {
            var pickles = descr.Contains('O', StringComparison.Ordinal)
                ? ", objects, which would be pickles: programs that this reader never runs"
                : "";
            throw new DataException(
                $"{file.Name}: the dtype (in the header, byte 10) is '{descr}'{pickles}; allowed: u1, i1, i2, i4, i8, f4, f8");
        }
        var (kind, item, big) = (match.Groups["kind"].Value[0], match.Groups["size"].Value[0] - '0', match.Groups["order"].Value == ">");
        var count = sizes.Aggregate(1L, static (product, size) => product > int.MaxValue ? product : product * size);
        if (count > int.MaxValue / 2)
            throw new DataException($"{file.Name}: its shape ({string.Join(", ", sizes)}) is more than this program can hold");
        if (file.Offset + count * item != file.Length)
            throw new DataException($"{file.Name}: {file.Length} bytes were found; {file.Offset + count * item} were expected by its "
                + $"header: {file.Offset}, and {item} for each of ({string.Join(", ", sizes)}) numbers");
        var bytes = GC.AllocateUninitializedArray<byte>(checked((int)count * item));
        file.ReadExactly(bytes, "the numbers");
        file.RequireEnd("the last number");
        Array values = (kind, item) switch
        {
            ('u', 1) => bytes,
            ('f', 4) => Decode(bytes, item, b =>
                big ? BinaryPrimitives.ReadSingleBigEndian(b) : BinaryPrimitives.ReadSingleLittleEndian(b)),
            ('f', 8) => Decode(bytes, item, b =>
                big ? BinaryPrimitives.ReadDoubleBigEndian(b) : BinaryPrimitives.ReadDoubleLittleEndian(b)),
            ('i', 1) => Decode(bytes, item, b => (double)(sbyte)b[0]),
            ('i', 2) => Decode(bytes, item, b =>
                (double)(big ? BinaryPrimitives.ReadInt16BigEndian(b) : BinaryPrimitives.ReadInt16LittleEndian(b))),
            ('i', 4) => Decode(bytes, item, b =>
                (double)(big ? BinaryPrimitives.ReadInt32BigEndian(b) : BinaryPrimitives.ReadInt32LittleEndian(b))),
            _ => Decode(bytes, item, b =>
                (double)(big ? BinaryPrimitives.ReadInt64BigEndian(b) : BinaryPrimitives.ReadInt64LittleEndian(b))),
        };
        return new NumpyArray(sizes, !fortran || sizes.Length < 2 ? values : values switch
        {
            byte[] v => ToCOrder(v, sizes),
            float[] v => ToCOrder(v, sizes),
            _ => ToCOrder((double[])values, sizes),
        });
    }

    private delegate T Reader<T>(ReadOnlySpan<byte> bytes);

    private static T[] Decode<T>(byte[] bytes, int item, Reader<T> read)
    {
        var values = new T[bytes.Length / item];
        for (var i = 0; i < values.Length; i++) values[i] = read(bytes.AsSpan(i * item, item));
        return values;
    }

    // In Fortran order the first axis is the fastest: the stride of axis a is the product of the sizes before it.
    private static T[] ToCOrder<T>(T[] values, int[] sizes)
    {
        var result = new T[values.Length];
        var strides = new int[sizes.Length];
        for (int a = 0, stride = 1; a < sizes.Length; stride *= sizes[a++]) strides[a] = stride;
        var index = new int[sizes.Length];
        for (int i = 0, from = 0; i < result.Length; i++)
        {
            result[i] = values[from];
            for (var a = sizes.Length - 1; a >= 0; a--)
            {
                from += strides[a];
                if (++index[a] < sizes[a]) break;
                from -= strides[a] * sizes[a];
                index[a] = 0;
            }
        }
        return result;
    }

    private static (string Descr, bool Fortran, int[] Sizes) Header(DataFile file)
    {
        Span<byte> start = stackalloc byte[8];
        file.ReadExactly(start, "the magic number");
        ReadOnlySpan<byte> magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];
        if (!start[..6].SequenceEqual(magic))
            throw new DataException($"{file.Name}: begins with the bytes {Convert.ToHexStringLower(start[..6])}; "
                + $"{Convert.ToHexStringLower(magic)} was expected, as NumPy's arrays do");
        if (start[6] is < 1 or > 3)
            throw new DataException($"{file.Name}: version {start[6]} (byte 6) of NumPy's format; 1, 2 and 3 can be read");
        Span<byte> size = stackalloc byte[4];
        size.Clear();
        file.ReadExactly(size[..(start[6] == 1 ? 2 : 4)], "the header's length");
        var length = BinaryPrimitives.ReadUInt32LittleEndian(size);
        if (length > 65535) throw new DataException($"{file.Name}: a header of {length} bytes (byte 8); at most 65535 were expected");
        var bytes = new byte[length];
        file.ReadExactly(bytes, "the header");
        var text = Encoding.UTF8.GetString(bytes).Trim();
        var match = Dictionary().Match(text);
        string One(string group) => match.Groups[group].Captures is [var c] ? c.Value : throw NotUnderstood();
        DataException NotUnderstood() => new($"{file.Name}: the header (byte 10) is {text}; {{'descr': '<f8', 'fortran_order': False, "
            + $"'shape': (2, 3), }} or the like was expected");
        if (!match.Success) throw NotUnderstood();
        var sizes = new List<int>();
        foreach (var part in One("shape").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            sizes.Add(int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : throw NotUnderstood());
        return (One("descr").Trim('\''), One("fortran") == "True", [.. sizes]);
    }

    [GeneratedRegex("^(?<order>[<>|])((?<kind>u)(?<size>1)|(?<kind>i)(?<size>[1248])|(?<kind>f)(?<size>[48]))$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Dtype();

    [GeneratedRegex(
        @"^\{(\s*('descr'\s*:\s*(?<descr>'[^']*'|\[.*\])|'fortran_order'\s*:\s*(?<fortran>True|False)"
        + @"|'shape'\s*:\s*\((?<shape>[\d,\s]*)\))\s*,?)+\s*\}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Dictionary();
}
