using System.Globalization;
using System.Text.Json.Nodes;

namespace Rhoflow.Benchmarks;

/// <summary>
/// What a peer's library is and how well it uses this machine: its product of two float32 matrices of 1024 × 1024, as a share of what the
/// registers can do in the CPU time that it took. Below <see cref="LeastShare"/> it is crippled, and our ratio to it would say nothing
/// about us.
/// </summary>
/// <param name="Library">numpy, scipy, torch, libtorch, onnxruntime.</param>
/// <param name="Threads">That it ran with.</param>
/// <param name="Version">As it says.</param>
/// <param name="Blas">What it multiplies with: "OpenBLAS 0.3.21", "MKL 2024.2", "reference BLAS"; empty where that is not known.</param>
/// <param name="Core">The processor that OpenBLAS takes this one for; empty elsewhere.</param>
/// <param name="File">Of the BLAS; empty where it is within the library.</param>
/// <param name="Extensions">oneDNN and its like.</param>
/// <param name="Setting">The OPENBLAS_CORETYPE that was fastest and is set for it; empty: its own choice was.</param>
/// <param name="Seconds">Of the product by the clock, the best of several; NaN where it gave no answer.</param>
/// <param name="Share">Of the register peak of a thread, in CPU time of the calling thread, which does 1/threads of the product.</param>
public sealed record PeerReport(string Library, int Threads, string Version, string Blas, string Core, string File, string Extensions,
    string Setting, double Seconds, double Share)
{
    /// <summary>
    /// A tuned product reaches 70 to 95 %, AVX2 code on a processor with full AVX-512 about 45 %, SSE3 code a quarter at most where there
    /// is AVX-512, and the reference BLAS 3 to 6 %.
    /// </summary>
    public const double LeastShare = 0.4;

    /// <summary>Operations of the product, multiply and add counted each.</summary>
    internal const double Flops = 2.0 * 1024 * 1024 * 1024;

    /// <summary>Whether ratios to it mean something.</summary>
    public bool IsFair => Share >= LeastShare;

    /// <summary>
    /// "torch 2.5.1 on OpenBLAS 0.3.21 as Haswell (set), oneDNN 3.5, 1 thread: 1024³ in 14 ms, 84 % of the register peak".
    /// </summary>
    public string Text => $"{Name}, {Count(Threads)}: {Speed}{(IsFair ? "" : $"; less than {Percent(LeastShare)}, so no ratio to it")}";

    /// <summary>Why there are no ratios to it and what helps; null where it is fair.</summary>
    public string? Withheld => IsFair ? null
        : $"no ratio to {Library} with {Count(Threads)}: {Name}; {Speed}, less than the {Percent(LeastShare)} of a fair peer. {Remedy}";

    /// <summary>For --json.</summary>
    public JsonObject ToJson() => new()
    {
        ["library"] = Library,
        ["threads"] = Threads,
        ["version"] = Version,
        ["blas"] = Blas,
        ["core"] = Core,
        ["file"] = File,
        ["extensions"] = Extensions,
        ["openblas_coretype"] = Setting,
        ["product_seconds"] = double.IsNaN(Seconds) ? null : Seconds,
        ["product_share"] = double.IsNaN(Share) ? null : Share,
        ["fair"] = IsFair,
        ["withheld"] = Withheld,
    };

    private string Name => $"{Library} {Version} on {(Blas.Length > 0 ? Blas : "a BLAS that is not known")}"
        + (Core.Length > 0 ? $" as {Core}{(Setting.Length > 0 ? " (set)" : "")}" : "")
        + (Extensions.Length > 0 ? $", {Extensions}" : "");

    private string Speed => double.IsNaN(Seconds) ? "its product of 1024³ gave no answer"
        : string.Create(CultureInfo.InvariantCulture, $"1024³ in {Numbers.Seconds(Seconds)}, {Percent(Share)} of the register peak");

    /// <summary>What makes it fair.</summary>
    public string Remedy => Blas switch
    {
        "reference BLAS" => "Install libopenblas0-pthread, which takes the reference BLAS's place (`update-alternatives --display "
            + "libblas.so.3-x86_64-linux-gnu` shows which is used), or wheels, which bring their own.",
        _ when Blas.StartsWith("OpenBLAS", StringComparison.Ordinal) => "A newer OpenBLAS may know this processor.",
        _ => "Install a build with OpenBLAS or MKL.",
    };

    private static string Count(int threads) =>
        threads == 1 ? "1 thread" : string.Create(CultureInfo.InvariantCulture, $"{threads} threads");

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0} %");
}
