using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Experiments;
using Rhoflow.Numerics;
using Rhoflow.Papers.Catalog;
using Rhoflow.Papers.SetUps;
using Rhoflow.Papers.SquareLoss;
using Rhoflow.Tests.Lab;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>Memo 112: its claims on norms come to their verdicts, and their numbers a second way.</summary>
public sealed class SquareLossTests
{
    [Theory]
    [InlineData("b36-small-start-small-norm", Verdict.Holds)]
    [InlineData("b37-transient-longer-for-small-starts", Verdict.Holds)]
    public void A_claim_comes_to_its_verdict(string id, Verdict expected)
    {
        var outcome = Outcomes.Of(id);
        outcome.Verdict.ShouldBe(expected, outcome.Why);
        outcome.Checks.ShouldAllBe(c => (c.Role != CheckRole.Premise && c.Role != CheckRole.Amended) || c.Passed == true);
    }

    // The first reading's half-times; for two layers the equation is the logistic one: T = ln(ρ_half (b − cρ₀)/(ρ₀ (b − cρ_half)))/(4b).
    [Fact]
    public void B37_half_times()
    {
        (int Layers, double Small, double Large)[] expected = [(2, 4.5, .93), (3, 62, .89), (4, 312, .82), (6, 1563, .68), (10, 4929, .49)];
        foreach (var (layers, small, large) in expected)
        {
            (TransientLongerForSmallStarts.HalfTime(layers, 1e-6) / small).ShouldBe(1, .012);
            TransientLongerForSmallStarts.HalfTime(layers, .1).ShouldBe(large, .006);
        }
        const double b = .8, c = .39;
        foreach (var rho in new[] { 1e-6, 1e-3, .2 })
            TransientLongerForSmallStarts.HalfTime(2, rho).ShouldBe(Math.Log(b / (2 * c) * (b - c * rho) / (rho * b / 2)) / (4 * b), 1e-12);
    }

    // Midpoint steps of SQ eq. 28 itself, at constant means.
    [Fact]
    public void Figure_11_solves_equation_28()
    {
        const double c = .01, f = 3e-4;
        double[] t = [0, .5, 2, 6];
        var law = PlainNorm.Along(t, 16, [c, c, c, c], [f, f, f, f]);
        double rho = 16, now = 0;
        for (var i = 1; i < t.Length; i++)
        {
            const int Steps = 20_000;
            var h = (t[i] - now) / Steps;
            double Rate(double p) => 8 * Math.Pow(p, 1.5) * (c - p * f);
            for (var s = 0; s < Steps; s++) rho += h * Rate(rho + h / 2 * Rate(rho));
            now = t[i];
            law[i].ShouldBe(rho, 2e-3 * rho);
        }
    }

    // SQ eq. 5 along f(t), and the model's own ρ; at rest ρ is ρ_eq, and the distance to both is of the order of the steps.
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void The_model_follows_its_norm_equation_and_rests_at_the_equilibrium(int seed)
    {
        var (risk, theta) = BatchNormModel.Small(seed);
        var path = BatchNormModel.Steps(risk, .2, 1, theta, .001, 20_000, 20);
        var law = BatchNormModel.NormAlong(path);
        path.Zip(law, (m, r) => Math.Abs(m.Rho - r)).Max().ShouldBeLessThan(.01);
        path[^1].Rho.ShouldBe(path[^1].Equilibrium, .01 * path[^1].Rho);
        Math.Abs(path[^1].Rho - path[0].Rho).ShouldBeGreaterThan(.5);
        var scaled = BatchNormModel.ScaledSteps(risk, .2, 1, theta, .01, 4000);
        var near = path.MinBy(m => Math.Abs(m.T - scaled[^20].T))!;
        near.Rho.ShouldBe(scaled[^20].Rho, .03 * near.Rho);
        var energy = path[^1].Outputs.Sum(v => v * v);
        path[^1].Energy.ShouldBe(energy, 1e-12 * energy);
    }

