using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Rhoflow.Lab.Config;

/// <summary>A place in a config: the YAML node, its dotted path and where it was written, so that every error can say so.</summary>
public sealed class ConfigNode
{
    private readonly YamlNode _yaml;
    private readonly ConfigSource _source;
    private readonly string? _override;

    internal ConfigNode(YamlNode yaml, string path, ConfigSource source, string? parentOverride = null)
    {
        (_yaml, Path, _source) = (yaml, path, source);
        _override = source.OverrideOf(yaml) ?? parentOverride;
    }

    /// <summary>The dotted path: <c>flow.until.t</c>; empty for the whole config.</summary>
    public string Path { get; }

    /// <summary>The folder that relative paths are taken from.</summary>
    public string Folder => _source.Folder;

    /// <summary>"two.yaml, line 3, column 7" or "override 'flow.rho=10'".</summary>
    public string Place => _override is { } text ? $"override '{text}'"
        : $"{_source.Name}, line {_yaml.Start.Line}, column {_yaml.Start.Column}";

    /// <summary>Whether this is a map of keys.</summary>
    public bool IsMap => _yaml is YamlMappingNode;

    /// <summary>Whether this is a list.</summary>
    public bool IsList => _yaml is YamlSequenceNode;

    /// <summary>Whether this is a single value.</summary>
    public bool IsScalar => _yaml is YamlScalarNode;

    /// <summary>An error at this place.</summary>
    public ConfigException Error(string what) => new($"{Place}: {(Path.Length > 0 ? Path + ": " : "")}{what}");

    /// <summary>What was given, in words.</summary>
    public string Given => _yaml switch
    {
        YamlMappingNode m => m.Children.Count == 0 ? "an empty map"
            : $"a map ({string.Join(", ", m.Children.Keys.Take(3))}{(m.Children.Count > 3 ? " …" : "")})",
        YamlSequenceNode s => $"a list of {s.Children.Count}",
        YamlScalarNode { Value: null or "" or "~" or "null", Style: ScalarStyle.Plain } => "nothing",
        YamlScalarNode s => s.Style == ScalarStyle.Plain ? $"'{s.Value}'" : $"the text \"{s.Value}\"",
        _ => "something else",
    };

    /// <summary>The map here, whose keys must be among those described.</summary>
    /// <exception cref="ConfigException">No map, or a key that is not allowed.</exception>
    public ConfigMap Map(IEnumerable<ConfigKey> keys) => Map([.. keys.Select(static k => k.Name)]);

    /// <summary>The map here, its keys checked.</summary>
    /// <exception cref="ConfigException">Not a map, or a key that is not among those allowed (the nearest are named).</exception>
    public ConfigMap Map(params string[] allowed)
    {
        if (_yaml is not YamlMappingNode map) throw Error($"a map was expected, with keys {string.Join(", ", allowed)}; {Given} was given");
        var children = new Dictionary<string, ConfigNode>(StringComparer.Ordinal);
        foreach (var (keyNode, value) in map.Children)
        {
            var key = (keyNode as YamlScalarNode)?.Value
                ?? throw new ConfigNode(keyNode, Path, _source, _override).Error("a key must be a word");
            var path = Path.Length > 0 ? $"{Path}.{key}" : key;
            if (!allowed.Contains(key, StringComparer.Ordinal))
            {
                var place = new ConfigNode(keyNode, "", _source, _override ?? _source.OverrideOf(value));
                throw place.Error($"{path} is not a key here{Nearest.Hint(key, allowed)}");
            }
            children[key] = new ConfigNode(value, path, _source, _override);
        }
        return new ConfigMap(this, children);
    }

    /// <summary>The keys of the map here, unchecked; none if it is no map.</summary>
    public IReadOnlyList<string> Keys =>
        _yaml is YamlMappingNode map ? [.. map.Children.Keys.OfType<YamlScalarNode>().Select(k => k.Value ?? "")] : [];

    /// <summary>The value of a key of the map here, unchecked; this place itself where there is none.</summary>
    public ConfigNode At(string key) =>
        _yaml is YamlMappingNode map && map.Children.FirstOrDefault(c => (c.Key as YamlScalarNode)?.Value == key) is { Value: { } value }
            ? new ConfigNode(value, Path.Length > 0 ? $"{Path}.{key}" : key, _source, _override)
            : this;

