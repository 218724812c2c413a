using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using Rhoflow.Data;
using Rhoflow.Numerics;
using Rhoflow.Tests.Lab;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Data;

/// <summary>What the NumPy reader recognizes, says, and lets a config overrule; and what stops it.</summary>
public sealed class NumpyReadingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static byte[] Bytes<T>(params T[] values) where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    private static byte[] X => SampleFiles.Npy("<f8", "(3, 2)", Bytes<double>(1, 2, 3, 4, 5, 6));

    private (Dataset Train, Dataset? Test) ReadNpz(DataFormat? format, params (string Name, byte[] Array)[] arrays)
    {
        SampleFiles.WriteNpz(_folder / "a.npz", arrays);
        return Numpy.Read(_folder / "a.npz", format);
    }

    private static string Notes(Dataset data) => string.Join('\n', data.Reading!.Notes);

    [Fact]
    public void Labels_may_be_of_any_type_that_holds_them()
    {
        foreach (var (descr, bytes) in new (string, byte[])[]
        {
            ("|b1", [0, 1, 1]), ("<u2", Bytes<ushort>(0, 1, 1)), (">u2", [0, 0, 0, 1, 0, 1]), ("<u4", Bytes<uint>(0, 1, 1)),
            ("<u8", Bytes<ulong>(0, 1, 1)), ("<f2", Bytes((Half)0, (Half)1, (Half)1)), ("=i4", Bytes(0, 1, 1)),
        })
        {
            var data = ReadNpz(null, ("x", X), ("y", SampleFiles.Npy(descr, "(3,)", bytes))).Train;
            data.Y.ToArray().ShouldBe([0, 1, 1], descr);
            data.ClassNames.ShouldBe(["0", "1"]);
        }
        Should.Throw<DataException>(() => ReadNpz(null, ("x", X), ("y", SampleFiles.Npy("<i8", "(3,)", Bytes(1, (1L << 53) + 1, 2)))))
            .Message.ShouldContain("(y): number 1 is 9007199254740993, which no float64 is");
    }

    [Fact]
    public void Text_labels_name_classes()
    {
        byte[] Unicode(params string[] texts) => [.. texts.SelectMany(t => Encoding.UTF32.GetBytes(t.PadRight(4, '\0')))];
        var data = ReadNpz(null, ("x", X), ("y", SampleFiles.Npy("<U4", "(3,)", Unicode("pos", "Män", "pos")))).Train;
        data.ClassNames.ShouldBe(["pos", "Män"]);
        data.Y.ToArray().ShouldBe([0, 1, 0]);
        ReadNpz(null, ("x", X), ("y", SampleFiles.Npy("|S3", "(3,)", [.. "ab\0cd\0ab\0"u8]))).Train.ClassNames.ShouldBe(["ab", "cd"]);
        Should.Throw<DataException>(() => ReadNpz(null, ("x", X), ("y", SampleFiles.Npy("|S1", "(3,)", [0xE4, 65, 66]))))
            .Message.ShouldContain("text 0 is not UTF-8");
        Should.Throw<DataException>(() => ReadNpz(null, ("x", X), ("y", SampleFiles.Npy("<U1", "(3,)", Bytes(0x110000, 65, 66)))))
            .Message.ShouldContain("text 0 is not UTF-8 (or, in a U array, not Unicode)");
        // A test part has the same classes, whichever comes first in it.
        var (train, test) = ReadNpz(null, ("x_train", X), ("y_train", SampleFiles.Npy("<U4", "(3,)", Unicode("b", "a", "b"))),
            ("x_test", X), ("y_test", SampleFiles.Npy("<U4", "(3,)", Unicode("a", "b", "c"))));
        train.ClassNames.ShouldBe(["b", "a", "c"]);
        test!.Y.ToArray().ShouldBe([1, 0, 2]);
    }

    [Fact]
    public void Arrays_are_found_by_their_usual_names_in_any_case_or_by_the_config()
    {
        var y = SampleFiles.Npy("|u1", "(3,)", [0, 1, 1]);
        foreach (var (xName, yName) in new[] { ("X", "y"), ("x", "Y"), ("X_train", "Y_train"), ("data", "target"), ("arr_0", "arr_1"),
            ("train_images", "train_labels") })
        {
            var data = ReadNpz(null, (xName, X), (yName, y)).Train;
            data.Y.ToArray().ShouldBe([0, 1, 1]);
            Notes(data).ShouldContain($"label: array '{yName}'; inputs: array '{xName}'");
        }
        var named = new DataFormat { Arrays = new Dictionary<string, string> { ["x"] = "a", ["y"] = "b" } };
        Notes(ReadNpz(named, ("a", X), ("b", y), ("c", y)).Train).ShouldContain("not read: c");
        Should.Throw<DataException>(() =>
            ReadNpz(null, ("a", X), ("b", y))).Message.ShouldContain("data.arrays: {x: NAME, y: NAME} names them");
        Should.Throw<DataException>(() => ReadNpz(null, ("x", X), ("target", y), ("labels", y))).Message
            .ShouldContain("the arrays target and labels may all be the y; data.arrays: {y: target} says which");
        ReadNpz(null, ("x", X), ("X", X), ("y", y)).Train.Inputs.ShouldBe(2);
        Should.Throw<DataException>(() => ReadNpz(named, ("x", X), ("y", y))).Message.ShouldContain("data.arrays.x: there is no array 'a'");
    }

    [Fact]
    public void The_axes_of_images_are_seen_or_said()
    {
        var random = new Random();
        int n = 2, h = random.Next(4, 7), w = random.Next(4, 7);
        var c = random.Next(2) == 0 ? 1 : 3;
        var image = new byte[n, h, w, c];
        byte[] last = new byte[image.Length], first = new byte[image.Length];
        var at = 0;
        for (var i = 0; i < n; i++)
            for (var r = 0; r < h; r++)
                for (var s = 0; s < w; s++)
                    for (var k = 0; k < c; k++)
                        (last[at++], first[((i * c + k) * h + r) * w + s]) =
                            ((byte)(i + 2 * r + 30 * s + 7 * k), (byte)(i + 2 * r + 30 * s + 7 * k));
        var y = SampleFiles.Npy("|u1", "(2,)", [0, 1]);
        var nhwc = ReadNpz(null, ("x", SampleFiles.Npy("|u1", $"({n}, {h}, {w}, {c})", last)), ("y", y)).Train;
        var nchw = ReadNpz(null, ("x", SampleFiles.Npy("|u1", $"({n}, {c}, {h}, {w})", first)), ("y", y)).Train;
        nchw.Shape.ShouldBe(new TensorShape(h, w, c));
        nchw.X.SequenceEqual(nhwc.X).ShouldBeTrue();
        (Notes(nhwc).Contains("(nhwc)", StringComparison.Ordinal), Notes(nchw).Contains("(nchw)", StringComparison.Ordinal))
            .ShouldBe((true, true));
        var both = SampleFiles.Npy("|u1", "(2, 3, 4, 3)", new byte[72]);
        Should.Throw<DataException>(() => ReadNpz(null, ("x", both), ("y", y))).Message.ShouldContain(
            "images of shape (2, 3, 4, 3) may be N × C × H × W or N × H × W × C: data.layout: nchw");
        ReadNpz(new DataFormat { Layout = "nchw" }, ("x", both), ("y", y)).Train.Shape.ShouldBe(new TensorShape(4, 3, 3));
        ReadNpz(new DataFormat { Layout = "nhwc" }, ("x", both), ("y", y)).Train.Shape.ShouldBe(new TensorShape(3, 4, 3));
    }

    [Fact]
    public void Packed_files_may_have_several_members_and_are_checked()
    {
        var array = SampleFiles.Npy("<f8", "(3, 3)", Bytes<double>(1, 2, 0, 3, 4, 1, 5, 6, 0));
        byte[] members = [.. SampleFiles.Gzip(array[..150]), .. SampleFiles.Gzip(array[150..])];
        File.WriteAllBytes(_folder / "m.npy.gz", members);
        Numpy.Read(_folder / "m.npy.gz").Train.X.ToArray().ShouldBe([1, 2, 3, 4, 5, 6]);
        var text = "a,b,y\n1,2,0\n3,4,1\n"u8.ToArray();
        File.WriteAllBytes(_folder / "m.csv.gz", [.. SampleFiles.Gzip(text[..9]), .. SampleFiles.Gzip(text[9..])]);
        Csv.Read(_folder / "m.csv.gz").X.ToArray().ShouldBe([1, 2, 3, 4]);
        foreach (var cut in new[] { 1, 4, 8, 11 })
        {
            File.WriteAllBytes(_folder / "m.npy.gz", members[..^cut]);
            Should.Throw<DataException>(() =>
                Numpy.Read(_folder / "m.npy.gz")).Message.ShouldMatch("ends at byte|ends too early|end too early");
        }
        File.WriteAllBytes(_folder / "m.npy.gz", [.. members, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        Should.Throw<DataException>(() => Numpy.Read(_folder / "m.npy.gz")).Message.ShouldContain("or something else follows");
    }

    [Fact]
    public void A_wrong_checksum_in_an_archive_is_said()
    {
        SampleFiles.WriteNpz(_folder / "c.npz", ("x", X), ("y", SampleFiles.Npy("|u1", "(3,)", [0, 1, 1])));
        using (var archive = ZipFile.Open(_folder / "s.npz", ZipArchiveMode.Create))
            foreach (var (name, array) in new[] { ("x", X), ("y", SampleFiles.Npy("|u1", "(3,)", [0, 1, 1])) })
            {
                using var entry = archive.CreateEntry(name + ".npy", CompressionLevel.NoCompression).Open();
                entry.Write(array);
            }
        var bytes = File.ReadAllBytes(_folder / "s.npz");
        var four = bytes.AsSpan().IndexOf(BitConverter.GetBytes(4.0));
        bytes[four + 3] ^= 1;
        File.WriteAllBytes(_folder / "s.npz", bytes);
        Should.Throw<DataException>(() =>
            Numpy.Read(_folder / "s.npz")).Message.ShouldMatch(@"s.npz \(x\): its CRC-32 is [0-9a-f]{8}, where");
    }

    [Fact]
    public void What_unpacks_to_far_more_than_its_size_is_stopped()
    {
        // 400 MB of zeros in 400 kB.
        using (var gzip = new GZipStream(File.Create(_folder / "b.csv.gz"), CompressionLevel.Fastest))
        {
            var zeros = new byte[1 << 20];
            zeros.AsSpan().Fill((byte)'0');
            for (var i = 0; i < 300; i++) gzip.Write(zeros);
        }
        Should.Throw<DataException>(() => Csv.Read(_folder / "b.csv.gz")).Message.ShouldMatch(
            @"b.csv.gz: its content is larger than [0-9]+ bytes \(\d+ packed\); data.max-bytes: N allows more");
        File.WriteAllText(_folder / "s.csv", "1,2,3\n4,5,6\n");
        Should.Throw<DataException>(() =>
            Csv.Read(_folder / "s.csv", new DataFormat { MaxBytes = 11 })).Message.ShouldContain("larger than 11 bytes");
        Csv.Read(_folder / "s.csv", new DataFormat { MaxBytes = 12 }).Count.ShouldBe(2);
        // A header that promises what no packed file of this size can hold.
        File.WriteAllBytes(_folder / "l.npy.gz", SampleFiles.Gzip(SampleFiles.Npy("<f8", "(3000000, 10)", new byte[80])));
        Should.Throw<DataException>(() =>
            Numpy.Read(_folder / "l.npy.gz")).Message.ShouldContain("more than so small a packed file can hold");
        Should.Throw<DataException>(() => ReadNpz(null, ("x", SampleFiles.Npy("<f8", "(3000000, 10)", new byte[80])), ("y", X)))
            .Message.ShouldContain("a.npz (x): its header promises 240000128 bytes, more than so small a packed file can hold");
    }
}
