using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rhoflow.Lab.Files;

/// <summary>
/// Puts the names in a folder on the disk: a file that was made or renamed outlives a power failure only when its folder was flushed too.
/// .NET opens no folders, so this is the system's own call; where there is none (Windows) file systems keep names by themselves.
/// </summary>
internal static partial class FolderSync
{
    /// <summary>Flushes a folder, as far as its file system can.</summary>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        using var handle = Open(folder, 0);
        if (handle.IsInvalid) return;
        try
        {
            RandomAccess.FlushToDisk(handle);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Some file systems refuse it for folders; the files themselves are flushed.
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);
}
