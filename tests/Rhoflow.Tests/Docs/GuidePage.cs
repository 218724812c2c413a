using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Rhoflow.Tests.Docs;

/// <summary>A page of docs/ as a reader follows it: files to write, commands to type, lines that they show.</summary>
internal sealed partial record GuidePage(string Name, IReadOnlyList<GuideBlock> Blocks)
{
    /// <summary>The folder of the pages.</summary>
    public static string Folder { get; } = FolderOf();

    /// <summary>All pages that have something to follow.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.EnumerateFiles(Folder, "*.md").Select(static f => Path.GetFileNameWithoutExtension(f)!)
            .Where(static n => n != "README").Order(StringComparer.Ordinal)];

    /// <summary>Reads a page.</summary>
    public static GuidePage Read(string name) => new(name,
        [.. Fence().Matches(File.ReadAllText(Path.Combine(Folder, name + ".md"))).Select(static m =>
            new GuideBlock(m.Groups["language"].Value, m.Groups["rest"].Value.Trim(), m.Groups["text"].Value))]);

    private static string FolderOf([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs"));

    [GeneratedRegex(@"^```(?<language>\w*)(?<rest>[^\n]*)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Fence();
}

/// <summary>A fenced block: <c>```yaml gd.yaml</c> is a file, <c>```sh</c> commands, <c>```text</c> what the last shows.</summary>
internal sealed record GuideBlock(string Language, string Rest, string Text)
{
    /// <summary>A file that the reader writes.</summary>
    public bool IsFile => Rest.Contains('.') && !IsSkipped;

    /// <summary>Said to be shown only: it needs files that are not there.</summary>
    public bool IsSkipped => Rest == "not-run";

    /// <summary>The commands of a shell block.</summary>
    public IEnumerable<string> Commands =>
        Language == "sh" && !IsSkipped ? Text.Split('\n').Where(static l => l.StartsWith("./rhoflow ", StringComparison.Ordinal)) : [];
}
