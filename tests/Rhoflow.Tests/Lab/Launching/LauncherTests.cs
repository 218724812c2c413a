using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Launching;

/// <summary>Launching never loses a run: what fails is an outcome beside the others, and what is at work elsewhere is left to it.</summary>
public class LauncherTests
{
    private static Experiment Read(string trouble, int seed = 0)
    {
        RunKinds.Register(FrailKind.Instance);
        return Experiment.Read(ConfigSource.Parse(
            $"name: frail\nseed: {seed}\nfrail: {{trouble: {trouble}}}\nobserve: {{measures: [loss]}}",
            "frail.yaml"));
    }

    [Theory]
    [InlineData("argument", RunStatus.Failed, "this should not have happened, please report it: ArgumentException: the measure of seed 1")]
    [InlineData("memory", RunStatus.Failed, "the run needs more memory than there is")]
    [InlineData("data", RunStatus.Unfinished, "the state of seed 1 is damaged")]
    [InlineData("disk", RunStatus.Unfinished, "cannot be written")]
    [InlineData("deleted", RunStatus.Unfinished, "was deleted or moved while its run went on")]
    public void One_that_fails_in_a_group_is_an_outcome_and_the_others_finish(string trouble, RunStatus left, string sentence)
    {
        using var folder = new TemporaryFolder();
        var group = new[] { Read("none", 0), Read(trouble, 1), Read("none", 2) };
        RunGroups.Of(group).ShouldHaveSingleItem();
        var launcher = new RunLauncher(folder.Path, Resume: true, []);
        var ended = launcher.Launch(group, 1, cancellation: TestContext.Current.CancellationToken);
        ended.Select(static o => o.Status).ShouldBe([RunStatus.Finished, RunStatus.Failed, RunStatus.Finished]);
        ended[1].Error!.ShouldContain(sentence);
        ended[1].Cause.ShouldNotBeNull();
        ended[1].Folder.Status.ShouldBe(left);
        foreach (var outcome in ended) File.Exists(outcome.Folder.File(RunLock.Name)).ShouldBeFalse();
        if (left == RunStatus.Failed)
        {
            // What was computed before, why it ended and where.
            MetricsFile.Read(ended[1].Folder.File("metrics.csv")).Rows.Count.ShouldBe(2);
            ((string?)ended[1].Folder.Summary!["error"]).ShouldBe(ended[1].Error);
            ((int)ended[1].Folder.Summary!["observations"]!).ShouldBe(2);
            File.ReadAllText(ended[1].Folder.File("log.txt")).ShouldContain("FrailKind.Run");
        }
        // Once more: the finished ones are found again.
        launcher.Launch(group, 1, cancellation: TestContext.Current.CancellationToken).Select(static o => o.Reused)
            .ShouldBe([true, false, true]);
    }

    [Fact]
    public void Alone_it_throws_what_has_an_exit_status_of_its_own()
    {
        using var folder = new TemporaryFolder();
        var launcher = new RunLauncher(folder.Path, Resume: true, []);
        Should.Throw<DataException>(() => launcher.Launch(Read("data", 1)));
        Should.Throw<RunFolderException>(() => launcher.Launch(Read("disk", 1)));
        launcher.Launch(Read("argument", 1), cancellation: TestContext.Current.CancellationToken).Status.ShouldBe(RunStatus.Failed);
    }

    [Fact]
    public void What_is_at_work_elsewhere_is_said_or_waited_for()
    {
        using var folder = new TemporaryFolder();
        var group = new[] { Read("none", 0), Read("none", 1) };
        var id = RunIdentity.Id(group[1]);
        var busy = RunFolder.Create(folder.Path, "frail", id, group[1].ToYaml(), [], DateTime.Now, locked: true);
        var launcher = new RunLauncher(folder.Path, Resume: true, []) { Wait = false };
        var ended = launcher.Launch(group, 1, cancellation: TestContext.Current.CancellationToken);
        ended.Select(static o => o.Status).ShouldBe([RunStatus.Finished, RunStatus.Running]);
        ended[1].AtWork.ShouldBe(busy.Lock!.Owner);

        // Cancelled, it is the waiting that ends.
        using var stop = new CancellationTokenSource();
        var waited = new List<RunOwner>();
        var waiting = launcher with { Wait = true, Waiting = owner => { waited.Add(owner); stop.Cancel(); } };
        Should.Throw<RunInterruptedException>(() => waiting.Launch(group, 1, null, stop.Token)).Message.ShouldContain("another process");
        waited.ShouldBe([busy.Lock.Owner]);
        busy.AtWork.ShouldNotBeNull();

        // Left by the other, it is taken.
        waiting = launcher with { Wait = true, Waiting = _ => busy.Lock.Dispose() };
        ended = waiting.Launch(group, 1, cancellation: TestContext.Current.CancellationToken);
        ended.Select(static o => (o.Status, o.Reused)).ShouldBe([(RunStatus.Finished, true), (RunStatus.Finished, false)]);
        ended[1].Folder.Path.ShouldBe(busy.Path);
    }

