using System.Security.Cryptography;
using Rhoflow.Lab.Runs;
using Shouldly;

namespace Rhoflow.Tests.Cli;

/// <summary>The bytes of runs that must not depend on who made them, and where.</summary>
internal static class RunContent
{
    /// <summary>Names and hashes of a run's rows, arrays and config.</summary>
    public static string Of(RunFolder run) => string.Join('\n', Directory.EnumerateFiles(run.File("arrays"))
        .Append(run.File("metrics.csv")).Append(run.File("config.yaml")).Order(StringComparer.Ordinal)
        .Select(static f => Path.GetFileName(f) + " " + Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f)))));

    /// <summary>Two folders hold the same runs, finished, to the byte.</summary>
    public static void ShouldBeTheSame(string made, string expected, int runs)
    {
        var known = RunFolder.Under(expected).Where(static r => r.Status == RunStatus.Finished)
            .ToDictionary(static r => r.Id, Of, StringComparer.Ordinal);
        known.Count.ShouldBe(runs);
        var there = RunFolder.Under(made);
        there.Select(static r => r.Id).Order(StringComparer.Ordinal).ShouldBe(known.Keys.Order(StringComparer.Ordinal));
        foreach (var run in there)
        {
            run.Status.ShouldBe(RunStatus.Finished);
            Of(run).ShouldBe(known[run.Id]);
            File.Exists(run.File(RunLock.Name)).ShouldBeFalse();
        }
    }
}
