using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Tests.Cli;
using Rhoflow.Tests.Docs;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Config;

public class ConfigGuideTests
{
    private const string Flow = """
        data: {set: iris, classes: [setosa, rest]}
        network: {layers: [ {dense: 1} ]}
        flow: {kind: unconstrained, until: {t: 10}}
        """;

    private const string Descent = """
        data: {set: iris}
        network: {layers: [ {dense: 3} ]}
        loss: cross-entropy
        descent: {kind: sgd, learning-rate: 0.1, epochs: 1}
        """;

    [Fact]
    public void Every_key_says_what_it_is()
    {
        foreach (var (path, key) in ConfigGuide.All)
        {
            key.Meaning.Length.ShouldBeGreaterThan(2, path);
            ((int)key.Form).ShouldNotBe(0, path);
            key.Meaning.ShouldNotContain('\n', path);
        }
        ConfigGuide.All.Count().ShouldBeGreaterThan(130);
        ConfigGuide.All.Select(static x => x.Path).ShouldBeUnique();
    }

    [Fact]
    public void Every_example_is_a_value_that_the_parser_takes_under_that_key()
    {
        // An override sets the value of a key; what stands in an entry of a list has no path of its own.
        var lists = ConfigGuide.All.Where(static x => x.Key.Form == ConfigForm.List && x.Key.Keys.Count > 0)
            .Select(static x => x.Path + ".").ToList();
        foreach (var (path, key) in ConfigGuide.All.Where(static x => x.Key.Example is not null))
        {
            if (lists.Any(l => path.StartsWith(l, StringComparison.Ordinal))) continue;
            var complaint = Complaint(path, key.Example!);
            // What one key asks of another is told otherwise: "has no meaning for", "stands beside", "is missing".
            if (complaint is not null) complaint.ShouldNotMatch("is not a key here|was expected;", $"{path}: {key.Example}: {complaint}");
        }
    }

    [Fact]
    public void A_key_that_is_not_in_the_tables_is_refused_with_the_nearest_of_them()
    {
        foreach (var path in (string[])["flow.kindd", "observe.att", "init.frobeniuss", "loss.namee", "flow.until.tt"])
            Complaint(path, "1")!.ShouldContain($"{path} is not a key here; nearest: {path.Split('.')[^1][..^1]}");
        Complaint("descent.stop.patiencee", "1")!.ShouldContain("nearest: patience");
    }

    [Fact]
    public void Keys_are_found_by_path_by_name_and_by_their_nearest()
    {
        ConfigGuide.Find("descent.schedule").Single().Key.Example!.ShouldContain("step");
        ConfigGuide.Find("momentum").Select(static x => x.Path).ShouldContain("descent.momentum");
        ConfigGuide.Find("seed").Single().Path.ShouldBe("seed");
        ConfigGuide.Find("at").Count.ShouldBeGreaterThan(2);
        Should.Throw<ConfigException>(static () => ConfigGuide.Find("momentun")).Message.ShouldContain("momentum");
    }

    [Fact]
    public void The_schema_in_the_docs_is_that_of_the_tables()
    {
        // In a process of its own: here other tests register kinds that the program does not have.
        using var process = RealProcess.Start("help", "config", "--schema");
        process.Wait().ShouldBe(0, process.Error);
        JsonNode.DeepEquals(JsonNode.Parse(File.ReadAllText(Path.Combine(GuidePage.Folder, "config.schema.json"))),
            JsonNode.Parse(process.Output)).ShouldBeTrue("run `./rhoflow help config --schema > docs/config.schema.json`");
    }

