using System.Globalization;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.Tables;

/// <summary>What stands in one cell of a table of runs: a number, a text, or nothing.</summary>
/// <param name="Number">Its value, where it is a number; never NaN.</param>
/// <param name="Text">As a config has it, without the quotes of a text; null where it was computed, or where there is nothing.</param>
public readonly record struct Cell(double? Number, string? Text)
{
    /// <summary>Nothing: a key that the config does not have, a quantity that was not measured.</summary>
    public static readonly Cell Nothing;

    /// <summary>Whether there is nothing.</summary>
    public bool IsNothing => Number is null && Text is null;

    /// <summary>A computed number; NaN is nothing.</summary>
    public static Cell Of(double number) => double.IsNaN(number) ? Nothing : new Cell(number, null);

    /// <summary>A value as it is written in a config: what is in quotes is a text, though it may look like a number.</summary>
    public static Cell Of(string? written) =>
        written is null ? Nothing : new Cell(written is ['"', ..] ? null : NumberOf(written), RunKeys.Text(written));

    /// <summary>A text, whatever it looks like.</summary>
    public static Cell OfText(string? text) => new(null, text);

    /// <summary>
    /// The order of two cells: numbers by their value, texts letter by letter; null where one is nothing, or where they are not of one
    /// kind.
    /// </summary>
    public static int? Compare(Cell a, Cell b) => (a, b) switch
    {
        ({ Number: { } x }, { Number: { } y }) => x.CompareTo(y),
        ({ Number: null, Text: { } x }, { Number: null, Text: { } y }) => Math.Sign(string.CompareOrdinal(x, y)),
        _ => null,
    };

    /// <summary>The order in which a table is sorted: numbers before texts, nothing last.</summary>
    public static int Order(Cell a, Cell b)
    {
        return Compare(a, b) ?? Kind(a).CompareTo(Kind(b));

        static int Kind(Cell c) => c.IsNothing ? 2 : c.Number is null ? 1 : 0;
    }

    /// <summary>With all digits; empty where there is nothing.</summary>
    public override string ToString() => Text ?? (Number is { } n ? MetricsFile.Format(n) : "");

    /// <summary>A number in any form that configs have; null where a text is none.</summary>
    internal static double? NumberOf(string text) => text switch
    {
        "inf" or ".inf" or "+inf" => double.PositiveInfinity,
        "-inf" or "-.inf" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var n) && double.IsFinite(n) ? n : null,
    };
}
