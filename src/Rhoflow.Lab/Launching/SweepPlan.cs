using System.Globalization;
using System.Runtime.ExceptionServices;
using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Experiments;

namespace Rhoflow.Lab.Launching;

/// <summary>One combination of a sweep: an experiment, or the reason why it is none.</summary>
/// <param name="Assignments">What was set for it, as typed, in the order of the command line.</param>
/// <param name="Experiment">What is to be run; null where it is refused.</param>
/// <param name="Refusal">A <see cref="ConfigException"/> or a <see cref="DataException"/>; null where it can be run.</param>
public sealed record PlannedRun(
    IReadOnlyList<(string Path, string Value)> Assignments, Experiment? Experiment, Exception? Refusal)
{
    /// <summary>Keys of the config that are left out, since they mean nothing for this run.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>The values of some keys, as "seed=1 init.scale=2".</summary>
    public string Values(IEnumerable<string> keys) =>
        string.Join(' ', keys.Select(k => (k, Value(k))).Where(static p => p.Item2 is not null).Select(static p => $"{p.k}={p.Item2}"));

    /// <summary>What a key was set to, as typed; null where it was not set, or is left out.</summary>
    public string? Value(string key) => LeftOut.Contains(key) ? null
        : Assignments.LastOrDefault(a => SweepPlan.Key(a.Path) == key) is { Path: not null } a ? a.Value : null;
}

/// <summary>The runs of a sweep before any is begun. What is wrong with one of them does not keep the others back.</summary>
public static class SweepPlan
{
    /// <summary>Every combination of the overrides, in their order; the same run asked for twice is one.</summary>
    /// <param name="file">The config.</param>
    /// <param name="overrides">As typed.</param>
    /// <param name="limits">Runs beyond them are refused.</param>
    /// <param name="note">Told what a person has to know: a key that is left out of some runs.</param>
    /// <exception cref="ConfigException">An argument that is no override, or a range that is none.</exception>
    public static IReadOnlyList<PlannedRun> Of(
        string file, IReadOnlyList<string> overrides, RunLimits limits, Action<string>? note = null)
    {
        var combinations = Overrides.Expand(overrides, sweep: true);
        var varied = Varied(combinations);
        var leftOut = new SortedDictionary<(string Key, string Why), int>();
        var runs = new List<PlannedRun>();
        var (known, repeated) = (new HashSet<(string, string)>(), 0);
        foreach (var combination in combinations)
        {
            var run = Read(file, combination, varied, out var without);
            if (run.Experiment is { } e)
            {
                try
                {
                    limits.Require(e);
                    if (!known.Add((e.Name, RunIdentity.Id(e))))
                    {
                        repeated++;
                        continue;
                    }
                }
                catch (Exception why) when (why is ConfigException or DataException)
                {
                    run = new PlannedRun(combination, null, why);
                }
            }
            runs.Add(run);
            foreach (var key in without) leftOut[key] = leftOut.GetValueOrDefault(key) + 1;
        }
        if (repeated > 0)
            note?.Invoke(string.Create(CultureInfo.InvariantCulture,
                $"note: {repeated} of {combinations.Count} combinations say the same as others, and are made once"));
        foreach (var ((key, why), count) in leftOut)
            note?.Invoke(string.Create(CultureInfo.InvariantCulture,
                $"note: {key} {why}; it is left out of {count} of the {runs.Count} runs, for which it means nothing"));
        return runs;
    }

    /// <summary>The keys whose value differs between the combinations, in the order of the command line.</summary>
    public static IReadOnlyList<string> Varied(IReadOnlyList<IReadOnlyList<(string Path, string Value)>> combinations) =>
        [.. combinations.SelectMany(static c => c).GroupBy(static a => Key(a.Path), StringComparer.Ordinal)
            .Where(static g => g.Select(static a => a.Value).Distinct(StringComparer.Ordinal).Count() > 1).Select(static g => g.Key)];

    /// <summary>
    /// The same runs, those refused that cannot be made ready: data that do not fit, layers that do not chain. Nothing is written.
    /// </summary>
    /// <param name="runs">From <see cref="Of"/>.</param>
    /// <param name="folders">Where data sets lie.</param>
    /// <param name="failFast">Whether the first refusal refuses all.</param>
    /// <exception cref="ConfigException">Every run is refused, or the first one is and it ends all; the reason of the first.</exception>
    /// <exception cref="DataException">The same, where data are the reason.</exception>
    public static IReadOnlyList<PlannedRun> Check(IReadOnlyList<PlannedRun> runs, DataFolders folders, bool failFast)
    {
        var refusals = new Dictionary<Experiment, Exception>(ReferenceEqualityComparer.Instance);
        foreach (var group in RunGroups.Of([.. runs.Select(static r => r.Experiment).OfType<Experiment>()]))
        {
            if (Refusal(group, folders) is not { } first) continue;
            // Which of those that run together it is.
            foreach (var e in group)
                if ((group.Count == 1 ? first : Refusal([e], folders)) is { } why) refusals[e] = why;
        }
        PlannedRun[] all = [.. runs.Select(r => r.Experiment is { } e && refusals.TryGetValue(e, out var why)
            ? r with { Experiment = null, Refusal = why } : r)];
        if (all.FirstOrDefault(static r => r.Refusal is not null) is { } refused
            && (failFast || all.All(static r => r.Refusal is not null)))
            ExceptionDispatchInfo.Throw(refused.Refusal!);
        return all;
    }

    internal static string Key(string path) => path.TrimStart('~');

    private static Exception? Refusal(IReadOnlyList<Experiment> group, DataFolders folders)
    {
        try
        {
            RunKinds.Of(group[0]).Prepare(group, folders);
            return null;
        }
        catch (Exception e) when (e is ConfigException or DataException)
        {
            return e;
        }
    }

    // A key without meaning is left out where a key beside it is varied: descent.batch for gd in descent.kind=gd,sgd.
    private static PlannedRun Read(string file, IReadOnlyList<(string Path, string Value)> combination, IReadOnlyList<string> varied,
        out List<(string Key, string Why)> without)
    {
        without = [];
        var assignments = combination;
        while (true)
        {
            try
            {
                return new PlannedRun(combination, Experiment.Load(file, assignments), null)
                {
                    LeftOut = [.. without.Select(static w => w.Key)],
                };
            }
            catch (MeaninglessKeyException e) when (without.All(w => w.Key != e.Key)
                && varied.Any(v => v != e.Key && Parent(v) == Parent(e.Key)))
            {
                without.Add((e.Key, e.Why));
                assignments = [.. assignments, (e.Key, "null")];
            }
            catch (Exception e) when (e is ConfigException or DataException)
            {
                return new PlannedRun(combination, null, e);
            }
        }
    }

    private static string Parent(string key) => key[..Math.Max(0, key.LastIndexOf('.'))];
}
