using Rhoflow.Data;
using Rhoflow.Losses;
using Rhoflow.Measures;
using Rhoflow.Measures.Bounds;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Observations;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Bounds;

public sealed class BoundsMeasuresTests
{
    private static readonly Dataset Data = Problems.Separable(1, 20, 3, 0.5);

    [Fact]
    public void Columns_are_named_once_and_filled()
    {
        var (setting, input) = Observe(Network.Dense(3, 5, 1), 1, 1, Data);
        var names = BoundsMeasures.All.SelectMany(m => m.Columns(setting)).ToArray();
        names.ShouldBeUnique();
        foreach (var measure in BoundsMeasures.All)
        {
            measure.Refuse(setting).ShouldBeNull();
            measure.Values(input).Length.ShouldBe(measure.Columns(setting).Length);
        }
    }

    [Fact]
    public void What_layers_share_out_among_themselves_changes_nothing()
    {
        // Margins are positive: the labels are those that the network gives.
        var network = Network.Dense(3, Activation.LeakyReLU(0.1), 5, 4, 1);
        var (_, input) = Observe(network, 1, 1, Data, relabel: true);
        var before = Values(input);
        before.Values.ShouldAllBe(static v => double.IsFinite(v));
        var w = input.Snapshot.Weights();
        Vectors.Scale(8, network.Layers[0].Of(w), network.Layers[0].Of(w));
        Vectors.Scale(0.125, network.Layers[2].Of(w), network.Layers[2].Of(w));
        var shared = Values(At(network, w, input.Setting));
        foreach (var (name, value) in before) shared[name].ShouldBe(value, 1e-9, name);

        // Ten times the last layer: f, γ and all norms of W are ten times larger, ratios the same.
        Vectors.Scale(80, network.Layers[2].Of(w), network.Layers[2].Of(w));
        Vectors.Scale(0.125, network.Layers[0].Of(w), network.Layers[0].Of(w));
        var larger = Values(At(network, w, input.Setting));
        string[] growing = ["log10_path_l1", "log10_path_l2", "log10_rho_rademacher"];
        foreach (var (name, value) in before)
            if (name != "log10_fisher_rao") larger[name].ShouldBe(growing.Contains(name) ? value + 1 : value, 1e-9, name);
    }

