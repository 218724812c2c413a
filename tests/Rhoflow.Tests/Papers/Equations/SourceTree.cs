using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace Rhoflow.Tests.Papers.Equations;

/// <summary>The repository that the tests were built from, where it is still there.</summary>
internal static partial class SourceTree
{
    /// <summary>The files that are written by hand, relative to the repository, in the folders given.</summary>
    public static IEnumerable<(string Path, string Text)> Files(params string[] folders)
    {
        var root = Root();
        Assert.SkipUnless(File.Exists(Path.Combine(root, "Rhoflow.slnx")), "the source tree is not here");
        foreach (var folder in folders)
            foreach (var file in Directory.EnumerateFiles(Path.Combine(root, folder), "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal))
            {
                var path = Path.GetRelativePath(root, file).Replace('\\', '/');
                if (Path.GetExtension(path) is ".cs" or ".yaml" or ".py" && !Generated().IsMatch(path))
                    yield return (path, File.ReadAllText(file));
            }
    }

    /// <summary>The file that declares each type of the folders, by the type's name without arguments.</summary>
    public static IReadOnlyDictionary<string, string> Declarations(params string[] folders)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, text) in Files(folders))
            foreach (Match match in Declaration().Matches(text)) found.TryAdd(match.Groups["name"].Value, path);
        return found;
    }

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", ".."));

    [GeneratedRegex(@"(^|/)(bin|obj|node_modules|Embedded)/", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Generated();

    [GeneratedRegex(@"^\s*((public|internal|private|static|sealed|abstract|readonly|partial|ref) )*"
        + @"(class|record struct|record|struct|interface|enum) (?<name>\w+)",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline, 10000)]
    private static partial Regex Declaration();
}
