using System.Globalization;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Tests.Lab.Tables;

/// <summary>Run folders as runs write them, made by hand: with any keys, rows and status.</summary>
internal static class MadeRuns
{
    /// <summary>A folder; a run that is not to be finished has no summary.</summary>
    public static RunFolder Add(string root, string name, string id, IEnumerable<(string Key, string Value)> keys, string[] columns,
        double[][] rows, string? status = "finished", DateTime? begun = null)
    {
        var folder = RunFolder.Create(root, name, id, Yaml(keys), [], begun ?? new DateTime(2026, 11, 28));
        using (var metrics = MetricsFile.Append(folder.File("metrics.csv"), columns, 0))
            foreach (var row in rows) metrics.Add(row);
        if (status is not null) Summarize(folder, status, columns, rows);
        return folder;
    }

    /// <summary>Writes summary.json.</summary>
    public static void Summarize(RunFolder folder, string status, string[] columns, double[][] rows)
    {
        JsonNode? Number(double v) => double.IsFinite(v) ? v : null;
        File.WriteAllText(folder.File("summary.json"), new JsonObject
        {
            ["name"] = folder.Name,
            ["id"] = folder.Id,
            ["status"] = status,
            ["observations"] = rows.Length,
            ["seconds"] = 1.5,
            ["last"] = rows.Length > 0 ? new JsonObject(columns.Select((c, i) => KeyValuePair.Create(c, Number(rows[^1][i])))) : null,
        }.ToJsonString());
    }

    /// <summary>Makes the files look as if they had been written long ago, so that an index may keep what it saw of them.</summary>
    public static void Age(RunFolder folder, int seconds = 3600)
    {
        foreach (var file in Directory.EnumerateFiles(folder.Path))
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddSeconds(-seconds));
    }

    /// <summary>An id of eight hexadecimal digits.</summary>
    public static string Id(int n) => (0x10000000 + (uint)n * 2654435761u).ToString("x8", CultureInfo.InvariantCulture);

    private static string Yaml(IEnumerable<(string Key, string Value)> keys)
    {
        var (yaml, open) = ("", "");
        foreach (var (key, value) in keys)
        {
            var parts = key.Split('.');
            if (parts.Length == 2 && open != parts[0]) yaml += $"{open = parts[0]}:\n";
            yaml += parts.Length == 2 ? $"  {parts[1]}: {value}\n" : $"{key}: {value}\n";
        }
        return yaml;
    }
}