    // By the definitions, from outputs of a network and the norms of its layers.
    [Theory]
    [InlineData(0)]
    [InlineData(null)]
    public void Both_definitions_of_the_norm_come_from_one_table(int? seed)
    {
        var random = new Random(seed ?? Random.Shared.Next());
        double[] y = [.. Enumerable.Range(0, 9).Select(_ => random.Next(2) * 2.0 - 1)], g =
            [.. y.Select(v => v * (1 + random.NextDouble()) - .3)], norms = [.. y[..4].Select(_ => .5 + 2 * random.NextDouble())];
        double rho = norms.Aggregate(1.0, static (a, b) => a * b), lambda = random.NextDouble();
        var loss = y.Zip(g, static (a, b) => (b - a) * (b - a)).Average();
        var columns = new Dictionary<string, double[]>
        {
            ["rho"] = [rho],
            ["rho_4"] = [norms[3]],
            ["margin_mean"] = [Vectors.Dot(y, g) / rho / 9],
            ["log10_loss"] = [Math.Log10(loss)],
            ["rho_equilibrium_undecayed"] = [Vectors.Dot(y, g) * rho / Vectors.Dot(g, g)],
        };
        var run = new NormTraining(c => columns[c]);
        // Without the measure of the equilibrium family the ratio comes from loss and mean margin.
        var without = run with { Has = static c => c != "rho_equilibrium_undecayed" };
        without.Ratio[0].ShouldBe(run.Ratio[0], 1e-10 * run.Ratio[0]);
        run.Quotient[0].ShouldBe(Vectors.Dot(y, g) / Vectors.Dot(g, g), 1e-12);
        run.Below[0].ShouldBe(norms[0] * norms[1] * norms[2], 1e-12 * rho);
        double[] f = [.. g.Select(v => v / norms[3])];
        run.LastEquilibrium(lambda)[0].ShouldBe(Vectors.Dot(y, f) / (9 * lambda + Vectors.Dot(f, f)), 1e-10);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(null)]
    public void A_map_counts_the_examples_of_every_bin(int? seed)
    {
        var random = new Random(seed ?? Random.Shared.Next());
        double[] margins = [.. Enumerable.Range(0, 200_001).Select(_ => random.NextDouble() * 3 - 1).Order()];
        var edges = OutputMap.Edges(.01, 10);
        var shares = OutputMap.Shares(margins, edges);
        shares.Sum().ShouldBe(1, 1e-12);
        for (var b = 0; b < shares.Length; b++)
        {
            double low = b == 0 ? 0 : edges[b], high = b == shares.Length - 1 ? double.PositiveInfinity : edges[b + 1];
            shares[b].ShouldBe(margins.Count(m => Math.Abs(m) >= low && Math.Abs(m) < high) / 200_001.0, 2e-5, $"bin {b}");
        }
        // As many quantiles as kept tables have.
        double[] kept = [.. Enumerable.Range(0, NormTraining.Quantiles).Select(i => margins[i * 200_000 / (NormTraining.Quantiles - 1)])];
        OutputMap.Shares(kept, edges).Zip(shares, static (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(.02);
    }

    [Fact]
    public void A_zoom_shows_the_panel_before_as_a_rectangle_and_bands_go_over_the_seeds()
    {
        double[] steps = [0, 79, 158, 316, 790, 1580, 7900, 79_000];
        NormTraining Run(double factor) => new(c => c switch
        {
            "step" => steps,
            "epoch" => [.. steps.Select(static s => s / 79)],
            _ => [.. steps.Select(s => factor * (1 + s))],
        });
        var group = new NormGroup("a set", [new NormSweep.Start("0.1", [Run(1), Run(2), Run(4)])]);
        group.Title.ShouldBe("a set, 1,000 epochs, 3 seeds");
        var panels = NormZoom.Rows(group, "ρ", static r => r["rho"]).ToArray();
        panels.Length.ShouldBe(3);
        panels.Select(static p => p.X.Max).ShouldBe([790, 7900, 79_000]);
        for (var i = 1; i < 3; i++)
        {
            var rectangle = panels[i].Series.Single(static s => s.Mark == Rhoflow.Lab.Figures.SeriesMark.Predicted);
            rectangle.X.Max().ShouldBe(panels[i - 1].X.Max!.Value);
            (rectangle.Y.Min(), rectangle.Y.Max()).ShouldBe((panels[i - 1].Y.Min!.Value, panels[i - 1].Y.Max!.Value));
        }
        var line = panels[2].Series[0];
        (line.Low![^1], line.Y[^1], line.High![^1]).ShouldBe((79_001.0, 158_002.0, 316_004.0));
    }

    [Fact]
    public void Runs_that_diverged_are_named_and_not_averaged()
    {
        static NormTraining Run(double epochs) => new(c => c == "epoch" ? [0, epochs] : [1, 1]);
        var starts = new[] { ("5", 1000), ("15", 3), ("30", 0.05) }.Select(static s => NormSweep.Apart(new(s.Item1,
            [Run(s.Item2), Run(s.Item1 == "30" ? 2 : 1000)])));
        var group = NormGroup.Of("a set", [.. starts]);
        group.Starts.Select(static s => s.Norm).ShouldBe(["5", "15"]);
        group.Starts[1].Runs.Count.ShouldBe(1);
        group.Title.ShouldBe("a set, 1,000 epochs, 1 to 2 seeds; 1 from norm 15 diverged; from norm 30 diverged");
    }

    [Fact]
    public void What_is_kept_of_a_run_is_read_back_with_six_digits()
    {
        var random = new Random(Random.Shared.Next());
        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - .3)];
        var columns = new Dictionary<string, double[]>();
        double[] Column(string name) => columns.TryGetValue(name, out var known) ? known : columns[name] = Draw(3);
        double[] margins = [.. Draw(1000).Order()];
        columns["log10_loss"] = [0, double.NaN, double.NegativeInfinity];
        var run = new NormTraining(Column)
        {
            Has = static c => !c.StartsWith("whole_set_rho_", StringComparison.Ordinal),
            Margins = _ => margins,
            FinalMargins = s => s.Length == 0 ? margins : null,
        };
        (string[] Columns, IReadOnlyList<double[]> Rows) Read(string text) => Rhoflow.Lab.Runs.MetricsFile.Read(
            new MemoryStream(System.Text.Encoding.ASCII.GetBytes(text)), "kept");
        var (names, rows) = Read(KeptNorms.Observations(run, withMargins: true).ToString());
        rows.Count.ShouldBe(3);
        names.ShouldNotContain("whole_set_rho_1");
        rows.Select(r => r[Array.IndexOf(names, "log10_loss")]).ShouldBe([0, double.NaN, double.NegativeInfinity]);
        foreach (var name in (string[])["step", "rho_raw_4", "whole_set_margin_mean"])
            for (var i = 0; i < 3; i++) rows[i][Array.IndexOf(names, name)].ShouldBe(columns[name][i], 1e-5 * Math.Abs(columns[name][i]));
        rows[1][Array.IndexOf(names, "m1")].ShouldBe(margins[0], 1e-5);
        rows[1][Array.IndexOf(names, $"m{NormTraining.Quantiles}")].ShouldBe(margins[^1], 1e-5);
        rows[1][Array.IndexOf(names, "m17")].ShouldBe((margins[499] + margins[500]) / 2, 1e-5);
        var (ends, shares) = Read(KeptNorms.Margins(run).ToString());
        ends.ShouldBe(["share", "margin"]);
        shares.Count.ShouldBe(NormTraining.FinalQuantiles);
        shares[50][0].ShouldBe(.5);
        shares[100][1].ShouldBe(margins[^1], 1e-5);
    }

