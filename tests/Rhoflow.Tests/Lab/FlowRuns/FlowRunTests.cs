using System.Text.Json.Nodes;
using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.FlowRuns;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;
using Rhoflow.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.FlowRuns;

public class FlowRunTests
{
    private const string Deep = """
        name: deep
        seed: 3
        data: {set: iris, classes: [setosa, rest], transforms: [unit-norm], train: 16}
        network: {layers: [{dense: 3}, {power: 2}, {dense: 1}]}
        init: {kind: kaiming, frobenius: 0.8}
        flow: {kind: unconstrained}
        observe: {at: {log10-t: [-1, 0, 1, 2, 3, 4, 6, 8, 20]}, weights: true}
        """;

    [Fact]
    public void Figure_2_of_Theory_III_comes_out_as_in_the_catalogue()
    {
        using var folder = new TemporaryFolder();
        var document = RunDocument.Read(Launch(folder, Configs.Read(Configs.TwoParameters)).Folder);
        ((string?)document["status"]).ShouldBe("finished");
        var rows = document["observations"]!.AsArray();
        double[][] expected = [[.93883, .72587], [1.70287, 1.63874], [2.09245, 2.08042]];
        for (var i = 0; i < 3; i++)
        {
            ((double)rows[i]!["t"]!).ShouldBe(new double[] { 1, 5, 10 }[i]);
            var w = rows[i]!["W"]![0]![0]!.AsArray().Select(v => (double)v!).ToArray();
            w[0].ShouldBe(expected[i][0], 1e-5);
            w[1].ShouldBe(expected[i][1], 1e-5);
            var rho = (double)rows[i]!["rho_k"]![0]!;
            rho.ShouldBe((double)rows[i]!["rho_1"]!);
            rho.ShouldBe(Math.Sqrt(w[0] * w[0] + w[1] * w[1]), 1e-14);
            ((double)rows[i]!["V"]![0]![0]![1]! * rho).ShouldBe(w[1], 1e-14);
            // log10 L by hand: Σ e^{−w·x}.
            Math.Log10(Math.Exp(-(w[0] + .5 * w[1])) + Math.Exp(-(.4 * w[0] + 1.2 * w[1])))
                .ShouldBe((double)rows[i]!["log10_loss"]!, 1e-13);
            rows[i]!["epoch"].ShouldBeNull();
            rows[i]!["direction_error"].ShouldBeNull();
        }
    }

