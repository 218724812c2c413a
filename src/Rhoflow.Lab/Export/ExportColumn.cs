using System.Globalization;
using Rhoflow.Lab.Tables;

namespace Rhoflow.Lab.Export;

/// <summary>What all cells of an exported column are.</summary>
public enum ExportType
{
    /// <summary>Words.</summary>
    Text,

    /// <summary>Whole numbers of 64 bits.</summary>
    Whole,

    /// <summary>Doubles.</summary>
    Real,

    /// <summary>true or false.</summary>
    Truth,

    /// <summary>Rows of an array of the run: as many doubles in each cell as it has columns.</summary>
    List,
}

/// <summary>Where the cells of an exported column come from.</summary>
public enum ExportSource
{
    /// <summary>run, name, row.</summary>
    Place,

    /// <summary>A key of the run's config, the same in all its rows.</summary>
    Key,

    /// <summary>A column of metrics.csv.</summary>
    Quantity,

    /// <summary>arrays/NAME.npy.</summary>
    Array,
}

/// <summary>A column of the table that is exported.</summary>
/// <param name="Name">Its head.</param>
/// <param name="Type">What its cells are.</param>
/// <param name="Source">Where they come from.</param>
/// <param name="Of">The key, quantity or array there: the head, but for a key that a quantity has the name of.</param>
public sealed record ExportColumn(string Name, ExportType Type, ExportSource Source, string Of)
{
    /// <summary>The narrowest type that holds all cells of a key.</summary>
    internal static ExportType TypeOf(IEnumerable<Cell> cells)
    {
        Cell[] there = [.. cells.Where(static c => !c.IsNothing).Distinct()];
        if (there.Length == 0) return ExportType.Text;
        if (there.All(static c => Whole(c) is not null)) return ExportType.Whole;
        if (there.All(static c => c.Number is not null)) return ExportType.Real;
        return there.All(static c => c.Text is "true" or "false") ? ExportType.Truth : ExportType.Text;
    }

    /// <summary>A cell as a whole number; null where it is none, or was not written as one (1.0, 1e3).</summary>
    internal static long? Whole(Cell cell) => cell is { Number: not null, Text: { } text }
        && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n : null;
}
