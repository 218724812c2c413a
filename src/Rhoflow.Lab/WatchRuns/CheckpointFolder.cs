using Rhoflow.Lab.Models;

namespace Rhoflow.Lab.WatchRuns;

/// <summary>
/// A folder in which checkpoints appear. A file may be read when its length and time have stood still: for a second by a clock of our own,
/// or, at the first sight of it, for ten by the clock of its file system (which may be another host's). Names that begin with a dot are
/// those of files that will be renamed. Folders in it are looked into too, but not what is in theirs: where a program makes a folder for
/// every checkpoint. Shards of a model belong to their index.
/// </summary>
/// <param name="path">The folder.</param>
/// <param name="time">By which a second passes.</param>
internal sealed class CheckpointFolder(string path, TimeProvider time)
{
    private static readonly TimeSpan s_still = TimeSpan.FromSeconds(1), s_old = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CheckpointFile> _done = new(StringComparer.Ordinal);

    /// <summary>Files that are still being written, as of the last look, and for how long they have been seen.</summary>
    public IReadOnlyList<(string Name, TimeSpan For)> Pending { get; private set; } = [];

    /// <summary>The path of a file.</summary>
    public string File(string name) => Path.Combine(path, name);

    /// <summary>A file is not given again as long as it stays what it is now.</summary>
    public void Done(CheckpointFile file) => _done[file.Name] = file;

    /// <summary>Looks, and gives the files that are there whole, as far as can be seen from outside, and are not done.</summary>
    /// <exception cref="IOException">The folder cannot be looked at.</exception>
    public IReadOnlyList<CheckpointFile> Look()
    {
        var (ready, pending) = (new List<CheckpointFile>(), new List<(string, TimeSpan)>());
        var now = time.GetTimestamp();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in Names())
        {
            if (CheckpointFile.At(path, name) is not { } file) continue;
            names.Add(name);
            if (_done.TryGetValue(file.Name, out var done) && done == file) continue;
            var isKnown = _seen.TryGetValue(file.Name, out var seen);
            if (!isKnown || seen.File != file) _seen[file.Name] = new Seen(file, now, isKnown ? seen.First : now);
            if (!HasAllShards(name)) pending.Add((name, time.GetElapsedTime(_seen[name].First, now)));
            else if (!isKnown && time.GetUtcNow().UtcDateTime - file.Written > s_old
                || isKnown && seen.File == file && time.GetElapsedTime(seen.Since, now) >= s_still)
                ready.Add(file);
            else
                pending.Add((file.Name, time.GetElapsedTime(_seen[file.Name].First, now)));
        }
        foreach (var gone in _seen.Keys.Except(names).ToArray()) _seen.Remove(gone);
        Pending = pending;
        return ready;
    }

    private IEnumerable<string> Names()
    {
        var own = Models(path);
        var deeper = Directory.EnumerateDirectories(path).Where(static d => Path.GetFileName(d)[0] != '.').Order(StringComparer.Ordinal)
            .SelectMany(static d => Models(d).Select(f => $"{Path.GetFileName(d)}/{f}"));
        return own.Concat(deeper);
    }

    // A shard is a part of what its index names, which is written last.
    private static IEnumerable<string> Models(string folder) => Directory.EnumerateFiles(folder).Select(static f => Path.GetFileName(f)!)
        .Where(static n => n[0] != '.' && ModelFile.IsNamed(n) && ShardNames.IndexOf(n) is null).Order(StringComparer.Ordinal);

    private bool HasAllShards(string name)
    {
        var shards = ShardNames.Of(File(name));
        return shards.Count == 0 || shards.Count == ShardNames.CountOf(shards[0]);
    }

    // Since: when it was first seen as it is; First: when it was first seen at all.
    private readonly record struct Seen(CheckpointFile File, long Since, long First);
}
