using Rhoflow.Flows;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Losses;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Experiments;

public class ConfigTests
{
    [Fact]
    public void Numbers_are_taken_exactly_as_written()
    {
        var e = Configs.Read(Configs.TwoParameters, "init.weights=[[[0.1, -3.0000000000000004e-17]]]",
            "observe.at.t=[1, 1e100, 1e1000, 2.5e4321]");
        e.Init!.Weights![0][0].ShouldBe([0.1, -3.0000000000000004e-17]);
        e.Observe.Instants.Select(t => t.T).ShouldBe([1, 1e100, double.PositiveInfinity, double.PositiveInfinity]);
        e.Observe.Instants[2].Log10T.ShouldBe(1000);
        e.Observe.Instants[3].Log10T.ShouldBe(4321 + Math.Log10(2.5), 1e-12);
        e.Loss.ShouldBe(new LossConfig(Loss.Exponential, Reduction.Sum));
    }

    [Fact]
    public void Defaults_are_the_contract_s()
    {
        var e = Configs.Read(Configs.TwoParameters, "loss=logistic");
        e.Loss.Reduction.ShouldBe(Reduction.Mean);
        (e.Seed, e.Flow.Relative, e.Flow.Absolute, e.Flow.Clock, e.Flow.Method).ShouldBe((0L, 1e-10, 1e-12, "auto", "auto"));
        e.Flow.From.ShouldBe(TimeValue.Zero);
    }

    [Theory]
    [InlineData("flow.kind=fixed-rho", "flow.rho=3")]
    [InlineData("flow.kind=lagrange", "flow.rho-k=0.5", "flow.weight-decay=0.1")]
    [InlineData("flow.kind=weight-normalization", "flow.per=row")]
    [InlineData("flow.kind=tangent", "flow.p=.inf")]
    [InlineData("flow.kind=lp", "flow.p=3")]
    [InlineData("flow.kind=lp-reparametrized", "flow.p=1.5")]
    [InlineData("flow.kind=batch-norm-weight-decay", "flow.lambda=0.02", "flow.rho=0.01", "loss=square")]
    [InlineData("flow.kind=scheduled-direction", "flow.alpha=log-log-t", "flow.rho=2", "observe.at.t=[100]")]
    [InlineData("flow.kind=scheduled-rho", "flow.rho=1 + log(1+t)^2")]
    [InlineData("flow.kind=scheduled-rho", "flow.rho=inverse-log-t", "flow.from.t=2.5", "observe.at={log10-t: [1, 300.5]}")]
    [InlineData("data={set: iris, classes: [setosa, rest], transforms: [center, unit-norm, constant-input], train: 100, test: 50}",
        "init.kind=kaiming", "init={kind: kaiming, frobenius: [0.1, 5]}", "network.layers=[{dense: 3}, {leaky-relu: 0.1}, {dense: 1}]")]
    [InlineData("network.layers=[diagonal, {power: 3}, {dense: 1}]", "init={kind: orthogonal, scale: 2}", "observe.at={log-spaced: 7}",
        "flow.until={log10-loss: -800}")]
    [InlineData("network.layers=[{dense: 4}, {layer-norm: {beta: true, epsilon: 0}}, relu, layer-norm, {residual: [{dense: 4}, relu, "
        + "{dense: 4}], shortcut: [diagonal]}, {dense: 1}]")]
    [InlineData("observe.at={log-spaced: 5}", "flow.until={log10-t: 1000}", "observe.measures=all")]
    [InlineData("observe.at={t: [0, {from: 0.5, to: 3, count: 4}], log10-t: [2, {from: 1, to: 300, count: 7}]}")]
    [InlineData("observe.at.log10-t={from: -1, to: 4, count: 11}")]
    public void The_resolved_config_reads_back_as_the_same_experiment(params string[] overrides)
    {
        var first = Configs.Read(Configs.TwoParameters, overrides);
        var yaml = first.ToYaml();
        var second = (FlowExperiment)Experiment.Read(ConfigSource.Parse(yaml));
        second.ToYaml().ShouldBe(yaml);
        RunIdentity.Id(second).ShouldBe(RunIdentity.Id(first));
        second.Observe.Instants.ShouldBe(first.Observe.Instants);
        second.Flow.Kind.ShouldBe(first.Flow.Kind);
    }

    [Fact]
    public void Instants_of_ranges_and_of_both_keys_are_put_in_order_and_observed_once()
    {
        var at = Configs.Read(Configs.TwoParameters,
            "observe.at={t: [{from: 0, to: 10, count: 101}, 1, 2.5], log10-t: [3, {from: 1, to: 5, count: 9}, 1e4]}").Observe;
        double[] expected = [.. Enumerable.Range(0, 101).Select(i => i / 10.0)];
        at.InT.Select(t => t.T).ShouldBe(expected);
        at.Instants.Select(t => t.Log10T).ShouldBe([.. expected.Select(Math.Log10), 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 1e4]);
        Configs.Read(Configs.TwoParameters, "observe.at={log10-t: {from: -1, to: 300, count: 41}}").Observe.Instants.Select(t => t.Log10T)
            .ShouldBe(Enumerable.Range(0, 41).Select(i => -1 + 301.0 * i / 40));
    }

