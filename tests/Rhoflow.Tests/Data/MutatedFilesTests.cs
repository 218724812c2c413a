using System.IO.Compression;
using System.Runtime.InteropServices;
using Rhoflow.Data;
using Rhoflow.Tests.Lab;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Data;

/// <summary>Files of every format with bytes changed, taken out, doubled or cut off: they are read, or refused in a sentence.</summary>
public sealed class MutatedFilesTests : IDisposable
{
    private static readonly string[] Words =
        ["NaN", "1e999", "\"", ";", "\n", "\r\n", "0,5", "-", "99999999999999999999", "(", "\0", "é", "sep=;\n",
        "'descr': '<f8'", "(1000000000,)", "<U1000000", "|O", ",", "#"];

    private static readonly string[] s_kinds = ["csv", "npy", "npz", "idx", "cifar"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Mutated_files_are_read_or_refused_in_a_sentence() =>
        LongHarness.Repeat("mutated data files", 600, random => Once(random, s_kinds[random.Next(s_kinds.Length)]));

    [Fact(Explicit = true)]
    public void Mutated_csv_files_for_hours() => ForHours("csv");

    [Fact(Explicit = true)]
    public void Mutated_npy_files_for_hours() => ForHours("npy");

    [Fact(Explicit = true)]
    public void Mutated_npz_files_for_hours() => ForHours("npz");

    [Fact(Explicit = true)]
    public void Mutated_idx_files_for_hours() => ForHours("idx");

    [Fact(Explicit = true)]
    public void Mutated_cifar_files_for_hours() => ForHours("cifar");

    private void ForHours(string kind) => LongHarness.Repeat($"mutated {kind} data", 1_000_000, random => Once(random, kind));

    private void Once(Random random, string kind)
    {
        var (name, bytes) = Sample(random, kind);
        for (var changes = random.Next(1, 4); changes > 0; changes--) bytes = Mutate(bytes, random);
        if (name.EndsWith(".gz", StringComparison.Ordinal))
        {
            bytes = SampleFiles.Gzip(bytes);
            if (random.Next(2) == 0) bytes = Mutate(bytes, random);
        }
        var path = _folder / name;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        try
        {
            var data = Read(path);
            data.Count.ShouldBeGreaterThan(0);
            foreach (var note in data.Reading?.Notes ?? []) note.Any(char.IsControl).ShouldBeFalse();
        }
        catch (DataException e)
        {
            // The file or a file beside it is named; ends in no stack.
            (e.Message.Contains(Path.GetFileName(path), StringComparison.Ordinal)
                || e.Message.StartsWith("data '", StringComparison.Ordinal)
                || e.Message.Contains(_folder.Path, StringComparison.Ordinal)).ShouldBeTrue(e.Message);
            e.Message.Any(c => char.IsControl(c)).ShouldBeFalse(e.Message);
            e.Message.Length.ShouldBeLessThan(2000);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Dataset Read(string path) =>
        path.Contains("mnist", StringComparison.Ordinal) ? Mnist.Test(Path.GetDirectoryName(path)!)
        : path.Contains("cifar", StringComparison.Ordinal) ? Cifar10.Test(Path.GetDirectoryName(path)!)
        : path.Contains(".csv", StringComparison.Ordinal) ? Csv.Read(path) : Numpy.Read(path).Train;

    private (string Name, byte[] Bytes) Sample(Random random, string kind)
    {
        byte[] Bytes<T>(params T[] values) where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
        var first = random.Next(2) == 0;
        switch (kind)
        {
            case "csv":
                return first ? ("a.csv", [.. "a,b,label\n1.5,2,x\n-3,4e2,y\n5,6,x\n"u8])
                    : ("b.csv.gz", [.. "0;1;2\n0,5;1,25;0\n1;2;1\n3,5;4;2\n"u8]);
            case "npy":
                return first ? ("c.npy", SampleFiles.Npy("<f8", "(2, 3)", Bytes<double>(1, 2, 0, 3, 4, 1), fortran: random.Next(2) == 0))
                    : ("d.npy.gz", SampleFiles.Npy(">u2", "(2, 3)", Bytes<ushort>(1, 2, 0, 3, 4, 1), version: random.Next(1, 4)));
            case "npz":
                var stream = new MemoryStream();
                using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
                    foreach (var (n, array) in new[] { ("X", SampleFiles.Npy("<f4", "(2, 1, 2, 2)", Bytes<float>(1, 2, 3, 4, 5, 6, 7, 8))),
                        ("Y", SampleFiles.Npy("<U2", "(2,)", Bytes<int>('a', 0, 'b', 'c'))) })
                    {
                        using var entry = archive.CreateEntry(n + ".npy", random.Next(2) == 0 ? CompressionLevel.Fastest
                            : CompressionLevel.NoCompression).Open();
                        entry.Write(array);
                    }
                return ("e.npz", stream.ToArray());
            case "idx":
                // Images are damaged, or the labels beside them.
                Directory.CreateDirectory(_folder / "mnist");
                var (images, labels) = (SampleFiles.IdxImages(2, 28, 28, 1), SampleFiles.IdxLabels(3, 1));
                var ofImages = random.Next(2) == 0;
                File.WriteAllBytes(_folder / "mnist/" + Mnist.TestFiles[ofImages ? 1 : 0], ofImages ? labels : images);
                foreach (var file in Mnist.TestFiles) File.Delete(_folder / "mnist/" + file + ".gz");
                File.Delete(_folder / "mnist/" + Mnist.TestFiles[ofImages ? 0 : 1]);
                return ("mnist/" + Mnist.TestFiles[ofImages ? 0 : 1] + (first ? ".gz" : ""), ofImages ? images : labels);
            default:
                return ("cifar/" + Cifar10.TestFile + (first ? ".gz" : ""), SampleFiles.CifarRecords(1, 3, 1));
        }
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        if (bytes.Length == 0) return bytes;
        // Most of what can be wrong stands in headers, at the beginning.
        var at = random.Next(2) == 0 ? random.Next(Math.Min(bytes.Length, 130)) : random.Next(bytes.Length);
        var count = Math.Min(random.Next(1, 9), bytes.Length - at);
        switch (random.Next(6))
        {
            case 0:
                var changed = (byte[])bytes.Clone();
                changed[at] ^= (byte)(1 << random.Next(8));
                return changed;
            case 1:
                var other = (byte[])bytes.Clone();
                other[at] = (byte)random.Next(256);
                return other;
            case 2: return [.. bytes[..at], .. bytes[(at + count)..]];
            case 3: return [.. bytes[..(at + count)], .. bytes[at..]];
            case 4: return bytes[..at];
            default: return [.. bytes[..at], .. System.Text.Encoding.UTF8.GetBytes(Words[random.Next(Words.Length)]), .. bytes[at..]];
        }
    }
}
