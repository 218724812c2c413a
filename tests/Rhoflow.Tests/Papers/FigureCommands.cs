using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;

namespace Rhoflow.Tests.Papers;

/// <summary>The commands that the report prints beside figures, read as the program reads them.</summary>
internal static class FigureCommands
{
    private static readonly string Root = Folder(AppContext.BaseDirectory);

    /// <summary>What the words after <c>./rhoflow run</c> say: the file from the root of the project, and the overrides.</summary>
    public static IReadOnlyList<Experiment> Typed(string command)
    {
        string[] words = [.. Words(command)];
        if (words is not ["./rhoflow", "run", ..]) throw new ArgumentException(command, nameof(command));
        var sweep = words[2] == "-m";
        words = words[(sweep ? 3 : 2)..];
        if (!words[0].StartsWith("papers/", StringComparison.Ordinal)) throw new ArgumentException(command, nameof(command));
        return [.. Overrides.Expand(words[1..], sweep).Select(set => Experiment.Load(Path.Combine(Root, words[0]), set))];
    }

    /// <summary>Whether a config of the project has a key at its top.</summary>
    public static bool Has(string key, string config) =>
        File.ReadLines(Path.Combine(Root, config)).Any(l => l.StartsWith(key, StringComparison.Ordinal));

    private static IEnumerable<string> Words(string command)
    {
        for (var i = 0; i < command.Length;)
        {
            var quoted = command[i] == '\'';
            var end = command.IndexOf(quoted ? '\'' : ' ', i + 1);
            if (end < 0) end = command.Length;
            yield return command[(quoted ? i + 1 : i)..end];
            i = end + (quoted ? 2 : 1);
        }
    }

    private static string Folder(string from)
    {
        for (var at = new DirectoryInfo(from); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Rhoflow.slnx"))) return at.FullName;
        throw new InvalidOperationException($"no Rhoflow.slnx above {from}");
    }
}
