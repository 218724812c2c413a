using System.Text.RegularExpressions;
using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>
/// What a config's <c>slurm:</c> and <c>--slurm key=value</c> ask of the cluster. It says where a run is made, not what it gives, so it is
/// no part of the run's identity.
/// </summary>
public sealed partial record SlurmOptions
{
    /// <summary>How many groups of replicas one task makes, one after the other.</summary>
    public const string GroupsPerTask = "groups-per-task";

    // What the script sets itself, or what would change who waits for whom.
    private static readonly string[] s_ours =
    [
        "array", "output", "error", "input", "open-mode", "job-name", "chdir", "parsable", "wait", "wrap", "test-only",
        "ntasks", "nodes", "requeue",
    ];

    private static readonly (string Short, string Long)[] s_names = [("cpus", "cpus-per-task"), ("memory", "mem")];

    /// <summary>Nothing asked for: the cluster's own defaults.</summary>
    public static readonly SlurmOptions None = new();

    /// <summary>One line an option, as sbatch takes it, in alphabetical order: <c>--partition=long</c>.</summary>
    public string Lines { get; private init; } = "";

    /// <summary>Groups that are trained together which one task makes.</summary>
    public int GroupsATask { get; private init; } = 1;

    /// <summary>The section of a config.</summary>
    /// <exception cref="ConfigException">A key or a value that cannot be one.</exception>
    public static SlurmOptions Read(ConfigNode? node)
    {
        var options = None;
        if (node is null) return options;
        if (!node.IsMap) throw node.Error($"a map of options was expected (partition, time, cpus …); {node.Given} was given");
        foreach (var key in node.Keys) options = options.With(key, node.At(key).Text(), why => node.At(key).Error(why));
        return options;
    }

    /// <summary>The options with one of the command line, <c>key=value</c>, which overrules the config's.</summary>
    /// <exception cref="ConfigException">It is none.</exception>
    public SlurmOptions With(string word)
    {
        var (key, value) = word.Split('=', 2) is [var k, var v] && v.Length > 0 ? (k.Trim(), v.Trim())
            : throw new ConfigException($"--slurm {word}: key=value was expected, for example --slurm partition=long or --slurm time=30");
        return With(key, value, why => new ConfigException($"--slurm {word}: {why}"));
    }

    private SlurmOptions With(string key, string value, Func<string, ConfigException> error)
    {
        if (key == GroupsPerTask)
            return this with
            {
                GroupsATask = int.TryParse(value, out var n) && n > 0 ? n
                    : throw error($"a whole number ≥ 1 was expected; '{value}' was given"),
            };
        if (!KeyPattern().IsMatch(key))
            throw error($"'{key}' is no long option of sbatch; write it as sbatch does, without the dashes: partition, time, "
                + "cpus-per-task");
        if (s_ours.Contains(key)) throw error($"'{key}' is set by rhoflow itself");
        if (value.AsSpan().IndexOfAny("\"\\\n\r") >= 0) throw error($"'{key}' may not hold quotes, backslashes or line ends");
        var name = s_names.FirstOrDefault(n => n.Short == key).Long ?? key;
        var others = Lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l.Split('=')[0] != $"--{name}");
        var line = value switch
        {
            "true" => $"--{name}",
            "false" => null,
            _ => $"--{name}={(PlainPattern().IsMatch(value) ? value : $"\"{value}\"")}",
        };
        return this with { Lines = string.Join('\n', (line is null ? others : others.Append(line)).Order(StringComparer.Ordinal)) };
    }

    [GeneratedRegex("^[a-z][a-z0-9-]*$", RegexOptions.None, 1000)]
    private static partial Regex KeyPattern();

    [GeneratedRegex(@"^[\w.,:;@%+/=\[\]&|*-]+$", RegexOptions.None, 1000)]
    private static partial Regex PlainPattern();
}
