using Spectre.Console;

namespace Rhoflow.Cli;

/// <summary>
/// A table that fits where it is shown: where it is too wide, heads take several lines, broken at their dots, then at hyphens and
/// underscores; columns that do not fit even so are left out whole, the last ones in importance first, and named; no cell is wrapped or
/// cut.
/// </summary>
internal sealed class FittedTable
{
    private readonly List<Column> _columns = [];

    // How heads are broken, from the one that is read best.
    private static readonly string[] s_breaks = ["", ".", ".-_"];

    private sealed record Column(string Name, int Rank, bool IsLeft, string[] Cells)
    {
        // The border and a blank on each side.
        public int Width(string breaks) => Cells.Concat(Head(breaks).Split('\n')).Max(Places) + 3;

        public string Head(string breaks) => string.Concat(Name.Select((c, i) =>
            breaks.Contains(c) && i > 0 && i < Name.Length - 1 ? c + "\n" : c.ToString()));
    }

    /// <summary>Adds a column to the right.</summary>
    /// <param name="name">Its head; of several lines where one would be wide.</param>
    /// <param name="rank">How soon it is left out: the largest first.</param>
    /// <param name="cells">One a row.</param>
    /// <param name="isLeft">Text, from the left; numbers stand to the right.</param>
    public void Add(string name, int rank, IEnumerable<string> cells, bool isLeft = false) =>
        _columns.Add(new Column(PlainWriter.Plain(name), rank, isLeft, [.. cells.Select(PlainWriter.Plain)]));

    /// <summary>Shows it and returns the names of the columns that are left out.</summary>
    public IReadOnlyList<string> Show(TextWriter output)
    {
        var room = Terminal.Width(output) - 1;
        var breaks = s_breaks.FirstOrDefault(b => _columns.Sum(c => c.Width(b)) <= room, s_breaks[^1]);
        var shown = new HashSet<Column>();
        foreach (var column in _columns.OrderBy(static c => c.Rank))
        {
            // The most important is shown always, the others as long as there is room.
            if (shown.Count > 0 && column.Width(breaks) > room) continue;
            room -= column.Width(breaks);
            shown.Add(column);
        }
        Column[] chosen = [.. _columns.Where(shown.Contains)];
        var table = new Table { Border = TableBorder.Simple };
        foreach (var c in chosen)
        {
            var head = new TableColumn(Markup.Escape(c.Head(breaks))).NoWrap();
            table.AddColumn(c.IsLeft ? head.LeftAligned() : head.RightAligned());
        }
        for (var i = 0; i < (chosen.Length > 0 ? chosen[0].Cells.Length : 0); i++)
            table.AddRow([.. chosen.Select(c => new Text(c.Cells[i]))]);
        Terminal.On(output).Write(table);
        return [.. _columns.Where(c => !shown.Contains(c)).Select(static c => c.Name.Replace('\n', ' '))];
    }

    // Ideographs take two places.
    private static int Places(string text) => text.Sum(static c => c is >= '\u1100' and <= '\u115f' or >= '\u2e80' and <= '\ua4cf'
        or >= '\uac00' and <= '\ud7a3' or >= '\uf900' and <= '\ufaff' or >= '\uff00' and <= '\uff60' ? 2 : 1);
}
