using Rhoflow.Data;
using Rhoflow.Lab.DescentRuns;
using Rhoflow.Lab.FlowRuns;
using Rhoflow.Lab.Runs;
using Rhoflow.Tests.Lab.DescentRuns;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Runs;

/// <summary>
/// Saved states are damaged at random (a bit, a cut, another run's): the run says so and gives the results of one that was never stopped.
/// </summary>
public class DamagedStateTests
{
    private const string Flow = """
        name: kinks
        data: {set: iris, classes: [setosa, rest], transforms: [unit-norm], train: 40}
        network: {layers: [{dense: 4}, relu, {dense: 1}]}
        init: {kind: kaiming}
        flow: {kind: unconstrained}
        observe: {at: {log10-t: {from: -1, to: 1, count: 10}}, measures: [loss, norms], weights: true}
        """;

    private static readonly string[] Small = ["network.layers=[{dense: 10}]", "observe.measures=[loss]", "observe.weights=true"];

    [Fact]
    public void Flows() => LongHarness.Repeat("damaged state.json", 6, DamageAFlow);

    [Fact(Explicit = true)]
    public void Flows_for_hours() => LongHarness.Repeat("damaged state.json", 1_000_000, DamageAFlow);

    [Fact]
    public void Descents() => LongHarness.Repeat("damaged checkpoint.safetensors", 6, DamageADescent);

    [Fact(Explicit = true)]
    public void Descents_for_hours() => LongHarness.Repeat("damaged checkpoint.safetensors", 1_000_000, DamageADescent);

    [Fact]
    public void A_flipped_bit_is_found_in_every_byte()
    {
        using var folder = new TemporaryFolder();
        var random = new Random();
        var run = PreparedFlow.From(Configs.Read(Flow));
        var flow = StopFlow(folder, run, 4);
        EveryByte(flow.File(FlowCheckpoint.Name), path => FlowCheckpoint.Read(path, run.Id));
        var descent = DescentRunTests.Interrupt(folder, [Trainings.Read(Small)], 7)[0].Folder;
        EveryByte(descent.File(DescentCheckpoint.Name), path => DescentCheckpoint.Read(path, descent.Id));

        void EveryByte(string path, Action<string> read)
        {
            read(path);
            var bytes = File.ReadAllBytes(path);
            // All bytes of the text at the beginning, then some of the numbers.
            for (var i = 0; i < bytes.Length; i += i < 1500 ? 1 : random.Next(1, bytes.Length / 100))
            {
                var bit = (byte)(1 << random.Next(8));
                bytes[i] ^= bit;
                File.WriteAllBytes(path, bytes);
                Should.Throw<DataException>(() => read(path), $"byte {i}, bit {bit}").Message.ShouldContain(path);
                bytes[i] ^= bit;
            }
            File.WriteAllBytes(path, bytes);
            read(path);
        }
    }

    [Fact]
    public void States_of_before_checksums_are_read_where_they_can_be_right()
    {
        using var folder = new TemporaryFolder();
        string Old(RunFolder of, string text)
        {
            var node = System.Text.Json.Nodes.JsonNode.Parse(text)!.AsObject();
            node["format"] = 2;
            foreach (var key in new[] { "sha256", "run", "kinks", "chatter", "earlier_evaluations", "last_kink", "velocity", "rested",
                "events" })
                node.Remove(key);
            File.WriteAllText(of.File(FlowCheckpoint.Name), node.ToJsonString());
            return of.File(FlowCheckpoint.Name);
        }
        var smooth = PreparedFlow.From(Configs.Read(Configs.TwoParameters));
        var stopped = StopFlow(folder, smooth, 2);
        var state = FlowCheckpoint.Read(stopped.File(FlowCheckpoint.Name), smooth.Id).Trajectory;
        var old = FlowCheckpoint.Read(Old(stopped, File.ReadAllText(stopped.File(FlowCheckpoint.Name))), smooth.Id).Trajectory;
        old.Stepper.Y.ToArray().ShouldBe(state.Stepper.Y.ToArray());
        FlowExecutor.Execute(smooth, stopped, true, null, default).Status.ShouldBe(RunStatus.Finished);
        File.ReadAllText(stopped.File("metrics.csv")).ShouldBe(Metrics(folder, smooth));

        var kinks = PreparedFlow.From(Configs.Read(Flow));
        stopped = StopFlow(folder, kinks, 5);
        Should.Throw<DataException>(() => FlowCheckpoint.Read(Old(stopped, File.ReadAllText(stopped.File(FlowCheckpoint.Name))), kinks.Id))
            .Message.ShouldContain("was written by an earlier version");
        File.Delete(stopped.File(SavedStates.Previous(FlowCheckpoint.Name)));
        FlowExecutor.Execute(kinks, stopped, true, null, default).Status.ShouldBe(RunStatus.Finished);
        File.ReadAllText(stopped.File("metrics.csv")).ShouldBe(Metrics(folder, kinks));
        ((string)stopped.Summary!["notes"]![0]!).ShouldContain("earlier version");
    }

