using System.Text.Json.Nodes;
using Rhoflow.Benchmarks;
using Rhoflow.Cli;
using Rhoflow.Tests.Benchmarks;
using Rhoflow.Tests.Lab;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Cli;

/// <summary>Rows of <c>rhoflow bench</c>: shown and kept as they are measured, also when it is interrupted.</summary>
public sealed class BenchCommandTests
{
    [Theory]
    [InlineData("rows.json", false)]
    [InlineData("rows.csv", false)]
    [InlineData("rows.json", true)]
    public async Task Finished_rows_are_shown_and_kept_when_it_is_interrupted(string name, bool json)
    {
        using var folder = new TemporaryFolder();
        using var interruption = new CancellationTokenSource();
        using ManualResetEventSlim reached = new(), release = new();
        using var peer = new FakePeer("1e-6", "MKL", "");
        var options = peer.Options(FakePeer.Row("first"), FakePeer.Row("stuck", _ =>
        {
            reached.Set();
            release.Wait();
        })) with
        { Source = new PeerSource([], ".") };
        var (output, error) = (new StringWriter(), new StringWriter());
        var run = Task.Run(() => BenchCommand.Run(options, folder / name, json, quiet: false, output, error, interruption.Token));
        reached.Wait(TestContext.Current.CancellationToken);
        // Before its end already.
        File.ReadAllText(folder / name).ShouldContain("first");
        await interruption.CancelAsync();
        // Ours cannot be stopped halfway, and is not waited for.
        (await run).ShouldBe(ExitStatus.Interrupted);
        release.Set();
        error.ToString().ShouldContain("interrupted; 1 row finished and kept in");
        var kept = File.ReadAllText(folder / name);
        if (name.EndsWith(".csv", StringComparison.Ordinal)) kept.Split('\n')[1].ShouldStartWith("first,1,");
        else
        {
            var document = JsonNode.Parse(kept)!;
            ((bool)document["interrupted"]!).ShouldBeTrue();
            document["rows"]!.AsArray().Select(static r => (string)r!["name"]!).ShouldBe(["first"]);
        }
        if (json) JsonNode.Parse(output.ToString())!["rows"]!.AsArray().Count.ShouldBe(1);
        else output.ToString().ShouldContain("first");
        Directory.GetFiles(folder.Path).Length.ShouldBe(1);
    }

    [Fact]
    public void Documents_and_csv_have_the_keys_of_the_contract()
    {
        using var folder = new TemporaryFolder();
        using var peer = new FakePeer("1e-6", "OpenBLAS, \"own\"", "");
        var options = peer.Options(FakePeer.Row("quick", goal: new Goal(GoalKind.Seconds, 1e9))) with { Source = new PeerSource([], ".") };
        var (output, error) = (new StringWriter(), new StringWriter());
        BenchCommand.Run(options, folder / "rows.csv", json: true, quiet: true, output, error, default).ShouldBe(ExitStatus.Done);
        error.ToString().ShouldBe("");
        var document = JsonNode.Parse(output.ToString())!;
        ((bool)document["interrupted"]!).ShouldBeFalse();
        var row = document["rows"]![0]!.AsObject();
        foreach (var key in (string[])["name", "threads", "ours", "peer", "unit", "ratio", "ratio_min", "ratio_max", "cpu_ratio", "pairs",
            "peak_share"])
            row.ContainsKey(key).ShouldBeTrue(key);
        row["peer"].ShouldBeNull();
        ((bool)row["reached"]!).ShouldBeTrue();
        var lines = File.ReadAllLines(folder / "rows.csv");
        lines.Length.ShouldBe(2);
        lines[0].Split(',').ShouldBe(row.Select(static p => p.Key));
        var cells = lines[1].Split(',');
        cells[2].ShouldBe(row["ours"]!.ToJsonString());
        cells[3].ShouldBe("nan");
        lines[1].ShouldContain("\"nothing, really\"");
    }

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(200)]
    public void A_line_is_no_wider_than_the_terminal_but_for_its_last_text(int width)
    {
        var table = new BenchTable(Suite.Works, width);
        var row = new Row("spectral-resnet18", 2, "s", 123.456)
        {
            PeerName = "torch",
            Peer = 0.0012345,
            Pairs = 21,
            Ratio = 12.34,
            RatioMin = 1,
            RatioMax = 999,
            PeakShare = 0.987,
            Target = "≥ 92 % of peak",
            Reached = false,
        };
        table.Head.Split(Environment.NewLine).ShouldAllBe(l => l.Length <= width);
        table.Line(row).Length.ShouldBeLessThanOrEqualTo(width);
        table.Line(row).ShouldContain("torch 1.23 ms");
        (table.LeftOut.Count == 0).ShouldBe(width >= 200);
        // What a note says is never lost.
        table.Line(row with { Note = "torch withheld", Ratio = null }).ShouldContain("[torch withheld]");
        table.Line(row with { Note = "over the limit of 60 s", Ours = null, Ratio = null, Peer = null })
            .ShouldContain("[over the limit of 60 s]");
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public void A_signal_ends_the_peer_that_is_at_work(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no such signals");
        using var folder = new TemporaryFolder();
        // Whatever script it is told to run.
        File.WriteAllText(folder / "python", $$"""
            #!/bin/sh
            while read -r line; do
            case "$line" in
            libraries) echo numpy ;;
            '{}') echo '{"version": "1", "blas": "MKL"}' ;;
            '{'*) echo '{"seconds": 1e-6, "cpu": 1e-6}' ;;
            'flow-4x100 '*) sleep 600 & echo $! > {{folder / "asleep.new"}}; mv {{folder / "asleep.new"}} {{folder / "asleep"}}; wait ;;
            *) echo 0.001 ;;
            esac
            done
            """);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder / "python", UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var process = RealProcess.Under("env", [$"RHOFLOW_PYTHON={folder / "python"}"], "bench", "flow-2x2", "flow-4x100", "--pairs",
            "1", "--out", folder / "rows.csv");
        RealProcess.Until(() => File.Exists(folder / "asleep") || process.HasExited, "the peer of the second row is at work");
        process.HasExited.ShouldBeFalse(process.Error);
        process.Output.ShouldContain("flow-2x2");
        var asleep = int.Parse(File.ReadAllText(folder / "asleep"), null);
        process.SignalItself(signal);
        process.Wait().ShouldBe(ExitStatus.Interrupted, process.Error);
        RealProcess.Until(() => !FakePeer.IsRunning(asleep), "the peer's process is ended");
        File.ReadAllText(folder / "rows.csv").ShouldContain("flow-2x2,1,");
        process.Error.ShouldContain("interrupted; 1 row finished and kept");
    }
}
