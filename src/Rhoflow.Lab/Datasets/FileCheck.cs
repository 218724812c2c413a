using System.Security.Cryptography;
using Rhoflow.Data;

namespace Rhoflow.Lab.Datasets;

/// <summary>What a file of a set was found to be.</summary>
/// <param name="File">What it should be.</param>
/// <param name="Path">Where it lies; null: it is missing.</param>
/// <param name="Bytes">Of the unpacked content.</param>
/// <param name="Sha256">Of the unpacked content.</param>
/// <param name="Labels">How often each label 0 … 255 stands in it; null where it has none.</param>
/// <param name="Error">What is wrong, with expected and found; null: nothing.</param>
public sealed record FileCheck(CatalogueFile File, string? Path, long Bytes, string? Sha256, IReadOnlyList<long>? Labels, string? Error)
{
    /// <summary>Reads a file to its end.</summary>
    /// <param name="path">Plain or .gz; null: it is missing.</param>
    public static FileCheck Of(CatalogueFile file, string? path, CancellationToken cancellation = default)
    {
        if (path is null) return new(file, null, 0, null, null, file.Required ? "is missing" : null);
        var labels = file.Labels is null ? null : new long[256];
        try
        {
            using var content = DataFile.Open(path);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var chunk = new byte[1 << 17];
            for (int count; (count = content.Read(chunk)) > 0;)
            {
                cancellation.ThrowIfCancellationRequested();
                hash.AppendData(chunk, 0, count);
                if (file.Labels is var (first, stride))
                    for (var at = Next(content.Offset - count, first, stride); at < content.Offset; at += stride)
                        labels![chunk[at - (content.Offset - count)]]++;
            }
            var sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
            return new(file, path, content.Offset, sha256, labels,
                content.Offset != file.Bytes ? $"{content.Offset} bytes were found; {file.Bytes} were expected"
                : sha256 != file.Sha256 ? $"its SHA-256 is {sha256}; {file.Sha256} was expected" : null);
        }
        catch (DataException e)
        {
            return new(file, path, 0, null, null, e.Message);
        }
    }

    // The first label's place at or after a byte.
    private static long Next(long from, int first, int stride) =>
        from <= first ? first : first + (from - first + stride - 1) / stride * stride;
}
