using System.Collections.Concurrent;
using System.Diagnostics;
using Rhoflow.Tests.Lab;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Cli;

/// <summary>Real processes are killed at random, again and again; the rows at the end are those of a process that was left alone.</summary>
public sealed class KilledProcessTests
{
    private const string Training = """
        name: training
        data: {set: digits, train: 300, transforms: [scale-pixels, center, unit-norm]}
        network: {layers: [{dense: 16}, relu, {dense: 10}]}
        init: {kind: kaiming}
        loss: cross-entropy
        descent: {kind: sgd, learning-rate: 0.05, momentum: 0.9, batch: 32, epochs: 6000}
        observe: {at: {every: 1500 epochs}, measures: [loss, norms, margins]}
        """;

    private const string Flow = """
        name: flow
        data: {set: iris, classes: [versicolor, virginica], transforms: [unit-norm]}
        network: {layers: [{dense: 8}, relu, {dense: 1}]}
        init: {kind: kaiming}
        flow: {kind: unconstrained}
        observe: {at: {log10-t: [0, 3]}, measures: [loss, norms, margins], weights: true}
        """;

    private static readonly ConcurrentDictionary<(string, int), (string Rows, double Seconds)> s_whole = [];

    [Fact(Explicit = true)]
    public void Killed_processes_go_on_for_hours() => LongHarness.Repeat("kills of processes", 1_000, Kill);

    private static void Kill(Random random)
    {
        var (yaml, seed) = (random.Next(2) == 0 ? Training : Flow, random.Next(4));
        var (rows, seconds) = s_whole.GetOrAdd((yaml, seed), static key =>
        {
            using var whole = new TemporaryFolder();
            var clock = Stopwatch.StartNew();
            using var process = Start(whole, key.Item1, key.Item2);
            process.WaitForExit();
            return (Rows(whole), clock.Elapsed.TotalSeconds);
        });
        using var folder = new TemporaryFolder();
        while (true)
        {
            using var process = Start(folder, yaml, seed);
            if (process.WaitForExit(TimeSpan.FromSeconds(random.NextDouble() * 1.5 * seconds))) break;
            process.Kill();
            process.WaitForExit();
        }
        Rows(folder).ShouldBe(rows);
    }

    private static Process Start(TemporaryFolder folder, string yaml, int seed)
    {
        File.WriteAllText(folder / "config.yaml", yaml);
        var process = Process.Start(new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "rhoflow-cli.dll"), "run", "config.yaml", $"seed={seed}", "--resume", "--quiet"])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    private static string Rows(TemporaryFolder folder) => File.ReadAllText(
        Directory.GetFiles(folder / "runs", "metrics.csv", SearchOption.AllDirectories).ShouldHaveSingleItem());
}
