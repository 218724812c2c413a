namespace Rhoflow.Cli;

/// <summary>How paths are shown.</summary>
internal static class Places
{
    /// <summary>Relative to the current folder where that is shorter to read; absolute elsewhere.</summary>
    public static string Show(string path)
    {
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}
