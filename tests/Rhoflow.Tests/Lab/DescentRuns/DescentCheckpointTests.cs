using Rhoflow.Lab.DescentRuns;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.DescentRuns;

/// <summary>When descents save their state.</summary>
public class DescentCheckpointTests
{
    [Theory]
    [InlineData("observe.at={every: 1 epochs}", 0.9)]
    [InlineData("observe.at={every: 6 epochs}", 0.9)]
    [InlineData("observe.at={every: 1 epochs}", 7)]
    public void A_kill_loses_at_most_ten_seconds_however_often_the_run_is_observed(string observe, double secondsOfStep)
    {
        using var folder = new TemporaryFolder();
        var run = PreparedDescent.From(Trainings.Read("observe.measures=[loss]", "descent.epochs=12", observe));
        var made = RunFolder.Create(folder.Path, "a", run.Id, run.Experiment.ToYaml(), [], DateTime.Now);
        var time = new ManualTime();
        var (saved, most) = (0L, 0.0);
        DescentExecutor.Execute([new DescentMember(run, made, null)], 1, null, TestContext.Current.CancellationToken, done =>
        {
            // What a kill would lose now, with the step that has just been taken.
            if (DescentCheckpoint.Read(made) is { } state) saved = (long)state.Scalars["step"];
            time.Pass(secondsOfStep);
            most = Math.Max(most, (done - saved) * secondsOfStep);
        }, time);
        most.ShouldBeLessThanOrEqualTo(Math.Max(10, 2 * secondsOfStep));
        saved.ShouldBeGreaterThan(40);
    }

    [Fact]
    public void What_happens_at_the_beginning_of_an_epoch_is_not_done_twice()
    {
        const string Rescaled = "descent.rho={rescale: {every: 1, factor: 1.5}}";
        var experiment = Trainings.Read("descent.normalization=tangent", "observe.measures=[loss]", Rescaled);
        using var whole = new TemporaryFolder();
        var expected = Trainings.Content(DescentRunTests.Launch(whole, experiment).Folder);
        using var parts = new TemporaryFolder();
        // The last step of an epoch, the first of the next.
        foreach (var step in new[] { 5, 6 })
        {
            DescentRunTests.Interrupt(parts, [experiment], step)[0].Status.ShouldBe(RunStatus.Interrupted);
            var resumed = new RunLauncher(parts.Path, Resume: true, []).Launch(experiment,
                cancellation: TestContext.Current.CancellationToken);
            Trainings.Content(resumed.Folder).ShouldBe(expected);
            Directory.Delete(resumed.Folder.Path, recursive: true);
        }
    }
}
