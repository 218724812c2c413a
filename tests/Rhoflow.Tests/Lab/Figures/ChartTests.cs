using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using Rhoflow.Lab.Figures;
using Rhoflow.Tests.Lab.Report;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Figures;

public partial class ChartTests
{
    private static Chart Sample => new SampleStudies().Figure.Build(new Rhoflow.Lab.Claims.StudyContext());

    [Fact]
    public void A_chart_is_a_vega_lite_6_concat_of_sized_panels()
    {
        var spec = Sample.Specification();
        spec["$schema"]!.GetValue<string>().ShouldEndWith("/vega-lite/v6.json");
        var panels = spec["concat"]!.AsArray();
        panels.Count.ShouldBe(2);
        panels.ShouldAllBe(p => p!["width"]!.GetValue<int>() == 640 && p["title"] != null);
        panels[0]!["layer"]!.AsArray().Count.ShouldBe(3);
        panels[1]!["layer"]!.AsArray().Count.ShouldBe(2 + 4);
    }

    [Fact]
    public void Panels_for_the_page_have_no_size_and_the_same_colours_as_the_whole()
    {
        var chart = Sample;
        var panels = chart.PanelSpecifications();
        panels.ShouldAllBe(p => p["width"] == null && p["$schema"] != null);
        var whole = chart.Specification()["concat"]!.AsArray();
        for (var i = 0; i < panels.Count; i++) JsonNode.DeepEquals(panels[i]["layer"], whole[i]!["layer"]).ShouldBeTrue();
    }

    [Fact]
    public void A_series_of_one_name_has_one_colour_in_all_panels()
    {
        var panel = new Panel("a", new Axis("x"), new Axis("y"));
        var spec = new Chart(panel.Line("other", [1], [1]).Line("same", [1], [1]), panel.Line("same", [1], [1])).Specification();
        string Colour(int p, int layer, int at) =>
            spec["concat"]![p]!["layer"]![layer]!["encoding"]!["stroke"]!["scale"]!["range"]![at]!.GetValue<string>();
        Colour(0, 0, 1).ShouldBe(Colour(1, 0, 0));
        Colour(0, 0, 0).ShouldNotBe(Colour(1, 0, 0));
    }

    [Fact]
    public void What_cannot_be_drawn_becomes_a_gap_and_json_stays_json()
    {
        double[] x = [1, 2, 3, 4, 5, double.NaN];
        double[] y = [1, double.NaN, double.PositiveInfinity, 0, -1, 1];
        var spec = new Chart(new Panel("p", new Axis("x"), new Axis("y", Scale.Log)).Line("s", x, y)).Specification();
        var text = spec.ToJsonString();
        text.ShouldNotContain("NaN");
        text.ShouldNotContain("Infinity");
        using var parsed = JsonDocument.Parse(text);
        var rows = spec["layer"]![0]!["data"]!["values"]!.AsArray();
        rows.Count.ShouldBe(5);
        rows.Select(r => r!["y"]?.GetValue<double>()).ShouldBe([1.0, null, null, null, null]);
    }

