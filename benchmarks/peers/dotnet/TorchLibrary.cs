using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rhoflow.Benchmarks;
using TorchSharp;
using static TorchSharp.torch;

namespace Rhoflow.Peers;

/// <summary>What LibTorch is, and how fast it multiplies: by that it is found fair, or crippled (peers/libraries.py).</summary>
internal static unsafe partial class TorchLibrary
{
    private const int Side = 1024;

    /// <summary>{} is answered with {version, blas, core, file, threads, extensions}; {"product": n} with {seconds, cpu}.</summary>
    public static void Serve(int threads)
    {
        set_num_threads(threads);
        Tensor a = randn(Side, Side), b = randn(Side, Side);
        Protocol.Serve(["libtorch"], new Dictionary<string, Func<Action>>(), question => JsonNode.Parse(question)!["product"] is { } count
            ? Speed(() => a.mm(b).Dispose(), (int)count) : Describe(threads));
    }

    /// <summary>The best of some repetitions by the clock, and in CPU time of this thread, which has its share of the work.</summary>
    public static string Speed(Action product, int count)
    {
        double seconds = double.MaxValue, cpu = double.MaxValue;
        product();
        for (var i = 0; i < count; i++)
        {
            var (begin, busy) = (Stopwatch.GetTimestamp(), ThreadClock.Seconds);
            product();
            seconds = Math.Min(seconds, Stopwatch.GetElapsedTime(begin).TotalSeconds);
            cpu = Math.Min(cpu, ThreadClock.Seconds - busy);
        }
        return new JsonObject { ["seconds"] = seconds, ["cpu"] = cpu }.ToJsonString();
    }

    private static string Describe(int threads)
    {
        var text = Configuration();
        string Of(Regex found) => found.Match(text) is { Success: true } m ? m.Groups["value"].Value : "";
        string[] extensions =
        [
            .. Of(OneDnn()) is { Length: > 0 } dnn ? [$"oneDNN {dnn}"] : Array.Empty<string>(),
            .. Of(Capability()) is { Length: > 0 } kernels ? [$"kernels for {kernels}"] : Array.Empty<string>(),
            "TorchSharp " + typeof(torch).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
                .Split('+')[0],
        ];
        return new JsonObject
        {
            ["version"] = Package(),
            ["blas"] = Of(Mkl()) is { Length: > 0 } mkl ? $"MKL {mkl}" : "",
            ["core"] = "",
            ["file"] = "",
            ["threads"] = threads,
            ["extensions"] = string.Join(", ", extensions),
        }.ToJsonString();
    }

    // at::show_config() gives a std::string: by the convention of Linux on x64, into memory whose address comes first.
    private static string Configuration()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64) return "";
        var library = NativeLibrary.Load(Path.Combine(AppContext.BaseDirectory, "libtorch_cpu.so"));
        if (!NativeLibrary.TryGetExport(library, "_ZN2at11show_configB5cxx11Ev", out var function)) return "";
        var result = stackalloc byte*[4];
        ((delegate* unmanaged<byte**, void>)function)(result);
        return Encoding.UTF8.GetString(result[0], (int)result[1]);
    }

    // As it stands in the list of what was published.
    private static string Package()
    {
        var list = Path.Combine(AppContext.BaseDirectory, "Rhoflow.Peers.deps.json");
        var found = File.Exists(list) ? LibTorch().Match(File.ReadAllText(list)) : Match.Empty;
        return found.Success ? found.Groups["value"].Value : "";
    }

    [GeneratedRegex(@"Math Kernel Library Version (?<value>\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Mkl();

    [GeneratedRegex(@"MKL-DNN v(?<value>[\d.]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OneDnn();

    [GeneratedRegex(@"CPU capability usage: (?<value>\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Capability();

    [GeneratedRegex(@"libtorch-cpu[\w-]*/(?<value>[\d.]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LibTorch();
}
