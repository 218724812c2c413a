using System.Globalization;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.Tables;

/// <summary>
/// Runs in groups that agree in some columns, a row each: the columns, n = how many runs, and for each quantity the aggregates of its
/// values under NAME_AGGREGATE. Runs that do not have a quantity are left out of its aggregates, and that is said in <see cref="Notes"/>.
/// </summary>
public sealed class GroupTable
{
    private GroupTable(IReadOnlyList<string> columns, IReadOnlyList<Cell[]> rows, IReadOnlyList<IReadOnlyList<RunRecord>> members,
        IReadOnlyList<string> notes) => (Columns, Rows, Members, Notes) = (columns, rows, members, notes);

    /// <summary>The heads.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>How many of the columns say what is grouped; after them comes n.</summary>
    public int KeyCount => Columns.TakeWhile(static c => c != "n").Count();

    /// <summary>The groups, in the order of what they are grouped by: numbers ascend, texts come as they came first.</summary>
    public IReadOnlyList<Cell[]> Rows { get; }

    /// <summary>The runs of each row.</summary>
    public IReadOnlyList<IReadOnlyList<RunRecord>> Members { get; }

    /// <summary>What has to be known of the numbers: runs without a value, runs that are not finished.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The table of some runs.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="by">The columns in which the runs of a group agree; none: all runs are one group.</param>
    /// <param name="quantities">What is aggregated: numbers.</param>
    /// <param name="aggregates">How.</param>
    public static GroupTable Of(IReadOnlyList<RunRecord> runs, IReadOnlyList<RunColumn> by, IReadOnlyList<RunColumn> quantities,
        IReadOnlyList<Aggregate> aggregates)
    {
        // 0.1 and 1e-1 are one value.
        static string Same(Cell c) => c.Number is { } n ? Cell.Of(n + 0.0).ToString() : c.IsNothing ? "" : $"'{c.Text}'";
        RunRecord[][] groups = [.. runs.GroupBy(r => string.Join('\n', by.Select(c => Same(c.Value(r)))), StringComparer.Ordinal)
            .Select(static g => g.ToArray())];
        // Numbers ascend; texts come as they came first.
        foreach (var column in by.Reverse())
        {
            var texts = runs.Select(column.Value).Where(static c => c.Number is null).Distinct().Index()
                .ToDictionary(static p => p.Item, static p => p.Index);
            groups = [.. groups.OrderBy(g => column.Value(g[0]) is { Number: { } n } ? n : double.PositiveInfinity)
                .ThenBy(g => texts.GetValueOrDefault(column.Value(g[0]), -1))];
        }
        var rows = groups.Select(group =>
        {
            var row = new List<Cell>(by.Select(c => c.Value(group[0]))) { Cell.Of(group.Length) };
            foreach (var quantity in quantities)
            {
                double[] values = [.. group.Select(r => quantity.Value(r).Number).OfType<double>().Order()];
                row.AddRange(aggregates.Select(a => values.Length > 0 ? Cell.Of(a.Of(values))
                    : a.Name == "n" ? Cell.Of(0) : Cell.Nothing));
            }
            return row.ToArray();
        }).ToArray();
        return new GroupTable(
            [.. by.Select(static c => c.Name), "n", .. quantities.SelectMany(q => aggregates.Select(a => $"{q.Name}_{a.Name}"))],
            rows, groups, [.. NotesOf(runs, quantities)]);
    }

    /// <summary>
    /// The same rows in the order of a column; with a leading '-' the largest first. A quantity stands for its first aggregate.
    /// </summary>
    /// <exception cref="ConfigException">There is no such column.</exception>
    public GroupTable Sorted(string by)
    {
        var name = by.TrimStart('-', '+');
        var column = Enumerable.Range(0, Columns.Count).FirstOrDefault(i => Columns[i] == name, -1);
        if (column < 0)
            column = Enumerable.Range(0, Columns.Count).FirstOrDefault(i => Columns[i].StartsWith(name + "_", StringComparison.Ordinal)
                || Columns[i].EndsWith("." + name, StringComparison.Ordinal), -1);
        if (column < 0)
            throw new ConfigException($"--sort: '{name}' is not a column of these groups{Nearest.Hint(name, Columns, "there are")}");
        int[] order = [.. Sorting.By(Enumerable.Range(0, Rows.Count), i => Rows[i][column], descending: by.StartsWith('-'))];
        return new GroupTable(Columns, [.. order.Select(i => Rows[i])], [.. order.Select(i => Members[i])], Notes);
    }

    private static IEnumerable<string> NotesOf(IReadOnlyList<RunRecord> runs, IReadOnlyList<RunColumn> quantities)
    {
        foreach (var q in quantities)
            if (runs.Count(r => q.Value(r).Number is null) is > 0 and var without)
                yield return string.Create(CultureInfo.InvariantCulture, $"{without} of {runs.Count} runs have no {q.Name}");
        var open = runs.Where(static r => r.StatusWord != "finished").GroupBy(static r => r.StatusWord, StringComparer.Ordinal)
            .Select(static g => string.Create(CultureInfo.InvariantCulture, $"{g.Count()} {g.Key}")).ToArray();
        if (open.Length > 0)
            yield return $"among the runs: {string.Join(", ", open)}; --where status=finished leaves them out";
    }
}
