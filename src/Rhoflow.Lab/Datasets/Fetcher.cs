using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Rhoflow.Data;

namespace Rhoflow.Lab.Datasets;

/// <summary>Downloads a set, unpacks it, and puts it in place only when every file has its digest.</summary>
public static class Fetcher
{
    /// <summary>Fetches <paramref name="set"/> into <paramref name="folder"/> (made where needed).</summary>
    /// <param name="from">An address to use instead of the official ones; null: those.</param>
    /// <returns>The addresses that the files came from.</returns>
    /// <exception cref="DataException">A file cannot be had, or is not what it should be; then nothing is put in place.</exception>
    public static async Task<IReadOnlyList<Uri>> Fetch(
        CatalogueEntry set, string folder, Uri? from, HttpClient client, Action<DownloadProgress>? progress, Action<string>? note,
            CancellationToken cancellation)
    {
        if (set.Download is not { } download) throw new DataException($"the data set '{set.Name}' is built in; there is nothing to fetch");
        // On the same file system as the place itself, so that putting a file in place is one renaming.
        var work = Path.Combine(folder, ".fetch");
        try
        {
            Directory.CreateDirectory(work);
            var got = new List<Uri>();
            var downloader = new Downloader(client, progress) { MaxBytes = 2_000_000L * download.Megabytes + 1_000_000 };
            foreach (var file in download.Files)
            {
                Uri[] addresses = from is null ? [.. download.Addresses.Select(a => new Uri(new Uri(a), file))]
                    : [new Uri(WithSlash(from), file)];
                if (File.Exists(Path.Combine(work, file))) continue;
                got.Add(await downloader.Get(addresses, Path.Combine(work, file), cancellation));
            }
            note?.Invoke("checking the files");
            Install(set, download, work, folder, cancellation);
            Directory.Delete(work, recursive: true);
            return got;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"the files cannot be written to {folder}: {e.Message} --data-dir DIR names another folder", e);
        }
    }

    private static void Install(CatalogueEntry set, Download download, string work, string folder, CancellationToken cancellation)
    {
        try
        {
            foreach (var archive in download.Files.Where(f => f.EndsWith(".tar.gz", StringComparison.Ordinal)))
                Unpack(Path.Combine(work, archive), work, set);
            foreach (var file in set.Files)
            {
                var check = FileCheck.Of(file, DataFile.Find(work, file.Name), cancellation);
                if (check.Error is { } error && (file.Required || check.Path is not null))
                    throw new DataException(
                        $"{set.Name}: the fetched file {file.Name} is not what it should be, so nothing was put in place: {error}");
            }
        }
        catch (DataException)
        {
            // Or the next attempt would find the same again.
            Directory.Delete(work, recursive: true);
            throw;
        }
        foreach (var file in set.Files)
            if (DataFile.Find(work, file.Name) is { } path) File.Move(path, Path.Combine(folder, Path.GetFileName(path)), overwrite: true);
    }

    // By the names that are expected, wherever in the archive they stand; nothing else is written, and nothing that is larger than it
    // may be. Digests are computed of what is written while it is written.
    private static void Unpack(string archive, string folder, CatalogueEntry set)
    {
        // Other entries are passed over, but have to be unpacked for that: twice what is expected, and some for readmes and headers.
        var most = 2 * set.Files.Sum(f => f.Bytes) + (64 << 20);
        try
        {
            using var unpacked = new BoundedStream(new GZipStream(File.OpenRead(archive), CompressionMode.Decompress), most);
            using var reader = new TarReader(unpacked);
            while (reader.GetNextEntry() is { } entry)
                if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile
                    && set.Files.FirstOrDefault(f => f.Name == Path.GetFileName(entry.Name)) is { } file) Write(entry, file, folder, set);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or ArgumentException
            or NotSupportedException)
        {
            throw new DataException($"{set.Name}: the fetched archive {Path.GetFileName(archive)} is damaged or none, so nothing was put "
                + $"in place: {e.Message}", e);
        }
    }

    private static void Write(TarEntry entry, CatalogueFile file, string folder, CatalogueEntry set)
    {
        DataException Wrong(string what) => new(
            $"{set.Name}: the fetched file {file.Name} is not what it should be, so nothing was put in place: {what}");
        // What may be absent has a digest too, and is checked with the others.
        if (entry.Length != file.Bytes && file.Required) throw Wrong($"{entry.Length} bytes were found; {file.Bytes} were expected");
        if (entry.Length > file.Bytes || entry.DataStream is not { } content) return;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var target = File.Create(Path.Combine(folder, file.Name));
        var chunk = new byte[1 << 16];
        for (int count; (count = content.Read(chunk)) > 0;)
        {
            hash.AppendData(chunk, 0, count);
            target.Write(chunk, 0, count);
        }
        if (file.Required && Convert.ToHexStringLower(hash.GetHashAndReset()) is var sha256 && sha256 != file.Sha256)
            throw Wrong($"its SHA-256 is {sha256}; {file.Sha256} was expected");
    }

    private static Uri WithSlash(Uri address) => address.AbsoluteUri.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/");
}
