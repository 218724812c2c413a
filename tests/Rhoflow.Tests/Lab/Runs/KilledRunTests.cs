using Rhoflow.Lab.DescentRuns;
using Rhoflow.Lab.FlowRuns;
using Rhoflow.Lab.Runs;
using Rhoflow.Tests.Lab.DescentRuns;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Runs;

/// <summary>
/// What a kill leaves is the folder at that moment: copies that are taken between two steps are gone on from, and end with the bits of the
/// run that was not stopped.
/// </summary>
public class KilledRunTests
{
    // One observation at the end, so that states are saved between observations or not at all.
    private const string Sparse = """
        name: sparse
        data: {set: iris, classes: [setosa, rest], transforms: [unit-norm], train: 40}
        network: {layers: [{dense: 4}, relu, {dense: 1}]}
        init: {kind: kaiming}
        flow: {kind: unconstrained}
        observe: {at: {log10-t: [1]}, measures: [loss, norms], weights: true}
        """;

    [Fact]
    public void Flows() => LongHarness.Repeat("killed flows", 3, KillAFlow);

    [Fact(Explicit = true)]
    public void Flows_for_hours() => LongHarness.Repeat("killed flows", 1_000_000, KillAFlow);

    [Fact]
    public void Descents() => LongHarness.Repeat("killed descents", 3, KillADescent);

    [Fact(Explicit = true)]
    public void Descents_for_hours() => LongHarness.Repeat("killed descents", 1_000_000, KillADescent);

    private static void KillAFlow(Random random)
    {
        using var folder = new TemporaryFolder();
        var run = PreparedFlow.From(Configs.Read(Sparse, $"seed={random.Next(100)}"));
        var whole = New(folder, run);
        var steps = 0;
        var right = FlowExecutor.Execute(run, whole, false, null, default, new SecondsPass(s => steps = s));
        var at = random.Next(2, steps + 1);
        RunFolder? left = null;
        FlowExecutor.Execute(run, New(folder, run), false, null, default, new SecondsPass(s =>
        {
            if (s == at) left = Copy(folder, New(folder, run, last: true));
        }));
        // A second a step: whatever was done ten seconds ago is saved.
        File.Exists(left!.File(FlowCheckpoint.Name)).ShouldBe(at > 4, $"{at} of {steps} steps");
        FlowExecutor.Execute(run, left, true, null, default).Status.ShouldBe(right.Status);
        File.ReadAllBytes(left.File("metrics.csv")).ShouldBe(File.ReadAllBytes(whole.File("metrics.csv")));
        File.ReadAllBytes(left.File("arrays/W.npy")).ShouldBe(File.ReadAllBytes(whole.File("arrays/W.npy")));
        foreach (var key in new[] { "kinks", "steps", "evaluations", "events" })
            left.Summary![key]!.ToJsonString().ShouldBe(whole.Summary![key]!.ToJsonString(), key);
    }

    private static void KillADescent(Random random)
    {
        using var folder = new TemporaryFolder();
        string[] kinds = ["descent.momentum=0.9", "descent.normalization=weight", "precision=float64"];
        var kind = kinds[random.Next(kinds.Length)];
        var run = PreparedDescent.From(Trainings.Read("network.layers=[{dense: 8}, relu, {dense: 10}]", "observe.measures=[loss]",
            $"seed={random.Next(100)}", "descent.label-noise=0", kind));
        var whole = New(folder, run);
        DescentExecutor.Execute([new DescentMember(run, whole, null)], 1, null, default);
        var (at, time) = (random.Next(1, 31), new ManualTime());
        RunFolder? left = null;
        var made = New(folder, run);
        DescentExecutor.Execute([new DescentMember(run, made, null)], 1, null, default, done =>
        {
            if (done == at) left = Copy(folder, made);
            time.Pass(3);
        }, time);
        DescentRunKind.Instance.Execute([new RunMember(run, left!, Resume: true)], 1, null, default);
        Trainings.Content(left!).ShouldBe(Trainings.Content(whole));
        left!.Summary!["notes"]!.ToJsonString().ShouldBe(whole.Summary!["notes"]!.ToJsonString());
    }

    private static RunFolder New(TemporaryFolder folder, PreparedRun run, bool last = false) => last
        ? RunFolder.Of(folder.Path, "a")[^1]
        : RunFolder.Create(folder.Path, "a", run.Id, run.Experiment.ToYaml(), [], DateTime.Now);

    private static RunFolder Copy(TemporaryFolder folder, RunFolder run)
    {
        var to = folder / Path.Combine("killed", Path.GetFileName(run.Path));
        foreach (var file in Directory.GetFiles(run.Path, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(run.Path, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            using var from = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var stream = File.Create(copy);
            from.CopyTo(stream);
        }
        return RunFolder.At(to)!;
    }

    // A second passes whenever it is asked what time it is.
    private sealed class SecondsPass(Action<int> asked) : TimeProvider
    {
        private int _seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp()
        {
            asked(++_seconds);
            return _seconds;
        }
    }
}
