using System.Globalization;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Cli;

/// <summary>What can be said of a run in one cell.</summary>
/// <param name="Name">The head of the column: a field, a quantity, or a key of configs under its dotted name.</param>
/// <param name="Value">A text, or a number in any form that a double is read from; null where there is none.</param>
/// <param name="IsQuantity">A quantity of the last observation: nan where it is not measured.</param>
internal sealed record RunColumn(string Name, Func<RunRow, string?> Value, bool IsQuantity = false)
{
    /// <summary>As a table shows it.</summary>
    public string Text(RunRow row) => Value(row) is not { } value ? ""
        : IsQuantity ? ObservationTable.Number(double.Parse(value, CultureInfo.InvariantCulture)) : value;

    /// <summary>As csv has it, with all digits.</summary>
    public string Csv(RunRow row) => Value(row) ?? (IsQuantity ? "nan" : "");
}

/// <summary>The columns that runs have: fields, keys, quantities; and conditions and orders by them.</summary>
/// <param name="rows">The runs.</param>
internal sealed class RunColumns(IReadOnlyList<RunRow> rows)
{
    private static readonly string[] s_operators = ["!=", "<=", ">=", "==", "=", "<", ">"];

    private static readonly RunColumn[] s_fields =
    [
        new("name", static r => r.Name),
        new("id", static r => r.Record?.Folder.Id ?? ""),
        new("status", static r => r.Status),
        new("folder", static r => r.Record?.Folder.Path ?? ""),
        new("started", static r => r.Record?.Started),
    ];

    private readonly string[] _keys =
        [.. rows.SelectMany(static r => r.Record?.Keys.Keys ?? r.Keys.Keys).Distinct(StringComparer.Ordinal)];

    private readonly string[] _quantities =
        [.. rows.SelectMany(static r => r.Record?.Quantities ?? []).Distinct(StringComparer.Ordinal)];

    /// <summary>What csv has: the fields, every quantity, and the keys in which the runs differ.</summary>
    public IReadOnlyList<RunColumn> Csv(IReadOnlyList<string> keys) =>
        [.. s_fields[..4], .. _quantities.Select(Quantity), s_seconds, .. keys.Select(Key)];

    /// <summary>A column by its name, or by the last part of a key's name where that is not ambiguous.</summary>
    /// <exception cref="ConfigException">There is none.</exception>
    public RunColumn Find(string name, string option)
    {
        if (s_fields.Append(s_seconds).FirstOrDefault(f => f.Name == name) is { } field) return field;
        if (_keys.Contains(name)) return Key(name);
        if (_quantities.Contains(name)) return Quantity(name);
        return _keys.Where(k => k.EndsWith("." + name, StringComparison.Ordinal)).ToArray() switch
        {
            [var only] => Key(only),
            [] => throw new ConfigException($"{option}: '{name}' is neither a key of these runs' configs nor one of their quantities"
                + Nearest.Hint(name, [.. s_fields.Select(static f => f.Name), s_seconds.Name, .. _keys, .. _quantities], "there are")),
            var several => throw new ConfigException($"{option}: '{name}' may be {string.Join(" or ", several)}; write the whole name"),
        };
    }

    /// <summary>The runs that satisfy a condition KEY=VALUE, or with !=, &lt;, &lt;=, &gt;, &gt;=.</summary>
    /// <exception cref="ConfigException">It is none.</exception>
    public Func<RunRow, bool> Where(string condition)
    {
        var (at, sign) = s_operators.Select(o => (At: condition.IndexOf(o, StringComparison.Ordinal), Sign: o))
            .Where(static p => p.At > 0).OrderBy(static p => p.At).ThenByDescending(static p => p.Sign.Length).FirstOrDefault();
        if (sign is null)
            throw new ConfigException($"--where '{condition}' is not a condition; write KEY=VALUE, or KEY with "
                + "!=, <, <=, > or >= (in quotes)");
        var column = Find(condition[..at].Trim(), "--where");
        var wanted = condition[(at + sign.Length)..].Trim();
        return row =>
        {
            var order = Compare(column.Value(row), wanted);
            return sign switch
            {
                "=" or "==" => order == 0,
                "!=" => order != 0,
                "<" => order < 0,
                "<=" => order <= 0,
                ">" => order is > 0 and not int.MaxValue,
                _ => order is >= 0 and not int.MaxValue,
            };
        };
    }

    /// <summary>The runs in the order of a column; with a leading '-' the largest first. Those without a value come last.</summary>
    /// <exception cref="ConfigException">There is no such column.</exception>
    public IReadOnlyList<RunRow> Sort(string by, IEnumerable<RunRow> of)
    {
        var column = Find(by.TrimStart('-', '+'), "--sort");
        var sign = by[0] == '-' ? -1 : 1;
        return [.. of.OrderBy(r => column.Value(r) is null or "nan")
            .ThenBy(column.Value, Comparer<string?>.Create((a, b) => sign * Compare(a, b)))];
    }

    // As numbers where both are; a missing value is int.MaxValue beyond all others.
    private static int Compare(string? a, string? b) => (a, b) switch
    {
        (null, null) => 0,
        (null, _) => int.MaxValue,
        (_, null) => -1,
        _ when Number(a) is { } x && Number(b) is { } y => double.IsNaN(x) && !double.IsNaN(y) ? int.MaxValue : x.CompareTo(y),
        _ => Math.Sign(string.CompareOrdinal(RunKeys.Text(a), RunKeys.Text(b))),
    };

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static readonly RunColumn s_seconds = new("seconds", static r => MetricsFile.Format(r.Record?.Seconds ?? double.NaN), true);

    private static RunColumn Key(string name) =>
        new(name, r => (r.Record?.Keys.GetValueOrDefault(name) ?? r.Keys.GetValueOrDefault(name)) is { } v ? RunKeys.Text(v) : null);

    private static RunColumn Quantity(string name) =>
        new(name, r => MetricsFile.Format(r.Record?.Last(name) ?? double.NaN), IsQuantity: true);
}
