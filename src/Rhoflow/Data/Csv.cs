using System.Globalization;
using CsvHelper;

namespace Rhoflow.Data;

/// <summary>
/// Labelled examples from a csv file, plain or gzip'ed (.csv.gz): one per line, comma or semicolon separated, with or without a header. The
/// label stands in the column named label, class, species, target or y, otherwise in the last; it is a number, or a class name.
/// </summary>
public static class Csv
{
    private static readonly string[] LabelNames = ["label", "class", "species", "target", "y"];

    /// <summary>The examples of a file.</summary>
    /// <exception cref="DataException">The file, line and column are named, and what was expected there.</exception>
    public static Dataset Read(string path)
    {
        // Whole files: what a csv becomes is larger than its text.
        using var file = DataFile.Open(path);
        var text = new MemoryStream();
        var chunk = new byte[1 << 16];
        for (int count; (count = file.Read(chunk)) > 0;) text.Write(chunk, 0, count);
        file.RequireWhole();
        text.Position = 0;
        return Read(new StreamReader(text), path);
    }

    /// <inheritdoc cref="Read(string)"/>
    /// <param name="name">What errors call it.</param>
    public static Dataset Read(TextReader reader, string name)
    {
        var rows = Rows(reader, name);
        if (rows.Count == 0) throw new DataException($"{name}: the file is empty; at least one example is needed");
        var columns = rows[0].Cells.Length;
        var ragged = rows.Find(r => r.Cells.Length != columns);
        if (ragged.Cells is not null)
            throw new DataException($"{name}, line {ragged.Line}: {ragged.Cells.Length} columns, but line {rows[0].Line} has {columns}; "
                + "every line needs as many");
        if (columns < 2)
            throw new DataException($"{name}, line {rows[0].Line}: one column; inputs and a label are needed, separated by commas");

        var header = HasHeader(rows) ? rows[0].Cells : null;
        if (header is not null) rows.RemoveAt(0);
        if (rows.Count == 0) throw new DataException($"{name}: there is a header but no example; at least one is needed");
        var label = header is null ? -1 : Array.FindIndex(header, h => LabelNames.Contains(h, StringComparer.OrdinalIgnoreCase));
        if (label < 0) label = columns - 1;
        var x = new double[rows.Count * (columns - 1)];
        for (int n = 0, at = 0; n < rows.Count; n++)
            for (var c = 0; c < columns; c++)
                if (c != label) x[at++] = Number(rows[n], c, name);
        var (y, classes) = Labels(rows, label, name);
        var title = Path.GetFileNameWithoutExtension(name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name);
        return new Dataset(title, x, y, columns - 1, classes);
    }

    private readonly record struct Row(long Line, string[] Cells);

    private static List<Row> Rows(TextReader reader, string name)
    {
        var options = new CsvReaderOptions
        {
            HasHeader = false,
            CommentPrefix = '#',
            TrimWhitespace = true,
            TrackLineNumbers = true,
            MalformedData = CsvMalformedDataHandling.Throw,
        };
        var rows = new List<Row>();
        using var csv = CsvReader.Create(reader, options, true);
        try
        {
            while (csv.Read())
            {
                var cells = new string[csv.FieldCount];
                for (var c = 0; c < cells.Length; c++) cells[c] = csv.GetString(c) ?? "";
                rows.Add(new Row(csv.LineNumber, cells));
            }
        }
        catch (CsvFormatException e)
        {
            throw new DataException($"{name}, line {csv.LineNumber}: not csv: {e.Message}", e);
        }
        return rows;
    }

    // A header is a first line without any number, above lines that have one.
    private static bool HasHeader(List<Row> rows) =>
        Array.TrueForAll(rows[0].Cells, c => !TryNumber(c, out _))
            && (rows.Count == 1 || Array.Exists(rows[1].Cells, c => TryNumber(c, out _)));

    private static double Number(Row row, int column, string name)
    {
        if (!TryNumber(row.Cells[column], out var v))
            throw new DataException($"{name}, line {row.Line}, column {column + 1}: '{row.Cells[column]}' is not a number");
        return double.IsFinite(v) ? v : throw new DataException(
            $"{name}, line {row.Line}, column {column + 1}: '{row.Cells[column]}'; every entry must be a finite number");
    }

    private static (double[] Y, string[]? Classes) Labels(List<Row> rows, int column, string name)
    {
        if (rows.TrueForAll(r => TryNumber(r.Cells[column], out _)))
        {
            var y = rows.Select(r => Number(r, column, name)).ToArray();
            return (y, IndexNames(y));
        }
        var empty = rows.Find(r => r.Cells[column].Length == 0);
        if (empty.Cells is not null) throw new DataException($"{name}, line {empty.Line}, column {column + 1}: the label is missing");
        var mixed = rows.Find(r => TryNumber(r.Cells[column], out _));
        if (mixed.Cells is not null)
            throw new DataException($"{name}, line {mixed.Line}, column {column + 1}: the label '{mixed.Cells[column]}' is a number, "
                + "where other lines have class names");
        var classes = rows.Select(r => r.Cells[column]).Distinct(StringComparer.Ordinal).ToArray();
        return ([.. rows.Select(r => (double)Array.IndexOf(classes, r.Cells[column]))], classes);
    }

    /// <summary>"0" … "C−1" where the targets are the whole numbers 0 … C−1, all of them; null for others.</summary>
    internal static string[]? IndexNames(double[] y) =>
        Array.TrueForAll(y, static v => v >= 0 && v == Math.Floor(v) && v < 10000) && y.Max() is var top
            && y.Distinct().Count() == (int)top + 1
            ? [.. Enumerable.Range(0, (int)top + 1).Select(c => c.ToString(CultureInfo.InvariantCulture))]
            : null;

    private static bool TryNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}
