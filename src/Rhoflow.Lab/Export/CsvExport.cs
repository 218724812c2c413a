using System.Globalization;
using System.Text;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.Export;

/// <summary>
/// Comma-separated text with all digits: nan where a quantity was not measured, nothing where a config does not have a key.
/// </summary>
public static class CsvExport
{
    /// <summary>Writes a table and returns how many rows it has.</summary>
    /// <exception cref="RunFolderException">A run cannot be read.</exception>
    public static long Write(ExportTable table, TextWriter output)
    {
        var columns = table.Columns;
        output.Write(string.Join(',', columns.Select(static c => Quote(c.Name))) + "\n");
        var (rows, line) = (0L, new StringBuilder());
        foreach (var run in table.Rows())
        {
            // What is the same in all rows of a run.
            string?[] same = [.. columns.Select(c => c.Source == ExportSource.Key || c.Type == ExportType.Text
                ? Quote(Cell(run, c, 0, 0)) : null)];
            for (var i = 0; i < run.Count; i++, rows++)
            {
                line.Clear();
                for (var c = 0; c < columns.Count; c++) line.Append(c > 0 ? "," : "").Append(same[c] ?? Cell(run, columns[c], c, i));
                output.Write(line.Append('\n'));
            }
        }
        return rows;
    }

    private static string Cell(ExportRows run, ExportColumn column, int at, int row) => column.Type switch
    {
        ExportType.Text => run.Text(column) ?? "",
        ExportType.Whole => run.Whole(column, row)?.ToString(CultureInfo.InvariantCulture) ?? "",
        ExportType.Truth => run.Truth(column) switch { true => "true", false => "false", null => "" },
        ExportType.Real => run.Real(column, at, row) is { } x ? MetricsFile.Format(x) : column.Source == ExportSource.Quantity ? "nan" : "",
        _ => throw new ArgumentException($"{column.Name} holds lists, and a cell of csv holds one value", nameof(column)),
    };

    private static string Quote(string text) =>
        text.AsSpan().IndexOfAny(",\"\n\r") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
