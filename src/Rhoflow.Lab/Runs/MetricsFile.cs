using System.Globalization;
using System.Text;
using Rhoflow.Lab.Files;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// metrics.csv: one row an observation, one column a quantity, `nan` = not measured here. Appended to and flushed row by row;
/// a torn last line is dropped. The file is open only while it is written: hundreds of runs at a time each have one.
/// </summary>
public sealed class MetricsFile : IDisposable
{
    private readonly string _path;
    private long _length;

    private MetricsFile(string path, long length) => (_path, _length) = (path, length);

    /// <summary>Opens for appending after the first <paramref name="keepRows"/> rows.</summary>
    /// <exception cref="InvalidDataException">There are fewer whole rows, or other columns.</exception>
    public static MetricsFile Append(string path, IReadOnlyList<string> columns, int keepRows)
    {
        var header = string.Join(',', columns) + "\n";
        var keep = header;
        if (keepRows > 0)
        {
            List<string> lines;
            using (var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)) lines = WholeLines(stream);
            if (lines.Count <= keepRows)
                throw new InvalidDataException($"{path} holds {Math.Max(0, lines.Count - 1)} rows; {keepRows} were expected");
            if (lines[0] + "\n" != header) throw new InvalidDataException($"{path} has other columns than this run");
            keep = string.Concat(lines.Take(keepRows + 1).Select(l => l + "\n"));
        }
        AtomicFile.Write(path, keep);
        return new MetricsFile(path, Encoding.UTF8.GetByteCount(keep));
    }

    /// <summary>Adds a row.</summary>
    /// <exception cref="IOException">The disk is full, or the file is gone.</exception>
    public void Add(ReadOnlySpan<double> row)
    {
        var line = new StringBuilder();
        for (var i = 0; i < row.Length; i++) line.Append(i > 0 ? "," : "").Append(Format(row[i]));
        var bytes = Encoding.ASCII.GetBytes(line.Append('\n').ToString());
        using var file = File.OpenHandle(_path, FileMode.Open, FileAccess.Write, FileShare.Read);
        RandomAccess.Write(file, bytes, _length);
        _length += bytes.Length;
    }

    /// <summary>The columns and the whole rows.</summary>
    public static (string[] Columns, IReadOnlyList<double[]> Rows) Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
        return Read(stream, path);
    }

    /// <summary>The same of a file that lies elsewhere; errors call it <paramref name="path"/>.</summary>
    public static (string[] Columns, IReadOnlyList<double[]> Rows) Read(Stream stream, string path)
    {
        var rows = new List<double[]>();
        return (MetricsText.Read(Bytes(stream), path, rows.Add), rows);
    }

    /// <summary>The columns only; none where there is no file.</summary>
    public static string[] Columns(string path)
    {
        if (!File.Exists(path)) return [];
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadLine() is { Length: > 0 } head ? head.Split(',') : [];
    }

    /// <summary>How many whole rows there are, each of them looked at.</summary>
    public static int Count(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
        var rows = 0;
        MetricsText.Read(Bytes(stream), path, _ => rows++);
        return rows;
    }

    /// <summary>Flushes the file to the disk.</summary>
    public void Dispose()
    {
        if (!File.Exists(_path)) return;
        using var file = File.OpenHandle(_path, FileMode.Open, FileAccess.Write, FileShare.Read);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>The shortest text that reads back to the same double; nan, inf, -inf.</summary>
    public static string Format(double value) => value switch
    {
        double.NaN => "nan",
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e'),
    };

    private static byte[] Bytes(Stream stream)
    {
        using var all = stream.CanSeek ? new MemoryStream((int)Math.Min(Array.MaxLength, stream.Length)) : new MemoryStream();
        stream.CopyTo(all);
        return all.TryGetBuffer(out var there) && there.Count == there.Array!.Length ? there.Array : all.ToArray();
    }

    // What follows the last line end was torn off by a crash.
    private static List<string> WholeLines(Stream stream)
    {
        using var reader = new StreamReader(stream, new UTF8Encoding(false, true), leaveOpen: true);
        List<string> lines;
        try
        {
            lines = [.. reader.ReadToEnd().Split('\n')];
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException($"{(stream as FileStream)?.Name ?? "the table"} is damaged: it holds bytes that are not UTF-8",
                e);
        }
        lines.RemoveAt(lines.Count - 1);
        return lines;
    }
}
