using System.Diagnostics;
using System.Globalization;

namespace Rhoflow.Benchmarks;

/// <summary>
/// A Python process that does the same work with the libraries that our users come from. It stays alive, so that ours and
/// theirs alternate in one run. Absent where Python or the library is not installed: then there is no ratio.
/// </summary>
internal sealed class Peer : IDisposable
{
    private readonly Process _process;
    private readonly HashSet<string> _libraries;

    private Peer(Process process, HashSet<string> libraries) => (_process, _libraries) = (process, libraries);

    /// <summary>The first Python that has numpy: RHOFLOW_PYTHON, python3 on the path, the system's; null if none.</summary>
    public static Peer? Start(string script, string irisCsv)
    {
        string?[] candidates = [Environment.GetEnvironmentVariable("RHOFLOW_PYTHON"), "python3", "/usr/bin/python3"];
        foreach (var python in candidates)
            if (python is not null && TryStart(python, script, irisCsv) is { } peer) return peer;
        return null;
    }

    public bool Has(string library) => _libraries.Contains(library);

    public string Libraries => string.Join(", ", _libraries);

    /// <summary>Seconds of one repetition; null where the peer failed.</summary>
    public double? Seconds(string work, int repeats)
    {
        _process.StandardInput.WriteLine($"{work} {repeats}");
        _process.StandardInput.Flush();
        return double.TryParse(_process.StandardOutput.ReadLine(), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(2000)) _process.Kill();
        _process.Dispose();
    }

    private static Peer? TryStart(string python, string script, string irisCsv)
    {
        try
        {
            var start = new ProcessStartInfo(python, [script]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
            // Debian's OpenBLAS does not know recent processors and would fall back to SSE3.
            start.Environment["OPENBLAS_CORETYPE"] = "SkylakeX";
            start.Environment["OMP_NUM_THREADS"] = "1";
            start.Environment["OPENBLAS_NUM_THREADS"] = "1";
            start.Environment["RHOFLOW_BENCH_IRIS"] = irisCsv;
            var process = Process.Start(start);
            if (process is null) return null;
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            process.StandardInput.WriteLine("libraries");
            process.StandardInput.Flush();
            if (process.StandardOutput.ReadLine() is { } line) return new Peer(process, [.. line.Split(' ')]);
            process.Dispose();
            return null;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            return null;
        }
    }
}
