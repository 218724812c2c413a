using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Rhoflow.Lab.Clusters;

/// <summary>How this program is started once more, as a worker.</summary>
/// <param name="Assembly">The program's own assembly.</param>
internal sealed record WorkerProgram(string Assembly)
{
    /// <summary>The word that makes it a worker.</summary>
    public const string Command = "work";

    /// <summary>The runtime's host: the one that runs this process, whatever started it.</summary>
    public static string Host
    {
        get
        {
            var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
            // DOTNET/shared/Microsoft.NETCore.App/10.0.0/
            var beside = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
            return File.Exists(beside) ? beside : name;
        }
    }

    /// <summary>The words of a worker's command line, <see cref="Host"/> first.</summary>
    public IReadOnlyList<string> Words(params IEnumerable<string> more) => [Host, Assembly, Command, .. more];

    internal Process Start()
    {
        var words = Words();
        return Process.Start(new ProcessStartInfo(words[0], words.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
    }
}
