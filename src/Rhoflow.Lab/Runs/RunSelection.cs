using System.Globalization;
using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// The runs that a person names: by a run folder, a folder of runs (runs, runs/NAME), the name of an experiment, a run's id or the
/// beginning of one, or the beginning of a folder's name (2026-11-28_20).
/// </summary>
public static class RunSelection
{
    private const int MostCandidates = 12;

    /// <summary>The runs, each once, in the order of the words.</summary>
    /// <param name="words">As typed.</param>
    /// <param name="root">The folder of all runs, where ids and names are looked up.</param>
    /// <param name="note">Told what a person has to know: that an id stands for several folders.</param>
    /// <exception cref="ConfigException">A word names nothing, or several runs.</exception>
    public static IReadOnlyList<RunFolder> Find(IReadOnlyList<string> words, string root, Action<string>? note = null)
    {
        IReadOnlyList<RunFolder>? all = null;
        return [.. words.SelectMany(word => FolderOf(word, root) is { } folder ? RunFolder.Under(folder)
            : [One(word, all ??= RunFolder.Under(root), root, note)]).DistinctBy(static f => f.Path, StringComparer.Ordinal)];
    }

    // A folder of something else may have the name of an experiment: ckpt, which `watch` has made runs/ckpt of.
    private static string? FolderOf(string word, string root)
    {
        var named = Path.Combine(root, word);
        if (!Directory.Exists(named)) return Directory.Exists(word) ? word : null;
        return Directory.Exists(word) && RunFolder.Under(word).Count > 0 ? word : named;
    }

    /// <summary>Whether a word names one run, not a folder of runs.</summary>
    public static bool IsOne(string word, string root)
    {
        return FolderOf(word, root) is not { } folder || RunFolder.At(folder) is not null;
    }

    private static RunFolder One(string word, IReadOnlyList<RunFolder> all, string root, Action<string>? note)
    {
        RunFolder[] named = [.. all.Where(f => Path.GetFileName(f.Path).StartsWith(word, StringComparison.Ordinal)
            || f.Id.StartsWith(word, StringComparison.OrdinalIgnoreCase))];
        if (named.Length == 0) throw new ConfigException(Unknown(word, all, root));
        if (named.Length == 1) return named[0];
        if (named.Select(static f => (f.Name, f.Id)).Distinct().Count() > 1)
            throw new ConfigException(string.Create(CultureInfo.InvariantCulture, $"'{word}' may be {named.Length} runs: ")
                + string.Join(", ", named.Take(MostCandidates).Select(static f => $"{f.Id} ({f.Name}, {Started(f)})"))
                + (named.Length > MostCandidates ? ", …" : "") + "; write more of the id, or the folder");
        // The same run again: after it failed, or was deleted and made anew.
        var best = named.LastOrDefault(static f => f.Status == RunStatus.Finished) ?? named[^1];
        note?.Invoke(string.Create(CultureInfo.InvariantCulture, $"note: {best.Id} has {named.Length} folders; this is {best.Path}"));
        return best;
    }

    private static string Unknown(string word, IReadOnlyList<RunFolder> all, string root)
    {
        if (all.Count == 0)
            return $"there is no folder '{word}'{(word == root ? "" : $", and there are no runs in '{root}'")}; `rhoflow run CONFIG` "
                + "writes runs into runs/NAME, or give another folder";
        if (word.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)) return $"there is no folder '{word}'";
        string[] names = [.. all.Select(static f => f.Name).Distinct(StringComparer.Ordinal)];
        var near = Nearest.Words(word, names.Concat(all.Select(static f => f.Id)));
        return $"there is no run '{word}' in '{root}', and no folder of that name"
            + (near.Length > 0 ? $"; nearest: {string.Join(", ", near)}"
                : $"; experiments there: {string.Join(", ", names.Take(MostCandidates))}");
    }

    // From the folder's name: 2026-11-28_20-15-00.
    private static string Started(RunFolder folder) =>
        Path.GetFileName(folder.Path)[..16] is var s ? $"{s[..10]} {s[11..].Replace('-', ':')}" : "";
}
