using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Experiments;
using Rhoflow.Numerics;
using Rhoflow.Papers.Catalog;
using Rhoflow.Papers.SetUps;
using Rhoflow.Papers.SquareLoss;
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

    // Σyf/Σf² from loss and mean margin, against the measure of the equilibrium family where it was taken.
    [Fact]
    public void The_ratio_of_figure_4_is_the_measured_one()
    {
        double[] y = [1, -1, 1, 1], f = [.2, -.3, -.1, .4];
        const double rho = 2.5;
        var loss = y.Zip(f, (a, b) => Math.Pow(rho * b - a, 2)).Average();
        var columns = new Dictionary<string, double[]>
        {
            ["rho"] = [rho],
            ["margin_mean"] = [Vectors.Dot(y, f) / 4],
            ["log10_loss"] = [Math.Log10(loss)]
        };
        new NormSweep.Training(c => columns[c], null).Ratio()[0].ShouldBe(Vectors.Dot(y, f) / Vectors.Dot(f, f), 1e-12);
    }

    [Fact]
    public void Histograms_of_absolute_outputs_fold_both_signs()
    {
        double[] margins = [-.55, .55, .52, 1.25, -1.25, 3.05, -.05];
        var unit = margins.Average(Math.Abs);
        var folded = OutputHistogram.Absolute(Rhoflow.Measures.Margins.MarginHistogram.Shares(margins));
        var expected = new double[folded.Length];
        foreach (var m in margins) expected[(int)(Math.Abs(m) / unit / .1)] += 1.0 / margins.Length;
        for (var i = 0; i < folded.Length; i++) folded[i].ShouldBe(expected[i], 1e-12, $"bin {i}");
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
        NormSettings.Final(new NormSweep.Training(c => columns[c], null)).ShouldBe(4, 1e-12);
    }

    [Theory]
    [InlineData("01", 3)]
    [InlineData("06", 3)]
    [InlineData("10", 3)]
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
