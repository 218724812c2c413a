using Rhoflow.Data;
using Rhoflow.Numerics;
using Rhoflow.Tests.Lab;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Data;

public sealed class ImageFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Planes_of_CIFAR_become_pixels_with_three_channels()
    {
        var bytes = SampleFiles.WriteCifar(_folder.Path);
        var data = Cifar10.Train(_folder.Path);
        (data.Count, data.Shape, data.Inputs, data.StoredAs).ShouldBe((100, new TensorShape(32, 32, 3), 3072, typeof(byte)));
        data.ClassNames.ShouldBe(Cifar10.ClassNames);
        var x = data.XAs<float>();
        for (var n = 0; n < 100; n++)
        {
            data.Y[n].ShouldBe(bytes[n * 3073]);
            foreach (var (row, column) in new[] { (0, 0), (0, 31), (17, 5), (31, 31) })
                for (var c = 0; c < 3; c++)
                    x[n * 3072 + (row * 32 + column) * 3 + c].ShouldBe(bytes[n * 3073 + 1 + c * 1024 + row * 32 + column]);
        }
        Cifar10.Test(_folder.Path).Y.ToArray().ShouldBe([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }

    [Fact]
    public void Reading_some_classes_only_equals_choosing_them_afterwards()
    {
        SampleFiles.WriteCifar(_folder.Path, names: false);
        SampleFiles.WriteMnist(_folder.Path, packed: true);
        foreach (var (some, all, names) in new[]
        {
            (Cifar10.Train(_folder.Path, ["dog", "Truck"]), Cifar10.Train(_folder.Path), new[] { "dog", "Truck" }),
            (Mnist.Train(_folder.Path, ["7", "0"]), Mnist.Train(_folder.Path), ["7", "0"]),
        })
        {
            some.Count.ShouldBeLessThan(all.Count);
            var (a, b) = (some.Binary(names[0], names[1]), all.Binary(names[0], names[1]));
            a.X.SequenceEqual(b.X).ShouldBeTrue();
            a.Y.SequenceEqual(b.Y).ShouldBeTrue();
        }
        Should.Throw<DataException>(() =>
            Cifar10.Train(_folder.Path, ["car"])).Message.ShouldContain("no class 'car'; its classes are airplane, automobile");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Idx_files_read_as_written(bool packed)
    {
        SampleFiles.WriteMnist(_folder.Path, packed);
        var data = Mnist.Train(_folder.Path);
        (data.Count, data.Shape, data.StoredAs, data.Classes).ShouldBe((30, new TensorShape(28, 28, 1), typeof(byte), 10));
        var bytes = SampleFiles.IdxImages(30, 28, 28, 1);
        for (var i = 0; i < 30 * 784; i++) ((byte)data.XAs<float>()[i]).ShouldBe(bytes[16 + i]);
        data.Y.ToArray().ShouldBe([.. Enumerable.Range(0, 30).Select(i => i % 10.0)]);
        Mnist.Test(_folder.Path).Count.ShouldBe(10);
    }

    [Theory]
    [InlineData(".bin", 1000, "data_batch_2.bin: its content ends at byte 60460, 2073 bytes into record 19; a multiple of 3073 bytes was "
        + "expected")]
    [InlineData(".bin", 61460, "data_batch_2.bin: is empty; records of 3073 bytes were expected")]
    public void A_truncated_CIFAR_file_is_named_with_the_byte_where_it_ends(string ending, int missing, string expected)
    {
        SampleFiles.WriteCifar(_folder.Path);
        var path = _folder / ("data_batch_2" + ending);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^missing]);
        Should.Throw<DataException>(() => Cifar10.Train(_folder.Path)).Message.ShouldContain(expected);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.99)]
    public void A_truncated_gzip_file_is_named_with_the_byte_where_it_ends(double kept)
    {
        SampleFiles.WriteCifar(_folder.Path);
        SampleFiles.WriteMnist(_folder.Path, packed: true);
        foreach (var (name, read) in new (string, Action)[] { ("data_batch_3.bin.gz", () => Cifar10.Train(_folder.Path)),
            (Mnist.TrainFiles[0] + ".gz", () => Mnist.Train(_folder.Path)) })
        {
            var bytes = File.ReadAllBytes(_folder / name);
            File.WriteAllBytes(_folder / name, bytes[..(int)(kept * bytes.Length)]);
            var message = Should.Throw<DataException>(read).Message;
            message.ShouldStartWith(_folder / name);
            message.ShouldMatch("(end too early|ends at byte).* [1-9][0-9]{3,}");
        }
    }

    // More than one buffer of records, so that the fault lies after records that the trailer left no space for.
    [Fact]
    public void A_long_truncated_gzip_file_is_read_up_to_its_fault()
    {
        SampleFiles.WriteCifar(_folder.Path);
        var packed = SampleFiles.Gzip(SampleFiles.CifarRecords(1, [.. Enumerable.Range(0, 200).Select(i => (byte)(i % 10))]));
        File.WriteAllBytes(_folder / "data_batch_1.bin.gz", packed[..(packed.Length * 9 / 10)]);
        Should.Throw<DataException>(() => Cifar10.Train(_folder.Path)).Message.ShouldMatch("(end too early|ends at byte).* 5[0-9]{5}");
    }

    [Fact]
    public void A_damaged_gzip_file_is_named()
    {
        SampleFiles.WriteCifar(_folder.Path);
        var path = _folder / "data_batch_1.bin.gz";
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 0x55;
        File.WriteAllBytes(path, bytes);
        Should.Throw<DataException>(() => Cifar10.Train(_folder.Path)).Message.ShouldStartWith(path);
        File.WriteAllBytes(path, [1, 2, 3]);
        Should.Throw<DataException>(() => Cifar10.Train(_folder.Path)).Message.ShouldContain("3 bytes are too few for a gzip file");
        File.WriteAllBytes(path,
            [.. SampleFiles.Gzip(SampleFiles.CifarRecords(1, 1)), .. SampleFiles.Gzip(SampleFiles.CifarRecords(2, 2))]);
        // Two members one after the other are one content.
        Cifar10.Train(_folder.Path).Y[..2].ToArray().ShouldBe([1, 2]);
        File.WriteAllBytes(path,
            [.. SampleFiles.Gzip(SampleFiles.CifarRecords(1, 1)), .. SampleFiles.Gzip(SampleFiles.CifarRecords(2, 2))[..^6]]);
        Should.Throw<DataException>(() =>
            Cifar10.Train(_folder.Path)).Message.ShouldContain("ends at byte 6146, where its gzip trailer says");
        File.WriteAllBytes(path, [.. SampleFiles.Gzip(SampleFiles.CifarRecords(1, 1)), .. "something else"u8]);
        Should.Throw<DataException>(() =>
            Cifar10.Train(_folder.Path)).Message.ShouldContain("or something else follows the packed content");
    }

    [Fact]
    public void What_is_wrong_in_CIFAR_files_is_said_with_its_place()
    {
        SampleFiles.WriteCifar(_folder.Path);
        SampleFiles.Write(_folder / "data_batch_4.bin", SampleFiles.CifarRecords(1, 3, 10, 4));
        Should.Throw<DataException>(() =>
            Cifar10.Train(_folder.Path)).Message.ShouldContain("data_batch_4.bin: record 1 (byte 3073) has the label 10; labels are 0 … 9");
        File.Delete(_folder / "data_batch_4.bin");
        Should.Throw<DataException>(() => Cifar10.Train(_folder.Path)).Message.ShouldContain(
            $"there is no file 'data_batch_4.bin' or 'data_batch_4.bin.gz' in {_folder.Path}");
        File.WriteAllText(_folder / Cifar10.NamesFile, "cat\ndog\n");
        Should.Throw<DataException>(() =>
            Cifar10.Test(_folder.Path)).Message.ShouldContain("10 different class names were expected, one per line; found cat, dog");
    }

    [Theory]
    [InlineData(0, 3, 1, "train-images-idx3-ubyte: the magic number (byte 0) is 16779267; 2051 was expected")]
    [InlineData(0, 7, 29, "its header (byte 4) counts 29 images, but")]
    [InlineData(0, 11, 32, "its header (byte 8) says images of 32 × 28; 28 × 28 was expected")]
    [InlineData(0, 4, 127, "its header (byte 4) counts 2130706462 images")]
    [InlineData(1, 4, 128, "counts -2147483618 labels; at least one is needed")]
    [InlineData(1, 7, 20, "train-labels-idx1-ubyte: 38 bytes were found; 28 were expected by its header")]
    [InlineData(1, 12, 11, "label 4 (byte 12) is 11; labels are 0 … 9")]
    public void What_is_wrong_in_idx_files_is_said_with_its_place(int file, int at, byte value, string expected)
    {
        SampleFiles.WriteMnist(_folder.Path, packed: false);
        var path = _folder / Mnist.TrainFiles[file];
        var bytes = File.ReadAllBytes(path);
        bytes[at == 3 ? 0 : at] = value;
        File.WriteAllBytes(path, bytes);
        Should.Throw<DataException>(() => Mnist.Train(_folder.Path)).Message.ShouldContain(expected);
    }

    [Fact]
    public void Idx_files_of_another_length_are_refused()
    {
        SampleFiles.WriteMnist(_folder.Path, packed: false);
        SampleFiles.Write(_folder / Mnist.TrainFiles[0], SampleFiles.IdxImages(30, 28, 28, 1)[..^1]);
        Should.Throw<DataException>(() =>
            Mnist.Train(_folder.Path)).Message.ShouldContain("23535 bytes were found; 23536 were expected by its header");
        File.Delete(_folder / Mnist.TrainFiles[0]);
        SampleFiles.Write(_folder / (Mnist.TrainFiles[0] + ".gz"), [.. SampleFiles.IdxImages(30, 28, 28, 1), 0]);
        Should.Throw<DataException>(() =>
            Mnist.Train(_folder.Path)).Message.ShouldContain("goes on after byte 23536, where the last image should end");
        SampleFiles.Write(_folder / Mnist.TestFiles[1], SampleFiles.IdxLabels(1, 2)[..6]);
        Should.Throw<DataException>(() => Mnist.Test(_folder.Path)).Message.ShouldContain(
            "ends at byte 6, inside the header: 8 bytes from byte 0 on were expected, 6 were found");
    }

    [Fact]
    public void The_built_in_digits_are_the_published_ones()
    {
        var data = Digits.Load();
        (data.Count, data.Inputs, data.Shape, data.PixelMaximum).ShouldBe((1797, 64, new TensorShape(8, 8, 1), 16));
        data.Y.ToArray().CountBy(y => y).OrderBy(c => c.Key).Select(c => c.Value).ShouldBe(Catalogue.Find("digits")!.TrainCounts);
        data.X.ToArray().Max().ShouldBe(16);
        data.X.ToArray().Sum().ShouldBe(561718);                                    // sklearn.datasets.load_digits().data.sum()
        data.ScalePixels().X.ToArray().Max().ShouldBe(1);
    }

    // Facts of the official files, as NumPy computes them from the same bytes (sums over the test images, channel by channel).
    [Fact]
    public void The_real_images_have_their_published_counts_and_sums()
    {
        Assert.SkipWhen(SampleFiles.RealFolder is null, "RHOFLOW_DATA names no folder of the real sets");
        foreach (var (set, train, test) in new[]
        {
            ("cifar10", Cifar10.Train(Path.Combine(SampleFiles.RealFolder!, "cifar10")),
                Cifar10.Test(Path.Combine(SampleFiles.RealFolder!, "cifar10"))),
            ("mnist", Mnist.Train(Path.Combine(SampleFiles.RealFolder!, "mnist")),
                Mnist.Test(Path.Combine(SampleFiles.RealFolder!, "mnist"))),
        })
        {
            var entry = Catalogue.Find(set)!;
            IEnumerable<int> Counts(Dataset d) => d.Y.ToArray().CountBy(y => y).OrderBy(c => c.Key).Select(c => c.Value);
            Counts(train).ShouldBe(entry.TrainCounts);
            Counts(test).ShouldBe(entry.TestCounts);
            (test.Count, test.Shape).ShouldBe((10_000, entry.Shape));
            var means = new double[entry.Shape!.Value.Channels];
            var x = test.XAs<float>();
            for (var i = 0; i < x.Length; i++) means[i % means.Length] += x[i];
            means.ShouldBe(set == "mnist" ? MnistTestSums : CifarTestSums);
        }
    }

    private static readonly double[] MnistTestSums = [264_923_200];
    private static readonly double[] CifarTestSums = [1_290_492_328, 1_266_775_083, 1_176_108_223];
}