    [Fact]
    public void Thinning_keeps_ends_spikes_gaps_and_order() =>
        Prop.ForAll(Gen.Choose(5, 4000).ToArbitrary(), Gen.Choose(4, 600).ToArbitrary(), (n, limit) =>
    {
        var y = Enumerable.Range(0, n).Select(i => Math.Sin(0.01 * i)).ToArray();
        y[n / 2] = 40;
        y[n / 3] = double.NaN;
        var kept = Thinning.Indices(y, limit);
        kept.ShouldBe(kept.Order());
        kept.Distinct().Count().ShouldBe(kept.Length);
        kept.Length.ShouldBeLessThanOrEqualTo(Math.Max(limit, 4));
        kept[0].ShouldBe(0);
        kept[^1].ShouldBe(n - 1);
        if (limit >= 6 || n <= limit)
        {
            kept.ShouldContain(n / 3);
            kept.ShouldContain(n / 2);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Thinning_keeps_a_spike_in_a_stretch_that_begins_with_a_gap()
    {
        var y = new double[1311];
        (y[437], y[655]) = (double.NaN, 40);
        Thinning.Indices(y, 8).ShouldContain(655);
        Thinning.Indices(y, 8).ShouldContain(437);
    }

    [Fact]
    public void Log_ticks_are_powers_of_ten_within_the_data()
    {
        double[] Ticks(params double[] y)
        {
            var spec = new Chart(new Panel("p", new Axis("x"), new Axis("y", Scale.Log)).Line("s", [.. y.Select((_, i) => (double)i)], y))
                .Specification();
            return [.. spec["layer"]![0]!["encoding"]!["y"]!["axis"]!["values"]?.AsArray().Select(v => v!.GetValue<double>()) ?? []];
        }

        Ticks(0.5e-3, 2).ShouldBe([1e-3, 1e-2, 0.1, 1]);
        Ticks(0.15, 6).ShouldBe([0.2, 0.5, 1, 2, 5]);
        Ticks(1e-80, 1).ShouldBe([1e-80, 1e-70, 1e-60, 1e-50, 1e-40, 1e-30, 1e-20, 1e-10, 1]);
        Ticks(1, 1.5).ShouldBeEmpty();
        Ticks(0, -1).ShouldBeEmpty();
    }

    [Fact]
    public void Mistakes_are_named()
    {
        var panel = new Panel("Left", new Axis("x"), new Axis("y"));
        Should.Throw<ArgumentException>(() =>
            panel.Line("GD", [1, 2], [1])).Message.ShouldContain("'GD' of panel 'Left' has 2 abscissas and 1 ordinates");
        Should.Throw<ArgumentException>(() =>
            new Chart(panel.Line("GD", [1], [1]), panel.Predicted("GD", [1], [1])).Specification()).Message.ShouldContain("two names");
    }

    [Fact]
    public void A_drawing_has_neither_axes_nor_frame()
    {
        var hidden = new Axis("", Min: 0, Max: 1) { IsHidden = true };
        var drawing = new Panel("Graph", hidden, hidden).Line("edges", [0, 1], [0, 1]);
        drawing.IsDrawing.ShouldBeTrue();
        var plot = new Panel("Plot", new Axis("t"), hidden).Line("edges", [0, 1], [0, 1]);
        plot.IsDrawing.ShouldBeFalse();
        var views = new Chart(drawing, plot).Specification()["concat"]!.AsArray();
        views[0]!["view"]!.AsObject().ShouldContainKey("stroke");
        views[0]!["view"]!["stroke"].ShouldBeNull();
        views[1]!["view"].ShouldBeNull();
        var encoding = views[0]!["layer"]![0]!["encoding"]!;
        encoding["x"]!.AsObject().ShouldContainKey("axis");
        encoding["x"]!["axis"].ShouldBeNull();
        encoding["tooltip"]!.AsArray().Count.ShouldBe(1);
        views[1]!["layer"]![0]!["encoding"]!["x"]!["axis"].ShouldNotBeNull();
    }

    [Fact]
    public void Labels_have_their_indices_and_exponents_set()
    {
        Assert.SkipUnless(SvgRenderer.TryFind(out var renderer, out var missing), $"no renderer here: {missing}");
        using var folder = new TemporaryFolder();
        var panel = new Panel("ρ_k beside W_{k−1}", new Axis("t"), new Axis("e^{−ρf}"))
            .Line("test_error", [1, 2], [1, 2]).Line("w_⊥", [1, 2], [2, 1]);
        renderer.Draw([new SvgJob(new Chart(panel).Specification(), folder / "a.svg")], TestContext.Current.CancellationToken)
            .ShouldBeEmpty();
        var labels = XDocument.Load(folder / "a.svg").Descendants().Where(static e => e.Name.LocalName == "text").ToList();
        var small = labels.Descendants().Where(static e => e.Attribute("font-size")?.Value == "75%").Select(static e => e.Value).ToList();
        small.Order().ShouldBe(new[] { "k", "k−1", "−ρf", "⊥" }.Order());
        labels.ShouldContain(static l => l.Value == "test_error");
        labels.ShouldContain(static l => l.Value.Replace("\u200b", "", StringComparison.Ordinal) == "ρk beside Wk−1");
    }

    // Vega writes U+2212 in the text of a negative number; none must stand beside a power of ten at full size.
    [Fact]
    public void Negative_powers_have_a_superscript_minus_wherever_they_stand()
    {
        Assert.SkipUnless(SvgRenderer.TryFind(out var renderer, out var missing), $"no renderer here: {missing}");
        using var folder = new TemporaryFolder();
        static Panel Of(Axis x, Axis y, double[] at, double[] values) => new Panel("p", x, y).Line("s", at, values);
        Panel[] curves =
        [
            Of(new Axis("t", Scale.Exponent), new Axis("error", Scale.Log), [-40, -20, 0], [1e-12, 1e-6, 1]),
            Of(new Axis("x", Scale.Log), new Axis("short", Scale.Log), [2e-5, 7e-5], [3e-3, 4e-3]),
        ];
        var cells = new Panel("cells", new Axis("a"), new Axis("b"))
        {
            Cells = new Cells(["1", "2"], ["9.5e-5", "1e-4"], [[1e-9, 1e-6], [1e-3, 1]], new Axis("loss", Scale.Log)),
        };
        SvgJob[] jobs =
        [
            new(new Chart(curves).Specification(), folder / "lines.svg"),
            new(new Chart(curves) { Merged = true }.Specification(), folder / "merged.svg"),
            new(new Chart(cells) { Merged = true }.Specification(), folder / "cells.svg"),
        ];
        renderer.Draw(jobs, TestContext.Current.CancellationToken).ShouldBeEmpty();
        foreach (var job in jobs)
        {
            var texts = XDocument.Load(job.File).Descendants().Where(static e => e.Name.LocalName == "text").Select(static e => e.Value)
                .ToList();
            texts.ShouldContain(static t => t.Contains("10⁻", StringComparison.Ordinal), job.File);
            texts.ShouldAllBe(static t => !FullSizeMinus().IsMatch(t), job.File);
        }
        XDocument.Load(folder / "cells.svg").Descendants().Where(static e => e.Name.LocalName == "text").Select(static e => e.Value)
            .ShouldContain("9.5·10⁻⁵");
    }

    [Fact]
    public void Every_name_at_an_axis_is_written_whole()
    {
        Assert.SkipUnless(SvgRenderer.TryFind(out var renderer, out var missing), $"no renderer here: {missing}");
        using var folder = new TemporaryFolder();
        string[] names = [.. Enumerable.Range(1, 11).Select(static i => $"a measure with a long name, {i}")];
        var axis = new Axis("measure", Min: .5, Max: 11.5) { Labels = [.. names.Select(static (n, i) => (i + 1.0, n))] };
        double[] rows = [.. names.Select(static (_, i) => i + 1.0)];
        var file = folder / "names.svg";
        renderer.Draw([new SvgJob(new Chart(new Panel("p", new Axis("x"), axis).Points("s", rows, rows)).Specification(), file)],
            TestContext.Current.CancellationToken).ShouldBeEmpty();
        var texts = XDocument.Load(file).Descendants().Where(static e => e.Name.LocalName == "text").Select(static e => e.Value).ToList();
        foreach (var name in names) texts.ShouldContain(name);
    }

    [GeneratedRegex(@"10[-−]|\d[eE][-−+]?\d")]
    private static partial Regex FullSizeMinus();

    [Fact]
    public void Node_draws_it_as_svg_once()
    {
        Assert.SkipUnless(SvgRenderer.TryFind(out var renderer, out var missing), $"no renderer here: {missing}");
        using var folder = new TemporaryFolder();
        var file = folder / "deep/figure-02.svg";
        renderer!.Draw([new SvgJob(Sample.Specification(), file)], TestContext.Current.CancellationToken).ShouldBeEmpty();
        var svg = XDocument.Load(file).Root!;
        svg.Name.LocalName.ShouldBe("svg");
        var texts = svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value).ToList();
        texts.ShouldContain("Gradient descent");
        texts.ShouldContain("|c| / log t");
        texts.ShouldContain("10¹⁰⁰");
        svg.Descendants().Count(e => e.Attribute("stroke-dasharray")?.Value == "6,4").ShouldBeGreaterThan(1);
        // A solid line has no dashes: printers draw each as a path.
        svg.Descendants().Attributes("stroke-dasharray").ShouldAllBe(static a => a.Value != "1,0");

        var written = File.GetLastWriteTimeUtc(file);
        renderer.Draw([new SvgJob(Sample.Specification(), file)], TestContext.Current.CancellationToken).ShouldBeEmpty();
        File.GetLastWriteTimeUtc(file).ShouldBe(written);

        var broken = new SvgJob(new JsonObject { ["mark"] = "nonsense" }, folder / "broken.svg");
        renderer.Draw([broken], TestContext.Current.CancellationToken).Keys.ShouldBe([broken.File]);
        File.Exists(broken.File).ShouldBeFalse();
    }
}
