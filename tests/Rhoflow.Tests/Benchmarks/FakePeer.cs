using Rhoflow.Benchmarks;
using Rhoflow.Tests.Lab;

namespace Rhoflow.Tests.Benchmarks;

/// <summary>A peer that is a shell script: it says of itself what a test wants, and takes what time a test wants.</summary>
internal sealed class FakePeer : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="cpu">Seconds of CPU time that it claims for the product of 1024³.</param>
    /// <param name="blas">That it claims to have.</param>
    /// <param name="answers">What stands in a shell's `case` for lines "NAME torch REPEATS".</param>
    public FakePeer(string cpu, string blas, string answers)
    {
        Write("libraries.py", $$"""
            '{}') echo '{"version": "9.8", "blas": "{{blas}}", "core": ""}' ;;
            '{'*) echo '{"seconds": {{cpu}}, "cpu": {{cpu}}}' ;;
            """);
        Write("work.py", answers);
    }

    /// <summary>Where the suite finds it.</summary>
    public PeerSource Source => new(["sh"], _folder.Path);

    /// <summary>The process of the work's script that was started last; null where none was.</summary>
    public int? Started => File.Exists(_folder / "work.py.pid") ? int.Parse(File.ReadAllText(_folder / "work.py.pid").Trim(), null) : null;

    /// <summary>A row whose work of ours is quick, unless it is given.</summary>
    public static Work Row(string name, Action<int>? ours = null, bool isDear = false, Goal? goal = null) =>
        new(name, 1, "work.py", ["torch"], () => ours ?? (static count => Thread.SpinWait(20 * count)), 0, IsSingle: true, IsRate: false,
            goal, "nothing, really")
        { IsDear = isDear };

    /// <summary>Options for quick rows.</summary>
    public SuiteOptions Options(params IReadOnlyList<Work> works) =>
        new() { Works = works, Source = Source, WarmUp = 0.001, Measurement = 0.002, Names = [.. works.Select(static w => w.Name)] };

    /// <summary>Whether a process is there.</summary>
    public static bool IsRunning(int id)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string name, string answers) => File.WriteAllText(_folder / name, $$"""
        echo $$ > "$0.pid"
        while read -r line; do
        case "$line" in
        libraries) echo torch ;;
        {{answers}}
        *) echo 0.5 ;;
        esac
        done
        """);
}
