using System.Text.Json.Nodes;
using Rhoflow.Cli;
using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Inspection;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;
using Rhoflow.Tests.Lab.DescentRuns;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Inspection;

public class InspectionTests
{
    private const string Flow = """
        name: flow
        data: {inline: {x: [[1, .5], [.4, 1.2], [-2, .3]], y: [1, 1, -1]}}
        network: {layers: [{dense: 3}, relu, {dense: 1}]}
        init: {kind: kaiming}
        loss: exponential
        flow: {kind: unconstrained}
        observe: {at: {t: [1, 10, 100]}, measures: all, weights: true}
        """;

    private static RunFolder Run(TemporaryFolder folder, Experiment experiment) =>
        new RunLauncher(folder.Path, Resume: false, []).Launch(experiment, cancellation: TestContext.Current.CancellationToken).Folder;

    // What the run measured at its end and what inspect finds in its folder are the same numbers, but for what only a run knows.
    private static void ShouldAgree(RunFolder run, NetworkInspection inspection)
    {
        var (columns, rows) = MetricsFile.Read(run.File("metrics.csv"));
        var seen = 0;
        void Compare(string column, double value)
        {
            var expected = rows[^1][Array.IndexOf(columns, column)];
            if (double.IsNaN(expected) || double.IsNaN(value)) return;
            value.ShouldBe(expected, 1e-6 * Math.Max(1e-3, Math.Abs(expected)), column);
            seen++;
        }
        foreach (var (_, column, value) in inspection.Measures) Compare(column, value);
        for (var k = 0; k < inspection.Layers.Count; k++)
            foreach (var (name, value) in inspection.Layers[k].Values)
                if (name != "frobenius") Compare($"{name}_{k + 1}", value);
        seen.ShouldBeGreaterThan(10);
    }

    [Theory]
    [InlineData("float32")]
    [InlineData("float64")]
    public void Of_a_descent_it_is_the_last_row_of_the_run(string precision)
    {
        using var folder = new TemporaryFolder();
        var run = Run(folder, Trainings.Read($"precision={precision}"));
        ShouldAgree(run, NetworkInspection.Of(TrainedNetworks.OfRun(run, null), ["all"], curvatureExamples: 40, threads: 2));
    }

    [Fact]
    public void Of_a_flow_it_is_the_last_row_of_the_run()
    {
        using var folder = new TemporaryFolder();
        var run = Run(folder, Experiment.Read(ConfigSource.Parse(Flow, "flow.yaml")));
        ShouldAgree(run, NetworkInspection.Of(TrainedNetworks.OfRun(run, null), ["all"], 2000, threads: 1));
    }

    // −log Σℓ/ρ, with the sum whatever the reduction: one number of one network.
    [Fact]
    public void The_smoothed_margin_does_not_depend_on_the_reduction()
    {
        using var folder = new TemporaryFolder();
        var run = Run(folder, Experiment.Read(ConfigSource.Parse(
            Flow.Replace("loss: exponential", "loss: {name: exponential, reduction: sum}", StringComparison.Ordinal), "flow.yaml")));
        var (columns, rows) = MetricsFile.Read(run.File("metrics.csv"));
        var expected = rows[^1][Array.IndexOf(columns, "smoothed_margin")];
        double Smoothed(TrainedNetwork network) => NetworkInspection.Of(network, ["margins"], 2000, threads: 1)
            .Measures.First(static m => m.Column == "smoothed_margin").Value;
        var network = TrainedNetworks.OfRun(run, null);
        Smoothed(network).ShouldBe(expected, 1e-9);
        Smoothed(network with { Reduction = Rhoflow.Losses.Reduction.Mean }).ShouldBe(expected, 1e-9);
    }

    [Fact]
    public void The_command_gives_layers_measures_and_what_was_not_measured()
    {
        using var folder = new TemporaryFolder();
        var run = Run(folder, Trainings.Read());
        using var output = new StringWriter();
        using var error = new StringWriter();
        CommandLine.Run(["inspect", run.Path, "--measures", "norms,margins,direction", "--json"], output, error,
            TestContext.Current.CancellationToken).ShouldBe(0, error.ToString());
        var document = JsonNode.Parse(output.ToString())!;
        ((int)document["model"]!["parameters"]!).ShouldBe(4 * 9 + 64 * 10);
        document["layers"]!.AsArray().Select(static l => (string)l!["kind"]!).ShouldBe(["convolution", "dense"]);
        ((double)document["layers"]![1]!["frobenius"]!).ShouldBeGreaterThan(0);
        ((double)document["measures"]!["margin_mean"]!).ShouldNotBe(0);
        document["not_measured"]!.AsArray().ShouldContain(static n => ((string)n!["what"]!).StartsWith("direction/direction_error"));
    }

    [Theory]
    [InlineData("nowhere", "there is no folder 'nowhere'", 2)]
    [InlineData(".", "is not the folder of a run", 3)]
    public void What_is_no_run_is_refused(string model, string expected, int status)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        CommandLine.Run(["inspect", model], output, error, TestContext.Current.CancellationToken).ShouldBe(status);
        error.ToString().ShouldContain(expected);
        CommandLine.Run(["inspect", model, "--measures", "norm"], output, error, TestContext.Current.CancellationToken).ShouldBe(2);
        error.ToString().ShouldContain("norms");
    }

    [Fact]
    public void A_flow_that_kept_no_weights_says_how_to_keep_them()
    {
        using var folder = new TemporaryFolder();
        var run = Run(folder, Experiment.Read(ConfigSource.Parse(Flow.Replace("weights: true", "weights: false", StringComparison.Ordinal),
            "flow.yaml")));
        Should.Throw<DataException>(() => TrainedNetworks.OfRun(run, null)).Message.ShouldContain("observe.weights: true");
    }
}
