using System.Security.Cryptography;
using System.Text;
using Rhoflow.Data;

namespace Rhoflow.Lab.Datasets;

/// <summary>The files that a config's data.path names.</summary>
internal static class DataFiles
{
    public static bool IsNumpy(string path) => Ends(path, ".npy") || Ends(path, ".npy.gz") || Ends(path, ".npz");

    /// <summary>Lines of cells.</summary>
    public static bool IsText(string path) => new[] { ".csv", ".tsv", ".csv.gz", ".tsv.gz" }.Any(e => Ends(path, e));

    /// <summary>Files of one table, which has no test part of its own.</summary>
    public static bool IsTable(string path) => IsText(path) || (IsNumpy(path) && !Ends(path, ".npz"));

    /// <summary>True if the path is not that of a file that can be read.</summary>
    public static bool IsFolder(string path) => !IsNumpy(path) && !IsText(path);

    /// <summary>True for a folder of folders with images, and not of the files of a set that is known by name.</summary>
    public static bool IsOfImages(string path) => IsFolder(path) && ImageFolder.Is(path) && !Catalogue.All.Any(s => Present(s, path).Any());

    /// <summary>Which set's files a folder holds.</summary>
    /// <exception cref="DataException">There is no such folder, or it holds the files of no set.</exception>
    public static string Recognize(string folder)
    {
        if (!Directory.Exists(folder)) throw new DataException($"there is no data folder '{folder}'");
        if (Catalogue.All.FirstOrDefault(set => Present(set, folder).Any()) is { } found) return found.Name;
        var known = Catalogue.All.Where(s => s.Files.Count > 0)
            .Select(s => $"{s.Name}: {string.Join(", ", s.Files.Where(f => f.Required).Select(f => f.Name))}");
        throw new DataException($"{folder} holds the files of no set that is known by name: {string.Join("; ", known)} (or with .gz); nor "
            + "folders with images, one a class");
    }

    /// <summary>"sha256-…", the same for the same content wherever it lies.</summary>
    /// <exception cref="DataException">A file is missing or cannot be read.</exception>
    public static string Identity(string path)
    {
        if (IsOfImages(path)) return "sha256-" + OfImages(path);
        if (IsFolder(path)) return "sha256-" + Together(Present(Catalogue.Find(Recognize(path))!, path));
        var labels = IsNumpy(path) && IsTable(path) ? Numpy.LabelFile(path) : null;
        return "sha256-" + (labels is not null ? Together([path, labels]) : HashOf(path));
    }

    // Names belong to the content: they are the labels, and the order.
    private static string OfImages(string folder)
    {
        string[] files = [.. ImageFolder.Files(folder)];
        var hashes = new string[files.Length];
        Parallel.For(0, files.Length, n => hashes[n] = $"{Path.GetRelativePath(folder, files[n]).Replace('\\', '/')} {HashOf(files[n])}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(hashes))));
    }

    private static IEnumerable<string> Present(CatalogueEntry set, string folder) =>
        set.Files.Select(f => DataFile.Find(folder, f.Name)).OfType<string>();

    private static string Together(IEnumerable<string> files) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join(' ', files.Select(HashOf)))));

    /// <summary>The SHA-256 of a file's content.</summary>
    /// <exception cref="DataException">It is not there, or cannot be read.</exception>
    public static string HashOf(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException($"there is no data file '{path}'", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"the data file '{path}' cannot be read: {e.Message}", e);
        }
    }

    private static bool Ends(string path, string extension) => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
}