    [Fact]
    public void Configs_of_the_papers_and_the_guide_fit_the_schema()
    {
        var schema = ConfigSchema.Write();
        var papers = Path.GetFullPath(Path.Combine(GuidePage.Folder, "..", "papers"));
        var configs = Directory.EnumerateFiles(papers, "*.yaml", SearchOption.AllDirectories)
            .Where(static f => !f.Contains($"{Path.DirectorySeparatorChar}results{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(static f => (Name: f, Text: File.ReadAllText(f)))
            // A figure that no config can say has a file of comments, which tell where its numbers come from.
            .Where(static c => c.Text.Split('\n').Any(static l => l.Trim() is [not '#', ..]))
            .Concat(GuidePage.Names.SelectMany(static n => GuidePage.Read(n).Blocks).Where(static b => b.IsFile && b.Language == "yaml")
                .Select(static b => (Name: b.Rest, b.Text))).ToList();
        configs.Count.ShouldBeGreaterThan(20);
        foreach (var (name, text) in configs)
        {
            var config = ConfigSource.Parse(text, name).Node.ToJson();
            SchemaCheck.Complaint(schema, config, "").ShouldBeNull(name);
        }
    }

    [Theory]
    [InlineData("data: {sett: iris}", "/data/sett")]
    [InlineData("observe: {weights: maybe}", "/observe/weights")]
    [InlineData("descent: {epochs: many}", "/descent/epochs")]
    [InlineData("network: {layers: [ relu, {denze: 3} ]}", "/network/layers/1/denze")]
    [InlineData("flow: {until: {t: [1]}}", "/flow/until/t")]
    public void What_is_wrong_does_not_fit_the_schema(string text, string place) =>
        SchemaCheck.Complaint(ConfigSchema.Write(), ConfigSource.Parse(text, "wrong.yaml").Node.ToJson(), "").ShouldBe(place);

    // Why a config with that value is refused; null if it is not.
    private static string? Complaint(string path, string value)
    {
        try
        {
            var trains = path.StartsWith("descent", StringComparison.Ordinal) || path.Contains("epoch", StringComparison.Ordinal);
            var source = ConfigSource.Parse(trains ? Descent : Flow, "guide.yaml");
            Overrides.Apply(source, [(path, value)]);
            _ = Experiment.Read(source);
            return null;
        }
        catch (Exception e) when (e is ConfigException or DataException)
        {
            return e.Message;
        }
    }
}

/// <summary>As much of JSON Schema as the schema of configs uses: a second reading of it.</summary>
internal static class SchemaCheck
{
    /// <summary>Where a value does not fit; null if it does.</summary>
    public static string? Complaint(JsonObject schema, JsonNode? value, string place)
    {
        if (schema["anyOf"] is JsonArray any)
        {
            var complaints = any.Select(s => Complaint(s!.AsObject(), value, place)).ToList();
            if (complaints.Contains(null)) return null;
            // The alternative that came furthest is the one that was meant.
            return complaints.MaxBy(static c => c!.Length);
        }
        if (schema["enum"] is JsonArray words) return words.Any(w => JsonNode.DeepEquals(w, value)) ? null : place;
        if (schema["type"] is { } type)
        {
            string[] types = type is JsonArray several ? [.. several.Select(static t => (string)t!)] : [(string)type!];
            if (!types.Any(t => Is(t, value))) return place;
        }
        if (schema["pattern"] is { } pattern && value is JsonValue v && v.TryGetValue<string>(out var text)
            && !Regex.IsMatch(text, (string)pattern!))
            return place;
        if (value is JsonObject map && schema["properties"] is JsonObject properties)
        {
            foreach (var (key, child) in map)
            {
                if (properties[key] is JsonObject known)
                {
                    if (Complaint(known, child, $"{place}/{key}") is { } inside) return inside;
                }
                else if (!(bool)schema["additionalProperties"]!) return $"{place}/{key}";
            }
        }
        if (value is JsonArray list && schema["items"] is JsonObject items)
            foreach (var (item, i) in list.Select(static (x, i) => (x, i)))
                if (Complaint(items, item, $"{place}/{i}") is { } inside) return inside;
        return null;
    }

    private static bool Is(string type, JsonNode? value) => type switch
    {
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => value is JsonValue v && v.TryGetValue<string>(out _),
        "boolean" => value is JsonValue v && v.TryGetValue<bool>(out _),
        "integer" => value is JsonValue v && (v.TryGetValue<long>(out _) || (v.TryGetValue<double>(out var d) && d == Math.Floor(d))),
        _ => value is JsonValue v && (v.TryGetValue<double>(out _) || v.TryGetValue<long>(out _)),
    };
}
