using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Experiments;

namespace Rhoflow.Lab.Runs;

/// <summary>What a run was made with: written into its folder, shown by `rhoflow doctor`.</summary>
public static class RunEnvironment
{
    /// <summary>The program's version.</summary>
    public static string Version => typeof(RunEnvironment).Assembly.GetName().Version!.ToString(3);

    /// <summary>The processor's name.</summary>
    public static string Processor
    {
        get
        {
            try
            {
                const string file = "/proc/cpuinfo";
                if (File.Exists(file) && File.ReadLines(file)
                    .FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) is { } line)
                    return line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The architecture is then all that can be said.
            }
            return RuntimeInformation.ProcessArchitecture.ToString();
        }
    }

    /// <summary>Bits of a SIMD register in use, and what the processor's largest are called.</summary>
    public static string Simd => string.Create(CultureInfo.InvariantCulture,
        $"{Vector<byte>.Count * 8} bit{(Vector512.IsHardwareAccelerated ? " (512 available)" : "")}");

    /// <summary>Everything, for environment.json.</summary>
    public static JsonObject Describe(IReadOnlyList<string> commandLine) => new()
    {
        ["version"] = Version,
        ["commit"] = Commit(),
        ["processor"] = Processor,
        ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString(),
        ["simd"] = Simd,
        ["threads"] = Environment.ProcessorCount,
        ["dotnet"] = RuntimeInformation.FrameworkDescription,
        ["system"] = RuntimeInformation.OSDescription,
        ["started"] = DateTimeOffset.Now.ToString("O", CultureInfo.InvariantCulture),
        ["extensions"] = new JsonArray([.. LoadedExtension.All.Select(static e => (JsonNode)e.ToJson())]),
        ["commandLine"] = new JsonArray([.. commandLine.Select(a => (JsonNode)a)]),
    };

    // Read from the checkout that the start script names; null for an installed tool.
    private static string? Commit()
    {
        try
        {
            if (Environment.GetEnvironmentVariable("RHOFLOW_HOME") is not { Length: > 0 } home) return null;
            var git = Path.Combine(home, ".git");
            if (File.Exists(git)) git = Path.GetFullPath(File.ReadAllText(git)["gitdir:".Length..].Trim(), home);
            var head = File.ReadAllText(Path.Combine(git, "HEAD")).Trim();
            if (!head.StartsWith("ref: ", StringComparison.Ordinal)) return head;
            var name = head[5..];
            var common = Path.Combine(git, "commondir") is var c
                && File.Exists(c) ? Path.GetFullPath(File.ReadAllText(c).Trim(), git) : git;
            var file = Path.Combine(common, name);
            if (File.Exists(file)) return File.ReadAllText(file).Trim();
            var packed = Path.Combine(common, "packed-refs");
            return File.Exists(packed)
                ? File.ReadLines(packed).FirstOrDefault(l => l.EndsWith(" " + name, StringComparison.Ordinal))?.Split(' ')[0] : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
