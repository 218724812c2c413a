using System.CommandLine;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Spectre.Console;

namespace Rhoflow.Cli;

/// <summary><c>rhoflow help config [KEY]</c>: what a config may say, from the tables that the parser reads with.</summary>
internal static class HelpCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var key = new Argument<string?>("KEY")
        {
            Description = "A key by its path or its last name: data, descent.schedule, momentum.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var schema = new Option<bool>("--schema") { Description = "A JSON Schema of all keys, for editors (docs/config.schema.json)." };
        var config = new Command("config", "Every key of a config: type, default, meaning, example.") { key, schema };
        var standard = StandardOptions.AddTo(config);
        config.SetAction(parsed =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var word = parsed.GetValue(key);
            StandardOptions.RequireWords(config, word is null ? [] : [word]);
            if (parsed.GetValue(schema)) output.WriteLine(ConfigSchema.Write().ToJsonString(Json.Options));
            else if (parsed.GetValue(standard.Json)) output.WriteLine(Document(word).ToJsonString(Json.Options));
            else if (word is null) Overview(output);
            else Details(output, word);
            return ExitStatus.Done;
        });
        return new Command("help", "Help on a command, or on the keys of configs: help config [KEY].") { config };
    }

    private static void Overview(TextWriter output)
    {
        output.WriteLine("A config is a YAML map; keys below a key are written inside its map. `rhoflow help config KEY` says more.");
        foreach (var section in ConfigGuide.Keys)
        {
            output.WriteLine();
            output.WriteLine($"{section.Name}: {section.Meaning}");
            if (section.Keys.Count == 0 || section.Form == ConfigForm.Word) continue;
            Table(output, section.Keys);
        }
    }

    private static void Details(TextWriter output, string word)
    {
        foreach (var (path, key) in ConfigGuide.Find(word))
        {
            output.WriteLine($"{path}: {key.Meaning}");
            var facts = new Grid().AddColumn().AddColumn();
            facts.Columns[0].NoWrap();
            void Fact(string name, string? text)
            {
                if (!string.IsNullOrEmpty(text)) facts.AddRow(new Text($"  {name}"), new Text(PlainWriter.Plain(text)));
            }
            Fact("takes", key.FormInWords);
            if (key.Words.Count > 8 || key.Form.HasFlag(ConfigForm.List)) Fact("words", string.Join(", ", key.Words));
            Fact("default", key.Default);
            Fact("example", key.Example is { } example ? $"{key.Name}: {example}" : null);
            Terminal.On(output).Write(facts);
            if (key.Keys.Count > 0) Table(output, key.Keys);
        }
    }

    private static void Table(TextWriter output, IReadOnlyList<ConfigKey> keys)
    {
        var table = new Grid().AddColumn().AddColumn();
        table.Columns[0].NoWrap();
        foreach (var key in keys)
        {
            table.AddRow(new Text($"  {key.Name}"),
                new Text(PlainWriter.Plain(key.Meaning + (key.Default is { } usual ? $" ({usual})" : ""))));
        }
        Terminal.On(output).Write(table);
    }

    private static JsonObject Document(string? word) => new()
    {
        ["keys"] = new JsonArray([.. (word is null ? ConfigGuide.All : ConfigGuide.Find(word)).Select(static x => new JsonObject
        {
            ["key"] = x.Path,
            ["type"] = x.Key.FormInWords,
            ["words"] = new JsonArray([.. x.Key.Words.Select(static w => (JsonNode)w)]),
            ["default"] = x.Key.Default,
            ["meaning"] = x.Key.Meaning,
            ["example"] = x.Key.Example,
            ["keys"] = new JsonArray([.. x.Key.Keys.Select(static k => (JsonNode)k.Name)]),
        })]),
    };
}