    /// <summary>What stands here as JSON: plain words as numbers, true, false or null where they are such.</summary>
    public JsonNode? ToJson() => _yaml switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(c =>
            KeyValuePair.Create((c.Key as YamlScalarNode)?.Value ?? c.Key.ToString(), new ConfigNode(c.Value, Path, _source).ToJson()))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(c => new ConfigNode(c, Path, _source).ToJson())]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: var word } => word switch
        {
            null or "" or "~" or "null" => null,
            "true" => true,
            "false" => false,
            _ when TryWhole(word, out var whole) && !word.Contains('.', StringComparison.Ordinal) => whole,
            _ when double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) =>
                number,
            _ => word,
        },
        YamlScalarNode text => text.Value,
        _ => null,
    };

    /// <summary>The list here.</summary>
    public IReadOnlyList<ConfigNode> List(string of)
    {
        if (_yaml is not YamlSequenceNode list) throw Error($"a list of {of} was expected; {Given} was given");
        return [.. list.Children.Select((c, i) => new ConfigNode(c, $"{Path}[{i}]", _source, _override))];
    }

    /// <summary>Any number a double holds, .nan and .inf included.</summary>
    public double AnyNumber() => Plain() switch
    {
        ".nan" or ".NaN" or ".NAN" => double.NaN,
        ".inf" or ".Inf" or ".INF" or "+.inf" => double.PositiveInfinity,
        "-.inf" or "-.Inf" or "-.INF" => double.NegativeInfinity,
        { } text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var v)
            && char.IsAsciiDigit(text[^1]) | text[^1] == '.' => v,
        _ => throw Error($"a number was expected; {Given} was given"),
    };

    /// <summary>A finite number.</summary>
    public double Number()
    {
        var v = AnyNumber();
        return double.IsFinite(v) ? v : throw Error($"a finite number was expected; {Given} was given");
    }

    /// <summary>A number &gt; 0.</summary>
    public double Positive() => Number() is > 0 and var v ? v : throw Error($"a number > 0 was expected; {Given} was given");

    /// <summary>A number ≥ 0.</summary>
    public double NonNegative() => Number() is >= 0 and var v ? v : throw Error($"a number ≥ 0 was expected; {Given} was given");

    /// <summary>An error at this place: a key that has no meaning for what another key of the same map says.</summary>
    public ConfigException NoMeaning(string what) => new MeaninglessKeyException(Path, Error(what).Message, what);

    /// <summary>A whole number, however it is written: 10, 1e1.</summary>
    public long Integer(long smallest = long.MinValue) =>
        Plain() is { } text && TryWhole(text, out var v) && v >= smallest
            ? v
            : throw Error($"a whole number{(smallest > long.MinValue ? $" ≥ {smallest}" : "")} was expected; {Given} was given");

    /// <summary>A whole number of at least <paramref name="smallest"/>.</summary>
    public int Count(int smallest) => Integer(smallest) is <= int.MaxValue and var v ? (int)v : throw Error($"{Given} is too large");

    /// <summary>true or false.</summary>
    public bool Flag() => Plain() switch
    {
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ => throw Error($"true or false was expected; {Given} was given"),
    };

    /// <summary>t ≥ 0, of any exponent.</summary>
    public TimeValue Time() => Plain() is { } text
        && TimeValue.TryParse(text, out var t) ? t : throw Error($"a time ≥ 0 was expected (1e1000 is fine); {Given} was given");

    /// <summary>Text, plain or quoted.</summary>
    public string Text() => _yaml is YamlScalarNode { Value: { Length: > 0 } v } ? v
        : throw Error($"a word was expected; {Given} was given");

    /// <summary>One of a set of words.</summary>
    public string Word(params string[] allowed) => Word(allowed, null);

    /// <summary>One of a set of words; <paramref name="explain"/> may know better than "not known" for some others.</summary>
    public string Word(IReadOnlyList<string> allowed, Func<string, string?>? explain = null)
    {
        if (_yaml is not YamlScalarNode { Value: { Length: > 0 } word })
            throw Error($"{Given} was given; allowed: {string.Join(", ", allowed)}");
        if (allowed.Contains(word, StringComparer.Ordinal)) return word;
        throw Error($"'{word}' {explain?.Invoke(word) ?? "is not known"}{Nearest.Hint(word, allowed)}");
    }

    /// <summary>A list of numbers.</summary>
    public double[] Numbers(string of) => [.. List(of).Select(n => n.Number())];

    /// <summary>A number, or a list of them.</summary>
    public double[] NumberOrNumbers(string of) => IsList ? Numbers(of) : [Number()];

    private static bool TryWhole(string text, out long value)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)) return true;
        // Every whole number up to 2⁵³ is a double.
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var v) || v != Math.Floor(v)
            || Math.Abs(v) > 1L << 53 || !char.IsAsciiDigit(text[^1])) return false;
        value = (long)v;
        return true;
    }

    private string? Plain() => _yaml is YamlScalarNode { Style: ScalarStyle.Plain, Value: { Length: > 0 } v } ? v : null;
}
