using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Rhoflow.Lab.Config;

/// <summary>A config's text as a tree, with the overrides that were put into it.</summary>
public sealed class ConfigSource
{
    private readonly Dictionary<YamlNode, string> _overrides = new(ReferenceEqualityComparer.Instance);

    private ConfigSource(string name, string folder, YamlMappingNode root) => (Name, Folder, Root) = (name, folder, root);

    /// <summary>What errors call it: the file's name as given.</summary>
    public string Name { get; }

    /// <summary>The folder that relative paths are taken from.</summary>
    public string Folder { get; }

    internal YamlMappingNode Root { get; }

    /// <summary>The whole config.</summary>
    public ConfigNode Node => new(Root, "", this);

    /// <exception cref="ConfigException">The file is missing or unreadable, or not YAML (line and column are named).</exception>
    public static ConfigSource Load(string file) =>
        Parse(ConfigText.Load(file), file, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(file))!);

    /// <param name="text">YAML.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="folder">Where relative paths begin; the current folder unless given.</param>
    public static ConfigSource Parse(string text, string name = "config", string? folder = null)
    {
        var root = ParseYaml(text, name);
        if (root is not YamlMappingNode map)
            throw new ConfigException($"{name}: a config is a map of keys (name, data, network, …), not a single value or list");
        return new ConfigSource(name, folder ?? Directory.GetCurrentDirectory(), map);
    }

    internal string? OverrideOf(YamlNode node) => _overrides.GetValueOrDefault(node);

    /// <summary>Sets the value at a dotted path; maps on the way are made, list entries are named by their index.</summary>
    /// <param name="assignment">As typed, for errors.</param>
    internal void Set(string path, string value, string assignment)
    {
        YamlNode replacement;
        try
        {
            replacement = value.Length == 0 ? new YamlScalarNode("") : ParseYaml(value, $"override '{assignment}'");
        }
        catch (ConfigException e)
        {
            throw new ConfigException($"override '{assignment}': the value is not YAML ({e.Message})", e);
        }
        _overrides[replacement] = assignment;
        YamlNode at = Root;
        var keys = path.Split('.');
        for (var i = 0; i < keys.Length; i++)
        {
            var (key, last, here) = (keys[i], i == keys.Length - 1, string.Join('.', keys[..i]));
            switch (at)
            {
                case YamlMappingNode map:
                    var existing = map.Children.Keys.FirstOrDefault(k => (k as YamlScalarNode)?.Value == key);
                    if (last)
                    {
                        // A fresh key node too, or an error would show the old line.
                        if (existing is not null) map.Children[existing] = replacement;
                        else map.Children.Add(Named(key, assignment), replacement);
                    }
                    else if (existing is not null) at = map.Children[existing];
                    else
                    {
                        var made = new YamlMappingNode();
                        _overrides[made] = assignment;
                        map.Children.Add(Named(key, assignment), made);
                        at = made;
                    }
                    break;
                case YamlSequenceNode list:
                    if (!int.TryParse(key, out var index) || index < 0 || index >= list.Children.Count)
                        throw new ConfigException($"override '{assignment}': {here} is a list of {list.Children.Count}; '{key}' is not "
                            + $"one of its places 0 … {list.Children.Count - 1}");
                    if (last) list.Children[index] = replacement;
                    else at = list.Children[index];
                    break;
                default:
                    throw new ConfigException($"override '{assignment}': {here} is the value {at}, not a map, so it has no key '{key}'");
            }
        }
    }

    /// <summary>Takes the key at a dotted path away; the defaults hold for it then.</summary>
    /// <param name="assignment">As typed, for errors.</param>
    /// <param name="mustBeThere">Whether it is an error if there is none.</param>
    internal void Remove(string path, string assignment, bool mustBeThere)
    {
        YamlNode at = Root;
        var keys = path.Split('.');
        for (var i = 0; i < keys.Length; i++)
        {
            var (key, last) = (keys[i], i == keys.Length - 1);
            YamlNode? next = null;
            if (at is YamlMappingNode map && map.Children.Keys.FirstOrDefault(k => (k as YamlScalarNode)?.Value == key) is { } existing)
            {
                next = map.Children[existing];
                if (last) map.Children.Remove(existing);
            }
            else if (at is YamlSequenceNode list && int.TryParse(key, out var index) && index >= 0 && index < list.Children.Count)
            {
                next = list.Children[index];
                if (last) list.Children.RemoveAt(index);
            }
            if (next is null)
            {
                if (!mustBeThere) return;
                var there = (at as YamlMappingNode)?.Children.Keys.OfType<YamlScalarNode>().Select(static k => k.Value ?? "") ?? [];
                throw new ConfigException($"override '{assignment}': {string.Join('.', keys[..(i + 1)])} is not in the config, so it "
                    + $"cannot be taken away{Nearest.Hint(key, there, "it has")}");
            }
            at = next;
        }
    }

    private YamlScalarNode Named(string key, string assignment)
    {
        var node = new YamlScalarNode(key);
        _overrides[node] = assignment;
        return node;
    }

    private static YamlNode ParseYaml(string text, string name)
    {
        ConfigText.RequirePrintable(text, name);
        var parser = new BoundedParser(text, name);
        var stream = new YamlStream();
        try
        {
            stream.Load(parser);
        }
        catch (YamlException e)
        {
            var (at, why) = YamlComplaint.Of(e, parser, text);
            throw new ConfigException($"{name}, line {at.Line}, column {at.Column}: {why}", e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException or FormatException
            or NullReferenceException or KeyNotFoundException)
        {
            // YamlDotNet's scanner leaves its own checks where a text ends within brackets.
            var (at, why) = YamlComplaint.Of(e, parser, text);
            throw new ConfigException($"{name}, line {at.Line}, column {at.Column}: {why}", e);
        }
        if (stream.Documents.Count == 0) throw new ConfigException($"{name}: the config is empty");
        if (stream.Documents.Count > 1)
            throw new ConfigException($"{name}: one YAML document was expected; {stream.Documents.Count} were given");
        return stream.Documents[0].RootNode;
    }
}
