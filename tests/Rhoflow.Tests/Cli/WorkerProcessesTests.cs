using Rhoflow.Cli;
using Rhoflow.Lab.Runs;
using Rhoflow.Tests.Lab;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Cli;

/// <summary>A sweep made by several processes: what ends one of them ends one run, and nothing that was computed is lost.</summary>
public sealed class WorkerProcessesTests : IDisposable
{
    private const string Descent = """
        name: workers
        data: {set: digits, train: 200, transforms: [scale-pixels, center]}
        network: {layers: [ {dense: 16}, relu, {dense: 10} ]}
        loss: cross-entropy
        descent: {kind: sgd, learning-rate: 0.05, batch: 50, epochs: 1500}
        observe: {at: {every: 750}, measures: [loss, norms], weights: true}
        """;

    private static readonly string[] s_sweep = ["-m", "seed=0..2"];

    private readonly TemporaryFolder _folder = new();
    private readonly string _config;

    public WorkerProcessesTests()
    {
        _config = _folder / "workers.yaml";
        File.WriteAllText(_config, Descent);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_killed_process_is_one_failed_run_and_the_same_command_goes_on_from_its_state()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no such signals");
        var (out_, alone) = (_folder / "out", _folder / "alone");
        var killed = "";
        using var error = new StringWriter();
        var killer = new Thread(() => killed = KillOne(out_));
        killer.Start();
        Run(out_, error, "-j", "2").ShouldBe(ExitStatus.Failed, error.ToString());
        killer.Join();
        var failed = RunFolder.Under(out_).Where(static r => r.Status == RunStatus.Failed).ShouldHaveSingleItem();
        failed.Id.ShouldBe(killed);
        ((string?)failed.Summary!["error"]).ShouldNotBeNull().ShouldStartWith("its process was killed by signal 9");
        error.ToString().ShouldContain("its process was killed by signal 9");
        RunFolder.Under(out_).Count(static r => r.Status == RunStatus.Finished).ShouldBe(2);

        Run(out_, TextWriter.Null, "-j", "2").ShouldBe(ExitStatus.Done);
        Run(alone, TextWriter.Null).ShouldBe(ExitStatus.Done);
        RunContent.ShouldBeTheSame(out_, alone, runs: 3);
    }

    [Fact]
    public void Ctrl_C_ends_all_processes_and_the_same_command_goes_on()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no such signals");
        var (out_, alone) = (_folder / "out", _folder / "alone");
        int[] workers;
        using (var process = RealProcess.Start(["run", _config, "--out", out_, "-j", "2", .. s_sweep]))
        {
            RealProcess.Until(() => process.HasExited || AtWork(out_).Length > 0, "a run is at work");
            workers = [.. AtWork(out_).Select(static o => o.Process)];
            workers.ShouldNotContain(process.Id);
            process.SignalItself("INT");
            process.Wait().ShouldBe(ExitStatus.Interrupted, process.Error);
            process.Error.ShouldContain("the same command goes on from there");
        }
        foreach (var worker in workers) Directory.Exists($"/proc/{worker}").ShouldBeFalse();
        RunFolder.Under(out_).ShouldAllBe(static r => r.Status != RunStatus.Running);
        Run(out_, TextWriter.Null, "-j", "2").ShouldBe(ExitStatus.Done);
        Run(alone, TextWriter.Null).ShouldBe(ExitStatus.Done);
        RunContent.ShouldBeTheSame(out_, alone, runs: 3);
    }

    [Fact]
    public void What_is_wrong_with_one_run_is_told_as_without_processes()
    {
        using var error = new StringWriter();
        var bad = _folder / "bad.yaml";
        File.WriteAllText(bad, Descent.Replace("epochs: 1500", "epochs: 1", StringComparison.Ordinal));
        CommandLine.Run(["run", bad, "--out", _folder / "out", "-m", "-j", "2", "seed=0", "data.train=100,99999"], TextWriter.Null, error)
            .ShouldBe(ExitStatus.Failed);
        error.ToString().ShouldContain("99999");
        RunFolder.Under(_folder / "out").ShouldHaveSingleItem().Status.ShouldBe(RunStatus.Finished);
    }

    private static RunOwner[] AtWork(string root) => [.. RunFolder.Under(root).Select(static r => r.AtWork).OfType<RunOwner>()];

    // The run whose process it killed.
    private static string KillOne(string root)
    {
        while (true)
        {
            foreach (var run in RunFolder.Under(root))
            {
                if (run.AtWork is not { } owner || owner.Process == Environment.ProcessId) continue;
                // Stopped, it cannot finish between the look and the kill.
                Signal("STOP", owner.Process);
                var isAtWork = run.AtWork?.Token == owner.Token;
                Signal(isAtWork ? "KILL" : "CONT", owner.Process);
                if (isAtWork) return run.Id;
            }
            Thread.Sleep(5);
        }
    }

    private static void Signal(string name, int process)
    {
        using var kill = System.Diagnostics.Process.Start("kill", [$"-{name}", $"{process}"]);
        kill.WaitForExit();
    }

    private int Run(string out_, TextWriter error, params string[] more) =>
        CommandLine.Run(["run", _config, "--out", out_, .. s_sweep, .. more], TextWriter.Null, error);
}
