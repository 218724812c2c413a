using Rhoflow.Flows;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.FlowRuns;
using Rhoflow.Lab.Runs;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.FlowRuns;

/// <summary>
/// Flows of ReLU networks slide along kinks with velocities that are found from the slopes before: a checkpoint has to hold those too.
/// </summary>
public class KinkCheckpointTests
{
    private const string Dense8 = """
        name: dense-8
        data: {set: iris, classes: [setosa, rest], transforms: [unit-norm], train: 60}
        network: {layers: [{dense: 8}, relu, {dense: 1}]}
        init: {kind: kaiming}
        flow: {kind: unconstrained}
        observe: {at: {log10-t: {from: -1, to: 2, count: 12}}, measures: [loss, norms], weights: true}
        """;

    [Fact]
    public void Resumed_is_uninterrupted_bit_for_bit_at_checkpoints_of_a_slide()
    {
        var random = new Random();
        Enumerable.Range(0, 3).Sum(seed => ResumeAt(seed, n => [.. Enumerable.Range(0, 4).Select(_ => random.Next(n))]))
            .ShouldBeGreaterThan(0, "checkpoints with units that slide");
    }

    [Fact(Explicit = true)]
    public void Resumed_is_uninterrupted_bit_for_bit_at_every_checkpoint_for_hours() =>
        LongHarness.Repeat("every checkpoint of a flow of dense 8 on Iris", 1000,
            static random => ResumeAt(random.Next(1_000_000), static n => [.. Enumerable.Range(0, n)]));

    [Fact]
    public void A_run_stopped_in_a_slide_goes_on_with_the_same_bits_and_the_same_events()
    {
        using var folder = new TemporaryFolder();
        PreparedFlow run;
        RunFolder whole;
        RunFolder New() => RunFolder.Create(folder.Path, "a", run.Id, run.Experiment.ToYaml(), [], DateTime.Now);
        // Some starts come to a kink that cannot be followed, or to none.
        for (var seed = 0; ; seed++)
        {
            run = PreparedFlow.From(Configs.Read(Dense8, $"seed={seed}"));
            whole = New();
            if (FlowExecutor.Execute(run, whole, false, null, default).Status == RunStatus.Finished && (int)whole.Summary!["kinks"]! > 1)
                break;
            seed.ShouldBeLessThan(20);
        }
        foreach (var stopAfter in new[] { 5, 9 })
        {
            var parts = New();
            using var stop = new CancellationTokenSource();
            var seen = 0;
            FlowExecutor.Execute(run, parts, false, _ => { if (++seen == stopAfter) stop.Cancel(); }, stop.Token).Status
                .ShouldBe(RunStatus.Interrupted);
            FlowExecutor.Execute(run, parts, true, null, default).Status.ShouldBe(RunStatus.Finished);
            File.ReadAllText(parts.File("metrics.csv")).ShouldBe(File.ReadAllText(whole.File("metrics.csv")));
            foreach (var key in new[] { "kinks", "events", "evaluations", "steps", "method" })
                parts.Summary![key]!.ToJsonString().ShouldBe(whole.Summary![key]!.ToJsonString(), key);
            Npy.Read(parts.File("arrays/W.npy")).ShouldBe(Npy.Read(whole.File("arrays/W.npy")));
            Directory.EnumerateFiles(parts.Path, "*state.json").ShouldBeEmpty();
        }
    }

    // How many of the checkpoints had units that slide.
    private static int ResumeAt(int seed, Func<int, int[]> choose)
    {
        var run = PreparedFlow.From(Configs.Read(Dense8, $"seed={seed}"));
        using var folder = new TemporaryFolder();
        var checkpoints = new List<(TrajectoryCheckpoint At, int Sliding)>();
        var original = run.Start();
        original.AfterStep = () => checkpoints.Add((original.Checkpoint!, original.SlidingUnits));
        FlowPoint[] expected;
        try
        {
            expected = [.. original.At(run.Instants)];
        }
        catch (IntegrationException)
        {
            // Some starts come to a kink that cannot be followed.
            expected = [];
        }
        foreach (var i in choose(checkpoints.Count))
        {
            FlowCheckpoint.Write(folder.Path, run.Id, new FlowState(checkpoints[i].At, new Dictionary<string, double[]>()));
            var read = FlowCheckpoint.Read(folder / FlowCheckpoint.Name, run.Id).Trajectory;
            var resumed = run.Start().Resume(read);
            if (expected.Length == 0)
            {
                Should.Throw<IntegrationException>(() => resumed.At(run.Instants).ToArray());
                resumed.Checkpoint!.Stepper.Y.ToArray().ShouldBe(original.Checkpoint!.Stepper.Y.ToArray());
                continue;
            }
            var rest = resumed.At(run.Instants).ToArray();
            rest.Length.ShouldBe(expected.Length - read.Observed);
            for (var k = 0; k < rest.Length; k++)
            {
                rest[k].Weights().ShouldBe(expected[read.Observed + k].Weights(), $"seed {seed}, checkpoint {i}");
                BitConverter.DoubleToInt64Bits(rest[k].Tau).ShouldBe(BitConverter.DoubleToInt64Bits(expected[read.Observed + k].Tau));
            }
            (resumed.Kinks, resumed.Steps, resumed.Evaluations).ShouldBe((original.Kinks, original.Steps, original.Evaluations));
            resumed.Events.ShouldBe(original.Events);
        }
        return checkpoints.Count(static c => c.Sliding > 0);
    }
}
