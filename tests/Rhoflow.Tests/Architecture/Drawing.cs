using System.Runtime.CompilerServices;

namespace Rhoflow.Tests.Architecture;

/// <summary>
/// The floors as ARCHITECTURE.md draws them: fenced blocks that begin with ```floors NAME, a floor per line, the highest first.
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
        return [.. lines.Skip(starts[0] + 1).TakeWhile(static l => !l.StartsWith("```", StringComparison.Ordinal))
            .Select(static l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Where(static row => row.Length > 0)];
    }

    /// <summary>The text of a file at the root of the repository.</summary>
    public static string Document(string name) => File.ReadAllText(Path.Combine(Root(), name));

    /// <summary>The root of the repository.</summary>
    public static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