    [Fact]
    public void The_folder_holds_what_the_contract_says()
    {
        using var folder = new TemporaryFolder();
        var experiment = Configs.Read(Configs.TwoParameters);
        var run = Launch(folder, experiment).Folder;
        run.Name.ShouldBe("two-parameter-flow");
        run.Id.ShouldBe(RunIdentity.Id(experiment));
        Path.GetFileName(run.Path).ShouldMatch("^\\d{4}-\\d\\d-\\d\\d_\\d\\d-\\d\\d-\\d\\d_[0-9a-f]{8}$");
        Directory.EnumerateFileSystemEntries(run.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe(["arrays", "config.yaml", "environment.json", "log.txt", "metrics.csv", "preparation.json", "summary.json"]);
        Experiment.Read(ConfigSource.Parse(File.ReadAllText(run.File("config.yaml")))).ToYaml().ShouldBe(experiment.ToYaml());
        var (columns, rows) = MetricsFile.Read(run.File("metrics.csv"));
        columns.ShouldBe(["step", "epoch", "t", "log10_t", "tau", "log10_loss", "train_error", "test_error", "log10_test_loss", "log10_rho",
            "rho", "rho_1", "start_distance_1", "start_distance_relative_1",
            "margin_min", "margin_mean", "abs_f_mean", "smoothed_margin", "support_count", "support_first", "support_multiplicity",
                "support_entered", "support_left", "support_jaccard",
            "margin_q01", "margin_q05", "margin_q10", "margin_q25", "margin_q50", "margin_q75", "margin_q90", "margin_area",
                "margin_abs_mean",
            "spectral_margin_min", "spectral_margin_mean", "linf_margin_min", "linf_margin_mean", "l1_margin_min", "l1_margin_mean",
                "row_margin_min", "row_margin_mean",
            "feature_margin_min", "feature_margin_mean", "feature_margin_median", "input_margin_min", "input_margin_mean",
                "input_margin_median", "direction_error"]);
        rows.Count.ShouldBe(3);
        Npy.Read(run.File("arrays/margins.npy")).Select(r => r.Min()).ShouldBe(rows.Select(r => r[Array.IndexOf(columns, "margin_min")]));
        var environment = JsonNode.Parse(File.ReadAllText(run.File("environment.json")))!;
        foreach (var key in new[] { "version", "processor", "simd", "threads", "dotnet", "commandLine" })
            environment[key].ShouldNotBeNull(key);
    }

    [Fact]
    public void A_finished_run_is_recognised_and_not_computed_again()
    {
        using var folder = new TemporaryFolder();
        var first = Launch(folder, Configs.Read(Configs.TwoParameters));
        var again = Launch(folder, Configs.Read(Configs.TwoParameters, "observe.at.t=[1.0, 5, 1e1]"));
        (first.Reused, again.Reused).ShouldBe((false, true));
        again.Folder.Path.ShouldBe(first.Folder.Path);
        Launch(folder, Configs.Read(Configs.TwoParameters, "seed=1")).Reused.ShouldBeFalse();
    }

    [Fact]
    public void The_same_run_twice_gives_the_same_bits()
    {
        using var a = new TemporaryFolder();
        using var b = new TemporaryFolder();
        Content(Launch(a, Configs.Read(Deep)).Folder).ShouldBe(Content(Launch(b, Configs.Read(Deep)).Folder));
    }

    [Theory]
    [InlineData(Deep, 1)]
    [InlineData(Deep, 4)]
    [InlineData(Deep, 7)]
    [InlineData(Deep, 3, "flow.kind=weight-normalization")]
    [InlineData(Deep, 5, "flow={kind: lagrange, until: {log10-loss: -9}}")]
    [InlineData(Deep, 2, "flow={kind: scheduled-rho, rho: log-t}", "observe.at={log10-t: [1, 2, 3, 4]}")]
    [InlineData(Configs.TwoParameters, 2, "observe.at={log10-t: [1, 100, 300, 1000]}", "flow.kind=weight-normalization")]
    [InlineData(Configs.TwoParameters, 1, "flow.method=radau")]
    [InlineData(Configs.TwoParameters, 2, "flow.method=dormand-prince")]
    [InlineData(Configs.TwoParameters, 1, "flow.until={tau: 3}")]
    public void Resumed_is_uninterrupted_bit_for_bit(string yaml, int stopAfter, params string[] overrides)
    {
        var experiment = Configs.Read(yaml, overrides);
        using var whole = new TemporaryFolder();
        var uninterrupted = Launch(whole, experiment);
        uninterrupted.Status.ShouldBe(RunStatus.Finished, uninterrupted.Error);
        using var parts = new TemporaryFolder();
        using (var stop = new CancellationTokenSource())
        {
            var seen = 0;
            var launcher = new RunLauncher(parts.Path, Resume: false, []);
            var interrupted = Should.Throw<RunInterruptedException>(() =>
                launcher.Launch(experiment, _ => { if (++seen == stopAfter) stop.Cancel(); }, stop.Token)).Outcomes[0];
            interrupted.Status.ShouldBe(RunStatus.Interrupted);
            interrupted.Folder.Status.ShouldBe(RunStatus.Interrupted);
            MetricsFile.Read(interrupted.Folder.File("metrics.csv")).Rows.Count.ShouldBeGreaterThanOrEqualTo(stopAfter);
            RunFolder.FindFinished(parts.Path, experiment.Name, interrupted.Folder.Id).ShouldBeNull();
        }
        var resumed = new RunLauncher(parts.Path, Resume: true, []).Launch(experiment, cancellation: TestContext.Current.CancellationToken);
        resumed.Status.ShouldBe(RunStatus.Finished);
        RunFolder.Of(parts.Path, experiment.Name).Count.ShouldBe(1);
        File.ReadAllText(resumed.Folder.File("log.txt")).ShouldContain("resumed after observation");
        Content(resumed.Folder).ShouldBe(Content(uninterrupted.Folder));
    }

    [Theory]
    [InlineData("metrics torn")]
    [InlineData("metrics short")]
    [InlineData("array short")]
    [InlineData("checkpoint torn")]
    [InlineData("checkpoint missing")]
    [InlineData("arrays missing")]
    public void What_a_crash_leaves_is_never_trusted(string damage)
    {
        var experiment = Configs.Read(Deep);
        using var whole = new TemporaryFolder();
        var expected = Content(Launch(whole, experiment).Folder);
        using var parts = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        var seen = 0;
        var launcher = new RunLauncher(parts.Path, false, []);
        var folder = Should.Throw<RunInterruptedException>(() =>
            launcher.Launch(experiment, _ => { if (++seen == 5) stop.Cancel(); }, stop.Token)).Outcomes[0].Folder;
        File.Delete(folder.File("summary.json"));
        var metrics = folder.File("metrics.csv");
        switch (damage)
        {
            case "metrics torn": File.AppendAllText(metrics, "12,nan,1e3"); break;
            case "metrics short": File.WriteAllText(metrics, string.Join('\n', File.ReadLines(metrics).Take(3)) + "\n1,2"); break;
            case "array short": using (var s = new FileStream(folder.File("arrays/W.npy"), FileMode.Open)) s.SetLength(s.Length - 8); break;
            case "checkpoint torn": File.WriteAllText(folder.File("state.json"), File.ReadAllText(folder.File("state.json"))[..200]); break;
            case "checkpoint missing": File.Delete(folder.File("state.json")); break;
            default: Directory.Delete(folder.File("arrays"), recursive: true); break;
        }
        folder.Status.ShouldBe(RunStatus.Unfinished);
        var resumed = new RunLauncher(parts.Path, Resume: true, []).Launch(experiment, cancellation: TestContext.Current.CancellationToken);
        resumed.Status.ShouldBe(RunStatus.Finished);
        resumed.Folder.Path.ShouldBe(folder.Path);
        Content(resumed.Folder).ShouldBe(expected);
    }

    [Fact]
    public void A_summary_that_says_finished_is_believed_only_beside_its_rows()
    {
        using var folder = new TemporaryFolder();
        var experiment = Configs.Read(Configs.TwoParameters);
        var run = Launch(folder, experiment).Folder;
        var lines = File.ReadAllLines(run.File("metrics.csv"));
        File.WriteAllText(run.File("metrics.csv"), string.Join('\n', lines[..^1]) + "\n");
        run.Status.ShouldBe(RunStatus.Unfinished);
        Launch(folder, experiment).Reused.ShouldBeFalse();
    }

    [Fact]
    public void Places_that_cannot_be_written_to_are_a_clear_failure_that_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder / "file", "");
        var error = Should.Throw<RunFolderException>(() =>
            new RunLauncher(folder / "file", false, []).Launch(Configs.Read(Configs.TwoParameters)));
        error.Message.ShouldContain("cannot be written");
        error.Message.ShouldContain("--out DIR");

