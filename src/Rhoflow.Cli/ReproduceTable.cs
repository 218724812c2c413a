using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Report;
using Spectre.Console;

namespace Rhoflow.Cli;

/// <summary>The table of verdicts that ends a reproduction.</summary>
internal static class ReproduceTable
{
    public static void Write(TextWriter output, ReproductionResult result, WrittenReport report)
    {
        var isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No });
        // Piped into a file there is no width to keep to, and a wrapped table is hard to search.
        if (!isTerminal) console.Profile.Width = 200;
        if (result.Claims.Count > 0)
        {
            var table = new Table().Border(TableBorder.Simple);
            table.AddColumn("verdict").AddColumn("claim").AddColumn("paper").AddColumn("place")
                .AddColumn(new TableColumn("time").RightAligned());
            foreach (var (claim, outcome) in result.Claims.OrderBy(c => c.Claim.Id, StringComparer.Ordinal))
            {
                table.AddRow(Badge(outcome.Style), Markup.Escape(claim.Id), Markup.Escape(claim.Paper.Name), Markup.Escape(claim.Place),
                    Time(outcome.Seconds));
            }
            console.Write(table);
            var counts = VerdictStyle.All.Select(s => (Style: s, Count: result.Claims.Count(c => c.Result.Style == s)))
                .Where(x => x.Count > 0).Select(x => $"{x.Count} {Badge(x.Style)}");
            console.MarkupLine($"{result.Claims.Count} {(result.Claims.Count == 1 ? "claim" : "claims")}: {string.Join(", ", counts)}");
        }
        if (result.Figures.Count > 0)
        {
            console.MarkupLine($"{result.Figures.Count} {(result.Figures.Count == 1 ? "figure" : "figures")}: "
                + $"{string.Join(", ", result.Figures.Select(f => Markup.Escape(f.Figure.Id)))}");
        }
        if (result.Computed == 0) console.WriteLine("Nothing had to be computed anew.");
        output.WriteLine($"Report: {report.Index}");
    }

    private static string Badge(VerdictStyle style)
    {
        var colour = style.Name switch
        {
            "holds" => "deepskyblue3",
            "care" => "darkgoldenrod",
            "fails" => "orangered1",
            "identity" => "slateblue1",
            _ => "grey",
        };
        return $"[{colour}]{style.Symbol} {style.Label}[/]";
    }

    private static string Time(double seconds) =>
        seconds.ToString(seconds < 10 ? "0.00" : "0.0", System.Globalization.CultureInfo.InvariantCulture) + " s";
}
