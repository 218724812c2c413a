using System.IO.Compression;
using System.Runtime.InteropServices;
using Rhoflow.Data;
using Rhoflow.Lab.Models;
using Rhoflow.Tests.Data;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Models;

public sealed class NpzReaderTests
{
    private static byte[] Bytes<T>(params T[] values) where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    public void Arrays_are_read_by_name_packed_or_not(CompressionLevel level)
    {
        var random = new Random();
        double[] large = [.. Enumerable.Range(0, 30_000).Select(_ => random.NextDouble())];
        var file = Npz(level,
            ("large", SampleFiles.Npy("<f8", "(300, 100)", Bytes(large))),
            ("params/dense/kernel", SampleFiles.Npy("<f4", "(2, 3)", Bytes<float>(1, 2, 3, 4, 5, 6), fortran: true)),
            ("big", SampleFiles.Npy(">i4", "(2,)", [0, 0, 1, 0, 0xff, 0xff, 0xff, 0xff])),
            ("names", SampleFiles.Npy("<U1", "(1,)", Bytes<int>('a'))),
            ("flags", SampleFiles.Npy("|b1", "(2,)", [1, 0])));
        var content = Read(file);
        content.Notes.ShouldBe(["not read: names (text)"]);
        var tensors = content.Tensors.ToDictionary(t => t.Name);
        tensors["params/dense/kernel"].Numbers().ShouldBe([1, 3, 5, 2, 4, 6]);
        tensors["big"].Numbers().ShouldBe([256, -1]);
        tensors["flags"].Numbers().ShouldBe([1, 0]);
        // Later parts before earlier ones.
        foreach (var from in new[] { 20_000, 100, 29_000, 0 })
        {
            var window = new double[500];
            tensors["large"].Read(from, window);
            window.ShouldBe(large[from..(from + 500)]);
        }
    }

    [Fact]
    public void Damaged_numbers_are_found_by_their_checksum()
    {
        var file = Npz(CompressionLevel.NoCompression, ("w", SampleFiles.Npy("<f4", "(2,)", Bytes<float>(1, 2))));
        var at = file.AsSpan().IndexOf(Bytes<float>(1, 2));
        file[at + 2] ^= 4;
        Should.Throw<DataException>(() => Read(file).Tensors.Single().Numbers()).Message.ShouldContain("its CRC-32 is");
    }

    [Theory]
    [InlineData("../w")]
    [InlineData("/w")]
    [InlineData("a/../../w")]
    public void Names_that_are_paths_out_are_refused(string name) => Should.Throw<DataException>(() => Read(Npz(CompressionLevel.Fastest,
        (name, SampleFiles.Npy("<f4", "(1,)", Bytes<float>(1)))))).Message.ShouldContain("the name of a path out of the archive");

    [Fact]
    public void What_promises_more_than_it_can_hold_is_refused()
    {
        // A hundred megabytes of zeros in a hundred kilobytes.
        var file = Npz(CompressionLevel.SmallestSize, ("w", SampleFiles.Npy("|u1", "(100000000,)", new byte[100_000_000])));
        file.Length.ShouldBeLessThan(200_000);
        Should.Throw<DataException>(() => Read(file)).Message.ShouldContain("promises 100000128 bytes, more than");
        Refused("<f4", "(3,)", Bytes<float>(1)).ShouldContain("would end at byte");
        Refused("<f4", "(1,)", Bytes<float>(1, 2)).ShouldContain("136 bytes were found; 132 were expected");
        Refused("|O", "(1,)", new byte[8]).ShouldContain("pickles");

        static string Refused(string type, string shape, byte[] numbers) => Should.Throw<DataException>(() =>
            Read(Npz(CompressionLevel.Fastest, ("w", SampleFiles.Npy(type, shape, numbers))))).Message;
    }

    [Fact]
    public void Entries_that_share_bytes_or_names_are_refused()
    {
        var file = TorchFile.Zip(("a.npy", [1, 2, 3]), ("b.npy", [4, 5, 6]));
        // The directory's second entry is led to the first one's place.
        var second = file.AsSpan().LastIndexOf(new byte[] { 0x50, 0x4b, 1, 2 });
        file.AsSpan(second + 42, 4).Clear();
        file[second + 46] = (byte)'a';
        Should.Throw<DataException>(() => Read(file)).Message.ShouldContain("two entries are called 'a.npy'");
        file[second + 46] = (byte)'b';
        Should.Throw<DataException>(() => Read(file)).Message.ShouldContain("has another name at byte 0");
        Should.Throw<DataException>(() => Read(file[..^1])).Message.ShouldContain("no end of a directory");
    }

    [Fact]
    public void Mutated_archives_are_read_or_refused() => LongHarness.Repeat("mutated npz models", 10_000, Mutated);

    [Fact(Explicit = true)]
    public void Mutated_archives_for_hours() => LongHarness.Repeat("mutated npz models", 1_000_000, Mutated);

    private static readonly byte[][] s_files = [.. new[] { CompressionLevel.NoCompression, CompressionLevel.Fastest }.Select(static level =>
        Npz(level, ("a", SampleFiles.Npy("<f4", "(2, 3)", Bytes<float>(1, 2, 3, 4, 5, 6), fortran: true)),
            ("b", SampleFiles.Npy(">f2", "(2,)", [0, 1, 2, 3]))))];

    private static void Mutated(Random random) => ModelSamples.ReadOrRefused(ModelSamples.Mutate(s_files[random.Next(2)], random,
        "(1000000000,)"u8.ToArray(), "'descr': '|O'"u8.ToArray(), [0x50, 0x4b, 1, 2], [0x50, 0x4b, 6, 6], [8, 0], [255, 255, 255, 255]),
        "m.npz", static store => NpzReader.Read(store, ZipDirectory.Read(store)));

    private static ModelContent Read(byte[] file)
    {
        var store = new MemoryStore("m.npz", file);
        return NpzReader.Read(store, ZipDirectory.Read(store));
    }

    private static byte[] Npz(CompressionLevel level, params (string Name, byte[] Array)[] arrays)
    {
        var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, array) in arrays)
            {
                using var entry = archive.CreateEntry(name + ".npy", level).Open();
                entry.Write(array);
            }
        return stream.ToArray();
    }
}
