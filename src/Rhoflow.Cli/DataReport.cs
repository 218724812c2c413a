using System.Globalization;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Datasets;

namespace Rhoflow.Cli;

/// <summary>What <c>rhoflow data check</c> found, file by file.</summary>
internal static class DataReport
{
    /// <summary>Returns the exit status: 3 if anything is not as published. Sets that are nowhere are no error here.</summary>
    public static int Show(IReadOnlyList<SetCheck> checks, bool json, TextWriter output, TextWriter error)
    {
        if (json)
            output.WriteLine(new JsonObject { ["sets"] = new JsonArray([.. checks.Select(c => (JsonNode)Document(c))]) }.ToJsonString(
                Json.Options));
        else foreach (var check in checks) Write(check, output);
        var errors = checks.SelectMany(c => c.Errors).ToArray();
        foreach (var e in errors) error.WriteLine($"rhoflow: {e}");
        return errors.Length > 0 ? ExitStatus.BadData : ExitStatus.Done;
    }

    private static void Write(SetCheck check, TextWriter output)
    {
        output.WriteLine($"{check.Set.Name}: {(check.IsMissing ? "not found" : check.Folder ?? "built in")}");
        foreach (var f in check.Files)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {(f.Path is null ? f.File.Name : Path.GetFileName(f.Path)),-28}{f.Bytes,12:#,0} bytes  "
                + $"{(f.Error is not null ? "WRONG" : f.Path is null ? "not there, not needed" : $"sha-256 {f.Sha256}")}"));
        if (check.TrainCounts.Count > 0)
            output.WriteLine($"  examples of each class: {string.Join(' ', check.TrainCounts)}"
                + (check.TestCounts.Count > 0 ? $"; test: {string.Join(' ', check.TestCounts)}" : ""));
        if (!check.IsMissing) output.WriteLine(check.Errors.Any() ? "  not as published" : "  as published");
    }

    private static JsonObject Document(SetCheck check) => new()
    {
        ["name"] = check.Set.Name,
        ["status"] = check.IsMissing ? "missing" : check.Errors.Any() ? "wrong" : "sound",
        ["folder"] = check.Folder,
        ["files"] = new JsonArray([.. check.Files.Select(f => (JsonNode)new JsonObject
        {
            ["name"] = f.File.Name,
            ["path"] = f.Path,
            ["bytes"] = f.Bytes,
            ["bytes_expected"] = f.File.Bytes,
            ["sha256"] = f.Sha256,
            ["sha256_expected"] = f.File.Sha256,
            ["error"] = f.Error,
        })]),
        ["class_counts"] = new JsonArray([.. check.TrainCounts.Select(c => (JsonNode)c)]),
        ["class_counts_test"] = new JsonArray([.. check.TestCounts.Select(c => (JsonNode)c)]),
        ["errors"] = new JsonArray([.. check.Errors.Select(e => (JsonNode)e)]),
    };
}
