using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rhoflow.Cli;
using Rhoflow.Lab.Figures;
using Rhoflow.Lab.Report;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Report;

/// <summary>One report that several tests read.</summary>
public sealed class SampleReport : IDisposable
{
    public SampleReport() => Status = ReproduceCommand.Run(
        new() { Folder = Folder.Path, Jobs = 2, Quiet = true }, Studies.Papers, [.. Studies.All, Studies.Throws], TextWriter.Null,
            TextWriter.Null, CancellationToken.None);

    public int Status { get; }

    internal TemporaryFolder Folder { get; } = new();

    internal SampleStudies Studies { get; } = new();

    public void Dispose() => Folder.Dispose();
}

public partial class ReportTests(SampleReport report) : IClassFixture<SampleReport>
{
    private readonly SampleStudies _studies = new();

    [Fact]
    public void Every_claim_and_figure_is_there_with_its_verdict_numbers_and_command()
    {
        var folder = report.Folder;
        report.Status.ShouldBe(1);
        var front = File.ReadAllText(folder / "index.html");
        foreach (var claim in _studies.Claims.Append(_studies.Throws))
        {
            front.ShouldContain($"href=\"{claim.Paper.Key}.html#{claim.Id}\"");
            var page = File.ReadAllText(folder / $"{claim.Paper.Key}.html");
            page.ShouldContain($"id=\"{claim.Id}\"");
            page.ShouldContain($"./rhoflow reproduce {claim.Id}</code>");
            page.ShouldContain("Iris, setosa against the rest");
        }
        front.ShouldContain("data-verdict=\"holds\"");
        front.ShouldContain("data-verdict=\"undecided\"");
        var first = File.ReadAllText(folder / "first.html");
        first.ShouldContain("id=\"first-figure-02\"");
        first.ShouldContain("9.75103");
        first.ShouldContain("With care: the constant is ");
        first.ShouldContain("papers/first/figure-02.yaml");
        first.ShouldContain("It falls &lt; 1 % below");
    }

    [Fact]
    public void Texts_are_escaped_and_formulas_set()
    {
        var folder = report.Folder;
        var first = File.ReadAllText(folder / "first.html");
        first.ShouldContain("A first paper &lt;with &amp; signs&gt; (2019)");
        first.ShouldContain("; snake_case stays.");
        first.ShouldNotContain("<tex");
        if (SvgRenderer.TryFind(out _, out _))
        {
            first.ShouldContain("<msub><mi>W</mi><mi>k</mi></msub>");
            first.ShouldNotContain("W_k", Case.Sensitive);
        }
        else
        {
            first.ShouldContain("⟨Wₖ, ∂f/∂Wₖ⟩ = f");
        }
        File.ReadAllText(folder / "firstb.html").ShouldContain("the step &lt;");
        foreach (var json in Specifications().Matches(first).Select(m => m.Groups["json"].Value))
        {
            json.ShouldNotContain("<");
            JsonNode.Parse(json).ShouldNotBeNull();
        }
    }

    [Fact]
    public void Every_link_inside_the_report_leads_somewhere_and_nothing_is_loaded_from_elsewhere()
    {
        var folder = report.Folder;
        var hasPictures = SvgRenderer.TryFind(out _, out _);
        var links = 0;
        foreach (var page in Directory.EnumerateFiles(folder.Path, "*.html"))
        {
            foreach (Match match in Links().Matches(File.ReadAllText(page)))
            {
                var link = WebUtility.HtmlDecode(match.Groups["link"].Value);
                link.ShouldNotContain(":");
                var (file, anchor) = link.Split('#') is [var f, var a] ? (f, a) : (link, "");
                var target = file.Length == 0 ? page : folder / file;
                if (!hasPictures && target.EndsWith(".svg", StringComparison.Ordinal)) continue;
                File.Exists(target).ShouldBeTrue($"{Path.GetFileName(page)} links to {link}");
                if (anchor.Length > 0) File.ReadAllText(target).ShouldContain($"id=\"{anchor}\"");
                links++;
            }
        }
        links.ShouldBeGreaterThan(20);
    }

    [Fact]
    public void A_page_follows_the_order_of_the_paper()
    {
        var page = File.ReadAllText(report.Folder / "first.html");
        int At(string id) => page.IndexOf($"id=\"{id}\"", StringComparison.Ordinal);
        int[] places = [At("b01-euler"), At("first-figure-02"), At("b06-constant")];
        places[0].ShouldBeGreaterThan(0);
        places.ShouldBe(places.Order());
    }