    [Fact]
    public void They_stand_in_the_order_that_is_proved()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var v = Values(Observe(Network.Dense(3, Activation.LeakyReLU(0.1), 6, 5, 4, 1), seed, 1, Data, relabel: true).Input);
            v["log10_spectral_margin"].ShouldBeLessThanOrEqualTo(v["log10_frobenius_margin"] + 1e-12);
            v["log10_path_l2_margin"].ShouldBeLessThanOrEqualTo(v["log10_frobenius_margin"] + 1e-12);
            v["log10_golowich"].ShouldBeLessThan(v["log10_neyshabur"]);
            v["rademacher_network"].ShouldBeLessThan(v["rademacher_linear_bound"]);
            v["rademacher_linear"].ShouldBeLessThan(v["rademacher_linear_bound"] + 4 * v["rademacher_linear_error"]);
            foreach (var (name, value) in v)
                if (v.TryGetValue(name + "_q10", out var quantile)) quantile.ShouldBeLessThanOrEqualTo(value);
            (v["ramp_loss"] + v["ramp_complexity"] + v["ramp_confidence"]).ShouldBe(v["ramp_bound"], 1e-12);
            v["ramp_loss"].ShouldBeLessThanOrEqualTo(0.1 + 1e-12);
        }
    }

    [Fact]
    public void Before_the_data_are_separated_there_are_no_margins_to_divide_by()
    {
        var (_, input) = Observe(Network.Dense(3, 5, 1), 2, 1, Data);
        input.Snapshot.Margin.ShouldBeLessThan(0);
        var v = Values(input);
        v["log10_golowich"].ShouldBe(double.NaN);
        v["ramp_bound"].ShouldBe(double.NaN);
        v["log10_path_l1"].ShouldNotBe(double.NaN);
    }

    [Fact]
    public void Norms_beyond_the_range_of_a_double_have_logarithms()
    {
        var network = Network.Dense(3, Activation.LeakyReLU(0.1), 5, 1);
        var (_, input) = Observe(network, 1, 1, Data, relabel: true);
        var s = input.Snapshot;
        var logRho = 1000 * Math.Log(10);
        var far = new Snapshot(network, [double.PositiveInfinity, double.PositiveInfinity], s.VArray, logRho,
            s.OutputsArray, s.TargetsArray, -1e300, 0);
        var (a, b) = (Values(input), Values(input with { Snapshot = far }));
        b["log10_path_l2"].ShouldBe(a["log10_path_l2"] + 1000 - s.LogRho / Math.Log(10), 1e-9);
        b["log10_path_l2_margin"].ShouldBe(a["log10_path_l2_margin"], 1e-9);
        b["log10_bartlett_q10"].ShouldBe(a["log10_bartlett_q10"], 1e-12);
        b["log10_rho_rademacher"].ShouldBe(a["log10_rho_rademacher"] + 1000 - s.LogRho / Math.Log(10), 1e-9);
    }

    [Fact]
    public void Residual_networks_have_path_norms_and_no_theorems()
    {
        var network = new NetworkBuilder(3).Dense(3).Residual(b => b.Then(Activation.ReLU).Dense(3)).Dense(1).Build();
        var (setting, input) = Observe(network, 3, 5, Data, relabel: true);
        var measures = BoundsMeasures.All.ToDictionary(m => m.Name);
        measures["log10_bartlett"].Refuse(setting)!.ShouldContain("adds branches");
        measures["rademacher_network"].Refuse(setting)!.ShouldContain("degree 2 and 1");
        measures["log10_path_l1"].Refuse(setting).ShouldBeNull();
        measures["log10_path_l1"].Values(input)[0].ShouldBe(Math.Log10(PathNorm.Of(network, input.Snapshot.Weights(), 1)), 1e-12);
        // Over the margin of f itself.
        var margin = input.Snapshot.Margin * input.Snapshot.Rho;
        measures["log10_path_l1"].Values(input)[1].ShouldBe(Math.Log10(PathNorm.Of(network, input.Snapshot.Weights(), 1) / margin), 1e-12);
    }

    [Fact]
    public void What_does_not_apply_says_why()
    {
        var measures = BoundsMeasures.All.ToDictionary(m => m.Name);
        var regression = Data.WithTargets([.. Enumerable.Range(0, 20).Select(static n => n / 7.0)]);
        measures["log10_golowich"].Refuse(new MeasureSetting(Network.Dense(3, 1), Loss.Square, regression))!.ShouldContain("no margins");
        measures["log10_golowich"].Refuse(new MeasureSetting(Network.Dense(3, 1)))!.ShouldContain("scalar equations");
        var powers = new MeasureSetting(Network.Dense(3, Activation.Power(2), 3, 1), Loss.Logistic, Data);
        foreach (var name in new[] { "log10_golowich", "log10_neyshabur", "log10_pac_bayes", "log10_bartlett", "ramp_bound",
            "log10_path_l1" })
            measures[name].Refuse(powers)!.ShouldContain("power(2)");
        measures["capacity"].Refuse(powers)!.ShouldContain("piecewise linear");
        measures["log10_golowich"]
            .Refuse(new MeasureSetting(Network.Dense(3, Activation.LeakyReLU(2), 3, 1), Loss.Logistic, Data))!.ShouldContain("1-Lipschitz");
        measures["ramp_bound"].Refuse(new MeasureSetting(new NetworkBuilder(3).Dense(4).BatchNorm().Then(Activation.ReLU).Dense(1).Build(),
            Loss.Logistic, Data))!.ShouldContain("without biases");
        var pools = new NetworkBuilder(new TensorShape(1, 3, 1)).MaxPool(1).Dense(1).Build();
        measures["ramp_bound"].Refuse(new MeasureSetting(pools, Loss.Logistic, Data))!.ShouldContain("maximum");
        measures["log10_golowich"].Refuse(new MeasureSetting(pools, Loss.Logistic, Data)).ShouldBeNull();
        measures["rademacher_network"]
            .Refuse(new MeasureSetting(Network.Dense(3, 1000, 100, 1), Loss.Logistic, Data))!.ShouldContain("20 examples");
    }

    private static Dictionary<string, double> Values(MeasureInput input) => BoundsMeasures.All.Where(m => m.Refuse(input.Setting) is null)
        .SelectMany(m => m.Columns(input.Setting).Zip(m.Values(input))).ToDictionary(p => p.First, p => p.Second);

    private static (MeasureSetting Setting, MeasureInput Input) Observe(Network network, int seed, double scale, Dataset data,
        bool relabel = false)
    {
        var w = Problems.Normal(new Random(seed), network.ParameterCount);
        Vectors.Scale(scale, w, w);
        var setting = new MeasureSetting(network, Loss.Logistic, data);
        var input = At(network, w, setting);
        if (!relabel) return (setting, input);
        setting = setting with { Train = data.WithTargets([.. input.Snapshot.OutputsArray.Select(static f => f < 0 ? -1.0 : 1)]) };
        return (setting, At(network, w, setting));
    }

    private static MeasureInput At(Network network, double[] w, MeasureSetting setting)
    {
        using var passes = Linearization.Of<double>(network, setting.Loss!, setting.Train!, Reduction.Sum, w, default, threads: 1);
        var v = (double[])w.Clone();
        double[] rhoK = [.. network.Layers.Select(l => Vectors.Norm(l.Of(w)))];
        for (var k = 0; k < rhoK.Length; k++) Vectors.Scale(1 / rhoK[k], network.Layers[k].Of(w), network.Layers[k].Of(v));
        var logRho = rhoK.Sum(Math.Log);
        double[] outputs = [.. passes.Outputs.ToArray().Select(f => f / Math.Exp(logRho))];
        return new MeasureInput(setting,
            new Snapshot(network, rhoK, v, logRho, outputs, setting.Train!.Y.ToArray(), passes.Value.LogLoss, 0));
    }
}
