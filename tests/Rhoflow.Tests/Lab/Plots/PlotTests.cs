using System.Globalization;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Figures;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Plots;
using Rhoflow.Lab.Runs;
using Rhoflow.Tests.Lab.Tables;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Plots;

/// <summary>Figures of runs: what curves, panels, axes and laws they have, what they say of what is missing.</summary>
public sealed class PlotTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Three scales × four seeds; loss = scale/epoch, with seed/1000 more.
    private IReadOnlyList<RunRecord> Sweep()
    {
        var n = 0;
        foreach (var scale in (double[])[0.1, 1, 10])
            for (var seed = 0; seed < 4; seed++)
                MadeRuns.Add(_folder.Path, "sweep", MadeRuns.Id(n++), [("name", "sweep"), ("seed", $"{seed}"), ("data.seed", $"{seed}"),
                    ("init.scale", scale.ToString(CultureInfo.InvariantCulture)), ("loss.name", "square")],
                    ["epoch", "log10_loss", "margin_min"],
                    [.. Enumerable.Range(1, 5).Select(e => (double[])[e, Math.Log10(scale / e), scale + e + seed / 1000.0])]);
        return Records();
    }

    private IReadOnlyList<RunRecord> Records() => SweepOrder.Of(RunRecord.Read(RunFolder.Under(_folder.Path)));

    [Fact]
    public void A_band_has_a_line_for_each_colour_and_the_quantiles_of_the_seeds()
    {
        var picture = Plot.Of(new PlotConfig { X = "epoch", Y = ["margin_min"], Color = "scale", Band = ["seed"] }, Sweep());
        var curves = picture.Panels.Single().Curves;
        curves.Select(static c => c.Name).ShouldBe(["init.scale = 0.1", "init.scale = 1", "init.scale = 10"]);
        var one = curves[1];
        one.X.ShouldBe([1, 2, 3, 4, 5]);
        one.Y[0].ShouldBe(2.0015, 1e-12);
        one.Low![0].ShouldBe(2.00075, 1e-12);
        one.High![0].ShouldBe(2.00225, 1e-12);
        one.Counts.ShouldBe([4, 4, 4, 4, 4]);
        picture.Title.ShouldBe("margin_min over epoch");
        picture.Chart.Subtitle.ShouldBe("sweep: 12 runs; by init.scale; median and quartiles over seed (4 runs each)");
        picture.Notes.ShouldBeEmpty();
        // data.seed, which follows seed, tells nothing more.
        curves[0].Keys.ShouldBe([("init.scale", "0.1")]);
        var csv = PlotCsv.Write(picture).Split('\n');
        csv[0].ShouldBe("init.scale,run,epoch,margin_min_median,margin_min_q25,margin_min_q75,n");
        csv[6].ShouldStartWith("1,,1,2.0015,2.00075,2.00225");
    }

    [Fact]
    public void Without_a_band_every_run_has_its_curve_and_facets_their_panels()
    {
        var picture = Plot.Of(new PlotConfig { Y = ["margin_min", "loss"], Facet = ["init.scale"], Color = "seed", Log = "y" }, Sweep());
        picture.Panels.Select(static p => p.Title).ShouldBe([.. ((string[])["0.1", "1", "10"]).SelectMany(static s =>
            (string[])[$"init.scale = {s}, margin_min", $"init.scale = {s}, loss"])]);
        picture.Panels.ShouldAllBe(static p => p.Curves.Count == 4);
        picture.Panels[0].Curves.ShouldAllBe(static c => c.Run != null);
        // The loss has no column of its own: it is drawn by the exponent.
        picture.Chart.Panels[1].Y.Scale.ShouldBe(Scale.Exponent);
        picture.Panels[1].Curves[0].Y[1].ShouldBe(Math.Log10(0.05), 1e-12);
        picture.Chart.Panels[0].Y.Scale.ShouldBe(Scale.Log);
        picture.Chart.Panels.Select(static p => (p.X.Min, p.X.Max)).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void A_key_along_x_takes_the_last_observations()
    {
        var curve = Plot.Of(new PlotConfig { X = "init.scale", Y = ["margin_min"], Band = ["seed"], Spread = BandSpread.Sd },
            Sweep()).Panels.Single().Curves.Single();
        curve.X.ShouldBe([0.1, 1, 10]);
        curve.Y[2].ShouldBe(15.0015, 1e-12);
        (curve.High![2] - curve.Y[2]).ShouldBe(0.001 * Math.Sqrt(5.0 / 3), 1e-12);
    }

    [Fact]
    public void Laws_are_drawn_over_x_or_for_each_run_and_their_factor_is_fitted()
    {
        var runs = Sweep();
        Curve[] Laws(string law, string y = "loss") =>
            [.. Plot.Of(new PlotConfig { X = "epoch", Y = [y], Color = "init.scale", Band = ["seed"], Laws = [law], Log = "y" },
                runs).Panels.Single().Curves.Where(static c => c.IsLaw)];
        var one = Laws("1/epoch").ShouldHaveSingleItem();
        one.Name.ShouldBe("1/epoch");
        one.X.Zip(one.Y).ShouldAllBe(static p => Math.Abs(p.Second + Math.Log10(p.First)) < 1e-12);
        var each = Laws("init.scale/epoch");
        each.Length.ShouldBe(3);
        each[0].Y[4].ShouldBe(Math.Log10(0.1 / 5), 1e-12);
        each[0].Name.ShouldBe("init.scale/epoch: init.scale = 0.1");
        // In x alone each colour has its own factor: its scale.
        Laws("c/epoch").Select(static c => c.Name).ShouldBe(["c/epoch, c = 0.1: init.scale = 0.1", "c/epoch, c = 1: init.scale = 1",
            "c/epoch, c = 10: init.scale = 10"]);
        Laws("c*init.scale/epoch")[0].Name.ShouldStartWith("c*init.scale/epoch, c = 1");
        Should.Throw<ConfigException>(() => Laws("c+epoch")).Message.ShouldContain("proportional");
        Should.Throw<ConfigException>(() => Laws("init.scal/epoch")).Message.ShouldContain("nearest: init.scale");
    }

    [Fact]
    public void Times_beyond_doubles_are_drawn_by_their_exponents()
    {
        MadeRuns.Add(_folder.Path, "flow", MadeRuns.Id(0), [("name", "flow")], ["t", "log10_t", "direction_error"],
            [.. ((double[])[double.NegativeInfinity, 1, 100, 500, 1000])
                .Select(static u => (double[])[Math.Pow(10, u), u, double.IsFinite(u) ? 2 / (u * Math.Log(10)) : 1])]);
        var picture = Plot.Of(new PlotConfig { X = "t", Y = ["direction_error"], Laws = ["c/log(t)"] }, Records());
        picture.Chart.Panels[0].X.Scale.ShouldBe(Scale.Exponent);
        picture.Panels[0].Curves[0].X.ShouldBe([1, 100, 500, 1000]);
        picture.Panels[0].Curves[1].Name.ShouldBe("c/log(t), c = 2");
        picture.Panels[0].Curves[1].Y[^1].ShouldBe(2 / (1000 * Math.Log(10)), 1e-12);
        picture.Notes.ShouldContain(static n =>
            n.Contains("1 of 5 observations have no place on a logarithmic axis", StringComparison.Ordinal));
        picture.Columns.X.ShouldBe("log10_t");
    }

    [Fact]
    public void What_is_missing_is_said()
    {
        var runs = Sweep();
        ConfigException Error(PlotConfig config) => Should.Throw<ConfigException>(() => Plot.Of(config, runs));
        Error(new PlotConfig { Y = ["margin_mim"] }).Message.ShouldBe("--y: 'margin_mim' is neither a column of these runs' metrics.csv "
            + "nor a key of their configs; nearest: margin_min");
        Error(new PlotConfig { Y = ["margin_min"], Color = "init.scal" }).Message.ShouldContain("nearest: init.scale");
        Error(new PlotConfig { Y = ["margin_min"], Color = "margin_min" }).Message.ShouldContain("these runs differ in seed, init.scale");
        Error(new PlotConfig { Y = ["margin_min"], Where = ["init.scale <"] }).Message.ShouldContain("--where");
        Error(new PlotConfig { Y = ["margin_min"], Where = ["init.scale > 100"] }).Message.ShouldContain("no run satisfies");
        Error(new PlotConfig()).Message.ShouldContain("--y is missing");
        Error(new PlotConfig { X = "loss.name", Y = ["margin_min"] }).Message.ShouldContain("is 'square' in run");
        Error(new PlotConfig { Kind = PlotKind.Ridge }).Message.ShouldContain("none of the arrays margins");
        Error(new PlotConfig
        {
            X = "margin_min",
            Y = ["loss"],
            Band = ["seed"],
            Kind =
            PlotKind.Points
        }).Message.ShouldContain("--band has no meaning");

        MadeRuns.Add(_folder.Path, "sweep", MadeRuns.Id(100), [("name", "sweep"), ("seed", "9"), ("init.scale", "1")],
            ["epoch", "train_error"], [[1, 0.5]], status: null);
        MadeRuns.Add(_folder.Path, "sweep", MadeRuns.Id(101), [("name", "sweep"), ("seed", "10"), ("init.scale", "1")],
            ["epoch", "margin_min"], [[1, double.NaN], [2, double.PositiveInfinity], [3, 4]]);
        MadeRuns.Add(_folder.Path, "sweep", MadeRuns.Id(102), [("name", "sweep"), ("seed", "11"), ("init.scale", "1")],
            ["epoch", "margin_min"], [], status: null);
        var notes = Plot.Of(new PlotConfig { X = "epoch", Y = ["margin_min"], Color = "init.scale", Band = ["seed"] }, Records()).Notes;
        notes.ShouldContain($"1 of 14 runs have no margin_min over epoch and are not drawn: {MadeRuns.Id(100)}");
        notes.ShouldContain($"1 of 15 runs have observed nothing and are not drawn: {MadeRuns.Id(102)}");
        notes.ShouldContain("margin_min is nan, not measured, at 1 of 64 observations");
        notes.ShouldContain("1 of 64 observations are infinite and left out");
        notes.ShouldContain(static n => n.Contains("are unfinished", StringComparison.Ordinal));
    }

    [Fact]
    public void Arrays_are_drawn_sorted_as_spectra_histograms_and_ridges()
    {
        var random = new Random();
        double[][] margins =
            [.. Enumerable.Range(0, 3).Select(_ => Enumerable.Range(0, 200).Select(_ => random.NextDouble() - 0.3).ToArray())];
        var folder = MadeRuns.Add(_folder.Path, "one", MadeRuns.Id(0), [("name", "one")], ["epoch", "loss"], [[0, 1], [1, 1], [2, 1]]);
        using (var npy = Npy.Append(folder.File("arrays/margins.npy"), 200, 0))
            foreach (var row in margins) npy.Add(row);
        PlotPicture Of(PlotKind kind) =>
            Plot.Of(new PlotConfig { Kind = kind, Y = kind == PlotKind.Spectrum ? ["margins"] : [] }, Records());
        var sorted = Of(PlotKind.Sorted).Panels.Single().Curves;
        sorted.Select(static c => c.Name).ShouldBe(["epoch 0", "epoch 1", "epoch 2"]);
        sorted[2].Y.ShouldBe(margins[2].Order());
        sorted[0].X[0].ShouldBe(0.0025);
        Of(PlotKind.Spectrum).Panels.Single().Curves[1].Y.ShouldBe(margins[1].OrderDescending());
        var histogram = Of(PlotKind.Histogram).Panels.Single().Curves.Single();
        histogram.Y[..^1].Sum().ShouldBe(1, 1e-12);
        var bin = random.Next(histogram.X.Length - 2);
        (200 * histogram.Y[bin]).ShouldBe(margins[2].Count(m => m >= histogram.X[bin] && m < histogram.X[bin + 1]), 1e-9);
        var ridge = Of(PlotKind.Ridge);
        ridge.Chart.Panels.Single().Series.Count.ShouldBe(3);
        ridge.Chart.Panels[0].Y.Labels!.Select(static l => l.Text).ShouldBe(["epoch 0", "epoch 1", "epoch 2"]);
        ridge.Panels.Single().Curves.ShouldAllBe(static c => Math.Abs(c.Y.Sum() - 1) < 1e-12);
    }

    [Fact]
    public void A_heat_map_has_a_cell_for_each_pair_and_points_one_for_each_observation()
    {
        var runs = Sweep();
        var cells = Plot.Of(new PlotConfig { Kind = PlotKind.Heat, X = "epoch", Y = ["init.scale"], Color = "margin_min" },
            runs).Chart.Panels.Single().Cells!;
        cells.X.ShouldBe(["1", "2", "3", "4", "5"]);
        cells.Y.ShouldBe(["0.1", "1", "10"]);
        cells.Values[2][4].ShouldBe(15.0015, 1e-12);
        var points = Plot.Of(new PlotConfig { Kind = PlotKind.Points, X = "loss", Y = ["margin_min"], Color = "epoch" }, runs);
        points.Panels.Single().Curves.Sum(static c => c.X.Length).ShouldBe(60);
        points.Chart.Panels.Single().Series.ShouldAllBe(static s => s.Mark == SeriesMark.Points && s.Tone != null);
    }
}
