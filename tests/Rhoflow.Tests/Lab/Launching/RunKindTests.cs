using Rhoflow.Lab.Config;
using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Launching;

/// <summary>A third kind of experiment joins from outside: the reader, the launcher, plans and groups take it as they take flows.</summary>
public class RunKindTests
{
    private const string Config = """
        name: halves
        count: {from: 8, steps: 3}
        observe: {measures: [loss]}
        """;

    private static Experiment Read(params string[] overrides)
    {
        RunKinds.Register(CountKind.Instance);
        var source = ConfigSource.Parse(Config, "halves.yaml");
        Overrides.Apply(source, Overrides.Expand(overrides, sweep: false)[0]);
        return Experiment.Read(source);
    }

    [Fact]
    public void It_is_read_written_back_and_run()
    {
        var experiment = Read("count.from=10");
        experiment.Kind.ShouldBe("count");
        var again = Experiment.Read(ConfigSource.Parse(experiment.ToYaml()));
        again.ToYaml().ShouldBe(experiment.ToYaml());
        again.ToYaml().ShouldContain("count:\n  from: 10\n  steps: 3\n");

        using var folder = new TemporaryFolder();
        var launcher = new RunLauncher(folder.Path, Resume: true, []);
        RunPlan.Of([experiment], folder.Path).ShouldHaveSingleItem().Done.ShouldBeFalse();
        var ended = launcher.Launch(experiment, cancellation: TestContext.Current.CancellationToken);
        (ended.Status, ended.Folder.Id).ShouldBe((RunStatus.Finished, RunIdentity.Id(experiment)));
        MetricsFile.Read(ended.Folder.File("metrics.csv")).Rows.Select(static r => r[0]).ShouldBe([10, 5, 2.5]);
        launcher.Launch(again, cancellation: TestContext.Current.CancellationToken).Reused.ShouldBeTrue();
        RunPlan.Of([again], folder.Path).ShouldHaveSingleItem().Done.ShouldBeTrue();
    }

    [Fact]
    public void Cancelled_it_is_an_exception_that_names_the_folder_and_goes_on_later()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        var launcher = new RunLauncher(folder.Path, Resume: true, []);
        var experiment = Read("count.steps=5");
        var interrupted = Should.Throw<RunInterruptedException>(() => launcher.Launch(experiment, _ => stop.Cancel(), stop.Token));
        interrupted.CancellationToken.ShouldBe(stop.Token);
        var outcome = interrupted.Outcomes.ShouldHaveSingleItem();
        interrupted.Message.ShouldContain(outcome.Folder.Path);
        (outcome.Status, outcome.Folder.Status).ShouldBe((RunStatus.Interrupted, RunStatus.Interrupted));
        var resumed = launcher.Launch(experiment, cancellation: TestContext.Current.CancellationToken);
        (resumed.Status, resumed.Folder.Path).ShouldBe((RunStatus.Finished, outcome.Folder.Path));
        MetricsFile.Read(resumed.Folder.File("metrics.csv")).Rows.Count.ShouldBe(5);
    }

    [Fact]
    public void Kinds_are_told_apart_and_their_keys_are_their_own()
    {
        Read();
        Should.Throw<ConfigException>(() => Read("flow={kind: unconstrained}")).Message.ShouldContain("count: stands beside 'flow'");
        Should.Throw<ConfigException>(() => Experiment.Read(ConfigSource.Parse("name: x"))).Message
            .ShouldContain("the key 'flow' is missing (which equations to follow, see `rhoflow list flows`; or 'descent' for training");
        Should.Throw<ArgumentException>(() =>
            ExperimentKinds.Register(new ExperimentKind("flow", "other", static _ => throw new InvalidOperationException())));
        Should.Throw<ArgumentException>(() =>
            ExperimentKinds.Register(new ExperimentKind("seed", "other", static _ => throw new InvalidOperationException())));
        var groups = RunGroups.Of([Read(), Configs.Read(Configs.TwoParameters), Read("count.from=2"), Read("count.from=2", "name=other")]);
        groups.Select(static g => g.Count).ShouldBe([1, 1, 1, 1]);
    }

    private sealed record CountExperiment : Experiment
    {
        public required int From { get; init; }
        public required int Steps { get; init; }
        public override string Kind => "count";

        public static CountExperiment Read(ExperimentParts parts)
        {
            var map = parts.Map["count"]!.Map("from", "steps");
            return new CountExperiment
            {
                Name = parts.Name,
                Seed = parts.Seed,
                Loss = new LossConfig(Rhoflow.Losses.Loss.Exponential, Rhoflow.Losses.Reduction.Mean),
                Observe = Configs.Read(Configs.TwoParameters).Observe,
                From = map.Required("from", "where to begin").Count(1),
                Steps = map["steps"]?.Count(1) ?? 1,
            };
        }

        protected override void WriteKind(ConfigWriter writer) => writer.Section("count", () =>
        {
            writer.Entry("from", From);
            writer.Entry("steps", Steps);
        });
    }

    private sealed class CountRun(CountExperiment experiment) : PreparedRun(experiment)
    {
        public override CountExperiment Experiment => experiment;
        public override int Unknowns => 1;
        public override int? Examples => null;
        public override int Observations => experiment.Steps;
        public override IReadOnlyList<string> Notes => [];
        public override double ForecastSeconds() => 0;
    }

    // Halves a number; the rows written are its state.
    private sealed class CountKind : RunKind
    {
        public static readonly CountKind Instance = new();

        public override ExperimentKind Experiments { get; } = new("count", "for halving a number", CountExperiment.Read);

        public override bool Takes(Experiment experiment) => experiment is CountExperiment;

        public override IReadOnlyList<PreparedRun> Prepare(IReadOnlyList<Experiment> group, DataFolders folders) =>
            [.. group.Select(static e => new CountRun((CountExperiment)e))];

        public override IReadOnlyList<RunOutcome> Execute(
            IReadOnlyList<RunMember> members, int threads, Action<string>? progress, CancellationToken cancellation)
        {
            var outcomes = members.Select(m => Execute(m, progress, cancellation)).ToArray();
            return cancellation.IsCancellationRequested ? throw new RunInterruptedException(outcomes, cancellation) : outcomes;
        }

        private static RunOutcome Execute(RunMember member, Action<string>? progress, CancellationToken cancellation)
        {
            var experiment = (CountExperiment)member.Run.Experiment;
            var path = member.Folder.File("metrics.csv");
            var rows = member.Resume ? MetricsFile.Read(path).Rows.Count : 0;
            using (var metrics = MetricsFile.Append(path, ["value"], rows))
                for (; rows < experiment.Steps && !cancellation.IsCancellationRequested; rows++)
                {
                    metrics.Add([experiment.From / Math.Pow(2, rows)]);
                    progress?.Invoke("counting");
                }
            var status = rows == experiment.Steps ? RunStatus.Finished : RunStatus.Interrupted;
            File.WriteAllText(member.Folder.File("summary.json"),
                $$"""{"status": "{{status.ToString().ToLowerInvariant()}}", "observations": {{rows}}}""");
            return new RunOutcome(member.Folder, status);
        }
    }
}
