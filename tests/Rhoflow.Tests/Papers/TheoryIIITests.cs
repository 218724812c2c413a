using System.Text.Json.Nodes;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.Catalog;
using Rhoflow.Papers.TheoryIII;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>
/// Theory III: claims b01 to b12 give the verdicts and numbers of the reference computation (Python, made independently), figures show law
/// beside measurement.
/// </summary>
public sealed class TheoryIIITests
{
    // One store for the class: the trajectories are integrated once, as in `reproduce`.
    private static readonly StudyContext Context = new();

    private static readonly SharedResults<string, ClaimOutcome> Outcomes =
        new((context, id) => PapersCatalog.Claims.Single(c => c.Id == id).Check(context));

    [Theory]
    [InlineData("b01-structural-lemma", Verdict.Holds)]
    [InlineData("b02-layers-grow-alike", Verdict.Holds)]
    [InlineData("b02-rate-grows-monotonically", Verdict.Holds)]
    [InlineData("b03-equal-layers-stay-equal", Verdict.Care)]
    [InlineData("b04-one-layer-grows-like-log-t", Verdict.Holds)]
    [InlineData("b05-deeper-products-grow-faster", Verdict.Care)]
    [InlineData("b06-two-layer-product", Verdict.Holds)]
    [InlineData("b07-gradient-descent-rate", Verdict.Holds)]
    [InlineData("b08-weight-normalization-rate", Verdict.Holds)]
    [InlineData("b09-weight-normalization-is-faster", Verdict.Care)]
    [InlineData("b10-error-equation", Verdict.Holds)]
    [InlineData("b11-same-direction-at-any-time", Verdict.Care)]
    [InlineData("b12-rho-schedules", Verdict.Holds)]
    public void Claims_give_the_reference_verdict_and_all_that_is_said_instead_is_true(string id, Verdict verdict)
    {
        var outcome = Outcome(id);
        outcome.Verdict.ShouldBe(verdict, outcome.Why);
        outcome.Checks.Where(c => c.Role is CheckRole.Amended or CheckRole.Premise && c.Passed != true).ShouldAllBe(c => c.Passed == true);
        outcome.Why.ShouldNotBeNullOrWhiteSpace();
        outcome.Why.ShouldNotContain("{{");
    }

    [Fact]
    public void Products_of_norms_agree_with_the_reference()
    {
        var deep = Outcome("b05-deeper-products-grow-faster");
        Numbers(deep, "log R/log t at t = 1e100, 1e1000, 1e10000, K = 2").ShouldBe([1.02673, 1.003665, 1.000466], 1e-5);
        Numbers(deep, "log R/log t at t = 1e100, 1e1000, 1e10000, K = 5").ShouldBe([1.04506, 1.00608, 1.00077], 1e-5);
        Numbers(deep, "ρ_k at t = 1e100 for K = 1, 2, 3, 5, 10")[..4].ShouldBe([230.3, 15.38, 6.203, 2.994], .05);
        var two = Outcome("b06-two-layer-product");
        Number(two, "product at t = 1000, K = 2").ShouldBe(9.75103, 1e-5);
        Number(two, "product at t = 1000, K = 3").ShouldBe(11.06215, 1e-5);
    }

    [Fact]
    public void Direction_errors_agree_with_the_reference()
    {
        var gd = Outcome("b07-gradient-descent-rate");
        Number(gd, "error · log t at t = 1e100, two weights").ShouldBe(1.0265, 1e-4);
        Number(gd, "error · log t at t = 1e100, Iris").ShouldBe(2.0157, 1e-4);
        Numbers(gd, "error · log t, Iris, t = 1e1, 1e2, 1e4, 1e8, 1e16, 1e50, 1e100, 1e300")[0].ShouldBe(.54, .005);
        Number(gd, "margin on Iris at t = 1e100").ShouldBe(.742622, 5e-6);
        var wn = Outcome("b09-weight-normalization-is-faster");
        Numbers(wn, "error of weight normalization, Iris, t = 1e1, 1e2, 1e4, 1e8, 1e16, 1e50, 1e100")
            .ShouldBe([.2256, .1925, .1255, .0599, .0293, .01041, .00539], .0013);
        Number(wn, "error · ρ at t = 1e100, Iris, weight normalization").ShouldBe(1.6738, 1e-4);
        Numbers(wn, "error · log t at t = 1e100, Iris: gradient descent, weight normalization").ShouldBe([2.016, 1.242], .001);
        var one = Outcome("b08-weight-normalization-rate");
        Numbers(one, "log sin θ at t = 1e1, 1e2, 1e4, 1e8, 1e16, γ = 1")[2].ShouldBe(-42.4, .3);
    }

