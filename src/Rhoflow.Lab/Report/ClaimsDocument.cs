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
            .Append($"Written by `./rhoflow reproduce{(content.Full ? " --full" : "")}`; not edited by hand. Inside the paper's own "
            + "hypothesis a claim "
            + "*holds* as printed, holds *with care* (the same statement under a narrower assumption or with another constant), "
            + "*fails* (with "
            + "the counter-example), or is *undecided* (the answer hangs on a choice that the paper leaves open). An *identity* is true by "
            + "algebra and cannot fail; it is labelled and not counted. The rule stands in `VerdictRule`.\n\n");
        Tally(text, content, papers);
        foreach (var paper in papers)
        {
            text.Append($"\n## {paper.Name}\n\n{Plain(paper.Title)}\n");
            foreach (var theorem in paper.Theorems) text.Append(TheoremTable.Markdown(content, theorem, Plain));
            foreach (var claim in Of(content, paper)) Claim(text, claim);
        }
        return text.ToString();
    }

    private static IReadOnlyList<CheckedClaim> Of(ReportContent content, Paper paper) => [.. content.Of(paper).OfType<CheckedClaim>()];

    private static void Tally(StringBuilder text, ReportContent content, IReadOnlyList<Paper> papers)
    {
        var styles = VerdictStyle.All;
        text.Append("| |").AppendJoin('|', styles.Select(s => $" {s.Symbol} {s.Label} ")).Append("|\n|---|")
            .Append(string.Concat(styles.Select(_ => "---:|"))).Append('\n');
        void Row(string name, IReadOnlyList<CheckedClaim> claims) => text.Append($"| {name} |")
            .AppendJoin('|', styles.Select(s => $" {claims.Count(c => c.Result.Style == s)} ")).Append("|\n");
        foreach (var paper in papers) Row(paper.Name, Of(content, paper));
        Row("**all**", content.Claims);
    }

    private static void Claim(StringBuilder text, CheckedClaim studied)
    {
        var (claim, result) = studied;
        var style = result.Style;
        text.Append($"\n### {style.Symbol} {claim.Id}\n\n> {Plain(claim.Statement)}\n>\n> {claim.Paper.Name}, {Plain(claim.Place)}\n\n")
            .Append($"**{char.ToUpperInvariant(style.Label[0])}{style.Label[1..]}.** {Plain(result.Why)}\n\n")
            .Append($"- The paper supposes: {Plain(claim.Hypothesis)}\n- Set-up: {Plain(claim.SetUp)}\n- Expected: "
            + $"{Plain(claim.Expected)}\n");
        foreach (var (heading, checks) in CheckHeading.Groups(result))
        {
            text.Append($"- {Plain(heading)}: ").AppendJoin("; ", checks.Select(c => $"{Mark(c)} {Plain(c.Sentence)}")).Append('\n');
        }
        foreach (var line in claim.History) text.Append($"- Before: {Plain(line)}\n");
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
