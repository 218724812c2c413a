using System.Globalization;
using System.Text.RegularExpressions;

namespace Rhoflow.Lab.Models;

/// <summary>The names that writers give to models in several files: NAME-00001-of-00003.safetensors beside
/// NAME.safetensors.index.json.</summary>
internal static partial class ShardNames
{
    private const string Index = ".safetensors.index.json";

    /// <summary>The path of the index that a shard belongs to; null where the name is no shard's.</summary>
    public static string? IndexOf(string path) => Shard().Match(path) is { Success: true } m ? m.Groups["model"].Value + Index : null;

    /// <summary>The paths of the shards beside an index that have its name, in their order; none where it is no index.</summary>
    public static IReadOnlyList<string> Of(string index)
    {
        if (!index.EndsWith(Index, StringComparison.OrdinalIgnoreCase)) return [];
        var folder = Path.GetDirectoryName(Path.GetFullPath(index))!;
        return !Directory.Exists(folder) ? [] : [.. Directory.EnumerateFiles(folder)
            .Where(f => string.Equals(IndexOf(Path.GetFileName(f)), Path.GetFileName(index), StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>How many shards a shard's name says there are; 0 where it is no shard's.</summary>
    public static int CountOf(string path) => Shard().Match(path) is { Success: true } m
        && int.TryParse(m.Groups["count"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;

    [GeneratedRegex(@"^(?<model>.*)-\d+-of-(?<count>\d+)\.safetensors$", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Shard();
}
