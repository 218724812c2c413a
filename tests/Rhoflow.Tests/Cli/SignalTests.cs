using System.Diagnostics;
using Rhoflow.Cli;
using Rhoflow.Tests.Lab;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Cli;

/// <summary>The first Ctrl-C or TERM ends a real process, whatever it computes.</summary>
public sealed class SignalTests
{
    // A dry run measures curvature to time it: minutes on these data.
    private const string Config = """
        data: {set: digits, transforms: [scale-pixels, center, unit-norm]}
        network: {layers: [{dense: 800}, relu, {dense: 800}, relu, {dense: 10}]}
        init: {kind: kaiming}
        loss: cross-entropy
        descent: {kind: sgd, learning-rate: 0.1, batch: 64, epochs: 3}
        observe: {at: {every: 1 epochs}, measures: all}
        """;

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task One_signal_ends_a_dry_run_that_times_curvature(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no such signals");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder / "big.yaml", Config);
        using var process = Process.Start(new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "rhoflow-cli.dll"), "run", "big.yaml", "--dry-run"])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        // At work, and not still starting.
        while (!process.HasExited && process.TotalProcessorTime < TimeSpan.FromSeconds(1)) await Task.Delay(20);
        using (var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"])) await kill.WaitForExitAsync();
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
        process.ExitCode.ShouldBe(ExitStatus.Interrupted, await error);
        (await error).ShouldContain("rhoflow: interrupted");
    }
}