    // Weight normalization in the plane as one equation for the angle φ from the limit, dφ/dρ = ρ Σ p_n z_n·v^⊥ / Σ p_n z_n·v with
    // dt = dρ / Σ p_n z_n·v, by Runge and Kutta's steps in ρ.
    [Fact]
    public void B09_power_of_one_support_vector_among_three_in_polar_coordinates()
    {
        double[] start = OneOfThree.WeightNormalization.Start, limit = OneOfThree.Svm.Direction.ToArray(), z = OneOfThree.Data.Signed();
        (double Turn, double Growth) Rates(double rho, double phi)
        {
            double[] v = [Math.Cos(phi) * limit[0] - Math.Sin(phi) * limit[1], Math.Cos(phi) * limit[1] + Math.Sin(phi) * limit[0]];
            double turn = 0, growth = 0;
            for (var n = 0; n < z.Length; n += 2)
            {
                var q = z[n] * v[0] + z[n + 1] * v[1];
                var p = Math.Exp(-rho * q);
                turn += rho * p * (z[n + 1] * v[0] - z[n] * v[1]);
                growth += p * q;
            }
            return (turn / growth, growth);
        }
        const double step = 1e-3;
        double radius = Math.Sqrt(start[0] * start[0] + start[1] * start[1]), time = 0;
        var angle = Math.Atan2(start[1] * limit[0] - start[0] * limit[1], start[0] * limit[0] + start[1] * limit[1]);
        var errors = new List<double>();
        foreach (var end in (double[])[1e4, 1e8])
        {
            while (true)
            {
                var a = Rates(radius, angle);
                var b = Rates(radius + step / 2, angle + step / 2 * a.Turn);
                var c = Rates(radius + step / 2, angle + step / 2 * b.Turn);
                var d = Rates(radius + step, angle + step * c.Turn);
                var passed = step / 6 * (1 / a.Growth + 2 / b.Growth + 2 / c.Growth + 1 / d.Growth);
                if (time + passed > end) break;
                time += passed;
                angle += step / 6 * (a.Turn + 2 * b.Turn + 2 * c.Turn + d.Turn);
                radius += step;
            }
            errors.Add(2 * Math.Sin(Math.Abs(angle) / 2));
        }
        Number(Outcome("b09-weight-normalization-is-faster"), "one of three: exponent of 1/t in the error, t = 1e4 to 1e8")
            .ShouldBe(-Math.Log10(errors[1] / errors[0]) / 4, 5e-4);
    }

    [Fact]
    public void Schedules_agree_with_the_reference()
    {
        var outcome = Outcome("b12-rho-schedules");
        Numbers(outcome, "error at t = 1e2, 1e4, 1e8, ρ = log-t").ShouldBe([.238, .178, .088], 5e-4);
        Numbers(outcome, "error at t = 1e2, 1e4, 1e8, ρ = log-log-t").ShouldBe([.240, .245, .246], 5e-4);
        Numbers(outcome, "error at t = 1e2, 1e4, 1e8, ρ = inverse-log-t").ShouldBe([.315, .494, .751], 5e-4);
        Number(outcome, "margin with ρ = 1/log t at t = 1e8").ShouldBe(-3.79, .005);
        Number(outcome, "error of the mean direction").ShouldBe(1.0523, 5e-5);
    }

    [Theory]
    [InlineData("theory-iii/figure-02", 4)]
    [InlineData("theory-iii/figure-03", 5)]
    [InlineData("theory-iii/figure-04", 6)]
    [InlineData("theory-iii/figure-05", 6)]
    [InlineData("theory-iii/figure-06", 3)]
    [InlineData("theory-iii/figure-07", 6)]
    [InlineData("theory-iiib/figure-07", 5)]
    public void Figures_draw_laws_beside_measurements_with_titles_and_axes(string id, int panels)
    {
        var figure = PapersCatalog.Figures.Single(f => f.Id == id);
        var chart = figure.Build(Context);
        chart.Panels.Count.ShouldBe(panels);
        var marks = chart.Panels.SelectMany(p => p.Series).ToList();
        marks.ShouldContain(s => s.Mark == SeriesMark.Predicted);
        marks.ShouldContain(s => s.Mark == SeriesMark.Line);
        foreach (var panel in chart.Panels)
        {
            panel.Title.ShouldNotBeNullOrWhiteSpace();
            panel.X.Title.ShouldNotBeNullOrWhiteSpace();
            panel.Y.Title.ShouldNotBeNullOrWhiteSpace();
            panel.Series.ShouldAllBe(s => s.Y.Any(y => double.IsFinite(y) && (panel.Y.Scale != Scale.Log || y > 0)), panel.Title);
        }
        chart.Specification().ToJsonString().ShouldContain("vega-lite");
        figure.Caption.ShouldNotBeNullOrWhiteSpace();
    }