    [Fact]
    public void The_verdicts_stand_in_a_text_file_too()
    {
        var text = File.ReadAllText(report.Folder / "CLAIMS.md");
        text.ShouldContain("| First paper | 1 | 1 | 0 | 0 |");
        text.ShouldContain("| **all** | 1 | 1 | 1 | 1 |");
        text.ShouldContain("### ≈ b06-constant\n\n> The product is R = li^{-1}(4ft + C), with ‖W_k‖_F = ρ_k; snake_case stays.\n");
        text.ShouldContain("- With care: the constant is 2f, not 4f: ✓ product at t = 1000 = 9.75103 (expected");
        text.ShouldContain("x &lt; y & z > 0");
        text.ShouldContain("- `./rhoflow reproduce b10-faster`, less than a second");
    }

    [Fact]
    public void Without_node_all_numbers_are_there_and_the_way_to_pictures_is_named()
    {
        using var folder = new TemporaryFolder();
        var result = new Reproduction(folder / "results").Run(new(_studies.All), TestContext.Current.CancellationToken);
        var content = new ReportContent(_studies.Papers, [.. result.Results]);
        var written = ReportWriter.Write(folder.Path, content, null, "Node is not installed: get Node 20",
            TestContext.Current.CancellationToken);
        written.Svg.ShouldBeEmpty();
        written.Notes.Single().ShouldContain("Node 20");
        var first = File.ReadAllText(folder / "first.html");
        first.ShouldContain("Node 20");
        first.ShouldContain("9.75103");
        first.ShouldNotContain("<img");
        first.ShouldContain("<span class=\"formula\">⟨Wₖ, ∂f/∂Wₖ⟩ = f</span> for every");
        first.ShouldNotContain("<tex");
        // Charts are drawn in the browser all the same.
        first.ShouldContain("<script src=\"assets/vega.min.js\"></script>");
        foreach (var script in VegaBundle.Files) File.ReadAllText(folder / $"assets/{script}").ShouldBe(VegaBundle.Read(script));
        first.ShouldNotContain("figure-02.svg");
    }

    [Fact]
    public void Equations_have_a_page_with_both_forms_their_residuals_and_claims()
    {
        using var folder = new TemporaryFolder();
        var result = new Reproduction(folder / "results").Run(new(_studies.All), TestContext.Current.CancellationToken);
        var paper = SampleStudies.First with { Short = "P1" };
        var content = new ReportContent(_studies.Papers, [.. result.Results])
        {
            Equations =
            [
                new(paper, "P1.22", "22", "4.1", "flow", @"\dot{\rho}_k = 1 < 2", "how ρ_k moves")
                {
                    Standing = EquationStanding.CorrectedAndTried, Corrected = @"\dot{\rho}_k = 2", Why = "the 2 of W_k is missing",
                    PrintedResidual = 0.5, CorrectedResidual = 2e-10,
                    Types = [("SomeFlow", "src/SomeFlow.cs")], Claims = ["b01-euler", "b99-none"],
                },
                new(paper, "P1.22a", "22a", "B", "law", "x", "a line")
                {
                    Standing = EquationStanding.CorrectedByReading, Corrected = "y", Why = "z",
                },
            ],
        };
        ReportWriter.Write(folder.Path, content, null, "no Node", TestContext.Current.CancellationToken);
        var page = File.ReadAllText(folder / "equations.html");
        page.ShouldContain("id=\"P1.22\"");
        page.ShouldContain("data-number=\"22\"");
        page.ShouldContain("<span class=\"formula\">ρ\u0307ₖ</span> "
            + "<span class=\"formula\">= 1</span> <span class=\"formula\">&lt; 2</span>");
        page.ShouldContain("residual 0.5<");
        page.ShouldContain("residual 2e-10");
        page.ShouldContain("<code title=\"src/SomeFlow.cs\">SomeFlow</code>");
        page.ShouldContain("href=\"first.html#b01-euler\"");
        page.ShouldContain("b99-none");
        // One number, one line; by standing: corrected and tried, corrected by reading.
        page.ShouldContain(string.Concat(new[] { 1, 1, 0, 1, 1, 0, 0 }.Select(static n => $"<td class=\"number\">{n}</td>")));
        page.ShouldContain("data-standing=\"CorrectedByReading\"");
        page.ShouldContain("flow · corrected and tried</small>");
        File.ReadAllText(folder / "first.html")
            .ShouldContain("Rests on <a href=\"equations.html#P1.22\" title=\"how ρₖ moves\">P1 eq. 22</a>");
    }

