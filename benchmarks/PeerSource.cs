using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Rhoflow.Benchmarks;

/// <summary>Where peers come from: programs that may have the libraries, and the scripts that these run.</summary>
/// <param name="Programs">Tried in this order.</param>
/// <param name="Folder">Of the scripts.</param>
internal sealed record PeerSource(IReadOnlyList<string> Programs, string Folder)
{
    /// <summary>How a person gets LibTorch and ONNX Runtime.</summary>
    public const string Remedy = "dotnet publish benchmarks/peers/dotnet -c Release --use-current-runtime -o .build/peers";

    private const string NetAssembly = "Rhoflow.Peers.dll";

    // Libraries that are reached from .NET, by an optional program that knows the scripts by name.
    private static readonly string[] s_net = ["libtorch", "onnxruntime"];

    /// <summary>Folders that may have that program.</summary>
    public IReadOnlyList<string> NetFolders { get; init; } = [];

    /// <summary>Where rows leave networks as files, for peers that read them.</summary>
    public string Models { get; init; } = "";

    /// <summary>
    /// RHOFLOW_PYTHON alone where it is set; else python3 on the path, and the system's for what that one does not have. The scripts beside
    /// the program.
    /// </summary>
    public static PeerSource Default => new(
        Environment.GetEnvironmentVariable("RHOFLOW_PYTHON") is { Length: > 0 } chosen ? [chosen] : ["python3", "/usr/bin/python3"],
        Path.Combine(AppContext.BaseDirectory, "peers"))
    {
        NetFolders =
        [
            Path.Combine(AppContext.BaseDirectory, "peers"),
            .. Environment.GetEnvironmentVariable("RHOFLOW_HOME") is { Length: > 0 } home ? [Path.Combine(home, ".build", "peers")]
                : Array.Empty<string>(),
        ],
        Models = InferenceWorks.Models,
    };

    /// <summary>Whether a library has processes of its own, which serve no other.</summary>
    public static bool IsApart(string library) => s_net.Contains(library);

    /// <summary>The programs that may have a library.</summary>
    public IReadOnlyList<string> ProgramsFor(string library) => !IsApart(library) ? Programs
        : [.. NetFolders.Select(static f => Path.Combine(f, NetAssembly)).Where(File.Exists).Take(1)];

    /// <summary>What is said of a library that is not there.</summary>
    public static string Missing(string library) => s_net.Contains(library)
        ? $"{library}: not installed ({Remedy}, once)" : $"{library}: not installed (python3-{library})";

    /// <summary>Starts a script and hears whether it has a library.</summary>
    /// <param name="program">One of <see cref="ProgramsFor"/>.</param>
    /// <param name="script">Its name in <see cref="Folder"/>, and arguments.</param>
    /// <param name="library">That it must have.</param>
    /// <param name="setting">Threads, and the core type that OpenBLAS is told; empty: its own choice.</param>
    /// <param name="limit">For importing the libraries.</param>
    /// <returns>null where the program is not there, does not have the library, or does not answer within the limit.</returns>
    public Peer? Start(string program, IReadOnlyList<string> script, string library, PeerSetting setting, TimeLimit limit)
    {
        string[] words = s_net.Contains(library) ? [program, script[0], library] : [Path.Combine(Folder, script[0]), .. script.Skip(1)];
        var start = new ProcessStartInfo(s_net.Contains(library) ? "dotnet" : program, words)
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
        start.Environment["RHOFLOW_BENCH_MODELS"] = Models;
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
