using System.Text.Json;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Experiments;

namespace Rhoflow.Lab.Clusters;

/// <summary>What a worker process is to do: groups of runs, one after the other. A line of JSON, or the file of a task.</summary>
internal sealed record WorkOrder
{
    /// <summary>The folder of all runs.</summary>
    public required string Root { get; init; }

    /// <summary>Where data sets lie.</summary>
    public required IReadOnlyList<string> Data { get; init; }

    /// <summary>Wait for runs that other processes are at work on.</summary>
    public bool Wait { get; init; }

    /// <summary>For descents; 0: as many as the task has.</summary>
    public int Threads { get; init; }

    /// <summary>The words of the command that the person typed, for environment.json.</summary>
    public required IReadOnlyList<string> CommandLine { get; init; }

    /// <summary>Files of extensions that the configs need.</summary>
    public IReadOnlyList<string> Extensions { get; init; } = [];

    /// <summary>Resolved configs, those that are trained together in one list.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> Groups { get; init; }

    /// <summary>The folders as <see cref="DataFolders"/>.</summary>
    public DataFolders Folders => new(Data);

    /// <summary>An order for groups of experiments; places of files become absolute.</summary>
    public static WorkOrder For(IEnumerable<IReadOnlyList<Experiment>> groups, string root, DataFolders data,
        IReadOnlyList<string> commandLine) => new()
        {
            Root = Path.GetFullPath(root),
            Data = [.. data.Places.Select(Path.GetFullPath)],
            CommandLine = commandLine,
            Extensions = [.. LoadedExtension.All.Select(static e => e.File)],
            Groups = [.. groups.Select(static g => (IReadOnlyList<string>)[.. g.Select(static e => e.ToYaml())])],
        };

    /// <summary>The experiments of a group.</summary>
    /// <exception cref="ConfigException">A config that this process cannot read.</exception>
    public static IReadOnlyList<Experiment> Read(IReadOnlyList<string> group) =>
        [.. group.Select(static yaml => Experiment.Read(ConfigSource.Parse(yaml)))];

    /// <summary>One line.</summary>
    public string ToLine() => new JsonObject
    {
        ["root"] = Root,
        ["data"] = Texts(Data),
        ["wait"] = Wait,
        ["threads"] = Threads,
        ["command_line"] = Texts(CommandLine),
        ["extensions"] = Texts(Extensions),
        ["groups"] = new JsonArray([.. Groups.Select(static g => (JsonNode)Texts(g))]),
    }.ToJsonString(JsonLines.Options);

    /// <summary>What <see cref="ToLine"/> wrote.</summary>
    /// <exception cref="ConfigException">It is something else.</exception>
    public static WorkOrder Parse(string line, string place)
    {
        try
        {
            var o = JsonNode.Parse(line)!.AsObject();
            return new WorkOrder
            {
                Root = (string)o["root"]!,
                Data = List(o["data"]),
                Wait = (bool)o["wait"]!,
                Threads = (int)o["threads"]!,
                CommandLine = List(o["command_line"]),
                Extensions = List(o["extensions"]),
                Groups = [.. o["groups"]!.AsArray().Select(static g => List(g))],
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or FormatException)
        {
            throw new ConfigException($"{place}: this is no task that rhoflow has written ({e.Message.TrimEnd('.')})", e);
        }
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(static t => (JsonNode)t)]);

    private static IReadOnlyList<string> List(JsonNode? node) => [.. node!.AsArray().Select(static t => (string)t!)];
}