    [Theory]
    [InlineData("02")]
    [InlineData("03")]
    [InlineData("04")]
    [InlineData("05")]
    [InlineData("06")]
    [InlineData("06-start")]
    [InlineData("07")]
    public void Configs_of_the_figures_pass_the_strict_reader(string number)
    {
        using var stream = typeof(PapersCatalog).Assembly.GetManifestResourceStream($"theory-iii/figure-{number}.yaml").ShouldNotBeNull();
        using var reader = new StreamReader(stream);
        var experiment = Experiment.Read(ConfigSource.Parse(reader.ReadToEnd()));
        experiment.Name.ShouldBe($"theory-iii-figure-{number}");
        Experiment.Read(ConfigSource.Parse(experiment.ToYaml())).ToYaml().ShouldBe(experiment.ToYaml());
    }

    [Fact]
    public void Figure_2_shows_the_reference_weights_and_the_overlap()
    {
        var chart = PapersCatalog.Figures.Single(f => f.Id == "theory-iii/figure-02").Build(Context);
        var weights = chart.Panels[0].Series;
        double At(string name, double t) =>
            weights.Single(s => s.Name == name) is var s ? s.Y[Enumerable.Range(0, s.X.Count).First(i => s.X[i] == t)] : 0;
        (double T, double[] Gd, double[] Wn)[] reference =
            [(1, [.93883, .72587], [1.00989, .37761]), (5, [1.70287, 1.63874], [1.61366, 1.68906]),
                (10, [2.09245, 2.08042], [1.99958, 2.14732])];
        foreach (var (t, gd, wn) in reference)
        {
            At("w₁, reparametrized (ρ, v)", t).ShouldBe(gd[0], 5e-6);
            At("w₂, reparametrized (ρ, v)", t).ShouldBe(gd[1], 5e-6);
            At("w₁, weight normalization", t).ShouldBe(wn[0], 5e-6);
            At("w₂, weight normalization", t).ShouldBe(wn[1], 5e-6);
        }
        var distance = chart.Panels[3].Series;
        distance.Single(s => s.Name.StartsWith("reparametrized", StringComparison.Ordinal)).Y.Max().ShouldBeLessThan(1e-10);
        distance.Single(s => s.Name.StartsWith("weight", StringComparison.Ordinal)).Y[5].ShouldBeGreaterThan(.01);
    }

    [Fact]
    public void Figure_6_oscillates_in_single_precision_only()
    {
        var last = PapersCatalog.Figures.Single(f => f.Id == "theory-iii/figure-06").Build(Context).Panels[1].Series;
        int Turns(Series s) => Enumerable.Range(1, s.Y.Count - 2)
            .Count(i => (s.Y[i + 1] - s.Y[i]) * (s.Y[i] - s.Y[i - 1]) < 0 && Math.Abs(s.Y[i + 1] - s.Y[i]) > 1e-3 * s.Y[i]);
        Turns(last.Single(s => s.Name.Contains("single"))).ShouldBeGreaterThan(300);
        var fine = last.Single(s => s.Name.Contains("double"));
        Turns(fine).ShouldBe(0);
        var flow = last.Single(s => s.Mark == SeriesMark.Predicted);
        (fine.Y[0] / flow.Y[0]).ShouldBe(1, 1e-3);
    }

    private static ClaimOutcome Outcome(string id) => Outcomes.Of(Context, id);

    private static JsonNode Value(ClaimOutcome outcome, string name) =>
        outcome.Measured.Single(m => m.Name == name).Value.ShouldNotBeNull();

    private static double Number(ClaimOutcome outcome, string name) => Value(outcome, name).GetValue<double>();

    private static double[] Numbers(ClaimOutcome outcome, string name) =>
        [.. Value(outcome, name).AsArray().Select(v => v!.GetValue<double>())];
}
