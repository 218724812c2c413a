using Rhoflow.Data;

namespace Rhoflow.Lab.Datasets;

/// <summary>Where the files of data sets are looked for, and where fetched ones are put.</summary>
/// <param name="Places">Folders that hold cifar10/, mnist/ …, or the files themselves; the first is where fetched sets go.</param>
public sealed record DataFolders(IReadOnlyList<string> Places)
{
    /// <summary>Told how far the reading of many files has come; null where nobody listens.</summary>
    public Action<string>? Reading { get; init; }

    /// <summary>The variable that names the folder of the data sets.</summary>
    public const string Variable = "RHOFLOW_DATA";

    /// <summary>The folder given, else the one that RHOFLOW_DATA names and then the user's cache.</summary>
    /// <param name="given">From --data-dir; null: none.</param>
    public static DataFolders Of(string? given)
    {
        if (!string.IsNullOrEmpty(given)) return new([Path.GetFullPath(given)]);
        var named = Environment.GetEnvironmentVariable(Variable);
        return new(string.IsNullOrEmpty(named) ? [Cache] : [Path.GetFullPath(named), Cache]);
    }

    /// <summary>$XDG_CACHE_HOME/rhoflow or ~/.cache/rhoflow; on Windows rhoflow in the local application data.</summary>
    public static string Cache
    {
        get
        {
            var root = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            if (OperatingSystem.IsWindows()) root = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
            else if (string.IsNullOrEmpty(root))
                root = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            return Path.Combine(root, "rhoflow");
        }
    }

    /// <summary>The first folder with a file of the set: PLACE/NAME, or a place itself; null if there is none.</summary>
    public string? Find(CatalogueEntry set) =>
        Candidates(set).FirstOrDefault(folder => set.Files.Any(f => f.Required && DataFile.Find(folder, f.Name) is not null));

    /// <summary>As <see cref="Find"/>, for a set that is needed.</summary>
    /// <exception cref="DataException">It is nowhere: what was looked for, where, and the command that gets it.</exception>
    public string Require(CatalogueEntry set) => Find(set) ?? throw new DataException(
        $"the data set '{set.Name}' is not on this machine: none of "
        + $"{string.Join(", ", set.Files.Where(f => f.Required).Select(f => f.Name))} (or with .gz) is in "
        + $"{string.Join(", ", Candidates(set))}. "
        + $"`rhoflow data fetch {set.Name}` gets it ({set.Download?.Megabytes} MB); --data-dir DIR or {Variable} names another folder");

    private IEnumerable<string> Candidates(CatalogueEntry set) =>
        Places.SelectMany(place => new[] { Path.Combine(place, set.Name), place });
}
