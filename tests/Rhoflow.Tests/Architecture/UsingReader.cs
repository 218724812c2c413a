using System.Text.RegularExpressions;

namespace Rhoflow.Tests.Architecture;

/// <summary>
/// Imports as the sources state them: a file's namespace and its using lines. Unnecessary lines do not build (IDE0005), so each stands for
/// a use; unlike <see cref="ImportReader"/> this sees constants, and types that only a doc comment names.
/// </summary>
internal static partial class UsingReader
{
    /// <summary>Every using line of the C# files below a folder; the "types" are the file and the namespace that it names.</summary>
    /// <param name="folder">The folder of a project.</param>
    /// <param name="prefix">Namespaces that count begin with this.</param>
    public static IEnumerable<Import> Of(string folder, string prefix)
    {
        var files = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(f => !Path.GetRelativePath(folder, f).Split(Path.DirectorySeparatorChar)
            .Any(static part => part is "bin" or "obj" or "node_modules"));
        foreach (var file in files)
        {
            var text = File.ReadAllText(file);
            if (Namespace().Match(text) is not { Success: true } home) continue;
            var from = new TypeName("", home.Groups[1].Value, Path.GetFileName(file));
            foreach (Match use in Using().Matches(text))
                if (use.Groups[1].Value.StartsWith(prefix, StringComparison.Ordinal))
                    yield return new Import(from, new TypeName("", use.Groups[1].Value, "*"));
        }
    }

    [GeneratedRegex(@"^namespace (?<1>[\w.]+);", RegexOptions.Multiline, 1000)]
    private static partial Regex Namespace();

    // using A.B;   using static A.B.C;   using X = A.B.C;
    [GeneratedRegex(@"^using (?:static )?(?:\w+ = )?(?<1>[\w.]+);", RegexOptions.Multiline, 1000)]
    private static partial Regex Using();
}
