using System.Runtime.CompilerServices;
using Rhoflow.Cli;
using Rhoflow.Lab.Runs;
using Rhoflow.Tests.Lab;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Cli;

/// <summary>The commands of docs/cluster.md do what the page says; SlurmTests have those that hand work to a cluster.</summary>
public sealed class ClusterPageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Its_commands_run()
    {
        var page = Page();
        var config = page.Split("```yaml\n")[1].Split("```")[0];
        File.WriteAllText(_folder / "norms.yaml", config);
        string[] commands =
        [
            .. page.Split('\n').Where(static l => l.StartsWith("    rhoflow ", StringComparison.Ordinal))
                .Select(static l => l.Split('#')[0].Trim())
                .Where(static l => !l.Contains("--on slurm", StringComparison.Ordinal)
                    || l.Contains("--dry-run", StringComparison.Ordinal)),
        ];
        commands.Length.ShouldBe(4);
        foreach (var command in commands)
        {
            using var error = new StringWriter();
            string[] words = [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(Here)];
            string[] place = words[0] == "run" ? ["--out", _folder / "runs"] : [];
            CommandLine.Run([.. words, .. place], TextWriter.Null, error).ShouldBe(ExitStatus.Done, $"{command}: {error}");
        }
        RunFolder.Under(_folder / "runs").Count(static r => r.Status == RunStatus.Finished).ShouldBe(8);
    }

    private string Here(string word) => word is "norms.yaml" or "runs/norms" ? _folder / word : word;

    private static string Page([CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/cluster.md"));
}
