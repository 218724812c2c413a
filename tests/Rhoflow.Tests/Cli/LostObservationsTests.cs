using System.Text.Json.Nodes;
using Rhoflow.Cli;
using Rhoflow.Lab.Export;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Runs;
using Rhoflow.Tests.Lab;
using Rhoflow.Tests.Lab.Tables;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Cli;

/// <summary>A metrics.csv with fewer rows than its summary counts is named by every command that reads it, quiet or not.</summary>
public sealed class LostObservationsTests : IDisposable
{
    private static readonly string[] s_columns = ["epoch", "t", "log10_t", "log10_loss"];

    private readonly TemporaryFolder _folder = new();
    private readonly string _out;
    private readonly RunFolder _whole, _cut;

    public LostObservationsTests()
    {
        _out = _folder / "runs";
        double[][] rows = [[0, 0, double.NaN, 0.5], [1, 0.1, -1, 0.25], [2, 0.2, -0.7, 0.125]];
        _whole = MadeRuns.Add(_out, "two", MadeRuns.Id(1), [("seed", "0"), ("init.scale", "1")], s_columns, rows);
        _cut = MadeRuns.Add(_out, "two", MadeRuns.Id(2), [("seed", "1"), ("init.scale", "1")], s_columns, rows);
    }

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Damages => new()
    {
        { "emptied", "has 0 rows" },
        { "its header left", "has 0 rows" },
        { "cut within a row", "has 2 rows" },
        { "deleted", "is missing" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Lost_observations_are_said_by_every_command(string damage, string expected)
    {
        Spoil(_cut, damage);
        string[][] commands =
        [
            ["show", _out], ["show", _out, "--json"], ["show", _out, "--csv", "--quiet"], ["show", _cut.Path],
            ["export", _out, "--to", "csv"], ["plot", _out, "--x", "epoch", "--y", "loss", "--out", _folder / "p.csv"],
            ["report", _out, "--out", _folder / "r.html", "--quiet"], ["compare", _whole.Path, _cut.Path],
        ];
        foreach (var command in commands)
        {
            var (_, _, error) = Run(command);
            error.ShouldContain($"{_cut.File("metrics.csv")} {expected}, and summary.json counts 3 observations",
                customMessage: string.Join(' ', command));
            error.ShouldNotContain(_whole.File("metrics.csv"));
        }
        var runs = JsonNode.Parse(Run("show", _out, "--json").Output)!["runs"]!.AsArray();
        runs.Count(static r => r!["lost"] is not null).ShouldBe(1);
        ((string)runs.Single(r => (string)r!["id"]! == _cut.Id)!["lost"]!).ShouldContain(expected);
        // What is left is exported.
        Run("export", _out, "--to", "csv").Output.TrimEnd().Split('\n').Length.ShouldBe(1 + 3 + (expected.Contains('2') ? 2 : 0));
    }

    [Fact]
    public void Whole_runs_and_those_at_work_lose_nothing()
    {
        Run("show", _out).Error.ShouldBe("");
        // Killed before it summed anything up.
        MadeRuns.Add(_out, "two", MadeRuns.Id(3), [("seed", "2")], s_columns, [[0, 0, 0, 0]], status: null);
        // Interrupted, resumed and killed: more rows than its summary of before.
        var more = MadeRuns.Add(_out, "two", MadeRuns.Id(4), [("seed", "3")], s_columns, [[0, 0, 0, 0], [1, 0, 0, 0]], "interrupted");
        MadeRuns.Summarize(more, "interrupted", s_columns, [[0, 0, 0, 0]]);
        Run("show", _out).Error.ShouldBe("");
    }

    [Fact]
    public void Nothing_to_export_is_no_success()
    {
        Spoil(_whole, "emptied");
        Spoil(_cut, "its header left");
        foreach (var to in new[] { "csv", "parquet", "tensorboard" })
        {
            var (status, output, error) = Run("export", _out, "--to", to, "--out", _folder / to);
            (status, output).ShouldBe((ExitStatus.Of(new RunFolderException("")), ""));
            error.ShouldContain($"there are no observations in {_out} to export");
            (File.Exists(_folder / to) || Directory.Exists(_folder / to)).ShouldBeFalse();
        }
        Run("export", _out, "--to", "csv", "--where", "seed>7").Error.ShouldContain($"no runs in {_out} to export with seed>7");
    }

    [Fact]
    public void A_cancelled_export_or_report_writes_no_half_file()
    {
        var table = ExportTable.Of(RunRecord.Read([_whole, _cut]));
        var read = new List<int>();
        table.Reading = i =>
        {
            read.Add(i);
            if (i == 1) throw new OperationCanceledException();
        };
        Should.Throw<OperationCanceledException>(() => CsvExport.Write(table, TextWriter.Null));
        read.ShouldBe([0, 1]);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        foreach (var (command, file) in new[] { (new[] { "export", _out, "--to", "parquet" }, "x.parquet"), (["report", _out], "x.html"),
            (["plot", _out, "--x", "epoch", "--y", "loss"], "x.svg") })
        {
            using StringWriter output = new(), error = new();
            CommandLine.Run([.. command, "--out", _folder / file], output, error, stop.Token).ShouldBe(ExitStatus.Interrupted);
            error.ToString().ShouldBe("rhoflow: interrupted" + Environment.NewLine);
            Directory.GetFiles(_folder.Path).ShouldBeEmpty();
        }
    }

    [Fact]
    public void Rows_that_arrays_have_lost_are_said()
    {
        var config = _folder / "two.yaml";
        File.WriteAllText(config, Configs.TwoParameters);
        JsonObject Made() => JsonNode.Parse(Run("run", config, "--out", _folder / "own", "--json").Output)!.AsObject();
        var whole = Made();
        whole.ContainsKey("lost").ShouldBeFalse();
        var array = Path.Combine((string)whole["folder"]!, "arrays", "W.npy");
        var rows = Npy.Read(array);
        Npy.Append(array, rows[0].Length, rows.Length - 1).Dispose();
        ((string)Made()["lost"]!).ShouldBe($"arrays/W.npy has {rows.Length - 1} rows for {rows.Length} observations: the others are lost");
    }

    private static void Spoil(RunFolder run, string damage)
    {
        var path = run.File("metrics.csv");
        var text = File.ReadAllText(path);
        switch (damage)
        {
            case "emptied": File.WriteAllText(path, ""); break;
            case "its header left": File.WriteAllText(path, text[..(text.IndexOf('\n') + 1)]); break;
            case "cut within a row": File.WriteAllText(path, text[..^2]); break;
            default: File.Delete(path); break;
        }
    }

    private static (int Status, string Output, string Error) Run(params string[] args)
    {
        using StringWriter output = new(), error = new();
        var status = CommandLine.Run(args, output, error, TestContext.Current.CancellationToken);
        return (status, output.ToString(), error.ToString());
    }
}
