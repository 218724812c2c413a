using System.Text;

namespace Rhoflow.Lab.Files;

/// <summary>
/// Gives the rows of a folder's tables (metrics.csv and arrays/*.npy) another order, or takes some away, all together: the new tables are
/// written into a folder of their own, whose last name says that it is whole, and are then moved into their places one by one. Killed
/// before, nothing has changed; killed between two moves, <see cref="Recover"/> does the others.
/// </summary>
internal static class RowOrder
{
    private const string Whole = ".reordered", Begun = ".reordering";

    /// <summary>Does what a kill has left.</summary>
    public static void Recover(string folder)
    {
        if (Directory.Exists(Path.Combine(folder, Begun))) Directory.Delete(Path.Combine(folder, Begun), recursive: true);
        var whole = Path.Combine(folder, Whole);
        if (Directory.Exists(whole)) Place(folder, whole);
    }

    /// <summary>Writes the tables with these rows, by the numbers that they have now.</summary>
    /// <param name="folder">Holds metrics.csv and arrays.</param>
    /// <param name="rows">Each at most once.</param>
    /// <param name="also">Another file that says what the rows are, and its new text: it is moved last.</param>
    public static void Apply(string folder, IReadOnlyList<int> rows, (string Name, string Text) also)
    {
        var begun = Path.Combine(folder, Begun);
        Directory.CreateDirectory(Path.Combine(begun, "arrays"));
        var lines = File.ReadAllText(Path.Combine(folder, "metrics.csv")).Split('\n');
        var text = new StringBuilder(lines[0]).Append('\n');
        foreach (var row in rows) text.Append(lines[row + 1]).Append('\n');
        AtomicFile.Write(Path.Combine(begun, "metrics.csv"), text.ToString());
        foreach (var array in Directory.EnumerateFiles(Path.Combine(folder, "arrays"), "*.npy"))
            Npy.Choose(array, Path.Combine(begun, "arrays", Path.GetFileName(array)), rows);
        AtomicFile.Write(Path.Combine(begun, also.Name), also.Text);
        FolderSync.Flush(Path.Combine(begun, "arrays"));
        FolderSync.Flush(begun);
        var whole = Path.Combine(folder, Whole);
        Directory.Move(begun, whole);
        FolderSync.Flush(folder);
        Place(folder, whole);
    }

    // What says what the rows are comes last: it is neither metrics.csv nor among the arrays.
    private static void Place(string folder, string whole)
    {
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(whole, "arrays")), .. Directory.EnumerateFiles(whole)];
        foreach (var file in files.OrderBy(f => Path.GetDirectoryName(f) == whole).ThenBy(static f => Path.GetFileName(f) != "metrics.csv"))
            File.Move(file, Path.Combine(folder, Path.GetRelativePath(whole, file)), overwrite: true);
        Directory.Delete(whole, recursive: true);
        FolderSync.Flush(folder);
    }
}