        var experiment = Configs.Read(Configs.TwoParameters);
        var run = RunFolder.Create(folder.Path, "a", RunIdentity.Id(experiment), experiment.ToYaml(), new JsonObject(), DateTime.Now);
        Directory.Delete(run.File("arrays"));
        File.WriteAllText(run.File("arrays"), "in the way");
        Should.Throw<RunFolderException>(() => FlowExecutor.Execute(PreparedFlow.From(experiment), run, false, null,
            default)).Message.ShouldContain("not taken for a finished run");
        run.Status.ShouldBe(RunStatus.Unfinished);
        Directory.EnumerateFiles(run.Path, "*.new", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public void Two_runs_of_one_second_have_two_folders()
    {
        using var folder = new TemporaryFolder();
        var now = DateTime.Now;
        var a = RunFolder.Create(folder.Path, "a", "0123abcd", "", new JsonObject(), now);
        var b = RunFolder.Create(folder.Path, "a", "0123abcd", "", new JsonObject(), now);
        a.Path.ShouldNotBe(b.Path);
        RunFolder.Under(folder.Path).Select(f => f.Path).ShouldBe([a.Path, b.Path]);
        RunFolder.At(folder.Path).ShouldBeNull();
    }

    [Fact]
    public void What_is_wrong_with_an_experiment_is_found_before_a_folder_exists()
    {
        using var folder = new TemporaryFolder();
        string Config(params string[] o) =>
            Should.Throw<ConfigException>(() => Launch(folder, Configs.Read(Configs.TwoParameters, o))).Message;
        string Data(params string[] o) => Should.Throw<DataException>(() => Launch(folder, Configs.Read(Configs.TwoParameters, o))).Message;
        Config("init={kind: zeros}", "flow.kind=weight-normalization")
            .ShouldContain("layer 1 starts at zero, but weight-normalization needs a direction V_1");
        Config("network.layers=[{dense: 3}, relu, {dense: 1}]").ShouldContain("1 weight matrices were given for a network of 2 layers");
        Data("network.layers=[{dense: 2}]", "init={kind: normal}").ShouldContain("1 output");
        Data("data.inline.y=[1, 2]").ShouldContain("y[1] is 2; the exponential loss needs labels −1 and +1");
        Data("data={set: iris}", "init={kind: normal}").ShouldContain("choose them with data.classes: [setosa, versicolor]");
        Data("data={set: iris, classes: [setosa, tulip]}", "init={kind: normal}").ShouldContain("no class 'tulip'");
        Data("data={set: iris, classes: [setosa, rest], train: 200}", "init={kind: normal}").ShouldContain("150 examples");
        Data("data={path: nowhere.csv}").ShouldContain("nowhere.csv");
        Directory.EnumerateFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public void A_direction_without_limit_is_an_error_by_name_and_a_note_under_all()
    {
        using var folder = new TemporaryFolder();
        string[] mixed = ["data.inline={x: [[1.0, 0.5], [-2.0, -1.0]], y: [1, 1]}", "init.weights=[[[0.3, -0.1]]]"];
        var error = Should.Throw<NotSeparableException>(() =>
            Launch(folder, Configs.Read(Configs.TwoParameters, [.. mixed, "observe.measures=[direction]"])));
        error.Certificate.Count.ShouldBe(2);
        var run = Launch(folder, Configs.Read(Configs.TwoParameters, [.. mixed, "observe.measures=all"]));
        run.Status.ShouldBe(RunStatus.Finished);
        run.Folder.Summary!["notes"]!.AsArray().Select(static n => (string)n!)
            .ShouldContain(static n => n.StartsWith("direction_error is not measured", StringComparison.Ordinal));
    }

    [Fact]
    public void The_square_loss_is_compared_with_the_minimum_norm_solution()
    {
        using var folder = new TemporaryFolder();
        // One example (3, 4) ↦ 1: from w = 0 the flow goes straight to X⁺y = (3, 4)/25.
        var run = Launch(folder,
            Configs.Read(Configs.TwoParameters, "data.inline={x: [[3, 4]], y: [1]}", "loss={name: square, reduction: sum}",
            "init={kind: zeros}", "observe={at: {t: [0.01, 10]}, measures: [direction, norms], weights: true}")).Folder;
        var last = RunDocument.Read(run)["observations"]![1]!;
        ((double)last["direction_error"]!).ShouldBe(0, 1e-12);
        ((double)last["rho"]!).ShouldBe(0.2, 1e-10);
        ((double)last["W"]![0]![0]![0]!).ShouldBe(0.12, 1e-10);
    }

    [Fact]
    public void Times_beyond_a_double_keep_their_logarithm()
    {
        using var folder = new TemporaryFolder();
        var run = Launch(folder, Configs.Read(Configs.TwoParameters, "observe={at: {t: [1e300, 1e1000]}, measures: all}")).Folder;
        var (columns, rows) = MetricsFile.Read(run.File("metrics.csv"));
        double At(int row, string name) => rows[row][Array.IndexOf(columns, name)];
        (At(0, "t"), At(1, "t"), At(1, "log10_t")).ShouldBe((1e300, double.PositiveInfinity, 1000));
        // ρ γ → log t: the margin of this set is 1.0847 (two examples, both support vectors).
        (At(1, "rho") * At(1, "margin_min") / (1000 * Math.Log(10))).ShouldBe(1, 1e-3);
        At(1, "log10_loss").ShouldBe(-1000, 0.2);
        At(1, "direction_error").ShouldBeInRange(1e-6, 1e-2);
        RunDocument.Read(run)["observations"]![1]!["t"].ShouldBeNull();
    }

    [Fact]
    public void The_scalar_equations_run_without_data()
    {
        using var folder = new TemporaryFolder();
        const string yaml = "flow: {kind: norm-growth, layers: 2, f: 1, rho-k: 0.8}\nobserve: {at: {log10-t: [3, 10000]}, weights: true}";
        var run = Launch(folder, Configs.Read(yaml)).Folder;
        var rows = RunDocument.Read(run)["observations"]!.AsArray();
        // K = 2: R = li⁻¹(2ft + C), so the product at t = 1000 is 9.75103 (T3 eq. 65, corrected).
        ((double)rows[0]!["rho"]!).ShouldBe(9.75103, 1e-5);
        ((double)rows[0]!["rho_1"]!).ShouldBe(Math.Sqrt(9.75103), 1e-5);
        ((double)rows[1]!["rho"]! / (10000 * Math.Log(10))).ShouldBe(1.000466, 1e-6);
    }

    [Theory]
    [InlineData("init: {frobenius: 0.8}\nflow: {kind: norm-growth, layers: 2, f: 1}")]
    [InlineData("init: {weights: [[[0.8]], [[0.8]]]}\nflow: {kind: norm-growth}")]
    [InlineData("flow: {kind: norm-growth, layers: 2, rho: 0.64}")]
    [InlineData("data: {inline: {x: [[2.0, 0.0]], y: [-1]}}\nnetwork: {layers: [{dense: 1}, {dense: 1}]}\ninit: {weights: [[[0.8, 0.0]], "
        + "[[-0.8]]]}\nloss: {name: exponential, reduction: sum}\nflow: {kind: norm-growth, f: 1}")]
    public void The_scalar_equations_take_their_start_in_every_form(string start)
    {
        using var folder = new TemporaryFolder();
        var run = Launch(folder, Configs.Read(start + "\nobserve: {at: {log10-t: [3]}}")).Folder;
        ((double)RunDocument.Read(run)["observations"]![0]!["rho"]!).ShouldBe(9.75103, 1e-5);
    }

    [Fact]
    public void The_scalar_equations_take_their_margin_from_data_and_network()
    {
        using var folder = new TemporaryFolder();
        // f̃ = y V_2 V_1·x = (−1)(−1)(0.6·1 + 0.8·2) = 2.2, so ρf follows the equation with f = 2.2.
        const string data = "data: {inline: {x: [[1.0, 2.0]], y: [-1]}}\nnetwork: {layers: [{dense: 1}, {dense: 1}]}\ninit: {weights: "
            + "[[[0.3, 0.4]], [[-0.5]]]}\nloss: {name: exponential, reduction: sum}\n";
        var fromData = Launch(folder, Configs.Read(data + "flow: {kind: norm-growth}\nobserve: {at: {t: [7]}}")).Folder;
        var written = Launch(folder,
            Configs.Read("flow: {kind: norm-growth, layers: 2, f: 2.2, rho-k: 0.5}\nobserve: {at: {t: [7]}}")).Folder;
        double Rho(RunFolder run) => (double)RunDocument.Read(run)["observations"]![0]!["rho"]!;
        Rho(fromData).ShouldBe(Rho(written), 1e-12);
    }

    [Fact]
    public void The_scalar_equations_without_a_start_say_how_to_give_one() =>
        Should.Throw<ConfigException>(static () =>
            PreparedFlow.From(Configs.Read("flow: {kind: norm-growth, layers: 2}\nobserve: {at: {t: [1]}}")))
            .Message.ShouldContain("rho-k");

    private static RunOutcome Launch(TemporaryFolder folder, Experiment experiment) =>
        new RunLauncher(folder.Path, Resume: false, []).Launch(experiment, cancellation: TestContext.Current.CancellationToken);

    // Everything that is measured, byte by byte.
    private static string Content(RunFolder folder) =>
        string.Join('\n', Directory.EnumerateFiles(folder.File("arrays")).Append(folder.File("metrics.csv"))
        .Order(StringComparer.Ordinal)
        .Select(f => Path.GetFileName(f) + " " + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f)))))
        + "\n" + File.ReadAllText(folder.File("metrics.csv"));
}