    // By two ways: what the library makes of the number that was written, and log(1 + t) itself.
    [Theory]
    [InlineData("log10-t: 300", 300, true)]
    [InlineData("t: 1e300", 300, true)]
    [InlineData("log10-t: 20.000000000000004", 20.000000000000004, true)]
    [InlineData("log10-t: 1000.5", 1000.5, true)]
    [InlineData("t: 5", .6989700043360189, false)]
    [InlineData("t: 0", double.NegativeInfinity, false)]
    [InlineData("t: 3.3e250", 250.5185139398779, false)]
    public void A_time_is_the_same_instant_however_it_is_written(string text, double log10T, bool byExponent)
    {
        var time = Configs.Read(Configs.TwoParameters, $"observe.at={{{text}}}").Observe.Instants.Single();
        var at = time.ToInstant();
        at.Log10T.ShouldBe(log10T);
        at.T.ShouldBe(time.T);
        var u = double.IsFinite(time.T) ? Math.Log(1 + time.T) : Math.Log(10) * log10T;
        at.U.ShouldBe(u, 1e-15 * (1 + u));
        at.ShouldBe(byExponent ? Instant.FromLog10T(log10T) : Instant.FromT(time.T));
    }

    [Fact]
    public void Norm_growth_needs_no_network()
    {
        const string yaml = """
            flow: {kind: norm-growth, layers: 3, f: [1, 0.5], rho-k: [0.8, 0.9, 1], until: {log10-t: 10000}}
            observe: {at: {log10-t: [100, 10000]}}
            """;
        var e = Configs.Read(yaml);
        (e.Data, e.Network, e.Init).ShouldBe((null, null, null));
        e.Loss.Reduction.ShouldBe(Reduction.Sum);
        Experiment.Read(ConfigSource.Parse(e.ToYaml())).ToYaml().ShouldBe(e.ToYaml());
        Error(yaml, "data.set=iris").ShouldContain("norm-growth takes data and network together");
        Error(yaml, "flow.rho-k=[1, 2]").ShouldContain("2 norms were given for flow.layers: 3");
    }

    [Fact]
    public void The_identity_is_that_of_what_determines_the_result()
    {
        string Id(params string[] o) => RunIdentity.Id(Configs.Read(Configs.TwoParameters, o));
        Id("name=other").ShouldBe(Id());
        Id("observe.at.t=[1.0, 5e0, 10.]").ShouldBe(Id());
        Id("seed=1").ShouldNotBe(Id());
        Id("flow.tolerance.relative=1e-11").ShouldNotBe(Id());
        RunIdentity.IsId(Id()).ShouldBeTrue();
        // The text that is hashed, in full: if this changes, every finished run of every user becomes unknown.
        RunIdentity.Canonical(Configs.Read(Configs.TwoParameters)).ShouldBe("""
            rhoflow 0.2.0
            name: run
            seed: 0
            precision: float64
            data:
              inline:
                x: [[1, 0.5], [0.4, 1.2]]
                y: [1, 1]
              test: 0
              seed: 0
              labels: true
            network:
              layers: [{dense: 1}]
              bias: false
            init:
              kind: weights
              weights: [[[0.3, -0.1]]]
            loss:
              name: exponential
              reduction: sum
            flow:
              kind: unconstrained
              weight-decay: 0
              from:
                t: 0
              tolerance:
                relative: 1e-10
                absolute: 1e-12
              clock: auto
              method: auto
            observe:
              at:
                t: [1, 5, 10]
              measures: [loss, norms, margins]
              weights: true
              gradients: always
              curvature: always
              features: last
              curvature-examples: 2000

            """);
    }

    [Fact]
    public void A_data_file_counts_by_its_content_not_by_its_place()
    {
        using var folder = new TemporaryFolder();
        string Id(string file) => RunIdentity.Id(Configs.Read(Configs.TwoParameters, $"data={{path: {file}}}"));
        File.WriteAllText(folder / "a.csv", "1,0.5,1\n0.4,1.2,1\n");
        File.WriteAllText(folder / "b.csv", "1,0.5,1\n0.4,1.2,1\n");
        File.WriteAllText(folder / "c.csv", "1,0.5,1\n0.4,1.3,1\n");
        Id(folder / "a.csv").ShouldBe(Id(folder / "b.csv"));
        Id(folder / "a.csv").ShouldNotBe(Id(folder / "c.csv"));
    }

    private static string Error(string yaml, params string[] overrides) =>
        Should.Throw<ConfigException>(() => Configs.Read(yaml, overrides)).Message;
}
