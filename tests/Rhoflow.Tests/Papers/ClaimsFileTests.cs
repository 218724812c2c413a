using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Rhoflow.Papers.Catalog;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>The CLAIMS.md that is committed knows every claim, and no other; README counts as it does.</summary>
public partial class ClaimsFileTests
{
    [Fact]
    public void Every_claim_stands_in_the_file_in_its_order()
    {
        var ids = Heading().Matches(Text("CLAIMS.md")).Select(static m => m.Groups["id"].Value);
        ids.ShouldBe(PapersCatalog.Claims.Select(static c => c.Id),
            "CLAIMS.md is what ./rhoflow reproduce writes into the report's folder; copy it from there");
    }

    [Fact]
    public void The_readme_counts_as_the_file_does()
    {
        var tally = Tally().Match(Text("CLAIMS.md"));
        int[] counts = [.. ((string[])["holds", "care", "fails", "undecided", "identity"])
            .Select(v => int.Parse(tally.Groups[v].ValueSpan, System.Globalization.CultureInfo.InvariantCulture))];
        counts.Sum().ShouldBe(PapersCatalog.Claims.Count);
        Text("README.md").ShouldContain($"checks {PapersCatalog.Claims.Count} claims and draws {PapersCatalog.Figures.Count} figures");
        Text("README.md").ShouldContain(
            $"{counts[0]} hold as printed, {counts[1]} hold with care, {counts[2]} fail, {counts[3]} are undecided and "
            + $"{counts[4]} are identities");
    }

    private static string Text(string name, [CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", name));

    [GeneratedRegex(@"^### \S+ (?<id>[a-z][0-9]+\S*)$", RegexOptions.Multiline | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Heading();

    [GeneratedRegex(
        @"^\| \*\*all\*\* \| (?<holds>[0-9]+) \| (?<care>[0-9]+) \| (?<fails>[0-9]+) \| (?<undecided>[0-9]+) \| (?<identity>[0-9]+) \|$",
        RegexOptions.Multiline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tally();
}
