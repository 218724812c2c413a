using System.Runtime.InteropServices;

namespace Rhoflow.Lab.Files;

/// <summary>
/// A second name for a file. Of several processes that give the same name one succeeds, on network file systems too, which renaming does
/// not promise and .NET has no method for.
/// </summary>
internal static partial class HardLink
{
    private const int NameIsTaken = 17;

    /// <summary>True if the file has the name now, false if the name is taken; null: there are no links here.</summary>
    public static bool? TryMake(string file, string name)
    {
        if (OperatingSystem.IsWindows()) return null;
        if (Link(file, name) == 0) return true;
        return Marshal.GetLastPInvokeError() == NameIsTaken ? false : null;
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string file, string name);
}
