using System.Globalization;
using System.Text.Json.Nodes;
using Rhoflow.Cli;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Runs;
using Rhoflow.Tests.Lab.Weights;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.WatchRuns;

/// <summary>`watch DIR`: checkpoints of a program elsewhere become the rows of a run.</summary>
public sealed class WatchTests : IDisposable
{
    private const int Examples = 15, Inputs = 4, Hidden = 5, Classes = 3;

    private readonly TemporaryFolder _folder = new();
    private readonly Random _random;
    private readonly double[][] _x;

    public WatchTests()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        _random = new Random(seed);
        _x = [.. Enumerable.Range(0, Examples).Select(_ => Draw(Inputs))];
        File.WriteAllLines(_folder / "d.csv", _x.Select((row, n) => string.Join(',',
            row.Select(static v => v.ToString("R", CultureInfo.InvariantCulture)).Append($"{n % Classes}"))).Prepend("a,b,c,d,class"));
        File.WriteAllText(_folder / "n.yaml", $"network: {{layers: [ {{dense: {Hidden}}}, relu, {{dense: {Classes}}} ]}}\n"
            + "init: {kind: normal}\ndescent: {kind: sgd, learning-rate: 0.1, epochs: 3}\nobserve: {at: {every: 1 epochs}}\n");
        Directory.CreateDirectory(_folder / "ckpt");
    }

    public void Dispose() => _folder.Dispose();

    private double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => _random.NextDouble() * 2 - 1)];

    // A file that was written long ago, so that it is not waited for.
    private (double[] W1, double[] W2) Checkpoint(string name, int hidden = Hidden)
    {
        var (w1, w2) = (Draw(hidden * Inputs), Draw(Classes * hidden));
        var made = WeightFiles.Safetensors(_folder, new("fc1.weight", w1, hidden, Inputs), new("fc2.weight", w2, Classes, hidden));
        File.Move(made, _folder / $"ckpt/{name}", overwrite: true);
        Old(name);
        return (w1, w2);
    }

    private void Old(string name, double minutes = 1) =>
        File.SetLastWriteTimeUtc(_folder / $"ckpt/{name}", DateTime.UtcNow.AddMinutes(-minutes));

    private string[] Words(string root, params string[] more) => ["watch", _folder / "ckpt", "--data", _folder / "d.csv", "--network",
        _folder / "n.yaml", "data.transforms=[]", "precision=float64", "--out", _folder / root, .. more];

    private static (int Status, string Output, string Error) Run(string[] arguments, CancellationToken cancellation = default)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        return (CommandLine.Run(arguments, output, error, cancellation), output.ToString(), error.ToString());
    }

    private (int Status, string Output, string Error) Once(string root = "runs", params string[] more) =>
        Run(Words(root, ["--once", .. more]));

    private RunFolder Folder(string root = "runs") => RunFolder.Under(_folder / root).ShouldHaveSingleItem();

    private (string[] Columns, IReadOnlyList<double[]> Rows) Metrics(string root = "runs") =>
        MetricsFile.Read(Folder(root).File("metrics.csv"));

    [Fact]
    public void A_row_is_what_plain_loops_and_inspect_say_of_its_file()
    {
        var weights = new[] { 30, 4, 200 }.ToDictionary(static s => s, s => Checkpoint($"model-step-{s}.safetensors"));
        var (status, output, error) = Once("runs", "--measures", "loss,margins,structure", "--json");
        status.ShouldBe(0, error);
        JsonNode.Parse(output)!["observations"]!.AsArray().Count.ShouldBe(3);
        var (columns, rows) = Metrics();
        double Of(int row, string column) => rows[row][Array.IndexOf(columns, column)];
        Enumerable.Range(0, 3).Select(r => Of(r, "step")).ShouldBe([4, 30, 200]);
        for (var r = 0; r < 3; r++)
        {
            var step = (int)Of(r, "step");
            var (w1, w2) = weights[step];
            var f = _x.Select(x => WeightFiles.Times(w2, WeightFiles.ReLU(WeightFiles.Times(w1, x)))).ToArray();
            var loss = f.Select(static (o, n) => Math.Log(o.Sum(v => Math.Exp(v - o[n % Classes])))).Average();
            var margin = f.Select(static (o, n) => o[n % Classes] - o.Where((_, c) => c != n % Classes).Max()).Min();
            var rho = Math.Sqrt(w1.Sum(static w => w * w) * w2.Sum(static w => w * w));
            Of(r, "log10_loss").ShouldBe(Math.Log10(loss), 1e-11);
            Of(r, "margin_min").ShouldBe(margin / rho, 1e-11);
            var inspected = JsonNode.Parse(Run(["inspect", _folder / $"ckpt/model-step-{step}.safetensors", "--data", _folder / "d.csv",
                "--network", _folder / "n.yaml", "data.transforms=[]", "precision=float64", "--measures", "loss", "margins", "structure",
                "--json", "-q"]).Output)!;
            foreach (var (name, value) in inspected["measures"]!.AsObject().Where(static m => m.Value is not null))
                Of(r, name).ShouldBe((double)value!, name);
            for (var k = 1; k <= 2; k++) Of(r, $"spectral_{k}").ShouldBe((double)inspected["layers"]![k - 1]!["spectral"]!);
        }
        Folder().Status.ShouldBe(RunStatus.Finished);
        foreach (var command in new[] { "show", "export --to csv --out e.csv", "report --out r.html", "plot --y margin_min --out p.csv" })
        {
            var words = command.Split(' ').Select(w => w.Contains('.', StringComparison.Ordinal) ? _folder / w : w).ToArray();
            Run([words[0], _folder / "runs", .. words[1..]]).Status.ShouldBe(0, command);
        }
        // The network of the last row.
        var (_, last, _) = Run(["inspect", _folder / "runs", "--measures", "loss", "--json", "-q"]);
        ((double)JsonNode.Parse(last)!["measures"]!["log10_loss"]!).ShouldBe(Of(2, "log10_loss"));
    }

    [Fact]
    public void With_a_start_there_are_distances_from_it()
    {
        var (a1, a2) = Checkpoint("0.safetensors");
        Directory.CreateDirectory(_folder / "ckpt/checkpoint-9");
        var (b1, b2) = Checkpoint("checkpoint-9/model.safetensors");
        Once("runs", $"watch.start={_folder / "ckpt/0.safetensors"}", "--measures", "norms,direction").Status.ShouldBe(0);
        var (columns, rows) = Metrics();
        double Of(int row, string column) => rows[row][Array.IndexOf(columns, column)];
        (Of(0, "step"), Of(1, "step")).ShouldBe((0, 9));
        static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, static (u, v) => (u - v) * (u - v)).Sum());
        Of(0, "start_distance_1").ShouldBe(0);
        Of(1, "start_distance_1").ShouldBe(Distance(a1, b1), 1e-12);
        Of(1, "start_distance_2").ShouldBe(Distance(a2, b2), 1e-12);
        double.IsNaN(Of(1, "step_angle_1")).ShouldBeTrue();
        Once("others", "--measures", "norms").Status.ShouldBe(0);
        var (otherColumns, others) = Metrics("others");
        double.IsNaN(others[1][Array.IndexOf(otherColumns, "start_distance_1")]).ShouldBeTrue();
        Once("third", "watch.start=nowhere.pt", "--measures", "norms").Error.ShouldContain("nowhere.pt");
    }

    [Fact]
    public void In_pieces_late_or_written_anew_it_is_the_table_of_one_look()
    {
        Checkpoint("20.safetensors");
        Checkpoint("7.safetensors");
        Once().Status.ShouldBe(0);
        Checkpoint("7.safetensors");
        Checkpoint("10.safetensors");
        Old("7.safetensors", 3);
        Once().Error.ShouldContain("step 10 (10.safetensors)");
        Checkpoint("3.safetensors");
        Checkpoint("40.safetensors");
        var (status, _, error) = Once();
        status.ShouldBe(0, error);
        error.ShouldContain("step 3 (3.safetensors)");
        error.ShouldContain("it comes late, and its row is put in its place");
        error.ShouldNotContain("step 20 (");
        Once("whole").Status.ShouldBe(0);
        Metrics().Rows.Select(static r => r[0]).ShouldBe([3, 7, 10, 20, 40]);
        SameTables("runs", "whole");
        // Nothing new: nothing is computed, nothing changes.
        Once().Error.ShouldNotContain("step ");
        SameTables("runs", "whole");
    }

    [Fact]
    public void A_kill_after_the_row_and_before_it_counts_measures_it_again()
    {
        foreach (var step in new[] { 1, 2, 3 }) Checkpoint($"{step}.safetensors");
        Once("whole").Status.ShouldBe(0);
        File.Move(_folder / "ckpt/3.safetensors", _folder / "3");
        Once().Status.ShouldBe(0);
        var before = File.ReadAllText(Folder().File("checkpoints.json"));
        File.Move(_folder / "3", _folder / "ckpt/3.safetensors");
        Once().Status.ShouldBe(0);
        File.WriteAllText(Folder().File("checkpoints.json"), before);
        File.AppendAllText(Folder().File("metrics.csv"), "4,torn");
        Once().Status.ShouldBe(0);
        SameTables("runs", "whole");
    }

    private void SameTables(string one, string other)
    {
        foreach (var file in Directory.EnumerateFiles(Folder(one).File("arrays")).Select(static f => Path.GetFileName(f)).ToArray())
            File.ReadAllBytes(Folder(one).File(Path.Combine("arrays", file)))
                .ShouldBe(File.ReadAllBytes(Folder(other).File(Path.Combine("arrays", file))), file);
        File.ReadAllText(Folder(one).File("metrics.csv")).ShouldBe(File.ReadAllText(Folder(other).File("metrics.csv")));
        Npy.Read(Folder(one).File("arrays/margins.npy")).Length.ShouldBe(Metrics(one).Rows.Count);
    }

    [Fact]
    public void What_is_wrong_with_one_file_is_said_and_the_others_go_on()
    {
        Checkpoint("1.safetensors");
        Checkpoint("2.safetensors", hidden: Hidden + 1);
        Checkpoint("best.safetensors");
        Checkpoint("step-1.safetensors");
        Checkpoint("5.safetensors");
        File.WriteAllBytes(_folder / "ckpt/4.safetensors", File.ReadAllBytes(_folder / "ckpt/5.safetensors")[..^9]);
        Old("4.safetensors");
        var (status, _, error) = Once();
        status.ShouldBe(0, error);
        Metrics().Rows.Select(static r => r[0]).ShouldBe([1, 5]);
        error.ShouldContain("2.safetensors is not measured: ");
        error.ShouldContain("4.safetensors is not measured: ");
        error.ShouldContain("best.safetensors is not measured: its name has no number");
        error.ShouldContain("step-1.safetensors is not measured: step 1 is that of 1.safetensors");
        Folder().Summary!["not_measured"]!.AsArray().Count.ShouldBe(4);
        // They are not tried again until they change.
        Once().Error.ShouldNotContain("is not measured: ");
        Checkpoint("4.safetensors");
        Once().Error.ShouldContain("step 4 (4.safetensors)");
        Folder().Summary!["not_measured"]!.AsArray().Count.ShouldBe(3);
        Metrics().Rows.Select(static r => r[0]).ShouldBe([1, 4, 5]);
    }

    [Fact]
    public void Nothing_that_can_be_measured_is_bad_data()
    {
        Checkpoint("2.safetensors", hidden: Hidden + 1);
        Once().Status.ShouldBe(ExitStatus.BadData);
    }

    [Fact]
    public void Names_without_numbers_are_ordered_by_time()
    {
        Checkpoint("late.safetensors");
        Checkpoint("early.safetensors");
        Old("early.safetensors", 5);
        var (_, _, error) = Once();
        error.IndexOf("step 1 (early", StringComparison.Ordinal).ShouldBeInRange(0,
            error.IndexOf("step 2 (late", StringComparison.Ordinal));
        Checkpoint("late.safetensors");
        Old("late.safetensors", 0.5);
        Once().Error.ShouldContain("step 3 (late");
        Metrics().Rows.Select(static r => r[0]).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task It_waits_for_files_refuses_a_second_watcher_and_ends_when_asked()
    {
        Checkpoint("1.safetensors");
        using var stop = new CancellationTokenSource();
        var first = Task.Run(() => Run(Words("runs"), stop.Token), TestContext.Current.CancellationToken);
        await Until(() => RunFolder.Under(_folder / "runs") is [var f] && File.Exists(f.File("checkpoints.json")));
        var (status, _, error) = Once();
        status.ShouldBe(ExitStatus.Failed);
        error.ShouldContain("watched already");
        Checkpoint("2.safetensors");
        File.SetLastWriteTimeUtc(_folder / "ckpt/2.safetensors", DateTime.UtcNow);
        await Until(() => Metrics().Rows.Count == 2);
        await stop.CancelAsync();
        var ended = await first;
        ended.Status.ShouldBe(ExitStatus.Interrupted, ended.Error);
        ended.Error.ShouldContain("The same command goes on with what is new");
        Folder().Status.ShouldBe(RunStatus.Interrupted);
        Run(Words("runs", "--idle", "0.1")).Status.ShouldBe(0);
        Folder().Status.ShouldBe(RunStatus.Finished);
        Metrics().Rows.Count.ShouldBe(2);
    }

    private static async Task Until(Func<bool> holds)
    {
        for (var i = 0; i < 1200 && !holds(); i++) await Task.Delay(50, TestContext.Current.CancellationToken);
        holds().ShouldBeTrue();
    }

    [Theory]
    [InlineData("nope --once", "there is no folder")]
    [InlineData("ckpt --once data.transforms=[]", "--network N.yaml says what they are the weights of")]
    [InlineData("ckpt --once --network n.yaml data.transforms=[]", "needs data: --data D")]
    [InlineData("ckpt --once --network n.yaml --data d.csv", "is not guessed: data.transforms=[…] says it")]
    [InlineData("ckpt --once --idle 3 --network n.yaml --data d.csv", "give one of them")]
    [InlineData("ckpt --once --network n.yaml --data d.csv data.transforms=[] init.kind=normal", "has no meaning beside 'watch'")]
    [InlineData("ckpt --once --network n.yaml --data d.csv data.transforms=[] --measures marginz", "nearest: margins")]
    public void What_cannot_be_known_is_asked_for(string words, string expected)
    {
        var (status, _, error) = Run(["watch", .. words.Split(' ').Select(w => Path.Exists(_folder / w) ? _folder / w : w)]);
        status.ShouldBe(ExitStatus.WrongUse, error);
        error.ShouldContain(expected);
    }
}
