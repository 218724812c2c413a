namespace Rhoflow.Lab.WatchRuns;

/// <summary>A file as it was seen in a folder: another length or time is another content.</summary>
/// <param name="Name">Without the folder.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Written">When it was last written, in UTC.</param>
internal readonly record struct CheckpointFile(string Name, long Bytes, DateTime Written)
{
    /// <summary>The file as it is now; null where it is gone.</summary>
    public static CheckpointFile? At(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new CheckpointFile(file.Name, file.Length, file.LastWriteTimeUtc) : null;
    }
}
