using System.Globalization;

namespace Rhoflow.Data;

/// <summary>
/// What a reader found in a file, and what it took it for: every guess is here, so that it can be said, kept with a run, and overruled.
/// </summary>
public sealed record DataReading
{
    /// <summary>The file as it is called in notes: its name without the folder.</summary>
    public required string File { get; init; }

    /// <summary>Where the labels come from: "last column 'class'", "array 'Y'"; null where nothing was chosen.</summary>
    public string? Label { get; init; }

    /// <summary>The name of the label's column, where the file names its columns; null otherwise.</summary>
    public string? LabelName { get; init; }

    /// <summary>Names of the inputs in their order, as the file has them, or "column 2" …; empty where it names none.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>Columns and arrays that were left out.</summary>
    public IReadOnlyList<string> Dropped { get; init; } = [];

    /// <summary>
    /// The different labels of all examples in ascending order, where they are numbers and at most <see cref="MostValues"/>; null
    /// otherwise.
    /// </summary>
    public IReadOnlyList<double>? LabelValues { get; init; }

    /// <summary>True where the file names the classes by text.</summary>
    public bool HasNamedClasses { get; init; }

    /// <summary>What the labels are taken for: "3 classes", "numbers"; null: nothing is said of them.</summary>
    public string? Use { get; init; }

    /// <summary>How the file was read, in a few words each: "header: yes", "decimal: ,".</summary>
    public IReadOnlyList<string> Facts { get; init; } = [];

    /// <summary>Sentences on what may be meant otherwise, each with the key that overrules it.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>How many different labels are kept at most.</summary>
    public const int MostValues = 10_000;

    /// <summary>What a run says once: "data.csv: label: last column 'class' (3 classes); header: yes", then the remarks.</summary>
    public IReadOnlyList<string> Notes
    {
        get
        {
            var use = Use is null ? "" : Label is null ? $"labels: {Use}" : $" ({Use})";
            string[] label = Label is null && Use is null ? [] : [(Label is null ? "" : $"label: {Label}") + use];
            string[] parts = [.. label, .. Facts];
            return [.. (parts.Length == 0 ? Remarks : Remarks.Prepend(string.Join("; ", parts))).Select(n => Shown($"{File}: {n}"))];
        }
    }

    /// <summary>The different values of labels in ascending order; null if there are more than <see cref="MostValues"/>.</summary>
    public static IReadOnlyList<double>? ValuesOf(IEnumerable<double> labels)
    {
        var values = new HashSet<double>();
        foreach (var y in labels)
            if (values.Add(y) && values.Count > MostValues) return null;
        return [.. values.Order()];
    }

    /// <summary>A label as text: the shortest that reads back to the same number.</summary>
    internal static string Text(double label) => label.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Text from a file as it can be shown anywhere: control characters, which may command a terminal, as \u001b.</summary>
    internal static string Shown(string text) => text.Any(char.IsControl)
        ? string.Concat(text.Select(c => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString()))
        : text;

    /// <summary>The first few of many, separated by commas.</summary>
    internal static string Few(IEnumerable<string> items, int most = 8)
    {
        var all = items.Take(most + 1).ToArray();
        return string.Join(", ", all.Take(most)) + (all.Length > most ? ", …" : "");
    }
}
