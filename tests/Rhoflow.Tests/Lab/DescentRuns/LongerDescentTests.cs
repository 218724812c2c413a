using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.DescentRuns;

/// <summary>--resume with more epochs: the bits of the long run that was never stopped, or a sentence.</summary>
public class LongerDescentTests
{
    [Theory]
    [InlineData("seed=1")]
    [InlineData("descent.schedule={step: {at: [3, 5], factor: 0.5}}")]
    [InlineData("descent.schedule={adaptive: {back-off: 0.1}}", "descent.learning-rate=20", "descent.label-noise=0")]
    [InlineData("descent.kind=gd")]
    [InlineData("precision=float64", "descent.rule=adam", "~descent.momentum")]
    public void More_epochs_give_the_bits_of_the_uninterrupted_run(params string[] overrides)
    {
        using var whole = new TemporaryFolder();
        using var parts = new TemporaryFolder();
        string[] quick = ["data.train=100", "data.test=50", .. overrides];
        var expected = Launch(Trainings.Read([.. quick, "descent.epochs=6"]), whole, resume: false);
        Launch(Trainings.Read([.. quick, "descent.epochs=4"]), parts, resume: false);
        var longer = Trainings.Read([.. quick, "descent.epochs=6"]);
        LongerRun.Begin(longer, parts.Path, null, []).ShouldNotBeNull().ShouldContain("goes on from epoch 4 of the run in");
        var ended = Launch(longer, parts, resume: true);
        File.ReadAllText(ended.File("log.txt")).ShouldContain("resumed at epoch 4");
        Trainings.Content(ended).ShouldBe(Trainings.Content(expected));
        // The shorter run stays as it is, and the longer one is there now.
        RunFolder.Of(parts.Path, "digits").Select(static f => f.Status).ShouldBe([RunStatus.Finished, RunStatus.Finished]);
        LongerRun.Begin(longer, parts.Path, null, []).ShouldBeNull();
    }

    [Theory]
    [InlineData("falls to the last epoch", "descent.schedule={cosine: {final: 0}}")]
    [InlineData("it was observed at the epochs 0, 3, 4", "observe.at.every=3")]
    [InlineData("it ended by itself", "descent.stop={log10-loss: 2}")]
    public void What_would_have_gone_otherwise_is_refused(string why, params string[] overrides)
    {
        using var folder = new TemporaryFolder();
        string[] quick = ["data.train=70", "data.test=20", "observe.measures=[loss]", .. overrides];
        Launch(Trainings.Read([.. quick, "descent.epochs=4"]), folder, resume: false);
        Should.Throw<ConfigException>(() => LongerRun.Begin(Trainings.Read([.. quick, "descent.epochs=6"]), folder.Path, null, [])).Message
            .ShouldContain(why);
        RunFolder.Of(folder.Path, "digits").Count.ShouldBe(1);
    }

    [Fact]
    public void Where_nothing_fits_it_says_so()
    {
        using var folder = new TemporaryFolder();
        string[] quick = ["data.train=70", "data.test=20", "observe.measures=[loss]"];
        Launch(Trainings.Read([.. quick, "descent.epochs=4"]), folder, resume: false);
        // Fewer epochs, another seed, another name: another run.
        foreach (var other in new[] { "descent.epochs=2", "descent.seed=9", "name=other" })
            LongerRun.Begin(Trainings.Read([.. quick, "descent.epochs=6", other]), folder.Path, null, []).ShouldNotBeNull()
                .ShouldContain("there is no interrupted run");
        LongerRun.Begin(Configs.Read(Configs.TwoParameters), folder.Path, null, []).ShouldNotBeNull().ShouldContain("is followed anew");
    }

    private static RunFolder Launch(Experiment experiment, TemporaryFolder folder, bool resume) =>
        new RunLauncher(folder.Path, resume, []).Launch(experiment, cancellation: TestContext.Current.CancellationToken).Folder;
}
