using System.Globalization;
using System.Text.Json.Nodes;
using Rhoflow.Data;
using Rhoflow.Lab.Datasets;

namespace Rhoflow.Cli;

/// <summary><c>rhoflow data list</c>: every named set, and where it is.</summary>
internal static class DataList
{
    public static int Show(DataFolders folders, bool json, TextWriter output)
    {
        var places = Catalogue.All.ToDictionary(s => s.Name,
            s => s.Files.Count == 0 ? "built in" : folders.Find(s), StringComparer.Ordinal);
        if (json)
        {
            output.WriteLine(new JsonObject
            {
                ["folders"] = new JsonArray([.. folders.Places.Select(p => (JsonNode)p)]),
                ["sets"] = new JsonArray([.. Catalogue.All.Select(s => (JsonNode)Document(s, places[s.Name])),
                    .. SyntheticSets.All.Select(s => (JsonNode)Document(s))]),
            }.ToJsonString(Json.Options));
            return ExitStatus.Done;
        }
        var table = Terminal.Table(["set", "where", "train", "test", "inputs", "classes", "source"], leftAligned: 2);
        foreach (var s in Catalogue.All)
            table.Add(s.Name, places[s.Name] ?? "not found", Number(s.Train), s.HasTestPart ? Number(s.Test) : "", s.Shape?.ToString()
                ?? Number(s.Inputs), Number(s.Classes.Count), s.Source.Split(',')[0]);
        foreach (var s in SyntheticSets.All) table.Add(s.Name, "drawn", "", "", "", "", "");
        Terminal.On(output).Write(table);
        foreach (var s in SyntheticSets.All) output.WriteLine($"{s.Name}: {s.Formula}");
        var missing = Catalogue.All.Where(s => places[s.Name] is null).Select(s => s.Name).ToArray();
        if (missing.Length > 0)
            output.WriteLine($"looked in {string.Join(", ", folders.Places)}; `rhoflow data fetch {missing[0]}` gets "
                + $"{(missing.Length == 1 ? "it" : missing[0])}, --data-dir DIR or {DataFolders.Variable} names another folder");
        return ExitStatus.Done;
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static JsonObject Document(CatalogueEntry s, string? where) => new()
    {
        ["name"] = s.Name,
        ["kind"] = s.Files.Count == 0 ? "built-in" : "files",
        ["found"] = where is not null,
        ["folder"] = s.Files.Count == 0 ? null : where,
        ["train"] = s.Train,
        ["test"] = s.Test,
        ["inputs"] = s.Inputs,
        ["shape"] = s.Shape is { } shape ? new JsonArray(shape.Height, shape.Width, shape.Channels) : null,
        ["classes"] = new JsonArray([.. s.Classes.Select(c => (JsonNode)c)]),
        ["source"] = s.Source,
        ["terms"] = s.Terms,
        ["megabytes"] = s.Download?.Megabytes,
    };

    private static JsonObject Document(SyntheticSet s) => new()
    {
        ["name"] = s.Name,
        ["kind"] = "synthetic",
        ["found"] = true,
        ["formula"] = s.Formula,
        ["parameters"] = new JsonArray([.. s.Parameters.Select(p => (JsonNode)new JsonObject
        {
            ["name"] = p.Name,
            ["default"] = p.Default,
            ["least"] = p.Least,
            ["about"] = p.About,
        })]),
    };
}
