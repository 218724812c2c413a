using System.Text.Json.Nodes;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Files;
using Rhoflow.Losses;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// A run as one JSON document, read back from its folder: what `run --json` prints. null = not measured, or beyond a double.
/// </summary>
public static class RunDocument
{
    /// <summary>
    /// {"name", "id", "status", "folder", "summary": {…}, "observations": [{column: value …, "W", "V", "rho_k", "support_vectors"} …]}, and
    /// "lost" where arrays have fewer rows than the table.
    /// </summary>
    /// <exception cref="RunFolderException">The folder cannot be read.</exception>
    public static JsonObject Read(RunFolder folder, bool observations = true)
    {
        try
        {
            var summary = folder.Summary;
            var document = new JsonObject
            {
                ["name"] = (string?)summary?["name"] ?? folder.Name,
                ["id"] = folder.Id,
                ["status"] = folder.Status.ToString().ToLowerInvariant(),
                ["folder"] = folder.Path,
                ["summary"] = summary?.DeepClone(),
            };
            if (observations)
            {
                document["observations"] = Observations(folder, summary, out var lost);
                if (lost is not null && folder.Status != RunStatus.Running) document["lost"] = lost;
            }
            return document;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new RunFolderException($"the run folder '{folder.Path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>
    /// The same of a run as lists have it, without its observations; no file is read for it. "lost" says which observations are missing
    /// from metrics.csv, where some are.
    /// </summary>
    public static JsonObject Of(RunRecord run)
    {
        var document = new JsonObject
        {
            ["name"] = (string?)run.Summary?["name"] ?? run.Folder.Name,
            ["id"] = run.Folder.Id,
            ["status"] = run.Status.ToString().ToLowerInvariant(),
            ["folder"] = run.Folder.Path,
            ["summary"] = run.Summary?.DeepClone(),
        };
        if (run.Lost is { } lost) document["lost"] = lost;
        return document;
    }

    /// <summary>config.yaml of a run; null where it cannot be read.</summary>
    public static JsonNode? Config(RunRecord run)
    {
        try
        {
            return run.Config is { } text ? ConfigSource.Parse(text, run.Folder.File("config.yaml")).Node.ToJson() : null;
        }
        catch (ConfigException)
        {
            return null;
        }
    }

    internal static JsonObject Row(IReadOnlyList<string> columns, double[] row) =>
        new(columns.Select((c, i) => KeyValuePair.Create(c, (JsonNode?)Number(row[i]))));

    /// <summary>The layers of a network as summary.json has them: where each lies in a row of arrays/W.npy.</summary>
    internal static JsonArray Layers(Networks.Network network) => new([.. network.Layers.Select(l => (JsonNode)new JsonObject
    {
        ["kind"] = l.Kind.ToString().ToLowerInvariant(),
        ["rows"] = l.Rows,
        ["columns"] = l.Columns,
        ["offset"] = l.Offset,
    })]);

    /// <summary>f(cW) = c^degree f(W) as summary.json has it: the degree in each W_k, or the reason why there is none.</summary>
    internal static JsonObject Homogeneous(Networks.Network network)
    {
        var h = Networks.Homogeneity.Of(network);
        return new JsonObject
        {
            ["degree"] = h.Degree,
            ["layers"] = new JsonArray([.. h.Layers.Select(static e => (JsonNode?)e)]),
            ["reason"] = h.Reason,
        };
    }

    internal static JsonValue? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    // What is lost: rows of arrays that were written with those of the table.
    private static JsonArray Observations(RunFolder folder, JsonObject? summary, out string? lost)
    {
        lost = null;
        var file = folder.File("metrics.csv");
        if (!File.Exists(file)) return [];
        var (columns, rows) = MetricsFile.Read(file);
        var layers = (summary?["layers"] as JsonArray)?.Select(l =>
            new LayerShape((string)l!["kind"]! == "diagonal", (int)l["rows"]!, (int)l["columns"]!, (int)l["offset"]!)).ToArray();
        double[][]? Table(string name) => folder.File(Path.Combine("arrays", name + ".npy")) is var path && layers is not null
            && File.Exists(path) ? Npy.Read(path) : null;
        if (layers is not null && (Table("W") ?? Table("V")) is [var first, ..])
        {
            var needed = layers.Select(static l => l.Offset + (l.Diagonal ? l.Rows : (long)l.Rows * l.Columns)).DefaultIfEmpty(0).Max();
            if (needed > first.Length)
                throw new InvalidDataException($"{folder.File(SummaryFile.Name)}: 'layers' need {needed} weights; the arrays hold "
                    + $"{first.Length}");
        }
        var (w, v, rho, margins) = (Table("W"), Table("V"), Table("rho_k"), Table("margins"));
        string[] cut = [.. new[] { ("W", w), ("V", v), ("rho_k", rho), ("margins", margins) }
            .Where(a => a.Item2 is { } there && there.Length < rows.Count).Select(a => $"arrays/{a.Item1}.npy has {a.Item2!.Length} rows")];
        if (cut.Length > 0) lost = $"{string.Join(", ", cut)} for {rows.Count} observations: the others are lost";
        var list = new JsonArray();
        for (var i = 0; i < rows.Count; i++)
        {
            var entry = Row(columns, rows[i]);
            if (w?.Length > i) entry["W"] = Matrices(layers!, w[i]);
            if (v?.Length > i) entry["V"] = Matrices(layers!, v[i]);
            if (rho?.Length > i) entry["rho_k"] = new JsonArray([.. rho[i].Select(r => (JsonNode?)Number(r))]);
            if (margins?.Length > i && margins[i].Length > 0)
                entry["support_vectors"] = new JsonArray([.. SupportVectors.Of(margins[i]).Select(static n => (JsonNode)n)]);
            list.Add(entry);
        }
        return list;
    }

    private readonly record struct LayerShape(bool Diagonal, int Rows, int Columns, int Offset);

    // One matrix per layer, rows = outputs; a diagonal layer is written out in full.
    private static JsonArray Matrices(LayerShape[] layers, double[] theta)
    {
        var result = new JsonArray();
        foreach (var layer in layers)
        {
            var matrix = new JsonArray();
            for (var i = 0; i < layer.Rows; i++)
            {
                var row = new JsonArray();
                for (var j = 0; j < layer.Columns; j++)
                    row.Add(layer.Diagonal ? Number(i == j ? theta[layer.Offset + i] : 0)
                        : Number(theta[layer.Offset + i * layer.Columns + j]));
                matrix.Add((JsonNode)row);
            }
            result.Add((JsonNode)matrix);
        }
        return result;
    }
}
