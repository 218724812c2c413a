using System.Text;

namespace Rhoflow.Lab.Files;

/// <summary>
/// Files that are there in full or not at all: written under another name in the same folder, flushed to the disk, then renamed. The folder
/// must exist: a run folder that was removed while its run went on must not come back with one file in it.
/// </summary>
public static class AtomicFile
{
    private const string Extension = ".new";

    // A temporary file that nobody has written to for so long was left by a process that was killed.
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    /// <summary>
    /// Replaces the whole content of <paramref name="path"/> by <paramref name="text"/> in UTF-8, without a byte-order mark.
    /// </summary>
    /// <inheritdoc cref="Write(string, Action{Stream}, string)" path="/exception"/>
    public static void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Replaces the whole content of <paramref name="path"/> by <paramref name="bytes"/>.</summary>
    /// <inheritdoc cref="Write(string, Action{Stream}, string)" path="/exception"/>
    public static void Write(string path, byte[] bytes) => Write(path, stream => stream.Write(bytes));

    /// <summary>Replaces the whole content of <paramref name="path"/> by what <paramref name="content"/> writes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">Writes it.</param>
    /// <param name="keep">The old file, if any, is kept under this name; null: it is gone.</param>
    /// <exception cref="IOException">The disk is full, or the folder is missing or read-only; the old file, if any, is still
    /// there.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission; the old file, if any, is still there.</exception>
    public static void Write(string path, Action<Stream> content, string? keep = null)
    {
        RemoveAbandoned(path);
        // A name of its own, so that two processes that write the same file do not rename each other's half-written one.
        var temporary = $"{path}.{Guid.NewGuid():N}{Extension}";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                content(stream);
                stream.Flush(flushToDisk: true);
            }
            if (keep is not null && File.Exists(path)) File.Move(path, keep, overwrite: true);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            Remove(temporary);
            throw;
        }
        FolderSync.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>
    /// Makes a file that is not there yet, in full: of several processes that try, on one machine or on several with a shared file system,
    /// one does.
    /// </summary>
    /// <returns>False if there is such a file.</returns>
    /// <exception cref="IOException">The disk is full, or the folder is missing or read-only.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public static bool TryCreate(string path, string text)
    {
        if (File.Exists(path)) return false;
        RemoveAbandoned(path);
        var temporary = $"{path}.{Guid.NewGuid():N}{Extension}";
        try
        {
            File.WriteAllText(temporary, text);
            // A server whose answer was lost may say that the name is taken by the very file that was to have it.
            return HardLink.TryMake(temporary, path) ?? MakeExclusively(path, text)
                || (File.Exists(path) && File.ReadAllText(path) == text);
        }
        finally
        {
            Remove(temporary);
        }
    }

    // For file systems without links. For a moment the file is there without its text.
    private static bool MakeExclusively(string path, string text)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 1);
            stream.Write(Encoding.UTF8.GetBytes(text));
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    // A checkpoint may hold hundreds of megabytes; what a killed process left of one would never be looked for again.
    private static void RemoveAbandoned(string path)
    {
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full)!;
        if (!Directory.Exists(folder)) return;
        foreach (var left in Directory.EnumerateFiles(folder, $"{Path.GetFileName(full)}.*{Extension}"))
            if (DateTime.UtcNow - File.GetLastWriteTimeUtc(left) > Abandoned) Remove(left);
    }

    // Best effort: the first error is the one to tell.
    private static void Remove(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It costs space only.
        }
    }
}
