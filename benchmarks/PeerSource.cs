using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Rhoflow.Benchmarks;

/// <summary>Where peers come from: programs that may have the libraries, and the scripts that these run.</summary>
/// <param name="Programs">Tried in this order.</param>
/// <param name="Folder">Of the scripts.</param>
internal sealed record PeerSource(IReadOnlyList<string> Programs, string Folder)
{
    /// <summary>
    /// RHOFLOW_PYTHON alone where it is set; else python3 on the path, and the system's for what that one does not have. The scripts beside
    /// the program.
    /// </summary>
    public static PeerSource Default => new(
        Environment.GetEnvironmentVariable("RHOFLOW_PYTHON") is { Length: > 0 } chosen ? [chosen] : ["python3", "/usr/bin/python3"],
        Path.Combine(AppContext.BaseDirectory, "peers"));

    /// <summary>Starts a script and hears whether it has a library.</summary>
    /// <param name="program">One of <see cref="Programs"/>.</param>
    /// <param name="script">Its name in <see cref="Folder"/>, and arguments.</param>
    /// <param name="library">That it must have.</param>
    /// <param name="setting">Threads, and the core type that OpenBLAS is told; empty: its own choice.</param>
    /// <param name="limit">For importing the libraries.</param>
    /// <returns>null where the program is not there, does not have the library, or does not answer within the limit.</returns>
    public Peer? Start(string program, IReadOnlyList<string> script, string library, PeerSetting setting, TimeLimit limit)
    {
        var start = new ProcessStartInfo(program, [Path.Combine(Folder, script[0]), .. script.Skip(1)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var count = setting.Threads.ToString(CultureInfo.InvariantCulture);
        if (setting.Core.Length > 0) start.Environment["OPENBLAS_CORETYPE"] = setting.Core;
        foreach (var name in (string[])["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]) start.Environment[name] = count;
        start.Environment["OMP_WAIT_POLICY"] = "passive";
        start.Environment["RHOFLOW_BENCH_IRIS"] = Path.Combine(Folder, "iris.csv");
        try
        {
            if (Process.Start(start) is not { } process) return null;
            var peer = new Peer(process);
            if (peer.Answer("libraries", limit).Line is { } line && line.Split(' ').Contains(library)) return peer;
            peer.Dispose();
            return null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}

/// <summary>How a peer computes.</summary>
/// <param name="Threads">That its libraries use.</param>
/// <param name="Core">What OPENBLAS_CORETYPE says; empty: not set.</param>
internal readonly record struct PeerSetting(int Threads, string Core);
