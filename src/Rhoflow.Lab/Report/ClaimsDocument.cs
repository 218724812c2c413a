using System.Text;
using Rhoflow.Lab.Claims;

namespace Rhoflow.Lab.Report;

/// <summary>CLAIMS.md: every verdict with its reasons as plain text, so that a change of one is seen where changes are reviewed.</summary>
internal static class ClaimsDocument
{
    /// <summary>The whole file.</summary>
    public static string Write(ReportContent content)
    {
        var text = new StringBuilder();
        var papers = content.PapersShown.Where(p => Of(content, p).Count > 0).ToList();
        text.Append("# What the papers claim, and what we measure\n\n")
            .Append($"Written by `./rhoflow reproduce{(content.Full ? " --full" : "")}`; not edited by hand. A claim *holds* as printed, "
            + "holds *with care* (an assumption or a constant differs), or *fails* (with the counter-example).\n\n");
        Tally(text, content, papers);
        foreach (var paper in papers)
        {
            text.Append($"\n## {paper.Name}\n\n{Plain(paper.Title)}\n");
            foreach (var claim in Of(content, paper)) Claim(text, claim);
        }
        return text.ToString();
    }

    private static IReadOnlyList<CheckedClaim> Of(ReportContent content, Paper paper) => [.. content.Of(paper).OfType<CheckedClaim>()];

    private static void Tally(StringBuilder text, ReportContent content, IReadOnlyList<Paper> papers)
    {
        VerdictStyle[] styles = [.. Enum.GetValues<Verdict>().Select(VerdictStyle.Of)];
        text.Append("| |").AppendJoin('|', styles.Select(s => $" {s.Symbol} {s.Label} ")).Append("|\n|---|")
            .Append(string.Concat(styles.Select(_ => "---:|"))).Append('\n');
        void Row(string name, IReadOnlyList<CheckedClaim> claims) => text.Append($"| {name} |")
            .AppendJoin('|', Enum.GetValues<Verdict>().Select(v => $" {claims.Count(c => c.Result.Verdict == v)} ")).Append("|\n");
        foreach (var paper in papers) Row(paper.Name, Of(content, paper));
        Row("**all**", content.Claims);
    }

    private static void Claim(StringBuilder text, CheckedClaim studied)
    {
        var (claim, result) = studied;
        var style = VerdictStyle.Of(result.Verdict);
        text.Append($"\n### {style.Symbol} {claim.Id}\n\n> {Plain(claim.Statement)}\n>\n> {claim.Paper.Name}, {Plain(claim.Place)}\n\n")
            .Append($"**{char.ToUpperInvariant(style.Label[0])}{style.Label[1..]}.** {Plain(result.Why)}\n\n")
            .Append($"- Set-up: {Plain(claim.SetUp)}\n- Expected: {Plain(claim.Expected)}\n");
        foreach (var group in result.Checks.GroupBy(c => CheckHeading.Of(c.Role, c.Group)))
        {
            text.Append($"- {Plain(group.Key)}: ").AppendJoin("; ", group.Select(c => $"{Mark(c)} {Plain(c.Sentence)}")).Append('\n');
        }
        if (claim.Figures.Count > 0) text.Append($"- Shown in {string.Join(", ", claim.Figures)}\n");
        text.Append($"- `./rhoflow reproduce {claim.Id}`, {Seconds(result.Seconds)}\n");
    }

    private static string Mark(Check check) => check.Passed switch { true => "✓", false => "✗", _ => "?" };

    // To one digit: the time of day should not be what changes.
    private static string Seconds(double seconds) => seconds switch
    {
        < 1 => "less than a second",
        < 10 => $"{seconds:0} s",
        _ => $"{Math.Round(seconds / 10) * 10:0} s",
    };

    // What Markdown would take for marks of its own.
    private static string Plain(string text) => text.ReplaceLineEndings(" ")
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal)
        .Replace("`", "\\`", StringComparison.Ordinal)
        .Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace("[", "\\[", StringComparison.Ordinal);
}
