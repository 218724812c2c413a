using System.Globalization;
using System.Text.Json.Nodes;
using Rhoflow.Cli;
using Rhoflow.Tests.Lab;
using Rhoflow.Tests.Lab.Tables;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Cli;

/// <summary>plot, compare, report and figures: as a person types them.</summary>
public sealed class PlotCommandTests : IDisposable
{
    private const string Config = """
        name: iris
        data: {set: iris}
        network: {layers: [ {dense: 4}, relu, {dense: 3} ]}
        loss: cross-entropy
        descent: {kind: sgd, batch: 30, learning-rate: 0.1, epochs: 3}
        observe: {at: {every: 1}, measures: [loss, margins]}
        figures:
          - {name: loss, y: loss, color: init.scale, band: seed}
          - {name: wrong, y: los}
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly string _runs;

    public PlotCommandTests() => _runs = _folder / "runs";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void From_a_sweep_to_its_figures_its_comparison_and_its_report()
    {
        var config = _folder / "iris.yaml";
        File.WriteAllText(config, Config);
        var sweep = Run("run", "-m", config, "init.scale=0.5,2", "seed=0..2", "--out", _runs);
        sweep.Status.ShouldBe(0, sweep.Error);
        sweep.Error.ShouldContain("the figure wrong is not drawn: --y: 'los'");
        File.Exists(Path.Combine(_runs, "iris", "figures", "loss.html")).ShouldBeTrue();
        File.ReadAllLines(Path.Combine(_runs, "iris", "figures", "loss.csv"))[0].ShouldStartWith("init.scale,run,epoch,");
        // The figures are no part of what a run is: the same command finds it done, and draws others.
        var again = Run("run", "-m", config, "init.scale=0.5,2", "seed=0..2", "--out", _runs, "figures=[{name: other, y: train_error}]");
        again.Error.ShouldContain("6 of 6 runs were finished already");
        File.Exists(Path.Combine(_runs, "iris", "figures", "other.csv")).ShouldBeTrue();

        var plot = Run("plot", "iris", "--runs", _runs, "--y", "margin_min", "--color", "init.scale", "--band", "seed", "--out",
            _folder / "a.csv", "--json");
        plot.Status.ShouldBe(0, plot.Error);
        var document = JsonNode.Parse(plot.Output)!;
        document["panels"]![0]!["series"]!.AsArray().Select(static s => (double)s!["keys"]!["init.scale"]!).ShouldBe([0.5, 2]);
        document["panels"]![0]!["series"]![0]!["n"]!.AsArray().ShouldAllBe(static n => (int)n! == 3);
        ((string?)document["files"]![0]).ShouldBe(_folder / "a.csv");
        File.ReadAllLines(_folder / "a.csv").Length.ShouldBe(1 + 2 * 4);

        string[] ids = [.. Directory.EnumerateDirectories(Path.Combine(_runs, "iris"), "20*").Order(StringComparer.Ordinal)
            .Select(static d => d[^8..])];
        var compare = JsonNode.Parse(Run("compare", ids[0], ids[1], "--runs", _runs, "--json").Output)!;
        compare["config"]!.AsArray().Count.ShouldBeGreaterThan(0);
        var loss = compare["summary"]!.AsArray().Single(static q => (string?)q!["quantity"] == "log10_loss")!;
        var (a, b) = ((double)loss["a"]!, (double)loss["b"]!);
        ((double)loss["relative"]!).ShouldBe(Math.Abs(a - b) / Math.Max(Math.Abs(a), Math.Abs(b)), 1e-15);
        var same = Run("compare", ids[0], ids[0], "--runs", _runs, "--out", _folder / "same.html");
        same.Output.ShouldContain("the configs are the same");
        same.Output.ShouldContain("columns are equal to the last digit at the 4 observations in common");
        Run("compare", "iris", ids[0], "--runs", _runs).Status.ShouldBe(2);

        var report = Run("report", Path.Combine(_runs, "iris"));
        report.Status.ShouldBe(0, report.Error);
        report.Error.ShouldContain("the figure wrong is left out");
        var html = System.Net.WebUtility.HtmlDecode(File.ReadAllText(Path.Combine(_runs, "iris", "report.html")));
        html.ShouldContain("6 runs over init.scale (2) × seed (3)");
        ids.ShouldAllBe(id => html.Contains(id, StringComparison.Ordinal));
        html.ShouldContain("Along the runs");
        html.ShouldContain("cross-entropy");
    }

    [Fact]
    public void Mistakes_are_answered_with_what_is_there()
    {
        MadeRuns.Add(_runs, "made", MadeRuns.Id(1), [("name", "made"), ("seed", "0")], ["epoch", "test_error"], [[1, 0.5], [2, 0.25]]);
        (int, string) Wrong(params string[] words) => Run(["plot", .. words, "--runs", _runs]) is var r ? (r.Status, r.Error) : default;
        Wrong("made", "--y", "test_eror")
            .ShouldSatisfyAllConditions(static r => r.Item1.ShouldBe(2), static r => r.Item2.ShouldContain("nearest: test_error"));
        Wrong("made", "--y", "test_error", "--law", "1/(epoch").Item2.ShouldContain("character 9: a closing ')' is missing");
        Wrong("made", "--y", "test_error", "--kind", "lines").Item2.ShouldContain("nearest: line");
        Wrong("made", "--y", "test_error", "--out", _folder / "a.pdf").Item2.ShouldContain("'.pdf' is no kind of figure");
        Wrong("made", "--y", "test_error", "--spread", "sem").Item1.ShouldBe(2);
        Wrong("mde", "--y", "test_error").Item2.ShouldContain("nearest: made");
        Wrong("made", "--yy", "test_error").Item1.ShouldBe(2);
        Run("report", "made", "--runs", _runs, "--out", _folder / "a.svg").Status.ShouldBe(2);
        File.WriteAllText(_folder / "c.yaml", Config.Replace("y: los}", "y: loss, law: \"1/(t\"}", StringComparison.Ordinal));
        var config = Run("run", _folder / "c.yaml", "--dry-run");
        config.Status.ShouldBe(2);
        config.Error.ShouldContain("c.yaml, line 9, column 33: figures[1].law: expression '1/(t'");
        File.WriteAllText(_folder / "c.yaml", Config.Replace("y: los}", "colour: seed}", StringComparison.Ordinal));
        Run("run", _folder / "c.yaml", "--dry-run").Error.ShouldContain("nearest: color");
    }

    private (int Status, string Output, string Error) Run(params string[] words)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        var status = CommandLine.Run(words, output, error, TestContext.Current.CancellationToken);
        return (status, output.ToString(), error.ToString());
    }
}
