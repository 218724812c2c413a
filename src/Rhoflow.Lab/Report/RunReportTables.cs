using System.Text;
using Rhoflow.Lab.Plots;
using Rhoflow.Lab.Runs;
using Rhoflow.Lab.Tables;

namespace Rhoflow.Lab.Report;

/// <summary>The tables of <see cref="RunReport"/>; a click on a head sorts by its column.</summary>
internal static class RunReportTables
{
    private static readonly string[] s_quantities =
        ["epoch", "log10_t", "log10_loss", "train_error", "test_error", "margin_min", "smoothed_margin", "log10_rho", "direction_error"];

    // Clocks say how far runs came, not what came out.
    private static readonly string[] s_clocks = ["epoch", "log10_t"];

    private static readonly IReadOnlyList<Aggregate> s_aggregates = Aggregate.Parse("median,sd");

    /// <summary>Runs that differ in their seeds alone, together.</summary>
    /// <param name="html">The page.</param>
    /// <param name="runs">All.</param>
    /// <param name="swept">The keys in which the groups differ.</param>
    public static void Groups(StringBuilder html, IReadOnlyList<RunRecord> runs, IReadOnlyList<string> swept)
    {
        RunColumn[] quantities = [.. Measured(runs).Except(s_clocks).Select(RunColumn.Quantity)];
        var groups = GroupTable.Of(runs, [.. swept.Select(RunColumn.Key)], quantities, s_aggregates);
        html.Append("<h2>Over seeds</h2>\n<p class=\"sub\">Median and standard deviation of the last observations.</p>\n");
        Write(html, [.. groups.Columns.Select((c, i) => i <= groups.KeyCount ? c : c.Replace("_median", " median", StringComparison.Ordinal)
            .Replace("_sd", " s.d.", StringComparison.Ordinal))], groups.Rows);
        foreach (var note in groups.Notes) html.Append($"<p class=\"hint\">{Html.Escape(note)}</p>\n");
    }

    /// <summary>Every run, in a part of the page that opens.</summary>
    /// <param name="html">The page.</param>
    /// <param name="runs">All.</param>
    /// <param name="keys">The keys in which they differ.</param>
    public static void Runs(StringBuilder html, IReadOnlyList<RunRecord> runs, IReadOnlyList<string> keys)
    {
        var columns = new RunColumns(runs);
        RunColumn[] shown =
        [
            columns.Find("id", "report"), .. keys.Select(RunColumn.Key), columns.Find("status", "report"),
            .. Measured(runs).Select(RunColumn.Quantity), columns.Find("seconds", "report"),
        ];
        html.Append($"<h2>Runs</h2>\n<details{(runs.Count <= 20 ? " open" : "")}><summary>{runs.Count} runs</summary>\n");
        Write(html, [.. shown.Select(static c => c.Name)], [.. runs.Select(r => shown.Select(c => c.Value(r)).ToArray())]);
        html.Append("</details>\n");
    }

    private static IEnumerable<string> Measured(IReadOnlyList<RunRecord> runs) =>
        s_quantities.Where(q => runs.Any(r => double.IsFinite(r.Last(q))));

    private static void Write(StringBuilder html, IReadOnlyList<string> heads, IReadOnlyList<Cell[]> rows)
    {
        bool[] isText = [.. heads.Select((_, i) => rows.Any(r => r[i] is { Number: null, IsNothing: false }))];
        ListWords[] words = [.. heads.Select((_, i) => new ListWords(rows.Select(r => r[i].Text ?? "")))];
        html.Append("<div class=\"scroll\"><table class=\"runs\"><thead><tr>");
        foreach (var (i, head) in heads.Index())
            html.Append($"<th scope=\"col\" class=\"{(isText[i] ? "text" : "")}\">")
                .Append($"<button type=\"button\">{Html.Escape(head)}</button></th>");
        html.Append("</tr></thead><tbody>\n");
        foreach (var row in rows)
        {
            html.Append("<tr>");
            foreach (var (i, cell) in row.Index())
            {
                var text = cell.Text is { } t ? words[i].Difference(t) : cell.Number is { } n ? PlotAxis.Short(n) : "";
                var whole = cell.Text is { } all && all != text ? $" title=\"{Html.Escape(all)}\"" : "";
                html.Append($"<td class=\"{(isText[i] ? "text" : "")}\" data-v=\"{Html.Escape(cell.ToString())}\"{whole}>"
                    + $"{Html.Escape(text)}</td>");
            }
            html.Append("</tr>\n");
        }
        html.Append("</tbody></table></div>\n");
        foreach (var (head, list) in heads.Zip(words))
            if (list.Common is { } common) html.Append($"<p class=\"hint\">{Html.Escape($"{head}: … is {common}")}</p>\n");
    }
}
