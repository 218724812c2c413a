using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Rhoflow.Data;

/// <summary>
/// An array from a file in NumPy's format (versions 1 to 3), in C or Fortran order and either byte order: bool and u1 (kept as bytes), f2
/// and f4 (kept as float), other integers and f8 (as double), text (U, and S as UTF-8). Objects are refused: they are pickles, which are
/// programs.
/// </summary>
/// <param name="Sizes">The length of each axis.</param>
/// <param name="Values">byte[], float[], double[] or string[], the last axis fastest.</param>
internal sealed partial record NumpyArray(IReadOnlyList<int> Sizes, Array Values)
{
    /// <exception cref="DataException">Not an array of this format; file, offset, what was expected and what found.</exception>
    public static NumpyArray Read(DataFile file)
    {
        var (descr, fortran, sizes) = Header(file);
        var dtype = NumpyType.Of(descr, file.Name);
        var count = sizes.Aggregate(1L, static (product, size) => product > int.MaxValue ? product : product * size);
        if (count > int.MaxValue / 2 || count * dtype.Bytes > Array.MaxLength)
            throw new DataException($"{file.Name}: its shape ({string.Join(", ", sizes)}) is more than this program can hold");
        var expected = file.Offset + count * dtype.Bytes;
        file.RequireRoomFor(expected, "its header");
        if (expected != file.Length && !(file.IsPacked && file.Name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)))
            throw new DataException($"{file.Name}: {file.Length} bytes were found; {expected} were expected by its "
                + $"header: {file.Offset}, and {dtype.Bytes} for each of ({string.Join(", ", sizes)}) numbers");
        var bytes = GC.AllocateUninitializedArray<byte>((int)(count * dtype.Bytes));
        file.ReadExactly(bytes, "the numbers");
        file.RequireEnd("the last number");
        var values = dtype.Decode(bytes, file.Name);
        return new NumpyArray(sizes, !fortran || sizes.Length < 2 ? values : values switch
        {
            byte[] v => ToCOrder(v, sizes),
            float[] v => ToCOrder(v, sizes),
            string[] v => ToCOrder(v, sizes),
            _ => ToCOrder((double[])values, sizes),
        });
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

    /// <summary>What stands before the numbers, which begin at the file's offset then.</summary>
    /// <exception cref="DataException">Not the header of an array of this format.</exception>
    public static (string Descr, bool Fortran, int[] Sizes) Header(DataFile file)
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
        Match match;
        try
        {
            match = Dictionary().Match(text);
        }
        catch (RegexMatchTimeoutException)
        {
            match = Match.Empty;
        }
        string One(string group) => match.Groups[group].Captures is [var c] ? c.Value : throw NotUnderstood();
        DataException NotUnderstood() => new($"{file.Name}: the header (byte 10) is "
            + $"{DataReading.Shown(text[..Math.Min(text.Length, 200)])}; {{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }} "
            + "or the like was expected");
        if (!match.Success) throw NotUnderstood();
        var sizes = new List<int>();
        // Python 2 wrote whole numbers as 3L.
        foreach (var part in One("shape").Replace("L", "", StringComparison.Ordinal)
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            sizes.Add(int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : throw NotUnderstood());
        return (One("descr").Trim('\''), One("fortran") == "True", [.. sizes]);
    }

    [GeneratedRegex(
        @"^\{(\s*('descr'\s*:\s*(?<descr>'[^']*'|\[.*\])|'fortran_order'\s*:\s*(?<fortran>True|False)"
        + @"|'shape'\s*:\s*\((?<shape>[\d,\sL]*)\))\s*,?)+\s*\}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Dictionary();
}
