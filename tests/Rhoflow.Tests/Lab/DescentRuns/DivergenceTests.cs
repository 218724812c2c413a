using Rhoflow.Data;
using Rhoflow.Lab.DescentRuns;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;
using Rhoflow.Losses;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.DescentRuns;

/// <summary>What is left of a descent that diverges: the last state with a finite loss, and the best one.</summary>
public class DivergenceTests
{
    [Theory]
    [InlineData("loss=square", "descent.learning-rate=40")]
    [InlineData("loss=square", "descent.learning-rate=1e30")]
    [InlineData("loss=cross-entropy", "descent.learning-rate=300", "descent.momentum=0.95")]
    [InlineData("loss=square", "descent.learning-rate=1e4", "precision=float64", "descent.batch=300")]
    public void The_last_finite_state_and_the_best_are_kept_and_said(params string[] overrides)
    {
        using var folder = new TemporaryFolder();
        var experiment = Trainings.Read(["network.layers=[{dense: 20}, {dense: 10}]", "descent.label-noise=0", "descent.epochs=60",
            "observe={at: {every: 1 epochs}, measures: [loss, norms, margins]}", .. overrides]);
        var ended = new RunLauncher(folder.Path, Resume: false, []).Launch(experiment,
            cancellation: TestContext.Current.CancellationToken);
        ended.Status.ShouldBe(RunStatus.Failed);
        ended.Error!.ShouldContain("is kept");
        var summary = ended.Folder.Summary!;
        var data = PreparedDescent.From(experiment);
        // The state in the checkpoint has a finite loss, in plain arithmetic over its file.
        double Loss(string file)
        {
            var weights = Safetensors.Load(ended.Folder.File(file));
            var theta = new double[data.Network.ParameterCount];
            for (var k = 0; k < data.Network.Depth; k++)
                weights.ReadNumbers(DescentCheckpoint.WeightName(k)).CopyTo(theta, data.Network.Layers[k].Offset);
            theta.ShouldAllBe(static w => double.IsFinite(w));
            using var passes = Rhoflow.Observations.Linearization.Of<double>(data.Network, experiment.Loss.Loss, data.Data.Train,
                Reduction.Mean, theta, default, 1);
            return passes.Value.LogLoss / Math.Log(10);
        }
        double.IsFinite(Loss("checkpoint.safetensors")).ShouldBeTrue();
        var best = summary["best"]!;
        ((string)best["weights"]!).ShouldBe("best.safetensors");
        Loss("best.safetensors").ShouldBe((double)best["log10_loss"]!, 1e-4);
        var (columns, rows) = MetricsFile.Read(ended.Folder.File("metrics.csv"));
        rows.Select(r => r[Array.IndexOf(columns, "log10_loss")]).Where(static l => !double.IsNaN(l)).Min()
            .ShouldBe((double)best["log10_loss"]!);
        ((double)summary["last_finite"]!["step"]!).ShouldBe(DescentCheckpoint.Read(ended.Folder)!.Scalars["step"]);
        summary["notes"]!.AsArray().Select(static n => (string)n!)
            .ShouldContain(static n => n.StartsWith("best.safetensors holds", StringComparison.Ordinal));
    }

    [Fact]
    public void A_late_blow_up_that_stays_finite_keeps_the_best_weights_too()
    {
        using var folder = new TemporaryFolder();
        // It learns, and then a step of the schedule multiplies the weights.
        var experiment = Trainings.Read("network.layers=[{dense: 20}, relu, {dense: 10}]", "descent.label-noise=0",
            "descent.perturb={at: [5], amplitude: 1e4}", "observe={at: {every: 1 epochs}, measures: [loss, norms]}");
        var ended = new RunLauncher(folder.Path, Resume: false, []).Launch(experiment,
            cancellation: TestContext.Current.CancellationToken);
        ended.Status.ShouldBe(RunStatus.Finished, ended.Error);
        File.Exists(ended.Folder.File("best.safetensors")).ShouldBeTrue();
        ((double)ended.Folder.Summary!["best"]!["epoch"]!).ShouldBeInRange(1, 5);
    }

    [Fact]
    public void A_measure_that_fails_is_a_sentence_and_the_others_are_there()
    {
        using var folder = new TemporaryFolder();
        var ended = new RunLauncher(folder.Path, Resume: false, []).Launch(Trainings.Read("precision=float64", "loss=square",
            "network.layers=[{dense: 8}, {dense: 8}, {dense: 8}, {dense: 8}, {dense: 8}, {dense: 10}]", "descent.label-noise=0",
            "init.frobenius=1e38", "descent.epochs=0"),
            cancellation: TestContext.Current.CancellationToken);
        ended.Status.ShouldBe(RunStatus.Finished, ended.Error);
        ended.Folder.Summary!["notes"]!.AsArray().Select(static n => (string)n!)
            .ShouldContain(static n => n.Contains("could not be computed: product", StringComparison.Ordinal));
        ((double)ended.Folder.Summary!["last"]!["rho_1"]!).ShouldBe(1e38, 1e25);
    }
}
