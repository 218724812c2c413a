using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics.X86;

namespace Rhoflow.Benchmarks;

/// <summary>
/// A Python process that does the same work with the libraries that our users come from. It stays alive, so that ours and
/// theirs alternate in one run. Absent where Python or the library is not installed: then there is no ratio.
/// </summary>
internal sealed class Peer : IDisposable
{
    private readonly Process _process;
    private readonly HashSet<string> _libraries;

    private Peer(Process process, HashSet<string> libraries, string setting) => (_process, _libraries, Setting) =
        (process, libraries, setting);

    /// <summary>The OpenBLAS core type that it runs with.</summary>
    public string Setting { get; }

    public string Libraries => string.Join(", ", _libraries);

    /// <summary>The first Python that has what the script needs: RHOFLOW_PYTHON, python3 on the path, the system's; null if none.</summary>
    /// <param name="script">A file in the folder of peers.</param>
    /// <param name="threads">Threads that its libraries use.</param>
    public static Peer? Start(string script, int threads)
    {
        string?[] candidates = [Environment.GetEnvironmentVariable("RHOFLOW_PYTHON"), "python3", "/usr/bin/python3"];
        return candidates.OfType<string>().Select(python => Best(python, script, threads)).FirstOrDefault(static p => p is not null);
    }

    public bool Has(string library) => _libraries.Contains(library);

    /// <summary>Seconds of one repetition; null where the peer failed.</summary>
    public double? Seconds(string work, int repeats) => Ask($"{work} {repeats}");

    /// <summary>The line that it answers a line with; null where it has ended.</summary>
    public string? Answer(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
            return _process.StandardOutput.ReadLine();
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
            if (!_process.WaitForExit(2000)) _process.Kill();
        }
        catch (IOException)
        {
            // It has ended already.
        }
        _process.Dispose();
    }

    private double? Ask(string line) =>
        double.TryParse(Answer(line), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    // Debian's OpenBLAS does not know recent processors and would fall back to SSE3; which of its core types is best is measured.
    private static Peer? Best(string python, string script, int threads)
    {
        string[] settings = Avx512F.IsSupported ? ["SkylakeX", "Haswell", "Zen"] : Avx2.IsSupported ? ["Haswell", "Zen"] : [""];
        Peer? best = null;
        var fastest = double.NegativeInfinity;
        foreach (var setting in settings)
        {
            if (TryStart(python, script, threads, setting) is not { } peer) continue;
            if (peer._libraries.Count == 0)
            {
                peer.Dispose();
                return null;
            }
            var speed = settings.Length == 1 ? 0 : peer.Ask("speed") ?? 0;
            if (speed > fastest)
            {
                best?.Dispose();
                (best, fastest) = (peer, speed);
            }
            else peer.Dispose();
        }
        return best;
    }

    private static Peer? TryStart(string python, string script, int threads, string setting)
    {
        try
        {
            var folder = Path.Combine(AppContext.BaseDirectory, "peers");
            var start = new ProcessStartInfo(python, [Path.Combine(folder, script)])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false
            };
            var count = threads.ToString(CultureInfo.InvariantCulture);
            if (setting.Length > 0) start.Environment["OPENBLAS_CORETYPE"] = setting;
            start.Environment["OMP_NUM_THREADS"] = count;
            start.Environment["OPENBLAS_NUM_THREADS"] = count;
            start.Environment["OMP_WAIT_POLICY"] = "passive";
            start.Environment["RHOFLOW_BENCH_IRIS"] = Path.Combine(folder, "iris.csv");
            var process = Process.Start(start);
            if (process is null) return null;
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            process.StandardInput.WriteLine("libraries");
            process.StandardInput.Flush();
            if (process.StandardOutput.ReadLine() is { Length: > 0 } line)
                return new Peer(process, [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)], setting);
            process.Dispose();
            return null;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            return null;
        }
    }
}
