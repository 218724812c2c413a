using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Files;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// A lock as it lies on the disk: one JSON object with its owner and a count of heartbeats, padded to one length so that a heartbeat
/// overwrites it in one piece.
/// </summary>
/// <param name="Owner">null: a file that cannot be read as a lock.</param>
/// <param name="Text">The whole of it: another after each heartbeat.</param>
/// <param name="Touched">When it was written last, by the file system's clock.</param>
internal sealed record LockFile(RunOwner? Owner, string Text, DateTime Touched)
{
    private const int Length = 1024;

    /// <summary>By which it is told from the lock of another owner.</summary>
    public string Token => Owner?.Token ?? "unreadable";

    /// <summary>Makes a lock, if there is none.</summary>
    public static bool TryCreate(string path, RunOwner owner) => AtomicFile.TryCreate(path, Format(owner, 0));

    /// <summary>The lock at a path; null if there is none, or none can be seen.</summary>
    public static LockFile? Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return Read(stream, File.GetLastWriteTimeUtc(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Counts one more heartbeat, unless the lock is no longer this owner's.</summary>
    public static bool Beat(string path, RunOwner owner, long beats)
    {
        try
        {
            // What is overwritten is the very file that was looked at, even if another has taken its place meanwhile.
            using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, 1);
            if (Read(stream, default).Token != owner.Token) return false;
            RandomAccess.Write(stream.SafeFileHandle, Encoding.UTF8.GetBytes(Format(owner, beats)), 0);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <summary>
    /// Takes away the lock of an owner that is gone. Of several processes that find it stale one does so, and none takes away the lock of
    /// whoever came next.
    /// </summary>
    public static void Break(string path, LockFile stale)
    {
        var breaking = $"{path}.break-{stale.Token}";
        if (!AtomicFile.TryCreate(breaking, ""))
        {
            // Nobody needs longer than a moment for it: whoever began was killed.
            if (DateTime.UtcNow - File.GetLastWriteTimeUtc(breaking) > TimeSpan.FromMinutes(1)) File.Delete(breaking);
            return;
        }
        try
        {
            if (Read(path)?.Token == stale.Token) File.Delete(path);
        }
        finally
        {
            File.Delete(breaking);
        }
    }

    private static LockFile Read(FileStream stream, DateTime touched)
    {
        var bytes = new byte[Length];
        var text = Encoding.UTF8.GetString(bytes.AsSpan(0, stream.ReadAtLeast(bytes, Length, throwOnEndOfStream: false)));
        try
        {
            return new LockFile(RunOwner.From(JsonNode.Parse(text)), text, touched);
        }
        catch (JsonException)
        {
            return new LockFile(null, text, touched);
        }
    }

    internal static string Format(RunOwner owner, long beats)
    {
        var json = owner.ToJson();
        json["beats"] = beats.ToString(CultureInfo.InvariantCulture);
        // Latin letters only, so that characters are bytes.
        return json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }).PadRight(Length - 1) + "\n";
    }
}
