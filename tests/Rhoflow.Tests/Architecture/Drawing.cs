using System.Runtime.CompilerServices;

namespace Rhoflow.Tests.Architecture;

/// <summary>
/// The floors as ARCHITECTURE.md draws them: fenced blocks that begin with ```floors NAME, a floor per line, the highest first;
/// an indented line goes on with the floor above it.
/// </summary>
internal static class Drawing
{
    /// <summary>The rows of one block.</summary>
    /// <param name="text">The document.</param>
    /// <param name="name">The block's name.</param>
    /// <exception cref="ArgumentException">There is no such block, or more than one.</exception>
    public static IReadOnlyList<IReadOnlyList<string>> Of(string text, string name)
    {
        var lines = text.Split('\n');
        int[] starts = [.. Enumerable.Range(0, lines.Length).Where(i => lines[i].TrimEnd() == $"```floors {name}")];
        if (starts.Length != 1) throw new ArgumentException($"{starts.Length} blocks '```floors {name}'; one was expected", nameof(name));
        var rows = new List<List<string>>();
        foreach (var line in lines.Skip(starts[0] + 1).TakeWhile(static l => !l.StartsWith("```", StringComparison.Ordinal)))
        {
            var rooms = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (rooms.Length == 0) continue;
            if (line[0] == ' ' && rows.Count > 0) rows[^1].AddRange(rooms);
            else rows.Add([.. rooms]);
        }
        return rows;
    }

    /// <summary>The text of a file at the root of the repository.</summary>
    public static string Document(string name) => File.ReadAllText(Path.Combine(Root(), name));

    /// <summary>The root of the repository.</summary>
    public static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
