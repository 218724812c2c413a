using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using Rhoflow.Data;
using Rhoflow.Numerics;
using Rhoflow.Tests.Lab;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Data;

public sealed class NumpyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static byte[] Bytes<T>(params T[] values) where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    private static byte[] Swapped(byte[] bytes, int item) => [.. bytes.Chunk(item).SelectMany(c => c.Reverse())];

    private Dataset ReadTable(string descr, string shape, byte[] values, bool fortran = false, int version = 1)
    {
        File.WriteAllBytes(_folder / "t.npy", SampleFiles.Npy(descr, shape, values, fortran, version));
        return Numpy.Read(_folder / "t.npy").Train;
    }

    // (1, 2 | 0), (3, -4 | 1) in every type, order and version; y is the last column.
    [Fact]
    public void Every_type_order_and_version_gives_the_same_numbers()
    {
        double[] c = [1, 2, 0, 3, -4, 1], f = [1, 3, 2, -4, 0, 1];
        foreach (var (descr, item, encode) in new (string, int, Func<double[], byte[]>)[]
        {
            ("i1", 1, v => Bytes(Array.ConvertAll(v, x => (sbyte)x))),
            ("i2", 2, v => Bytes(Array.ConvertAll(v, x => (short)x))),
            ("i4", 4, v => Bytes(Array.ConvertAll(v, x => (int)x))),
            ("i8", 8, v => Bytes(Array.ConvertAll(v, x => (long)x))),
            ("f4", 4, v => Bytes(Array.ConvertAll(v, x => (float)x))),
            ("f2", 2, v => Bytes(Array.ConvertAll(v, x => (Half)x))),
            ("f8", 8, v => Bytes(v)),
        })
            foreach (var version in new[] { 1, 2, 3 })
                foreach (var fortran in new[] { false, true })
                    foreach (var order in new[] { "<", ">" })
                    {
                        var bytes = encode(fortran ? f : c);
                        var data = ReadTable((item == 1 ? "|" : order) + descr, "(2, 3)", order == ">" ? Swapped(bytes, item) : bytes,
                            fortran, version);
                        data.X.ToArray().ShouldBe([1, 2, 3, -4], descr);
                        data.Y.ToArray().ShouldBe([0, 1]);
                        data.StoredAs.ShouldBe(descr is "f4" or "f2" ? typeof(float) : typeof(double));
                        data.ClassNames.ShouldBe(["0", "1"]);
                    }
        ReadTable("|u1", "(2, 2)", [7, 0, 255, 1]).StoredAs.ShouldBe(typeof(byte));
        ReadTable("<f8", "(2, 2)", Bytes(.5, .25, 1.5, 1e300)).Y.ToArray().ShouldBe([.25, 1e300]);
    }

    // Reference: the index of (n, h, w, c) in Fortran order by its definition.
    [Fact]
    public void Images_in_Fortran_order_are_put_in_C_order() => Prop.ForAll(
        ArbMap.Default.GeneratorFor<int>().Select(v => Math.Abs(v % 4) + 1).Four().ToArbitrary(), sizes =>
    {
        var (a, b, c, d) = sizes;
        var values = Enumerable.Range(0, a * b * c * d).Select(i => (byte)(i * 7)).ToArray();
        SampleFiles.WriteNpz(_folder / "f.npz", ("x", SampleFiles.Npy("|u1", $"({a}, {b}, {c}, {d})", values, fortran: true)),
            ("y", SampleFiles.Npy("<i8", $"({a},)", Bytes(new long[a]))));
        // Sides of 1 … 4 may be channels on either end, so the axes have to be said.
        var data = Numpy.Read(_folder / "f.npz", new DataFormat { Layout = "nhwc" }).Train;
        data.Shape.ShouldBe(new TensorShape(b, c, d));
        for (var n = 0; n < a; n++)
            for (var h = 0; h < b; h++)
                for (var w = 0; w < c; w++)
                    for (var k = 0; k < d; k++)
                        data.Example(n)[(h * c + w) * d + k].ShouldBe(values[n + a * (h + b * (w + c * k))]);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_archive_may_have_a_test_part_and_images()
    {
        SampleFiles.WriteNpz(_folder / "a.npz",
            ("x_train", SampleFiles.Npy("<f4", "(2, 2, 2)", Bytes<float>(1, 2, 3, 4, 5, 6, 7, 8))),
                ("y_train", SampleFiles.Npy("|u1", "(2,)", [2, 0])),
            ("x_test", SampleFiles.Npy("<f4", "(1, 2, 2)", Bytes<float>(9, 8, 7, 6))),
                ("y_test", SampleFiles.Npy("<i4", "(1, 1)", Bytes(1))));
        var (train, test) = Numpy.Read(_folder / "a.npz");
        (train.Shape, train.StoredAs, train.Count, test!.Count).ShouldBe((new TensorShape(2, 2, 1), typeof(float), 2, 1));
        train.ClassNames.ShouldBe(["0", "1", "2"]);
        (train.Y[0], test.Y[0]).ShouldBe((2, 1));
        test.X.ToArray().ShouldBe([9, 8, 7, 6]);
    }

    [Fact]
    public void Labels_may_lie_in_a_file_beside()
    {
        File.WriteAllBytes(_folder / "p_y.npy", SampleFiles.Npy("<f8", "(2,)", Bytes<double>(-1, 1)));
        File.WriteAllBytes(_folder / "p.npy", SampleFiles.Npy("<f8", "(2, 2)", Bytes<double>(1, 2, 3, 4)));
        var data = Numpy.Read(_folder / "p.npy").Train;
        (data.Inputs, data.IsBinary, data.Name).ShouldBe((2, true, "p"));
        File.WriteAllBytes(_folder / "p_y.npy", SampleFiles.Npy("<f8", "(3,)", Bytes<double>(-1, 1, 1)));
        Should.Throw<DataException>(() => Numpy.Read(_folder / "p.npy")).Message.ShouldContain("p_y.npy: 3 labels for the 2 examples of");
    }

    [Theory]
    [InlineData("|O", "(2, 2)", 32, "the dtype (in the header, byte 10) is '|O', objects, which would be pickles: programs that this "
        + "reader never runs; allowed: bool, u1")]
    [InlineData("<c16", "(2, 2)", 64, "is '<c16'; allowed: bool, u1, u2, u4, u8, i1, i2, i4, i8, f2, f4, f8, and text (U, S) for labels")]
    [InlineData("<f16", "(2, 2)", 64, "numbers that only some machines have: save a.astype('float64'); allowed")]
    [InlineData("<M8[ns]", "(2, 2)", 32, "is '<M8[ns]'; allowed")]
    [InlineData("[('a', '<f8')]", "(2, 2)", 32, "is '[('a', '<f8')]'; allowed")]
    [InlineData("<f8", "(2, 2)", 31, "bytes were found; 160 were expected by its header: 128, and 8 for each of (2, 2) numbers")]
    [InlineData("<f8", "(2, 2)", 33, "161 bytes were found")]
    [InlineData("<f8", "(99999999999, 2)", 32, "the header (byte 10) is {'descr'")]
    [InlineData("<f8", "(2000000000, 2)", 32, "is more than this program can hold")]
    [InlineData("<f8", "(4,)", 32, "an array of shape (4); labels were expected in t_y.npy in the same folder, or in the last column of a "
        + "two-dimensional array")]
    [InlineData("<f8", "(0, 2)", 0, "an array of shape (0, 2)")]
    [InlineData("<f8", "2, 2", 32, "or the like was expected")]
    public void What_is_wrong_is_said(string descr, string shape, int bytes, string expected) =>
        Should.Throw<DataException>(() => ReadTable(descr, shape, new byte[bytes])).Message.ShouldContain(expected);

    [Fact]
    public void Files_that_are_something_else_are_refused()
    {
        string Error(string name, byte[] bytes)
        {
            File.WriteAllBytes(_folder / name, bytes);
            return Should.Throw<DataException>(() => Numpy.Read(_folder / name)).Message;
        }
        var good = SampleFiles.Npy("<f8", "(2, 2)", new byte[32]);
        Error("a.npy", [.. "PK\u0003\u0004abcdefgh"u8]).ShouldContain("begins with the bytes 504b03046162; 934e554d5059 was expected");
        Error("a.npy", good[..5]).ShouldContain("ends at byte 5, inside the magic number");
        Error("a.npy", good[..40]).ShouldContain("ends at byte 40, inside the header");
        Error("a.npy", [.. good[..6], 4, .. good[7..]]).ShouldContain("version 4 (byte 6)");
        Error("a.npz", good).ShouldContain("not a zip archive");
        SampleFiles.WriteNpz(_folder / "a.npz", ("z", good));
        Should.Throw<DataException>(() =>
            Numpy.Read(_folder / "a.npz")).Message.ShouldContain("there is no array 'x' or 'x_train'; it has z.npy");
        SampleFiles.WriteNpz(_folder / "a.npz", ("x", good), ("y", good));
        Should.Throw<DataException>(() =>
            Numpy.Read(_folder / "a.npz")).Message.ShouldContain("a.npz (y): labels of shape (2, 2); one number per example was expected");
        SampleFiles.WriteNpz(_folder / "a.npz", ("x", SampleFiles.Npy("<f8", "(2,)", new byte[16])),
            ("y", SampleFiles.Npy("|u1", "(2,)", [0, 1])));
        Should.Throw<DataException>(() => Numpy.Read(_folder / "a.npz")).Message.ShouldContain(
            "a.npz (x): inputs of shape (2); N × d, N × H × W or N × H × W × C was expected");
        Should.Throw<DataException>(() => Numpy.Read(_folder / "no.npy")).Message.ShouldContain("there is no data file");
        Should.Throw<DataException>(() => Numpy.Read(_folder / "no.npz")).Message.ShouldContain("there is no data file");
    }
}
