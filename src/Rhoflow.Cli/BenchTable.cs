using System.Globalization;
using Rhoflow.Benchmarks;

namespace Rhoflow.Cli;

/// <summary>
/// The table of <c>rhoflow bench</c>, a line at a time: its columns are as wide as what they may hold, and where the terminal is too narrow
/// the least important are left out.
/// </summary>
internal sealed class BenchTable
{
    private sealed record Column(string Head, int Width, int Rank, bool IsLeft, Func<Row, string> Cell);

    private readonly Column[] _shown;

    /// <param name="works">The rows that may come.</param>
    /// <param name="width">Of the terminal.</param>
    public BenchTable(IReadOnlyList<Work> works, int width)
    {
        int Longest(string head, Func<Work, string?> text) => works.Select(w => text(w)?.Length ?? 0).Append(head.Length).Max();
        Column[] all =
        [
            new("name", Longest("name", static w => w.Name), 0, true, static r => r.Name),
            new("threads", 7, 2, false, static r => r.Threads.ToString(CultureInfo.InvariantCulture)),
            new("ours", 10, 1, false, static r => r.Ours is { } ours ? Value(ours, r.Unit) : ""),
            new("peer", 19, 1, true, static r => r.Peer is { } peer ? $"{r.PeerName} {Value(peer, r.Unit)}" : ""),
            new("ratio", 6, 1, false, static r => r.Ratio is { } ratio ? Numbers.Short(ratio) : ""),
            new("from … to", 15, 5, false, static r => r.RatioMin is { } least
                ? $"{Numbers.Short(least)} … {Numbers.Short(r.RatioMax!.Value)}" : ""),
            new("in CPU time", 11, 3, false, static r => r.CpuRatio is { } ratio ? Numbers.Short(ratio) : ""),
            new("pairs", 5, 4, false, static r => r.Ratio is null ? "" : r.Pairs.ToString(CultureInfo.InvariantCulture)),
            new("of peak", 7, 2, false, static r => r.PeakShare is { } share
                ? string.Create(CultureInfo.InvariantCulture, $"{100 * share:0} %") : ""),
            new("target", Longest("target", static w => w.Goal?.Text), 6, true, static r => r.Target ?? ""),
            new("reached", 7, 6, true, static r => r.Reached switch { true => "yes", false => "no", null => "" }),
            new("held back by", 0, 7, true, Last),
        ];
        var (room, shown) = (width, new HashSet<Column>());
        foreach (var column in all.OrderBy(static c => c.Rank))
        {
            // The last takes what is left, and its text goes on where a line ends.
            var wants = (column.Width == 0 ? 40 : column.Width) + 2;
            if (wants > room + 2) continue;
            room -= wants;
            shown.Add(column);
        }
        _shown = [.. all.Where(shown.Contains)];
        LeftOut = [.. all.Where(c => !shown.Contains(c)).Select(static c => c.Head)];
    }

    /// <summary>The columns for which there is no room.</summary>
    public IReadOnlyList<string> LeftOut { get; }

    /// <summary>The heads, and a rule below.</summary>
    public string Head => Join(static c => c.Head) + Environment.NewLine + new string('─', Join(static c => c.Head).Length);

    /// <summary>A row; what a note says stands at its end.</summary>
    public string Line(Row row)
    {
        var line = Join(c => c.Cell(row));
        return row.Note is { } note && (_shown[^1].Width != 0 || row.Ours is null) ? $"{line}  [{note}]" : line;
    }

    private string Join(Func<Column, string> text) => string.Join("  ", _shown.Select(c =>
        c.IsLeft ? text(c).PadRight(c.Width) : text(c).PadLeft(c.Width))).TrimEnd();

    private static string Last(Row r) => r.Ours is null ? "" : (r.Note is { } note ? $"[{note}] " : "")
        + (r.Cost is { } cost ? $"{r.Bound}; {Numbers.Short(cost)} × {r.CostOf}" : r.Bound);

    private static string Value(double value, string unit) => unit == "s" ? Numbers.Seconds(value) : Numbers.Rate(value);
}
