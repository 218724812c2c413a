using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.DescentRuns;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.DescentRuns;

public sealed class DescentRunTests
{
    private static readonly string[] Variants =
    [
        "descent.epochs=6", "precision=float64", "descent.normalization=weight descent.label-noise=0",
        "descent.normalization=tangent descent.rho={rescale: {every: 2, factor: 1.5}}",
        "descent.kind=gd descent.schedule=loss-based descent.weight-decay=0",
        "network.layers=[{conv: 4}, {layer-norm: {gamma: true, beta: true}}, relu, {dense: 20}, layer-norm, relu, {dense: 10}]",
    ];

    [Fact]
    public void The_folder_holds_what_the_contract_says()
    {
        using var folder = new TemporaryFolder();
        var experiment = Trainings.Read();
        var run = Launch(folder, experiment).Folder;
        run.Status.ShouldBe(RunStatus.Finished);
        Directory.EnumerateFileSystemEntries(run.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe(["arrays", "checkpoint.safetensors", "config.yaml", "environment.json", "log.txt", "metrics.csv",
                "preparation.json", "summary.json"]);
        Experiment.Read(ConfigSource.Parse(File.ReadAllText(run.File("config.yaml")))).ToYaml().ShouldBe(experiment.ToYaml());
        var (columns, rows) = MetricsFile.Read(run.File("metrics.csv"));
        double[] Column(string name) => [.. rows.Select(r => r[Array.IndexOf(columns, name)])];
        Column("epoch").ShouldBe([0, 2, 4, 6]);
        Column("step").ShouldBe([0, 10, 20, 30]);
        Column("t").ShouldBe([0, 1, 2, 3], 1e-12);
        Column("log10_rho").Zip(Column("rho_1"), Column("rho_2"))
            .ShouldAllBe(static p => Math.Abs(p.First - Math.Log10(p.Second * p.Third)) < 1e-12);
        Column("train_error")[^1].ShouldBeLessThan(Column("train_error")[0]);
        Npy.Read(run.File("arrays/margins.npy")).Select(static r => r.Min()).ShouldBe(Column("margin_min"));
        var file = Safetensors.Load(run.File("checkpoint.safetensors"));
        file.Shape("W1").ShouldBe([4, 9]);
        file.Read<float>("W2").Select(static w => (double)w).ShouldBe(Npy.Read(run.File("arrays/W.npy"))[^1][36..]);
        var document = RunDocument.Read(run);
        ((int)document["observations"]![3]!["W"]![1]!.AsArray().Count).ShouldBe(10);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(0, 17)]
    [InlineData(1, 8)]
    [InlineData(2, 11)]
    [InlineData(3, 13)]
    [InlineData(4, 4)]
    [InlineData(5, 12)]
    public void Resumed_is_uninterrupted_bit_for_bit(int variant, int stopAfterSteps)
    {
        var experiment = Trainings.Read(Split(Variants[variant]));
        using var whole = new TemporaryFolder();
        using var parts = new TemporaryFolder();
        var expected = Trainings.Content(Launch(whole, experiment).Folder);
        var interrupted = Interrupt(parts, [experiment], stopAfterSteps)[0];
        interrupted.Status.ShouldBe(RunStatus.Interrupted);
        interrupted.Folder.Status.ShouldBe(RunStatus.Interrupted);
        var resumed = new RunLauncher(parts.Path, Resume: true, []).Launch(experiment, cancellation: TestContext.Current.CancellationToken);
        resumed.Status.ShouldBe(RunStatus.Finished, resumed.Error);
        RunFolder.Of(parts.Path, experiment.Name).Count.ShouldBe(1);
        Trainings.Content(resumed.Folder).ShouldBe(expected);
    }

    [Fact]
    public void A_network_with_layer_normalization_learns_and_says_what_does_not_apply()
    {
        using var folder = new TemporaryFolder();
        const string Layers = "network.layers=[{dense: 30}, {layer-norm: {gamma: true}}, relu, {dense: 10}]";
        var run = Launch(folder, Trainings.Read(Layers, "descent.epochs=8")).Folder;
        run.Status.ShouldBe(RunStatus.Finished);
        File.ReadAllText(run.File("config.yaml")).ShouldContain("{layer-norm: {gamma: true, beta: false, epsilon: 1e-05}}");
        var (columns, rows) = MetricsFile.Read(run.File("metrics.csv"));
        double[] Column(string name) => [.. rows.Select(r => r[Array.IndexOf(columns, name)])];
        Column("train_error")[^1].ShouldBeLessThan(0.2);
        // ρ_1 is no factor of f.
        Column("log10_rho").Zip(Column("rho_2")).ShouldAllBe(static p => Math.Abs(p.First - Math.Log10(p.Second)) < 1e-12);
        File.ReadAllText(run.File("log.txt")).ShouldContain("the layer normalization of node 2 has ε = 1E-05");
    }

    [Fact]
    public void Replicas_of_a_sweep_equal_separate_runs_bit_for_bit()
    {
        string[] sweep = ["seed=0,1", "init.frobenius=0.5,2", "descent.learning-rate=0.05,0.1"];
        Experiment[] experiments = [.. Overrides.Expand(sweep, sweep: true).Select(o =>
        {
            var source = ConfigSource.Parse(Trainings.Digits, "digits.yaml");
            Overrides.Apply(source, o);
            return Experiment.Read(source);
        })];
        experiments.Length.ShouldBe(8);
        var groups = RunGroups.Of(experiments);
        groups.Count.ShouldBe(1);
        using var together = new TemporaryFolder();
        using var apart = new TemporaryFolder();
        var ended = new RunLauncher(together.Path, false, [])
            .Launch(groups[0], threads: 2, cancellation: TestContext.Current.CancellationToken);
        for (var i = 0; i < ended.Count; i += 3)
        {
            ended[i].Status.ShouldBe(RunStatus.Finished, ended[i].Error);
            Trainings.Content(ended[i].Folder).ShouldBe(Trainings.Content(Launch(apart, groups[0][i]).Folder), $"replica {i}");
        }
        ended.Select(static o => Trainings.Content(o.Folder)).Distinct(StringComparer.Ordinal).Count().ShouldBe(8);

        // What sees other minibatches, data or shapes stands apart.
        RunGroups.Of([Trainings.Read(), Trainings.Read("descent.seed=6"), Trainings.Read("descent.batch=32"), Trainings.Read("data.seed=4"),
            Trainings.Read("network.layers=[{dense: 10}]"), Trainings.Read("loss=square"), Trainings.Read("precision=float64"),
            Trainings.Read("descent.momentum=0")]).Count.ShouldBe(7);
    }

    [Fact]
    public void Interrupted_replicas_go_on_together()
    {
        DescentExperiment[] group = [Trainings.Read("init.frobenius=0.5"), Trainings.Read("init.frobenius=2")];
        using var whole = new TemporaryFolder();
        using var parts = new TemporaryFolder();
        var expected = group.Select(e => Trainings.Content(Launch(whole, e).Folder)).ToArray();
        Interrupt(parts, group, 9).ShouldAllBe(static o => o.Status == RunStatus.Interrupted);
        var resumed = new RunLauncher(parts.Path, Resume: true, [])
            .Launch(group, threads: 2, cancellation: TestContext.Current.CancellationToken);
        resumed.Select(static o => Trainings.Content(o.Folder)).ShouldBe(expected);
    }

    [Fact]
    public void Divergence_keeps_the_last_good_state_and_lets_the_others_finish()
    {
        using var folder = new TemporaryFolder();
        string[] sound = ["loss=square", "descent.label-noise=0", "network.layers=[{dense: 8}, {dense: 10}]"];
        DescentExperiment[] group = [Trainings.Read([.. sound, "descent.learning-rate=1e6"]), Trainings.Read(sound)];
        var ended = new RunLauncher(folder.Path, false, []).Launch(group, threads: 2, cancellation: TestContext.Current.CancellationToken);
        ended[0].Status.ShouldBe(RunStatus.Failed);
        ended[0].Error!.ShouldContain("learning rate 1");
        ended[0].Error!.ShouldContain("epoch 0");
        ((float[])DescentCheckpoint.Read(ended[0].Folder)!.Arrays["x"]).ShouldAllBe(static w => float.IsFinite(w));
        ((string)ended[0].Folder.Summary!["error"]!).ShouldBe(ended[0].Error);
        ended[1].Status.ShouldBe(RunStatus.Finished, ended[1].Error);
    }

    [Theory]
    [InlineData("cut off", "checkpoint.safetensors")]
    [InlineData("other network", "belongs to the run")]
    [InlineData("rows missing", "does not fit the rows")]
    public void A_damaged_checkpoint_is_named_and_kept_and_the_run_goes_on_from_the_one_before(string damage, string expected)
    {
        using var folder = new TemporaryFolder();
        var experiment = Trainings.Read();
        using var whole = new TemporaryFolder();
        var right = Trainings.Content(Launch(whole, experiment).Folder);
        var run = Interrupt(folder, [experiment], 12)[0].Folder;
        var path = run.File(DescentCheckpoint.Name);
        switch (damage)
        {
            case "cut off":
                File.WriteAllBytes(path, File.ReadAllBytes(path)[..^100]);
                break;
            case "rows missing":
                File.WriteAllText(run.File("metrics.csv"), File.ReadLines(run.File("metrics.csv")).First() + "\n");
                break;
            default:
                using (var other = new TemporaryFolder())
                {
                    var smaller = Interrupt(other, [Trainings.Read("network.layers=[{dense: 10}]")], 12)[0].Folder;
                    File.Copy(smaller.File(DescentCheckpoint.Name), path, overwrite: true);
                }
                break;
        }
        var before = File.ReadAllBytes(path);
        var launcher = new RunLauncher(folder.Path, Resume: true, []);
        var resumed = launcher.Launch(experiment, cancellation: TestContext.Current.CancellationToken);
        resumed.Folder.Path.ShouldBe(run.Path);
        string[] notes = [.. resumed.Folder.Summary!["notes"]!.AsArray().Select(static n => (string)n!)];
        notes[0].ShouldContain(expected);
        notes[1].ShouldBe("the run went on from previous-checkpoint.safetensors, the state saved before");
        File.ReadAllText(run.File("log.txt")).ShouldContain(notes[0]);
        File.ReadAllBytes(run.File("damaged-checkpoint.safetensors")).ShouldBe(before);
        Trainings.Content(resumed.Folder).ShouldBe(right);
    }

    [Fact]
    public void Weights_of_a_run_start_another()
    {
        using var folder = new TemporaryFolder();
        var first = Launch(folder, Trainings.Read("network.layers=[{dense: 6}, relu, {dense: 10}]")).Folder;
        var file = first.File(DescentCheckpoint.Name);
        var second = Launch(folder, Trainings.Read("name=second", "network.layers=[{dense: 6}, relu, {dense: 10}]",
            $"init={{weights: \"{file}\"}}", "descent.epochs=0")).Folder;
        Npy.Read(second.File("arrays/W.npy"))[0].ShouldBe(Npy.Read(first.File("arrays/W.npy"))[^1]);
        var error = Should.Throw<ConfigException>(() => PreparedDescent.From(Trainings.Read(
            "network.layers=[{dense: 6}, relu, {dense: 6}, relu, {dense: 10}]", $"init={{weights: \"{first.File("config.yaml")}\"}}")));
        error.Message.ShouldContain("is not a .safetensors file");
        Should.Throw<DataException>(() => PreparedDescent.From(Trainings.Read("network.layers=[{dense: 7}, relu, {dense: 10}]",
            $"init={{weights: \"{file}\"}}"))).Message.ShouldContain("'W1' is 6 × 64; layer 1 of the network needs 7 × 64");
    }

    [Fact]
    public void A_forecast_is_made_without_a_folder() =>
        DescentForecast.Seconds(PreparedDescent.From(Trainings.Read())).ShouldBeGreaterThan(0);

    internal static RunOutcome Launch(TemporaryFolder folder, Experiment experiment) =>
        new RunLauncher(folder.Path, Resume: false, []).Launch(experiment, cancellation: TestContext.Current.CancellationToken);

    // Cancelled before the given step: the data of a group are loaded once, so the executor is used directly.
    internal static IReadOnlyList<RunOutcome> Interrupt(TemporaryFolder folder, IReadOnlyList<DescentExperiment> group, int step)
    {
        using var stop = new CancellationTokenSource();
        var members = PreparedDescent.From(group).Select(p =>
        {
            var run = RunFolder.Create(folder.Path, p.Experiment.Name, p.Id, p.Experiment.ToYaml(), [], DateTime.Now);
            return new DescentMember(p, run, null);
        }).ToArray();
        return DescentExecutor.Execute(members, 2, null, stop.Token, afterStep: done => { if (done == step) stop.Cancel(); });
    }

    internal static string[] Split(string overrides) =>
        [.. overrides.Split(" descent.").Select(static (o, i) => i == 0 ? o : "descent." + o)];
}
