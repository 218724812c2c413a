using Rhoflow.Descents;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;
using Rhoflow.Outside;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.DescentRuns;

/// <summary>Optimizers as configs choose them, one of another assembly among them.</summary>
public sealed class DescentRuleTests
{
    [Theory]
    [InlineData("adam", "{kind: sgd, rule: adam, beta2: 0.99, learning-rate: 0.01, batch: 64, weight-decay: 1e-4, epochs: 4, seed: 5}")]
    [InlineData("adamw",
        "{kind: sgd, rule: adamw, epsilon: 1e-6, schedule: loss-based, learning-rate: 0.01, weight-decay: 0.1, epochs: 4}")]
    [InlineData("adam", "{kind: gd, rule: adam, learning-rate: 0.01, normalization: geodesic, rho: trained, epochs: 4}")]
    [InlineData("muon", "{kind: sgd, rule: muon, polish: 3, learning-rate: 0.02, epochs: 4}")]
    [InlineData("lion", "{kind: sgd, rule: lion, beta2: 0.98, learning-rate: 0.003, weight-decay: 0.01, epochs: 4}")]
    public void A_rule_is_written_back_learns_and_resumes_bit_for_bit(string rule, string descent)
    {
        OptimizerKind.Register(Lion.Kind);
        var experiment = Trainings.Read($"descent={descent}");
        experiment.ToYaml().ShouldContain($"  rule: {rule}\n");
        Experiment.Read(ConfigSource.Parse(experiment.ToYaml())).ToYaml().ShouldBe(experiment.ToYaml());
        using var whole = new TemporaryFolder();
        using var parts = new TemporaryFolder();
        var once = DescentRunTests.Launch(whole, experiment).Folder;
        DescentRunTests.Interrupt(parts, [experiment], 3)[0].Status.ShouldBe(RunStatus.Interrupted);
        var resumed = new RunLauncher(parts.Path, Resume: true, [])
            .Launch(experiment, cancellation: TestContext.Current.CancellationToken);
        resumed.Status.ShouldBe(RunStatus.Finished, resumed.Error);
        Trainings.Content(resumed.Folder).ShouldBe(Trainings.Content(once));
        var (columns, rows) = MetricsFile.Read(once.File("metrics.csv"));
        var loss = Array.IndexOf(columns, "log10_loss");
        rows[^1][loss].ShouldBeLessThan(rows[0][loss]);
    }

    // What a config without a rule says is written as it was before there were others.
    [Fact]
    public void The_default_rule_is_not_written()
    {
        var plain = Trainings.Read().ToYaml();
        plain.ShouldNotContain("rule:");
        plain.ShouldContain("  momentum: 0.9\n  nesterov: false\n  weight-decay: 0.0001\n");
        Trainings.Read("descent.rule=momentum").ToYaml().ShouldBe(plain);
        Trainings.Read("descent.momentum=0").ToYaml().ShouldNotContain("nesterov");
    }
}
