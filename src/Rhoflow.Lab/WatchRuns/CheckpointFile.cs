using Rhoflow.Lab.Models;

namespace Rhoflow.Lab.WatchRuns;

/// <summary>A checkpoint as it was seen in a folder: another length or time is another content. Of one in shards, all its files
/// together.</summary>
/// <param name="Name">Below the folder: FILE, or FOLDER/FILE.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Written">When it was last written, in UTC.</param>
internal readonly record struct CheckpointFile(string Name, long Bytes, DateTime Written)
{
    /// <summary>The checkpoint as it is now; null where it is gone.</summary>
    /// <param name="folder">The folder that is watched.</param>
    /// <param name="name">Below it.</param>
    public static CheckpointFile? At(string folder, string name)
    {
        var file = new FileInfo(Path.Combine(folder, name));
        if (!file.Exists) return null;
        var (bytes, written) = (file.Length, file.LastWriteTimeUtc);
        foreach (var shard in ShardNames.Of(file.FullName))
        {
            var of = new FileInfo(shard);
            if (!of.Exists) continue;
            bytes += of.Length;
            if (of.LastWriteTimeUtc > written) written = of.LastWriteTimeUtc;
        }
        return new CheckpointFile(name, bytes, written);
    }
}