    [Fact]
    public void A_run_that_goes_on_describes_its_environment_anew_if_that_is_missing()
    {
        using var folder = new TemporaryFolder();
        var experiment = Read("none", 3);
        var left = RunFolder.Create(folder.Path, "frail", RunIdentity.Id(experiment), experiment.ToYaml(), [], DateTime.Now);
        File.Delete(left.File("environment.json"));
        var ended = new RunLauncher(folder.Path, Resume: true, ["run"]).Launch(experiment,
            cancellation: TestContext.Current.CancellationToken);
        ended.Folder.Path.ShouldBe(left.Path);
        File.ReadAllText(left.File("environment.json")).ShouldContain("processor");
    }

    [Fact]
    public void Threads_of_one_process_that_launch_the_same_run_make_it_once()
    {
        using var folder = new TemporaryFolder();
        var experiment = Read("none", 4);
        var ended = new RunOutcome[4];
        Parallel.For(0, ended.Length, new ParallelOptions { MaxDegreeOfParallelism = ended.Length },
            i => ended[i] = new RunLauncher(folder.Path, Resume: i % 2 == 0, []).Launch(experiment));
        ended.ShouldAllBe(static o => o.Status == RunStatus.Finished);
        ended.Count(static o => !o.Reused).ShouldBe(1);
        RunFolder.Of(folder.Path, "frail").ShouldHaveSingleItem();
    }

    private sealed record FrailExperiment : Experiment
    {
        public required string Trouble { get; init; }
        public override string Kind => "frail";

        public static FrailExperiment Read(ExperimentParts parts) => new()
        {
            Name = parts.Name,
            Seed = parts.Seed,
            Loss = new LossConfig(Rhoflow.Losses.Loss.Exponential, Rhoflow.Losses.Reduction.Mean),
            Observe = Configs.Read(Configs.TwoParameters).Observe,
            Trouble = parts.Map["frail"]!.Map("trouble").Required("trouble", "what happens").Text(),
        };

        protected override void WriteKind(ConfigWriter writer) => writer.Section("frail", () => writer.Entry("trouble", Trouble));
    }

    private sealed class FrailRun(FrailExperiment experiment) : PreparedRun(experiment)
    {
        public override FrailExperiment Experiment => experiment;
        public override int Unknowns => 1;
        public override int? Examples => null;
        public override int Observations => 3;
        public override IReadOnlyList<string> Notes => [];
        public override double ForecastSeconds() => 0;
    }

    // Three rows; in the second something happens to those that have trouble.
    private sealed class FrailKind : RunKind
    {
        public static readonly FrailKind Instance = new();

        public override ExperimentKind Experiments { get; } = new("frail", "for runs that fail", FrailExperiment.Read);

        public override bool Takes(Experiment experiment) => experiment is FrailExperiment;

        public override string Together(Experiment experiment) => "all";

        public override IReadOnlyList<PreparedRun> Prepare(IReadOnlyList<Experiment> group, DataFolders folders) =>
            [.. group.Select(static e => new FrailRun((FrailExperiment)e))];

        public override IReadOnlyList<RunOutcome> Execute(
            IReadOnlyList<RunMember> members, int threads, Action<string>? progress, CancellationToken cancellation) =>
            [.. members.Select(Run)];

        private static RunOutcome Run(RunMember member)
        {
            var (folder, experiment) = (member.Folder, (FrailExperiment)member.Run.Experiment);
            folder.RequireOurs();
            using (var metrics = MetricsFile.Append(folder.File("metrics.csv"), ["value"], 0))
            {
                for (var row = 0; row < 3; row++)
                {
                    if (row == 2) Fail(experiment, folder);
                    metrics.Add([row]);
                }
            }
            File.WriteAllText(folder.File("summary.json"), """{"status": "finished", "observations": 3}""");
            return new RunOutcome(folder, RunStatus.Finished);
        }

        private static void Fail(FrailExperiment e, RunFolder folder)
        {
            switch (e.Trouble)
            {
                case "argument": throw new ArgumentException($"the measure of seed {e.Seed} cannot be formed");
#pragma warning disable MA0012 // What the runtime throws when memory is short is what is tested.
                case "memory": throw new OutOfMemoryException();
#pragma warning restore MA0012
                case "data": throw new DataException($"the state of seed {e.Seed} is damaged");
                case "disk": throw new RunFolderException($"'{folder.Path}' cannot be written");
                case "deleted": Directory.Delete(folder.Path, recursive: true); break;
                default: return;
            }
        }
    }
}
