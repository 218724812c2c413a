using System.Globalization;
using System.Text.Json.Nodes;
using Rhoflow.Cli;
using Rhoflow.Lab.Runs;
using Rhoflow.Tests.Lab;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Cli;

/// <summary>Sweeps as a person writes them: keys that differ are columns, and what is wrong with one run keeps no other back.</summary>
public sealed class SweepCommandTests : IDisposable
{
    private const string Iris = """
        name: sweep
        data: {set: iris}
        network: {layers: [ {dense: 4}, relu, {dense: 3} ]}
        loss: cross-entropy
        descent: {kind: sgd, batch: 30, learning-rate: 0.1, epochs: 2}
        observe: {at: {every: 1}, measures: [loss]}
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly string _config, _out;

    public SweepCommandTests()
    {
        (_config, _out) = (_folder / "sweep.yaml", _folder / "runs");
        File.WriteAllText(_config, Iris);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_that_cannot_be_made_stands_beside_the_others()
    {
        string[] sweep = ["run", "-m", _config, "descent.batch=30,200", "--out", _out];
        var (status, output, error) = Run(sweep);
        status.ShouldBe(1);
        output.ShouldContain("refused: descent.batch=200: descent.batch is 200, but data 'iris' has 150 training examples");
        error.ShouldContain("descent.batch=200 is refused");
        Directory.EnumerateDirectories(Path.Combine(_out, "sweep")).Count().ShouldBe(1);

        var runs = JsonNode.Parse(Run([.. sweep, "--json"]).Output)!["runs"]!.AsArray();
        runs.Select(static r => ((string?)r!["status"], (int?)r["descent.batch"])).ShouldBe([("finished", 30), ("refused", 200)]);
        ((string)runs[1]!["error"]!).ShouldContain("150 training examples");

        var dry = Run([.. sweep, "--dry-run"]);
        dry.Status.ShouldBe(1);
        dry.Output.ShouldContain("# refused: descent.batch=200");
        dry.Output.ShouldContain("1 refused");
        Run([.. sweep, "--fail-fast"]).Status.ShouldBe(3);
        Run("run", "-m", _config, "descent.batch=200,300", "--out", _out).Status.ShouldBe(3);
        Run("run", "-m", _config, "descent.learning-rate=-1,-2", "--out", _out).Status.ShouldBe(2);
        Run("run", "-m", _config, "network.layers.0={dense: 4},{dense: -1}", "--out", _out).Status.ShouldBe(1);
    }

    [Fact]
    public void A_key_without_meaning_is_left_out_of_a_sweep_over_the_kind_and_that_is_said()
    {
        var (status, output, error) = Run("run", "-m", _config, "descent.kind=gd,sgd", "--out", _out, "--json");
        status.ShouldBe(0, error);
        error.ShouldContain("descent.batch has a meaning for sgd and langevin");
        error.ShouldContain("left out of 1 of the 2 runs");
        var runs = JsonNode.Parse(output)!["runs"]!.AsArray();
        runs.Select(static r => (string?)r!["descent.kind"]).ShouldBe(["gd", "sgd"]);
        runs[0]!["config"]!["descent"]!.AsObject().ContainsKey("batch").ShouldBeFalse();
        ((int?)runs[1]!["config"]!["descent"]!["batch"]).ShouldBe(30);
        // Further instances: of a rule, of a data set, of an init.
        Run("run", "-m", _config, "descent.rule=momentum,adam", "descent.momentum=0.5", "--dry-run").Error
            .ShouldContain("descent.momentum has a meaning for rule:");
        Run("run", "-m", _config, "init.kind=normal,zeros", "init.scale=2", "--dry-run").Error.ShouldContain("init.scale has no meaning");
        // A single run is never altered, nor is a sweep over something else.
        Run("run", _config, "descent.kind=gd").Status.ShouldBe(2);
        Run("run", "-m", _config, "descent.kind=gd", "seed=0,1").Status.ShouldBe(2);
        Run("run", _config, "descent.kind=gd", "descent.batch=null", "--out", _out).Status.ShouldBe(0);
    }

    [Fact]
    public void Keys_in_which_runs_differ_are_columns_in_every_form()
    {
        var table = Run("run", "-m", _config, "descent.learning-rate=0.01,0.1,1", "seed=0..1", "--out", _out).Output;
        table.ShouldContain("descent.learning-rate");
        Column(table, "descent.learning-rate").ShouldBe(["0.01", "0.01", "0.1", "0.1", "1", "1"]);
        Column(table, "seed").ShouldBe(["0", "1", "0", "1", "0", "1"]);

        var shown = Run("show", _out, "--sort", "descent.learning-rate").Output;
        Column(shown, "descent.learning-rate").ShouldBe(["0.01", "0.01", "0.1", "0.1", "1", "1"]);
        Column(Run("show", _out, "--sort", "-learning-rate").Output, "descent.learning-rate")
            .ShouldBe(["1", "1", "0.1", "0.1", "0.01", "0.01"]);
        string[][] csv = [.. Run("show", _out, "--csv").Output.TrimEnd().Split('\n').Select(static l => l.Split(','))];
        csv[0][^2..].ShouldBe(["seed", "descent.learning-rate"]);
        csv.Skip(1).Select(static r => $"{r[^2]} {r[^1]}").Order(StringComparer.Ordinal)
            .ShouldBe(["0 0.01", "0 0.1", "0 1", "1 0.01", "1 0.1", "1 1"]);
        csv.ShouldAllBe(r => r.Length == csv[0].Length);

        var runs = JsonNode.Parse(Run("show", _out, "--json").Output)!["runs"]!.AsArray();
        foreach (var run in runs)
        {
            ((double)run!["descent.learning-rate"]!).ShouldBe((double)run["config"]!["descent"]!["learning-rate"]!);
            ((int)run["seed"]!).ShouldBe((int)run["config"]!["seed"]!);
            run["config"]!["network"]!["layers"]!.AsArray().Count.ShouldBe(3);
        }
        // What csv says of the last observation is what metrics.csv of the run says.
        var at = Array.IndexOf(csv[0], "log10_loss");
        foreach (var row in csv.Skip(1))
        {
            string[] lines = File.ReadAllLines(Path.Combine(row[3], "metrics.csv"));
            lines[^1].Split(',')[Array.IndexOf(lines[0].Split(','), "log10_loss")].ShouldBe(row[at]);
        }

        Column(Run("show", _out, "--where", "learning-rate>=0.1", "--where", "seed=1").Output, "descent.learning-rate").Length.ShouldBe(2);
        Run("show", _out, "--where", "seed!=0", "--where", "seed!=1").Output.ShouldContain("no runs");
        Run("show", _out, "--columns", "id,descent.learning-rate,log10_loss", "--csv").Output
            .ShouldStartWith("id,descent.learning-rate,log10_loss\n");
        var wrong = Run("show", _out, "--sort", "descent.learning-rte");
        wrong.Status.ShouldBe(2);
        wrong.Error.ShouldContain("nearest: descent.learning-rate");
        Run("show", _out, "--where", "seed").Error.ShouldContain("is not a condition");
        Run("show", _out, "--columns", "rate").Status.ShouldBe(2);
    }

    [Fact]
    public void Runs_of_a_sweep_are_shown_in_its_order_and_not_by_chance()
    {
        string[] words = ["run", "-m", "c.yaml", "descent.learning-rate=1,1e-2,0.1", "seed=1,0"];
        var folders = new List<RunFolder>();
        // Begun in one second, in any order; an older single run stands before them.
        foreach (var (rate, seed) in (IEnumerable<(string, int)>)
            [("0.01", 0), ("1", 0), ("0.1", 1), ("0.1", 0), ("1", 1), ("0.01", 1)])
            folders.Add(RunFolder.Create(_out, "sweep", $"{folders.Count:x8}", $"seed: {seed}\ndescent:\n  learning-rate: {rate}\n",
                new JsonObject { ["commandLine"] = new JsonArray([.. words.Select(static w => (JsonNode)w)]) },
                new DateTime(2026, 11, 28)));
        RunFolder.Create(_out, "sweep", "aaaaaaaa", "seed: 7\ndescent:\n  learning-rate: 7\n", [], new DateTime(2026, 11, 27));
        var table = Run("show", _out).Output;
        Column(table, "descent.learning-rate").ShouldBe(["7", "1", "1", "0.01", "0.01", "0.1", "0.1"]);
        Column(table, "seed").ShouldBe(["7", "1", "0", "1", "0", "1", "0"]);
    }

    [Fact]
    public void A_flow_that_does_not_reach_its_until_is_1()
    {
        // The square loss of three points on a line through the origin has a minimum above 0.
        var flow = _folder / "flow.yaml";
        File.WriteAllText(flow, "name: short\ndata: {inline: {x: [[1], [1]], y: [1, -1]}}\nnetwork: {layers: [ {dense: 1} ]}\n"
            + "init: {weights: [ [[0.5]] ]}\nloss: square\nflow: {kind: unconstrained, until: {log10-loss: -3}}\n");
        var (status, output, _) = Run("run", flow, "--out", _out, "--json");
        status.ShouldBe(1);
        var summary = JsonNode.Parse(output)!["summary"]!;
        ((string?)summary["status"], (bool?)summary["reached"]).ShouldBe(("finished", false));
        Run("run", flow, "--out", _out).Output.ShouldContain("ended before its until was reached");
        Run("run", "-m", flow, "flow.until.log10-loss=-3,-0.2", "--out", _out).Output.ShouldContain("not reached");
        var enough = Run("run", flow, "flow.until={t: 5}", "--out", _out, "--json");
        enough.Status.ShouldBe(0);
        ((bool?)JsonNode.Parse(enough.Output)!["summary"]!["reached"]).ShouldBe(true);
        ((bool?)JsonNode.Parse(Run("run", _config, "--out", _out, "--json").Output)!["summary"]!["reached"]).ShouldBe(true);
    }

    [Fact]
    public void An_old_result_is_not_printed_as_new()
    {
        Run("run", _config, "--out", _out, "--resume").Error.ShouldContain("there is no interrupted run of this config");
        var again = Run("run", _config, "--out", _out);
        again.Output.ShouldContain("finished before, on " + DateTime.Now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        again.Error.ShouldContain("this run is finished already, since");

        string[] sweep = ["run", "-m", _config, "seed=0..2", "--out", _out, "--resume"];
        var first = Run(sweep);
        first.Output.ShouldContain("1 of 3 runs had finished before");
        // One sentence for both that have nothing to go on with.
        first.Error.ShouldContain("2 runs: there is no interrupted run of this config");
    }

    [Theory]
    [InlineData("network.layers=[{dense: 100000000}, relu, {dense: 100000000}]", "more than 2147483647 weights")]
    [InlineData("network.layers=[{dense: 500000}, relu, {dense: 4000}]", "of memory (2002000000 weights)")]
    [InlineData("data={set: two-moons, examples: 2147483647}", "a data set has at most")]
    [InlineData("data={set: random-sphere, examples: 46341, inputs: 46341}", "a data set has at most")]
    [InlineData("data={set: two-moons, train: 2147483647, test: 5}", "a data set has at most")]
    [InlineData("descent.epochs=1e9", "these are 1000000001 observations; at most 1000000")]
    [InlineData("observe.at={log-spaced: 2147483647}", "these are 2147483647 observations; at most 1000000")]
    public void Numbers_without_a_bound_are_refused_with_the_forecast(string assignment, string expected)
    {
        var (status, _, error) = Run("run", _config, assignment, "--out", _out);
        (status, error.Contains(expected, StringComparison.Ordinal)).ShouldBe((2, true), error);
        Directory.Exists(_out).ShouldBeFalse();
    }

    [Fact]
    public void Long_runs_deep_networks_and_many_rows_are_refused_with_the_forecast()
    {
        Run("run", _config, "descent.epochs=2147483647", "observe.at={log-spaced: 9}", "network.layers.0={dense: 3000000}").Error
            .ShouldContain("days on this machine. Make it smaller, or add --force");
        var layers = string.Join(", ", Enumerable.Repeat("{dense: 2}", 20_000));
        Run("run", _config, $"network.layers=[{layers}]").Error
            .ShouldContain("20000 layers are more than the 2000 that are tried without --force");
        Run("run", _config, "descent.epochs=999999", "observe={at: {every: 1}, weights: true}", "network.layers.0={dense: 100000}",
            "descent.batch=150").Error.ShouldContain("Make it smaller, or add --force");
        // The bounds are from below: what runs is never refused, and --force overrules them.
        var size = Rhoflow.Lab.Experiments.RunSize.Of(Rhoflow.Lab.Experiments.Experiment.Load(_config, []));
        (size.Weights, size.Observations).ShouldBe((28, 3));
        (size.Bytes < 1e5, size.Seconds < 1, size.DiskBytes < 1e5).ShouldBe((true, true, true));
    }

    [Fact]
    public void Control_characters_reach_no_terminal()
    {
        File.WriteAllText(_config, Iris.Replace("set: iris", "set: \"ir\\e[31mis\"", StringComparison.Ordinal));
        var (status, _, error) = Run("run", _config);
        status.ShouldBe(2);
        error.ShouldContain("\\u001b[31m");
        error.ShouldNotContain("\u001b");
        Run("run", _config, "a\u009b31m=1").Error.ShouldContain("\\u009b31m");
    }

    // The cells of a column of a table, by where its head ends (numbers stand to the right).
    private static string[] Column(string table, string name)
    {
        string[] lines = table.Split('\n');
        var head = Array.FindIndex(lines, l => l.Contains($" {name} ", StringComparison.Ordinal));
        var end = lines[head].IndexOf($" {name} ", StringComparison.Ordinal) + name.Length + 1;
        return [.. lines.Skip(head + 2).TakeWhile(static l => l.Trim().Length > 0).Select(l => l[..end].TrimEnd().Split(' ')[^1])];
    }

    private static (int Status, string Output, string Error) Run(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var status = CommandLine.Run(arguments, output, error, TestContext.Current.CancellationToken);
        return (status, output.ToString(), error.ToString());
    }
}
