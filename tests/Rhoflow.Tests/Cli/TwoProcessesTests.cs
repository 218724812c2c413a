using System.Diagnostics;
using Rhoflow.Cli;
using Rhoflow.Lab.Runs;
using Rhoflow.Tests.Lab;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Cli;

/// <summary>Several processes and one folder: each run is made by one of them, and its result is that of a run nobody disturbed.</summary>
public sealed class TwoProcessesTests : IDisposable
{
    // Short: processes are stopped where they have to be met at work.
    private const string Flow = """
        name: two-writers
        data: {set: iris, classes: [setosa, rest]}
        network: {layers: [ {dense: 6}, {power: 2}, {dense: 1} ]}
        loss: exponential
        flow: {kind: unconstrained, until: {t: 1.0e+2}}
        observe: {at: {log-spaced: 40}, weights: true}
        """;

    private const string Descent = """
        name: replicas
        data: {set: digits, train: 300, transforms: [scale-pixels, center]}
        network: {layers: [ {dense: 30}, batch-norm, relu, {dense: 10} ]}
        loss: cross-entropy
        descent: {kind: sgd, learning-rate: 0.05, batch: 50, epochs: 20}
        observe: {at: {every: 5}, measures: [loss, norms], weights: true}
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly string _flow, _descent;

    public TwoProcessesTests()
    {
        (_flow, _descent) = (_folder / "flow.yaml", _folder / "descent.yaml");
        File.WriteAllText(_flow, Flow);
        File.WriteAllText(_descent, Descent);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Many_that_begin_at_the_same_moment_make_one_folder_and_the_others_wait_for_its_result()
    {
        Undisturbed(_flow);
        // With and without --resume.
        RealProcess[] all = [.. new[] { "--json", "--resume" }.Select(more => RealProcess.Start("run", _flow, "--out", Out, more))];
        foreach (var one in all) one.Wait().ShouldBe(0, one.Error);
        all.Count(static p => p.Error.Contains("finished already", StringComparison.Ordinal)).ShouldBeGreaterThan(0);
        foreach (var one in all) one.Dispose();
        SameAsUndisturbed();
    }

    [Fact]
    public void A_sweep_that_is_started_twice_is_made_once()
    {
        string[] sweep = ["-m", "seed=0,1", "descent.seed=0,1"];
        Undisturbed(_descent, sweep);
        using var first = RealProcess.Start(["run", _descent, "--out", Out, "--json", .. sweep]);
        StopAtWork(first);
        using var second = RealProcess.Start(["run", _descent, "--out", Out, "--json", .. sweep]);
        RealProcess.Until(() => second.HasExited || Says(second, "a run of this sweep is at work: process"), "the second waits");
        first.Signal("CONT");
        (first.Wait(), second.Wait()).ShouldBe((0, 0), first.Error + second.Error);
        // Each says which of them it made itself.
        string Runs(RealProcess process) => process.Output.Replace("\"reused\": true", "\"reused\": false", StringComparison.Ordinal);
        Runs(second).ShouldBe(Runs(first));
        SameAsUndisturbed(runs: 4);
    }

    [Fact]
    public void A_killed_run_is_told_from_a_running_one_and_the_one_that_waited_goes_on()
    {
        Undisturbed(_flow);
        using (var first = RealProcess.Start("run", _flow, "--out", Out, "--quiet"))
        {
            StopAtWork(first);
            CommandLineOf("show", Out).ShouldContain(" running ");
            using var second = RealProcess.Start("run", _flow, "--out", Out, "--resume");
            RealProcess.Until(() => second.HasExited || Says(second, $"this run is at work: process {first.Id} on"), "the second waits");
            first.Kill();
            first.Wait();
            second.Wait().ShouldBe(0, second.Error);
        }
        SameAsUndisturbed();
    }

    [Fact]
    public void Kills_lose_nothing_and_leave_no_lock_that_holds() => Kills(1);

    [Fact(Explicit = true)]
    public void Kills_for_hours() => Kills(1_000);

    [Fact]
    public void Two_namespaces_share_a_folder()
    {
        // Each with processes numbered from 1: looked up by number, either would seem to have ended.
        string[] apart = ["--user", "--map-root-user", "--pid", "--fork", "--mount-proc"];
        Assert.SkipUnless(OperatingSystem.IsLinux() && Succeeds("unshare", [.. apart, "true"]), "no namespaces here");
        Undisturbed(_flow);
        using var first = RealProcess.Under("unshare", apart, "run", _flow, "--out", Out, "--quiet");
        StopAtWork(first);
        using var second = RealProcess.Under("unshare", apart, "run", _flow, "--out", Out, "--resume");
        RealProcess.Until(() => second.HasExited || Says(second, "(in another container)"), "the second waits");
        second.HasExited.ShouldBeFalse(second.Error);
        first.Signal("CONT");
        (first.Wait(), second.Wait()).ShouldBe((0, 0), second.Error);
        SameAsUndisturbed();
    }

    // It holds its lock from then on and does nothing, for less time than makes a lock stale.
    private void StopAtWork(RealProcess process)
    {
        RealProcess.Until(() => process.HasExited || Runs.Any(static r => r.AtWork is not null), "a run is at work");
        process.Signal("STOP");
        // Nor while it holds the claim on another of its runs, for which the others would wait without a word.
        RealProcess.Until(() =>
        {
            if (Directory.GetFiles(Out, ".*.lock", SearchOption.AllDirectories).Length == 0) return true;
            process.Signal("CONT");
            Thread.Sleep(5);
            process.Signal("STOP");
            return false;
        }, "it holds no claim");
        Runs.Any(static r => r.AtWork is not null).ShouldBeTrue("it has ended too soon");
    }

    private static bool Says(RealProcess process, string text) => process.Error.Contains(text, StringComparison.Ordinal);

    private string Out => _folder / "out";

    private IReadOnlyList<RunFolder> Runs => RunFolder.Under(Out);

    private void Kills(int most)
    {
        string[] sweep = ["-m", "seed=0..2"];
        Undisturbed(_descent, sweep);
        LongHarness.Repeat("kills of a sweep", most, random =>
        {
            if (Directory.Exists(Out)) Directory.Delete(Out, recursive: true);
            for (var kill = LongHarness.IsLong ? random.Next(1, 5) : 1; kill > 0; kill--)
            {
                using var killed = RealProcess.Start(["run", _descent, "--out", Out, "--quiet", .. sweep]);
                Thread.Sleep(random.Next(300, 1200));
                killed.Kill();
                killed.Wait();
                Runs.ShouldAllBe(static r => r.Status != RunStatus.Running && File.Exists(r.File("environment.json")));
            }
            using var last = RealProcess.Start(["run", _descent, "--out", Out, "--quiet", .. sweep]);
            last.Wait().ShouldBe(0, last.Error);
            SameAsUndisturbed(runs: 3);
        });
    }

    private void Undisturbed(string config, params string[] more)
    {
        using var error = new StringWriter();
        CommandLine.Run(["run", config, "--out", _folder / "alone", "--quiet", .. more], TextWriter.Null, error)
            .ShouldBe(0, error.ToString());
    }

    private void SameAsUndisturbed(int runs = 1)
    {
        var expected = RunFolder.Under(_folder / "alone").ToDictionary(static r => r.Id, RunContent.Of, StringComparer.Ordinal);
        expected.Count.ShouldBe(runs);
        var made = Runs;
        made.Select(static r => r.Id).Order(StringComparer.Ordinal).ShouldBe(expected.Keys.Order(StringComparer.Ordinal));
        foreach (var run in made)
        {
            run.Status.ShouldBe(RunStatus.Finished);
            RunContent.Of(run).ShouldBe(expected[run.Id]);
            File.Exists(run.File(RunLock.Name)).ShouldBeFalse();
        }
        Directory.EnumerateFiles(Out, ".*.lock", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    private static string CommandLineOf(params string[] args)
    {
        using var output = new StringWriter();
        CommandLine.Run(args, output, TextWriter.Null).ShouldBe(0);
        return output.ToString();
    }

    private static bool Succeeds(string program, string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardError = true,
                UseShellExecute = false,
            })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
