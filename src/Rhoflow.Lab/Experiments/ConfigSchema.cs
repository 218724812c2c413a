using System.Text.Json.Nodes;
using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>
/// A JSON Schema (draft 2020-12) of configs, for editors that complete and check YAML. It is made of the parser's tables, and it is wider
/// than the parser: what one key asks of another is not in it.
/// </summary>
public static class ConfigSchema
{
    /// <summary>The whole schema.</summary>
    public static JsonObject Write()
    {
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Rhoflow config",
            ["description"] = "One run, fully described. `rhoflow help config KEY` says more of every key.",
        };
        foreach (var (name, value) in MapOf(ConfigGuide.Keys, isOpen: false).ToList())
        {
            schema[name] = value?.DeepClone();
        }
        return schema;
    }

    private static JsonObject MapOf(IReadOnlyList<ConfigKey> keys, bool isOpen) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject(keys.Select(static k => KeyValuePair.Create(k.Name, (JsonNode?)Of(k)))),
        ["additionalProperties"] = isOpen,
    };

    private static JsonObject Of(ConfigKey key)
    {
        var forms = new JsonArray();
        foreach (var form in Enum.GetValues<ConfigForm>().Where(f => key.Form.HasFlag(f)))
            foreach (var allowed in Forms(form, key))
                forms.Add(allowed);
        var schema = forms.Count == 1 ? (JsonObject)forms[0]!.DeepClone() : new JsonObject { ["anyOf"] = forms };
        schema["description"] = key.Meaning + (key.Default is { } usual ? $" (default: {usual})" : "");
        return schema;
    }

    private static IEnumerable<JsonObject> Forms(ConfigForm form, ConfigKey key)
    {
        switch (form)
        {
            case ConfigForm.Word when key.Words.Count > 0:
                yield return new JsonObject { ["enum"] = WordsOf(key) };
                break;
            // A layer without settings stands alone, as a word.
            case ConfigForm.Word:
            case ConfigForm.Text:
                yield return new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") };
                break;
            case ConfigForm.Flag: yield return new JsonObject { ["type"] = "boolean" }; break;
            case ConfigForm.Whole: yield return new JsonObject { ["type"] = "integer" }; break;
            case ConfigForm.Number:
                yield return new JsonObject { ["type"] = "number" };
                // Beyond the range of doubles YAML has no number: 1e10000 arrives as a word.
                yield return new JsonObject { ["type"] = "string", ["pattern"] = @"^[-+]?(\d[\d.]*([eE][-+]?\d+)?|\.inf)$" };
                break;
            case ConfigForm.Map: yield return MapOf(key.Keys, key.IsOpen); break;
            default:
                var list = new JsonObject { ["type"] = "array" };
                // Keys of a list that may be no map are those of its entries.
                if (key.Keys.Count > 0 && !key.Form.HasFlag(ConfigForm.Map))
                {
                    string[] words = [.. key.Words.Concat(key.Keys.Where(static k => k.StandsAlone).Select(static k => k.Name))];
                    var word = words.Length > 0 ? new JsonObject { ["enum"] = new JsonArray([.. words.Select(static w => (JsonNode)w)]) }
                        : new JsonObject { ["type"] = new JsonArray("number", "string") };
                    list["items"] = new JsonObject { ["anyOf"] = new JsonArray(word, MapOf(key.Keys, isOpen: false)) };
                }
                yield return list;
                break;
        }
    }

    // YAML takes true for a truth value, not for a word.
    private static JsonArray WordsOf(ConfigKey key) =>
        [.. key.Words.SelectMany(static w => w is "true" or "false" ? (JsonNode[])[w, JsonValue.Create(w == "true")] : [w])];
}
