using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Report;
using Rhoflow.Lab.Runs;
using Rhoflow.Tests.Lab.DescentRuns;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Report;

/// <summary>What is announced before hours are spent.</summary>
public class FullSizeForecastTests
{
    private const string Absent = """
        data: {path: /nowhere/none.csv}
        network: {layers: [ {dense: 1} ]}
        loss: square
        descent: {kind: gd, learning-rate: 0.1, epochs: 1}
        """;

    [Fact]
    public void Runs_are_counted_once_and_finished_ones_are_found()
    {
        using var folder = new TemporaryFolder();
        var studies = new SampleStudies();
        Experiment[] two = [Trainings.Read("seed=1", "observe.measures=loss"), Trainings.Read("seed=2", "observe.measures=loss")];
        var selection = new Selection(
        [
            studies.Holds with { FullRuns = () => two },
            studies.Figure with { FullRuns = () => [two[1]] },
            studies.Care,
            studies.Fails with { FullRuns = () => [Experiment.Read(ConfigSource.Parse(Absent, "absent.yaml"))] },
        ]);
        List<string> begun = [];
        var first = FullSizeForecast.Of(selection, folder.Path, null, begun.Add, TestContext.Current.CancellationToken);
        begun.ShouldBe([studies.Holds.Id, studies.Figure.Id, studies.Fails.Id]);
        (first.Left, first.Done).ShouldBe((2, 0));
        first.Studies.Single().Id.ShouldBe(studies.Holds.Id);
        first.Seconds.ShouldBeGreaterThan(0);
        first.Missing.Single().Id.ShouldBe(studies.Fails.Id);
        first.Missing.Single().Why.ShouldContain("none.csv");

        new RunLauncher(folder.Path, Resume: false, [])
            .Launch(two[0], cancellation: TestContext.Current.CancellationToken).Status.ShouldBe(RunStatus.Finished);
        var then = FullSizeForecast.Of(selection, folder.Path, cancellation: TestContext.Current.CancellationToken);
        (then.Left, then.Done).ShouldBe((1, 1));
    }
}
