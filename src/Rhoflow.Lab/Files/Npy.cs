using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Rhoflow.Lab.Files;

/// <summary>
/// A table of float64 rows in NumPy's format 1.0 that grows row by row and is a valid file after each: the header keeps space for
/// the number of rows, which is written last. A torn row at the end is not counted.
/// </summary>
public sealed partial class Npy : IDisposable
{
    private const int HeaderLength = 128;
    private readonly FileStream _stream;
    private readonly int _columns;
    private long _rows;

    private Npy(FileStream stream, int columns, long rows) => (_stream, _columns, _rows) = (stream, columns, rows);

    /// <summary>Opens a table for appending, keeping its first <paramref name="keepRows"/> rows.</summary>
    /// <exception cref="InvalidDataException">There are fewer rows, or of another length.</exception>
    public static Npy Append(string path, int columns, int keepRows)
    {
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            if (keepRows > 0)
            {
                var (rows, have) = ReadHeader(stream);
                if (rows < keepRows || have != columns)
                    throw new InvalidDataException($"{path} holds {rows} × {have} numbers; {keepRows} × {columns} were expected");
            }
            stream.SetLength(HeaderLength + (long)keepRows * columns * sizeof(double));
            var table = new Npy(stream, columns, keepRows);
            table.WriteHeader();
            return table;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Adds a row.</summary>
    public void Add(ReadOnlySpan<double> row)
    {
        if (row.Length != _columns) throw new ArgumentException($"a row of {row.Length} in a table of {_columns} columns", nameof(row));
        _stream.Seek(0, SeekOrigin.End);
        _stream.Write(MemoryMarshal.AsBytes(row));
        _stream.Flush();
        _rows++;
        WriteHeader();
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

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
    }

    private void WriteHeader()
    {
        var description = string.Create(CultureInfo.InvariantCulture,
            $"{{'descr': '<f8', 'fortran_order': False, 'shape': ({_rows}, {_columns}), }}");
        var header = new byte[HeaderLength];
        ReadOnlySpan<byte> magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, HeaderLength - 10, 0];
        magic.CopyTo(header);
        header.AsSpan(10).Fill((byte)' ');
        Encoding.ASCII.GetBytes(description, header.AsSpan(10));
        header[^1] = (byte)'\n';
        _stream.Seek(0, SeekOrigin.Begin);
        _stream.Write(header);
        _stream.Flush();
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
