using System.Text.RegularExpressions;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Cli;

/// <summary>How paths are shown, and what is said where one cannot be written.</summary>
internal static partial class Places
{
    /// <summary>Writes what a command was asked to write.</summary>
    /// <param name="target">As it was given with --out.</param>
    /// <param name="write">Writes it.</param>
    /// <exception cref="RunFolderException">It cannot be written.</exception>
    public static T Writing<T>(string target, Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunFolderException($"'{target}' cannot be written: {Temporary().Replace(e.Message, "")}", e);
        }
    }

    // The name under which a file is written before it takes its place; nobody asked for it.
    [GeneratedRegex(@"\.[0-9a-f]{32}\.new", RegexOptions.None, 1000)]
    private static partial Regex Temporary();

    /// <summary>Relative to the current folder where that is shorter to read; absolute elsewhere.</summary>
    public static string Show(string path)
    {
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}
