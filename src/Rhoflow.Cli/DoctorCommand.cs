using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Rhoflow.Data;
using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Cli;

/// <summary><c>rhoflow doctor</c>: what this machine offers, and what is missing with the way to get it.</summary>
internal static class DoctorCommand
{
    private sealed record Finding(string Id, string Label, string Value, bool Good, string? Remedy = null);

    public static Command Create()
    {
        var command = new Command("doctor", "Processor, SIMD width, threads, .NET, Node, data found, write access.");
        var standard = StandardOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            var findings = Findings().ToArray();
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(standard.Json))
                output.WriteLine(new JsonObject(findings.Select(f => KeyValuePair.Create(f.Id,
                    (JsonNode?)new JsonObject { ["value"] = f.Value, ["good"] = f.Good, ["remedy"] = f.Remedy })))
                        .ToJsonString(Json.Options));
            else
                foreach (var f in findings)
                    output.WriteLine($"{(f.Good ? "  " : "! ")}{f.Label,-14}{f.Value}{(f.Remedy is null ? "" : $": {f.Remedy}")}");
            return ExitStatus.Done;
        });
        return command;
    }

    private static IEnumerable<Finding> Findings()
    {
        yield return new("version", "rhoflow", RunEnvironment.Version, true);
        yield return new("processor", "processor", $"{RunEnvironment.Processor} ({RuntimeInformation.ProcessArchitecture})", true);
        yield return new("simd", "SIMD", RunEnvironment.Simd, true);
        yield return new("threads", "threads", Environment.ProcessorCount.ToString(System.Globalization.CultureInfo.InvariantCulture),
            true);
        yield return new("dotnet", ".NET", RuntimeInformation.FrameworkDescription, true);
        yield return Node();
        yield return Data();
        yield return Writable();
    }

    private static Finding Node()
    {
        const string get = "figures need Node 20 or newer (https://nodejs.org); everything else works without";
        try
        {
            using var process = Process.Start(new ProcessStartInfo("node", "--version")
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false
            })!;
            var version = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit(5000);
            var good = version.StartsWith('v') && int.TryParse(version[1..].Split('.')[0], out var major) && major >= 20;
            return new("node", "Node", version, good, good ? null : get);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return new("node", "Node", "not found", false, get);
        }
    }

    private static Finding Data()
    {
        var folders = DataFolders.Of(null);
        var found = Catalogue.All.Where(s => s.Files.Count > 0).Select(s => (s.Name, Folder: folders.Find(s))).ToArray();
        var named = Environment.GetEnvironmentVariable(DataFolders.Variable);
        var value = "built in: iris, digits; "
            + string.Join(", ", found.Select(f => f.Folder is null ? $"{f.Name} not found" : $"{f.Name} in {f.Folder}"));
        if (!string.IsNullOrEmpty(named) && !Directory.Exists(named))
            return new("data", "data", $"{value}; {DataFolders.Variable} names '{named}', which is not there", false,
                "set it to the folder of the data sets, or unset it");
        return new("data", "data", value, true, Array.Find(found, f => f.Folder is null).Name is { } missing
            ? $"rhoflow data fetch {missing} gets it" : null);
    }

    private static Finding Writable()
    {
        var here = Directory.GetCurrentDirectory();
        var probe = Path.Combine(here, $".rhoflow-{Environment.ProcessId}");
        try
        {
            File.WriteAllText(probe, "");
            File.Delete(probe);
            return new("write", "writing", $"{here} can be written to", true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new("write", "writing", $"{here} cannot be written to", false, "use --out DIR for runs and reports");
        }
    }
}
