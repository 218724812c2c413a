using Rhoflow.Data;

namespace Rhoflow.Lab.Datasets;

/// <summary>What a named set was found to be, file by file.</summary>
/// <param name="Set">What it should be.</param>
/// <param name="Folder">Where its files lie; null: it is built in, or not found.</param>
/// <param name="Files">One a file.</param>
/// <param name="TrainCounts">Examples of each class in the training part, or in all.</param>
/// <param name="TestCounts">Examples of each class in the test part.</param>
public sealed record SetCheck(CatalogueEntry Set, string? Folder, IReadOnlyList<FileCheck> Files, IReadOnlyList<long> TrainCounts,
    IReadOnlyList<long> TestCounts)
{
    /// <summary>True for a set in files that are nowhere.</summary>
    public bool IsMissing => Set.Files.Count > 0 && Folder is null;

    /// <summary>Everything that is not as it should be, one sentence each.</summary>
    public IEnumerable<string> Errors
    {
        get
        {
            foreach (var f in Files.Where(f => f.Error is not null))
                yield return f.Path is { } path && f.Error!.StartsWith(path, StringComparison.Ordinal) ? f.Error
                    : $"{f.Path ?? Path.Combine(Folder!, f.File.Name)}: {f.Error}";
            if (IsMissing || Files.Any(f => f.Error is not null)) yield break;
            foreach (var (part, found, expected) in new[] { ("training", TrainCounts, Set.TrainCounts),
                ("test", TestCounts, Set.TestCounts) })
                if (!found.SequenceEqual(expected.Select(c => (long)c)))
                    yield return $"{Set.Name}: the {part} part has {string.Join(" ", found)} examples of the classes in order; "
                        + $"{string.Join(" ", expected)} were expected";
        }
    }

    /// <summary>Reads all files of a set.</summary>
    public static SetCheck Of(CatalogueEntry set, DataFolders folders, Action<string>? progress = null,
        CancellationToken cancellation = default)
    {
        if (set.Files.Count == 0)
        {
            var data = set.Name == "iris" ? Iris.Load() : Digits.Load();
            return new(set, null, [], [.. Enumerable.Range(0, set.Classes.Count).Select(c => data.Y.ToArray().LongCount(y => (int)y == c))],
                []);
        }
        if (folders.Find(set) is not { } folder) return new(set, null, [], [], []);
        var files = new List<FileCheck>();
        foreach (var file in set.Files)
        {
            progress?.Invoke(file.Name);
            files.Add(FileCheck.Of(file, DataFile.Find(folder, file.Name), cancellation));
        }
        IReadOnlyList<long> Counts(IEnumerable<FileCheck> part)
        {
            var counted = part.Where(f => f.Labels is not null).ToArray();
            return [.. Enumerable.Range(0, counted.Length == 0 ? 0 : set.Classes.Count).Select(c => counted.Sum(f => f.Labels![c]))];
        }
        return new(set, folder, files, Counts(files.Take(set.TrainFiles)), Counts(files.Skip(set.TrainFiles)));
    }
}