    [Fact]
    public void The_json_document_has_the_agreed_members()
    {
        using var folder = new TemporaryFolder();
        Run(folder, out var output, out _, json: true).ShouldBe(1);
        var document = JsonNode.Parse(output)!.AsObject();
        document.Select(m => m.Key).ShouldBe(["claims", "figures", "report"]);
        File.Exists(document["report"]!.GetValue<string>()).ShouldBeTrue();
        string[] members = ["id", "paper", "place", "statement", "verdict", "measured", "expected", "why", "figure", "seconds"];
        var claims = document["claims"]!.AsArray();
        claims.ShouldAllBe(c => members.All(m => c!.AsObject().ContainsKey(m)));
        claims.Select(c => c!["verdict"]!.GetValue<string>()).ShouldBe(["holds", "care", "fails", "undecided"]);
        claims[0]!["measured"]!["error · log t at t = 1e100"]!.GetValue<double>().ShouldBe(1.0265);
        claims[0]!["measured"]!["series"]!.ToJsonString().ShouldBe("[1,2.5,null]");
        var figures = document["figures"]!.AsArray();
        figures.Select(f => f!["id"]!.GetValue<string>()).ShouldBe(["first/figure-02", "claims/b01-euler"]);
        figures.ShouldContain(f => f!["id"]!.GetValue<string>() == claims[0]!["figure"]!.GetValue<string>());
        if (SvgRenderer.TryFind(out _, out _)) figures.ShouldAllBe(f => File.Exists(f!["svg"]!.GetValue<string>()));
    }

    [Fact]
    public void The_table_names_verdicts_counts_and_report_and_a_later_part_keeps_the_rest_in_the_report()
    {
        using var folder = new TemporaryFolder();
        Run(folder, out var output, out var error);
        output.ShouldContain("✗ fails");
        output.ShouldContain("4 claims: 1 ✓ holds, 1 ≈ with care, 1 ✗ fails, 1 ? undecided");
        output.TrimEnd().ShouldEndWith("index.html");
        error.ShouldContain("b11-throws stopped with an error");
        Run(folder, out output, out _, words: "b06").ShouldBe(0);
        output.ShouldContain("1 claim: 1 ≈ with care");
        output.ShouldContain("Nothing had to be computed anew.");
        File.ReadAllText(folder / "index.html").ShouldContain("firstb.html#b10-faster");
    }

    [Fact]
    public void Bad_requests_have_their_exit_status()
    {
        using var folder = new TemporaryFolder();
        Run(folder, out var output, out var error, words: "b6-konstant").ShouldBe(2);
        output.ShouldBeEmpty();
        error.ShouldContain("Nearest: b06-constant");
        File.WriteAllText(folder / "file", "");
        var request = new ReproduceCommand.Request { Ids = ["b06"], Folder = folder / "file", Jobs = 1, Quiet = true };
        var words = new StringWriter();
        ReproduceCommand.Run(request, _studies.Papers, _studies.All, TextWriter.Null, words, CancellationToken.None).ShouldBe(2);
        words.ToString().ShouldContain("--out DIR");
        ReproduceCommand.Run(request with { Folder = folder / "x" }, _studies.Papers, _studies.All, TextWriter.Null, words,
            new CancellationToken(canceled: true)).ShouldBe(130);
        words.ToString().ShouldContain("the same command goes on from there");
    }

    private int Run(TemporaryFolder folder, out string output, out string error, bool json = false, params string[] words)
    {
        var (o, e) = (new StringWriter(), new StringWriter());
        var status = ReproduceCommand.Run(
            new() { Ids = words, Folder = folder.Path, Jobs = 2, Json = json, Quiet = true },
            _studies.Papers, [.. _studies.All, _studies.Throws], o, e, TestContext.Current.CancellationToken);
        (output, error) = (o.ToString(), e.ToString());
        return status;
    }

    [GeneratedRegex("(?:href|src)=\"(?<link>[^\"]*)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Links();

    [GeneratedRegex("<script type=\"application/json\">(?<json>.*?)</script>", RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Specifications();
}
