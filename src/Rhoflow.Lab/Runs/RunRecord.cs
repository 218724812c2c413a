using System.Globalization;
using System.Text.Json.Nodes;

namespace Rhoflow.Lab.Runs;

/// <summary>A run as lists of runs show it, each of its files read once.</summary>
public sealed class RunRecord
{
    private readonly RunContent _content;

    internal RunRecord(RunFolder folder, RunContent content)
    {
        (Folder, _content) = (folder, content);
        Summary = content.ReadSummary();
        var observations = (int?)Summary?["observations"];
        Status = folder.StatusBy(Summary, content.Rows == observations);
        Lost = content.Damage is null && Status != RunStatus.Running ? LostOf(folder, observations ?? 0, content.Rows) : null;
        Keys = content.Config is { } config ? RunKeys.Read(config) : RunKeys.None;
        Order = (Path.GetFileName(folder.Path)[..19], File.GetLastWriteTimeUtc(folder.File("config.yaml")));
    }

    /// <summary>The folder.</summary>
    public RunFolder Folder { get; }

    /// <summary>How the run stands.</summary>
    public RunStatus Status { get; }

    /// <summary>
    /// How it stands, in a word: finished, not reached (it ended before its `until`), failed, interrupted, running, unfinished.
    /// </summary>
    public string StatusWord =>
        this is { Status: RunStatus.Finished, Reached: false } ? "not reached" : Status.ToString().ToLowerInvariant();

    /// <summary>summary.json; null where there is none that can be read.</summary>
    public JsonObject? Summary { get; }

    /// <summary>What is damaged in the folder, in a sentence; null where nothing is.</summary>
    public string? Damage => _content.Damage;

    /// <summary>
    /// That metrics.csv has fewer rows than summary.json counts, in a sentence: it was emptied, cut off or deleted. Null where none is
    /// missing, and while somebody is at work, who may be writing them anew.
    /// </summary>
    public string? Lost { get; }

    /// <summary>Whole rows of its metrics.csv.</summary>
    public int Observations => _content.Rows ?? 0;

    /// <summary>The keys of its config under their dotted names.</summary>
    public IReadOnlyDictionary<string, string> Keys { get; }

    /// <summary>config.yaml; null where it cannot be read.</summary>
    public string? Config => _content.Config;

    /// <summary>The overrides of the sweep that it was begun in, one a line; empty where it was none.</summary>
    internal string CommandLine => _content.CommandLine;

    /// <summary>When it was begun: the second in its name, then the moment when its config was written.</summary>
    public (string Second, DateTime Written) Order { get; }

    /// <summary>"2026-11-28 20:15:00".</summary>
    public string Started => $"{Order.Second[..10]} {Order.Second[11..].Replace('-', ':')}";

    /// <summary>False if the run ended before its `until`.</summary>
    public bool Reached => Summary?["reached"] is not JsonValue value || !value.TryGetValue<bool>(out var reached) || reached;

    /// <summary>A quantity of the last observation; NaN where it was not measured.</summary>
    public double Last(string quantity) =>
        (Summary?["last"] as JsonObject)?[quantity] is JsonValue value && value.TryGetValue<double>(out var number) ? number : double.NaN;

    /// <summary>Seconds that it took; NaN where nobody knows.</summary>
    public double Seconds => Summary?["seconds"] is JsonValue value && value.TryGetValue<double>(out var seconds) ? seconds : double.NaN;

    /// <summary>The quantities of its last observation.</summary>
    public IEnumerable<string> Quantities => (Summary?["last"] as JsonObject)?.Select(static p => p.Key) ?? [];

    private static string? LostOf(RunFolder folder, int observations, int? rows) => (rows ?? 0) >= observations ? null
        : string.Create(CultureInfo.InvariantCulture, $"{folder.File("metrics.csv")} {(rows is null ? "is missing" : $"has {rows} rows")}, "
            + $"and {SummaryFile.Name} counts {observations} observations: the others are lost");

    /// <summary>A run, read from its files.</summary>
    public static RunRecord Read(RunFolder folder) => new(folder, RunContent.Read(folder));

    /// <summary>Many runs, in their order, through the index beside them where there are many.</summary>
    public static IReadOnlyList<RunRecord> Read(IReadOnlyList<RunFolder> folders) => RunReader.Read(folders);
}
