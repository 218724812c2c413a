using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Rhoflow.Lab.Runs;

/// <summary>The text of metrics.csv, read where it lies in memory: a sweep of a thousand runs has half a gigabyte of it.</summary>
internal static class MetricsText
{
    /// <summary>Hands out each whole row and returns the columns; what follows the last line end was torn off by a crash.</summary>
    /// <param name="text">In UTF-8.</param>
    /// <param name="path">What errors call it.</param>
    /// <param name="row">Told each row.</param>
    /// <exception cref="InvalidDataException">It is damaged; the message names the line, and the column where that is known.</exception>
    public static string[] Read(ReadOnlySpan<byte> text, string path, Action<double[]> row)
    {
        if (!Utf8.IsValid(text)) throw new InvalidDataException($"{path} is damaged: it holds bytes that are not UTF-8");
        if (text.StartsWith("\uFEFF"u8)) text = text[3..];
        if (!Line(ref text, out var head)) return [];
        var columns = Encoding.UTF8.GetString(head).Split(',');
        if (columns.GroupBy(static c => c, StringComparer.Ordinal).FirstOrDefault(static g => g.Count() > 1) is { } twice)
            throw new InvalidDataException($"{path}, line 1: two columns are called '{twice.Key}'");
        for (var n = 2; Line(ref text, out var line); n++)
        {
            var cells = line.Count((byte)',') + 1;
            if (cells != columns.Length)
                throw new InvalidDataException($"{path}, line {n}: {cells} cells under {columns.Length} columns");
            var values = new double[cells];
            for (var i = 0; i < cells; i++)
            {
                var end = line.IndexOf((byte)',');
                var cell = end < 0 ? line : line[..end];
                if (!TryParse(cell, out values[i]))
                    throw new InvalidDataException(
                        $"{path}, line {n}, column {i + 1}: '{Encoding.UTF8.GetString(cell)}' is not a number");
                line = line[(end + 1)..];
            }
            row(values);
        }
        return columns;
    }

    private static bool Line(ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> line)
    {
        var end = text.IndexOf((byte)'\n');
        line = end < 0 ? default : text[..end];
        if (end >= 0) text = text[(end + 1)..];
        return end >= 0;
    }

    private static bool TryParse(ReadOnlySpan<byte> cell, out double value)
    {
        if (cell.Length > 0 && cell[^1] <= (byte)'9')
            return double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
        value = double.NaN;
        if (cell.SequenceEqual("nan"u8)) return true;
        value = cell.SequenceEqual("inf"u8) ? double.PositiveInfinity : double.NegativeInfinity;
        return double.IsPositiveInfinity(value) || cell.SequenceEqual("-inf"u8)
            || double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }
}
