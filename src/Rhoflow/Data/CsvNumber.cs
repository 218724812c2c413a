using System.Globalization;
using System.Text.RegularExpressions;

namespace Rhoflow.Data;

/// <summary>How a cell writes a number.</summary>
internal enum CsvNumberKind
{
    /// <summary>No number with a mark: text, or a whole number.</summary>
    None,

    /// <summary>1.5.</summary>
    Point,

    /// <summary>1,5: the comma stands before decimals.</summary>
    Comma,

    /// <summary>1,234: before decimals or between thousands.</summary>
    CommaOrThousands,
}

/// <summary>Cells that are numbers in other words than .NET's, and cells that stand for a missing value.</summary>
internal static partial class CsvNumber
{
    private static readonly HashSet<string> MissingWords = new(
        ["", "na", "n/a", "#n/a", "nan", "-nan", "null", "none", "?", "-", ".", "<na>", "missing"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a cell says that its value is missing.</summary>
    public static bool IsMissing(string cell) => MissingWords.Contains(cell);

    /// <summary>Whether .NET reads a number that no double holds, or none at all: 1e999, NaN, Infinity.</summary>
    public static bool IsNotFinite(string cell) =>
        double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var v) && !double.IsFinite(v);

    /// <summary>How it writes a number.</summary>
    public static CsvNumberKind Kind(string cell)
    {
        if (!cell.AsSpan().ContainsAny('.', ',')) return CsvNumberKind.None;
        if (Point().IsMatch(cell)) return CsvNumberKind.Point;
        if (!Comma().IsMatch(cell)) return CsvNumberKind.None;
        return Thousands().IsMatch(cell) ? CsvNumberKind.CommaOrThousands : CsvNumberKind.Comma;
    }

    /// <summary>Whether marks between digits can only separate thousands: 1,234,567 or 1.234,5 or 1 234 or 1'234.</summary>
    public static bool HasThousands(string cell) => Grouped().IsMatch(cell);

    [GeneratedRegex(@"^[+-]?(\d+\.\d*|\.\d+)([eE][+-]?\d+)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Point();

    [GeneratedRegex(@"^[+-]?(\d+,\d*|,\d+)([eE][+-]?\d+)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Comma();

    [GeneratedRegex(@"^[+-]?[1-9]\d{0,2},\d{3}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Thousands();

    [GeneratedRegex(@"^[+-]?[1-9]\d{0,2}(,\d{3}(,\d{3})+|(,\d{3})+\.\d+|\.\d{3}(\.\d{3})+|(\.\d{3})+,\d+|([  '’]\d{3})+)([.,]\d+)?$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Grouped();
}