    [Fact]
    public void A_table_of_seeds_is_read_back_seed_by_seed_and_lies_beside_the_report()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(Random.Shared.Next());
        var runs = Enumerable.Range(0, 3).Select(_ => new Drawn(new()
        {
            ["epoch"] = [0, 1],
            ["test_error"] = [random.NextDouble(), double.PositiveInfinity],
            ["other"] = [1, 2],
        })).ToArray();
        KeptTable.OfSeeds(runs, ["epoch", "test_error"])
            .Write(new StudyContext(full: true, runs: Path.Combine(folder.Path, "report", "runs")), "square-loss/any", "name");
        using var stream = File.OpenRead(Path.Combine(folder.Path, "report", "kept", "square-loss", "any", "name.csv"));
        var (names, rows) = Rhoflow.Lab.Runs.MetricsFile.Read(stream, "kept");
        names.ShouldBe(["seed", "epoch", "test_error"]);
        rows.Select(static r => r[0]).ShouldBe([0, 0, 1, 1, 2, 2]);
        rows[4][2].ShouldBe(runs[2]["test_error"][0], 1e-5);
        rows[5][2].ShouldBe(double.PositiveInfinity);
    }

    private sealed record Drawn(Dictionary<string, double[]> Columns) : IObservations
    {
        public double[] this[string column] => Columns[column];

        public double Last(string column) => this[column][^1];
    }

    // A minibatch that is the whole set, again and again, is no minibatch.
    [Fact]
    public void Minibatches_of_everything_are_the_model_itself()
    {
        var (risk, theta) = BatchNormModel.Small(1);
        var whole = BatchNormModel.Steps(risk, .2, 1, theta, .002, 500, 100);
        var parts = BatchNormModel.Steps(risk, .2, 1, theta, .002, 500, 100, [risk, risk.Copy(), risk.Copy()]);
        parts.Select(static m => m.Rho).ShouldBe(whole.Select(static m => m.Rho));
    }

    // What goes into the ReLUs of the folded network has variance 1, as after batch normalization; ρ_1 = 1 and ρ = ‖W_2‖ = 1.
    [Fact]
    public void B62_folding_gives_the_model_the_scale_of_the_network()
    {
        var experiment = MeasuredRun.Experiments("square-loss/model-and-network", "seed=2")[0];
        var (risk, theta, rho) = ModelAndNetworkPart.Folded(experiment);
        rho.ShouldBe(1, 1e-9);
        var flow = new Rhoflow.Flows.BatchNormWeightDecayFlow(risk, 0, rho);
        var v = flow.Start(theta)[1..];
        int inputs = risk.Data.Inputs, units = risk.Network.Layers[0].Rows;
        for (var i = 0; i < units; i++)
        {
            double[] activity = [.. Enumerable.Range(0, risk.Data.Count)
                .Select(n => Vectors.Dot(v.AsSpan(i * inputs, inputs), risk.Data.Example(n)))];
            var mean = activity.Average();
            activity.Average(a => (a - mean) * (a - mean)).ShouldBe(1, 1e-9);
        }
    }

    [Fact]
    public void Final_norms_are_geometric_means_of_the_second_half()
    {
        var columns = new Dictionary<string, double[]> { ["epoch"] = [0, 1, 4, 5, 10], ["rho"] = [7, 7, 7, 2, 8] };
        NormSettings.Final(new NormTraining(c => columns[c])).ShouldBe(4, 1e-12);
    }

    [Theory]
    [InlineData("01", 18)]
    [InlineData("06", 18)]
    [InlineData("10", 18)]
    public void Full_size_of_a_figure_is_announced(string number, int runs)
    {
        var experiments = PapersCatalog.Figures.Single(f => f.Id == $"square-loss/figure-{number}").FullRuns!();
        experiments.Count.ShouldBe(runs);
        experiments.Select(static e => e.Data!.Set).ShouldAllBe(static set => set == "cifar10");
        experiments.Select(static e => ((DescentExperiment)e).Descent.Epochs).ShouldAllBe(static epochs => epochs == 1000);
    }

    [Fact]
    public void B35_relative_spread_is_that_of_the_extremes() => BatchNormDecayForgetsTheStart.Relative([2, 3, 2.5]).ShouldBe(.5, 1e-15);
}
