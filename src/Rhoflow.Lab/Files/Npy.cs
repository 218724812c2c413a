using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Rhoflow.Lab.Files;

/// <summary>
/// A table of float64 rows in NumPy's format 1.0 that grows row by row and is a valid file after each: the header keeps space for
/// the number of rows, which is written last. A torn row at the end is not counted. The file is open only while it is written: hundreds of
/// runs at a time each have some, and one that was deleted is noticed by the next row.
/// </summary>
public sealed partial class Npy : IDisposable
{
    private const int HeaderLength = 128;
    private readonly string _path;
    private readonly int _columns;
    private long _rows;

    private Npy(string path, int columns, long rows) => (_path, _columns, _rows) = (path, columns, rows);

    /// <summary>Opens a table for appending, keeping its first <paramref name="keepRows"/> rows.</summary>
    /// <exception cref="InvalidDataException">There are fewer rows, or of another length.</exception>
    public static Npy Append(string path, int columns, int keepRows)
    {
        using var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        if (keepRows > 0)
        {
            var (rows, have) = ReadHeader(stream);
            if (rows < keepRows || have != columns)
                throw new InvalidDataException($"{path} holds {rows} × {have} numbers; {keepRows} × {columns} were expected");
        }
        stream.SetLength(HeaderLength + (long)keepRows * columns * sizeof(double));
        stream.Seek(0, SeekOrigin.Begin);
        stream.Write(Header(columns, keepRows));
        return new Npy(path, columns, keepRows);
    }

    /// <summary>Adds a row.</summary>
    /// <exception cref="IOException">The disk is full, or the file is gone.</exception>
    public void Add(ReadOnlySpan<double> row)
    {
        if (row.Length != _columns) throw new ArgumentException($"a row of {row.Length} in a table of {_columns} columns", nameof(row));
        using var file = File.OpenHandle(_path, FileMode.Open, FileAccess.Write, FileShare.Read);
        RandomAccess.Write(file, MemoryMarshal.AsBytes(row), HeaderLength + _rows * _columns * sizeof(double));
        RandomAccess.Write(file, Header(_columns, _rows + 1), 0);
        _rows++;
    }

    /// <summary>All rows of a table.</summary>
    /// <exception cref="InvalidDataException">Not a float64 table in C order.</exception>
    public static double[][] Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var (rows, columns) = ReadHeader(stream);
        var table = new double[rows][];
        for (var r = 0; r < rows; r++)
        {
            table[r] = new double[columns];
            stream.ReadExactly(MemoryMarshal.AsBytes(table[r].AsSpan()));
        }
        return table;
    }

    /// <summary>Writes some rows of a table, in a given order, into a new one.</summary>
    /// <exception cref="InvalidDataException">Not a float64 table in C order, or one that has not all of these rows.</exception>
    public static void Choose(string path, string target, IReadOnlyList<int> chosen)
    {
        using var from = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var (rows, columns) = ReadHeader(from);
        using var to = new FileStream(target, FileMode.Create, FileAccess.Write);
        to.Write(Header(columns, chosen.Count));
        var row = new byte[columns * sizeof(double)];
        foreach (var r in chosen)
        {
            if (r >= rows) throw new InvalidDataException($"{path} holds {rows} rows; there is no row {r + 1}");
            from.Seek(HeaderLength + (long)r * row.Length, SeekOrigin.Begin);
            from.ReadExactly(row);
            to.Write(row);
        }
        to.Flush(flushToDisk: true);
    }

    /// <summary>Flushes the file to the disk.</summary>
    public void Dispose()
    {
        if (!File.Exists(_path)) return;
        using var file = File.OpenHandle(_path, FileMode.Open, FileAccess.Write, FileShare.Read);
        RandomAccess.FlushToDisk(file);
    }

    private static byte[] Header(int columns, long rows)
    {
        var description = string.Create(CultureInfo.InvariantCulture,
            $"{{'descr': '<f8', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
        var header = new byte[HeaderLength];
        ReadOnlySpan<byte> magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, HeaderLength - 10, 0];
        magic.CopyTo(header);
        header.AsSpan(10).Fill((byte)' ');
        Encoding.ASCII.GetBytes(description, header.AsSpan(10));
        header[^1] = (byte)'\n';
        return header;
    }

    private static (int Rows, int Columns) ReadHeader(FileStream stream)
    {
        var header = new byte[HeaderLength];
        stream.Seek(0, SeekOrigin.Begin);
        if (stream.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength || header[0] != 0x93)
            throw new InvalidDataException($"{stream.Name} is not a table in NumPy's format");
        var match = Shape().Match(Encoding.ASCII.GetString(header));
        if (!match.Success) throw new InvalidDataException($"{stream.Name} is not a float64 table in C order");
        if (!long.TryParse(match.Groups["columns"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var columns)
            || !long.TryParse(match.Groups["rows"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var rows)
            || columns > Array.MaxLength || rows > Array.MaxLength)
            throw new InvalidDataException($"{stream.Name} is damaged: its header says {match.Groups["rows"].Value} rows of "
                + $"{match.Groups["columns"].Value} numbers");
        var whole = (stream.Length - HeaderLength) / Math.Max(1, columns * sizeof(double));
        return ((int)Math.Min(columns == 0 ? rows : whole, rows), (int)columns);
    }

    [GeneratedRegex(@"'descr': '<f8', 'fortran_order': False, 'shape': \((?<rows>\d+), (?<columns>\d+)\)", RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Shape();
}