    private static void DamageAFlow(Random random)
    {
        using var folder = new TemporaryFolder();
        var run = PreparedFlow.From(Configs.Read(Flow, $"seed={random.Next(5)}"));
        var expected = Metrics(folder, run);
        var made = StopFlow(folder, run, random.Next(3, 9));
        var other = PreparedFlow.From(Configs.Read(Flow, "seed=77"));
        var said = Damage(made, FlowCheckpoint.Name, StopFlow(folder, other, 3), random);
        FlowExecutor.Execute(run, made, resume: true, null, default);
        File.ReadAllText(made.File("metrics.csv")).ShouldBe(expected);
        Notes(made).Any(static n => n.Contains("state.json", StringComparison.Ordinal)).ShouldBe(said);
    }

    private static void DamageADescent(Random random)
    {
        using var folder = new TemporaryFolder();
        var experiment = Trainings.Read([.. Small, $"seed={random.Next(3)}"]);
        var run = PreparedDescent.From(experiment);
        RunFolder New() => RunFolder.Create(folder.Path, "a", run.Id, run.Experiment.ToYaml(), [], DateTime.Now);
        var whole = New();
        DescentExecutor.Execute([new DescentMember(run, whole, null)], 1, null, default);
        var made = New();
        var time = new ManualTime();
        using var stop = new CancellationTokenSource();
        var last = random.Next(7, 25);
        DescentExecutor.Execute([new DescentMember(run, made, null)], 1, null, stop.Token, done =>
        {
            time.Pass(3);
            if (done == last) stop.Cancel();
        }, time);
        var other = DescentRunTests.Interrupt(folder, [Trainings.Read([.. Small, "seed=77"])], 9)[0].Folder;
        var said = Damage(made, DescentCheckpoint.Name, other, random);
        DescentRunKind.Instance.Execute([new RunMember(run, made, Resume: true)], 1, null, default);
        Trainings.Content(made).ShouldBe(Trainings.Content(whole));
        Notes(made).Any(static n => n.Contains("checkpoint.safetensors", StringComparison.Ordinal)).ShouldBe(said);
    }

    // Whether a damage was done; some leave the latest state as it was.
    private static bool Damage(RunFolder run, string name, RunFolder other, Random random)
    {
        var (path, previous) = (run.File(name), run.File(SavedStates.Previous(name)));
        var bytes = File.ReadAllBytes(path);
        switch (random.Next(6))
        {
            case 0:
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(path, bytes);
                return true;
            case 1:
                File.WriteAllBytes(path, bytes[..random.Next(bytes.Length)]);
                return true;
            case 2:
                File.Copy(other.File(name), path, overwrite: true);
                return true;
            case 3:
                // Both.
                if (File.Exists(previous)) File.WriteAllText(previous, "");
                File.WriteAllBytes(path, bytes[..^1]);
                return true;
            case 4:
                random.NextBytes(bytes.AsSpan(bytes.Length / 2, 8));
                File.WriteAllBytes(path, bytes);
                return true;
            default:
                if (File.Exists(previous)) File.WriteAllBytes(previous, [1, 2, 3]);
                return false;
        }
    }

    private static RunFolder StopFlow(TemporaryFolder folder, PreparedFlow run, int after)
    {
        var made = RunFolder.Create(folder.Path, "flow", run.Id, run.Experiment.ToYaml(), [], DateTime.Now);
        using var stop = new CancellationTokenSource();
        var time = new ManualTime();
        var seen = 0;
        FlowExecutor.Execute(run, made, false, _ =>
        {
            time.Pass(2);
            if (++seen == after) stop.Cancel();
        }, stop.Token, time).Status.ShouldBe(RunStatus.Interrupted);
        File.Exists(made.File(FlowCheckpoint.Name)).ShouldBeTrue();
        return made;
    }

    private static string Metrics(TemporaryFolder folder, PreparedFlow run)
    {
        var made = RunFolder.Create(folder.Path, "whole", run.Id, run.Experiment.ToYaml(), [], DateTime.Now);
        FlowExecutor.Execute(run, made, false, null, default).Status.ShouldBe(RunStatus.Finished);
        return File.ReadAllText(made.File("metrics.csv"));
    }

    private static IEnumerable<string> Notes(RunFolder run) => run.Summary!["notes"]!.AsArray().Select(static n => (string)n!);
}
