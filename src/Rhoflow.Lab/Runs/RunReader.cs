namespace Rhoflow.Lab.Runs;

/// <summary>
/// Reads many runs at once: through the index of their experiment where reading their files costs more than that, and from the folders what
/// the index does not have as it is now.
/// </summary>
internal static class RunReader
{
    // What is read in a tenth of a second, about; loading SQLite takes as long.
    private const long WorthAnIndex = 4 << 20;

    /// <summary>The runs, in their order.</summary>
    /// <param name="folders">Where they lie.</param>
    /// <param name="indexFrom">From how many bytes of an experiment on its index is used.</param>
    public static IReadOnlyList<RunRecord> Read(IReadOnlyList<RunFolder> folders, long indexFrom = WorthAnIndex)
    {
        var records = new RunRecord[folders.Count];
        var byParent = folders.Select(static (f, i) => (Folder: f, Place: i)).GroupBy(static p => Parent(p.Folder), StringComparer.Ordinal);
        foreach (var group in byParent)
        {
            (RunFolder Folder, int Place)[] here = [.. group];
            var read = Read(group.Key, [.. here.Select(static p => p.Folder)], indexFrom);
            for (var i = 0; i < here.Length; i++) records[here[i].Place] = new RunRecord(here[i].Folder, read[i]);
        }
        return records;
    }

    private static RunContent[] Read(string parent, RunFolder[] folders, long indexFrom)
    {
        var now = DateTime.UtcNow;
        RunStamp[] stamps = [.. folders.AsParallel().AsOrdered().Select(RunStamp.Of)];
        if (stamps.Sum(static s => s.Bytes) < indexFrom) return [.. folders.AsParallel().AsOrdered().Select(RunContent.Read)];
        var known = RunIndex.Read(parent);
        var contents = new RunContent[folders.Length];
        int[] unknown = [.. Enumerable.Range(0, folders.Length).Where(i => !Has(i, out contents[i]))];
        Parallel.ForEach(unknown, i => contents[i] = RunContent.Read(folders[i]));
        // What is damaged is said with its place, and looked at again each time; what was written just now may be written again.
        var news = unknown.Where(i => contents[i].Damage is null && stamps[i].IsSettled(now)).ToArray();
        if (news.Sum(i => stamps[i].Bytes) * 20 > stamps.Sum(static s => s.Bytes))
        {
            foreach (var i in news) known[Key(folders[i])] = (stamps[i].Text, contents[i]);
            var there = known.Where(e => Directory.Exists(Path.Combine(parent, e.Key)));
            RunIndex.Write(parent, there.OrderBy(static e => e.Key, StringComparer.Ordinal));
        }
        return contents;

        bool Has(int i, out RunContent content)
        {
            var has = known.TryGetValue(Key(folders[i]), out var entry) && entry.Stamp == stamps[i].Text;
            content = entry.Content;
            return has;
        }
    }

    private static string Parent(RunFolder folder) => Path.GetDirectoryName(folder.Path)!;

    private static string Key(RunFolder folder) => Path.GetFileName(folder.Path);
}
