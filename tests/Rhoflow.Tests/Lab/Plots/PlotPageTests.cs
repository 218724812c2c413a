using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Figures;
using Rhoflow.Lab.Plots;
using Rhoflow.Lab.Runs;
using Rhoflow.Tests.Lab.Tables;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Plots;

/// <summary>Pages and pictures of figures: self-contained, and drawn by the renderer without a complaint.</summary>
public sealed partial class PlotPageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private PlotPicture Picture(PlotConfig config)
    {
        for (var seed = 0; seed < 3; seed++)
            MadeRuns.Add(_folder / $"runs{seed}", "odd & name", MadeRuns.Id(seed),
                [("name", "x"), ("seed", $"{seed}"), ("tag", "\"</script>\"")], ["epoch", "margin_min", "test_error"],
                [.. Enumerable.Range(1, 6).Select(e => (double[])[e, e * 0.1 + seed, 1.0 / e])]);
        return Plot.Of(config, RunRecord.Read([.. Enumerable.Range(0, 3).SelectMany(s => RunFolder.Under(_folder / $"runs{s}"))]));
    }

    [Fact]
    public void A_page_needs_nothing_but_itself()
    {
        var html = PlotPage.Of(Picture(new PlotConfig
        {
            Y = ["margin_min"],
            Color = "tag",
            Band = ["seed"],
            Title =
            "<i>margins</i> & more"
        }), "rhoflow plot x");
        var own = html;
        foreach (var file in VegaBundle.Files) own = own.Replace(VegaBundle.Read(file), "", StringComparison.Ordinal);
        own.Length.ShouldBeLessThan(60_000);
        NetworkReference().Matches(own).ShouldBeEmpty();
        Loads().Matches(own).ShouldBeEmpty();
        own.ShouldContain("&lt;i&gt;margins&lt;/i&gt; &amp; more");
        // Data, scripts and styles stand in five script elements and one style; nothing in the data ends one of them.
        Regex.Count(html, "<script", RegexOptions.None, TimeSpan.FromSeconds(10))
            .ShouldBe(Regex.Count(html, "</script>", RegexOptions.None, TimeSpan.FromSeconds(10)));
        var data = JsonNode.Parse(Data().Match(own).Groups["json"].Value)!;
        ((string?)data["legend"]![0]!["name"]).ShouldBe("tag = </script>");
        data["panels"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public void The_embedded_scripts_are_those_of_the_renderer()
    {
        Assert.SkipUnless(SvgRenderer.TryFind(out var renderer, out var missing), $"no renderer here: {missing}");
        foreach (var file in VegaBundle.Files)
            File.ReadAllText(Path.Combine(renderer!.Folder, "node_modules", file[..file.IndexOf(".min", StringComparison.Ordinal)],
                "build", file))
                .ShouldBe(VegaBundle.Read(file), file);
    }

    [Fact]
    public void Every_kind_is_drawn_as_svg_and_png()
    {
        Assert.SkipUnless(SvgRenderer.TryFind(out _, out var missing), $"no renderer here: {missing}");
        PlotConfig[] kinds =
        [
            new() { Y = ["margin_min", "test_error"], Band = ["seed"], Laws = ["c/epoch"] },
            new() { Kind = PlotKind.Points, X = "margin_min", Y = ["test_error"], Color = "seed" },
            new() { Kind = PlotKind.Heat, X = "epoch", Y = ["seed"], Color = "margin_min" },
            new() { Kind = PlotKind.Histogram, Y = ["margin_min"] },
        ];
        var first = Picture(kinds[0]);
        PlotPicture[] pictures =
            [first, .. kinds.Skip(1)
            .Select(k => Plot.Of(k, RunRecord.Read([.. Enumerable.Range(0, 3).SelectMany(s => RunFolder.Under(_folder / $"runs{s}"))])))];
        foreach (var (picture, i) in pictures.Select(static (p, i) => (p, i)))
        {
            var files = PlotFiles.Write(picture, PlotFiles.Targets(_folder / $"out{i}", $"figure{i}"), "rhoflow plot",
                TestContext.Current.CancellationToken);
            files.Notes.ShouldBeEmpty();
            files.Written.Select(Path.GetExtension).Order().ShouldBe([".csv", ".html", ".png", ".svg"]);
            var svg = File.ReadAllText(_folder / $"out{i}/figure{i}.svg");
            svg.ShouldContain(picture.Title);
            File.ReadAllBytes(_folder / $"out{i}/figure{i}.png")[..4].ShouldBe([0x89, (byte)'P', (byte)'N', (byte)'G']);
        }
        File.ReadAllText(_folder / "out0/figure0.svg").ShouldContain("c/epoch, c = ");
    }

    // Whatever a browser would fetch: addresses in attributes, imports, styles.
    [GeneratedRegex("""(src|href|action)\s*=\s*["']?\s*(https?:)?//|@import|url\(\s*["']?https?:|<link|<iframe|fetch\(|XMLHttpRequest""",
        RegexOptions.ExplicitCapture, 10000)]
    private static partial Regex NetworkReference();

    [GeneratedRegex("""<(script|link|img|iframe)[^>]*\s(src|href)=""", RegexOptions.ExplicitCapture, 10000)]
    private static partial Regex Loads();

    [GeneratedRegex("""<script type="application/json">(?<json>.*?)</script>""", RegexOptions.Singleline, 10000)]
    private static partial Regex Data();
}
