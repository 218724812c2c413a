using System.Globalization;
using CsvHelper;

namespace Rhoflow.Data;

/// <summary>What stands between the cells of a csv file, and before the decimals of its numbers, from its first lines.</summary>
/// <param name="Separator">Between cells.</param>
/// <param name="Decimal">'.' or ','.</param>
internal readonly record struct CsvDialect(char Separator, char Decimal)
{
    private const int Lines = 200;

    private static readonly NumberFormatInfo Commas = new() { NumberDecimalSeparator = ",", NumberGroupSeparator = " " };

    /// <summary>How numbers are read.</summary>
    public NumberFormatInfo Numbers => Decimal == ',' ? Commas : NumberFormatInfo.InvariantInfo;

    /// <summary>A reader of every record, the first included, with the number of its line.</summary>
    public static CsvReader Reader(ReadOnlyMemory<byte> text, char? separator) => CsvReader.Create(text, new CsvReaderOptions
    {
        HasHeader = false,
        Separator = separator,
        CommentPrefix = '#',
        TrimWhitespace = true,
        TrackLineNumbers = true,
        MalformedData = CsvMalformedDataHandling.Throw,
    });

    /// <summary>
    /// The separator with which the first lines have one number of cells, at least two, and no cell that another separator would divide: a
    /// comma between digits may be a decimal one where something else separates. Where there is none, CsvHelper's own choice.
    /// </summary>
    public static char SeparatorOf(ReadOnlyMemory<byte> text)
    {
        if (Hinted(text)) return Chosen(text);
        foreach (var candidate in (ReadOnlySpan<char>)[';', '\t', '|', ','])
            if (Divides(text, candidate)) return candidate;
        return Chosen(text);
    }

    /// <summary>The dialect of a text.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="given">What a config says of decimals.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="DataException">Commas that may separate decimals or thousands.</exception>
    public static CsvDialect Of(ReadOnlyMemory<byte> text, char? given, string name)
    {
        var separator = SeparatorOf(text);
        if (given is { } said) return new(separator, said);
        (long Line, int Column, string Text)? comma = null, point = null;
        var certain = false;
        foreach (var (line, cells) in Sample(text, separator, throwing: false))
            for (var c = 0; c < cells.Length; c++)
                switch (CsvNumber.Kind(cells[c]))
                {
                    case CsvNumberKind.Point: point ??= (line, c + 1, cells[c]); break;
                    case CsvNumberKind.Comma: (comma, certain) = (comma ?? (line, c + 1, cells[c]), true); break;
                    case CsvNumberKind.CommaOrThousands: comma ??= (line, c + 1, cells[c]); break;
                    default: break;
                }
        if (comma is not { } first) return new(separator, '.');
        if (point is { } other && certain)
            throw new DataException($"{name}, line {first.Line}, column {first.Column}: '{first.Text}' has a comma, where line "
                + $"{other.Line}, column {other.Column} has a point, '{other.Text}'; data.decimal: \",\" or \".\" says which is the "
                + "decimal one "
                + "(separators of thousands are not read)");
        if (point is not null) return new(separator, '.');
        return certain ? new(separator, ',') : throw new DataException($"{name}, line {first.Line}, column {first.Column}: the comma in "
            + $"'{first.Text}' may stand before decimals or between thousands; data.decimal: \",\" reads decimals (thousands are not read: "
            + "write the numbers without separators)");
    }

    private static bool Hinted(ReadOnlyMemory<byte> text) => text.Span.StartsWith("sep="u8);

    private static char Chosen(ReadOnlyMemory<byte> text)
    {
        using var csv = Reader(text, null);
        try
        {
            csv.Read();
        }
        catch (CsvFormatException)
        {
            // Whoever reads the lines finds it too, and says it.
        }
        return csv.Separator;
    }

    private static bool Divides(ReadOnlyMemory<byte> text, char separator)
    {
        var columns = 0;
        foreach (var (_, cells) in Sample(text, separator, throwing: false))
        {
            if (columns == 0) columns = cells.Length;
            if (cells.Length != columns || columns < 2) return false;
            foreach (var cell in cells)
                if (cell.AsSpan().IndexOfAny(";\t|") >= 0 || (separator != ',' && cell.Contains(',', StringComparison.Ordinal)
                    && CsvNumber.Kind(cell) == CsvNumberKind.None
                    && double.TryParse(cell.AsSpan(0, cell.IndexOf(',', StringComparison.Ordinal)),
                    NumberStyles.Float, CultureInfo.InvariantCulture, out _))) return false;
        }
        return columns > 1;
    }

    private static List<(long Line, string[] Cells)> Sample(ReadOnlyMemory<byte> text, char separator, bool throwing)
    {
        var sample = new List<(long, string[])>();
        using var csv = Reader(text, separator);
        try
        {
            while (sample.Count < Lines && csv.Read())
            {
                var cells = new string[csv.FieldCount];
                for (var c = 0; c < cells.Length; c++) cells[c] = csv.GetString(c);
                sample.Add((csv.LineNumber, cells));
            }
        }
        catch (CsvFormatException) when (!throwing)
        {
            // As in Chosen.
        }
        return sample;
    }
}
