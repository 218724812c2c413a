using System.Globalization;
using System.Text.Json.Nodes;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// The keys of a resolved config under their dotted names, as tables show them: config.yaml has one key a line and two blanks a level, so
/// that a thousand of them are read in a moment.
/// </summary>
public static class RunKeys
{
    /// <summary>No keys: of a run whose config cannot be read.</summary>
    public static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    /// <summary>The keys in their order, values as they are written.</summary>
    public static IReadOnlyDictionary<string, string> Read(string yaml)
    {
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        var path = new List<string>();
        foreach (var line in yaml.AsSpan().EnumerateLines())
        {
            var text = line.TrimStart(' ');
            var (depth, colon) = ((line.Length - text.Length) / 2, text.IndexOf(':'));
            if (colon <= 0 || depth > path.Count || text[0] is '#' or '"' or '-') continue;
            path.RemoveRange(depth, path.Count - depth);
            path.Add(text[..colon].ToString());
            var value = text[(colon + 1)..].Trim();
            if (value.Length > 0) keys[string.Join('.', path)] = value.ToString();
        }
        return keys;
    }

    /// <summary>
    /// The keys in which runs differ, without the name and the figures. Of keys that have the same value in every run (seed, and data.seed
    /// by default) the
    /// shortest stands for all.
    /// </summary>
    public static IReadOnlyList<string> Differing(IReadOnlyList<IReadOnlyDictionary<string, string>> runs)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        string[] all = [.. runs.SelectMany(static r => r.Keys).Distinct(StringComparer.Ordinal)
            .Where(static k => k is not ("name" or "figures"))];
        string Values(string key) => string.Join('\n', runs.Select(r => r.GetValueOrDefault(key, "")));
        string[] differing = [.. all.Where(k => runs.Any(r => r.GetValueOrDefault(k, "") != runs[0].GetValueOrDefault(k, "")))];
        foreach (var key in differing)
        {
            var values = Values(key);
            if (!seen.TryGetValue(values, out var other) || Depth(key) < Depth(other)) seen[values] = key;
        }
        return [.. differing.Where(seen.Values.ToHashSet(StringComparer.Ordinal).Contains)];

        static int Depth(string key) => key.Count(static c => c == '.');
    }

    /// <summary>A value as a person reads it: without the quotes of a text.</summary>
    public static string Text(string value) => value is ['"', .., '"'] ? value[1..^1] : value;

    /// <summary>A value as JSON: a number, true, false or a text.</summary>
    public static JsonNode? ToJson(string? value) => value switch
    {
        null => null,
        "true" => true,
        "false" => false,
        _ when long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
        _ when double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) => number,
        _ => Text(value),
    };
}
