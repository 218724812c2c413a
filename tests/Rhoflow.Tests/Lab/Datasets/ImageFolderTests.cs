using Rhoflow.Data;
using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Experiments;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Datasets;

/// <summary>Folders of images against the pixels that were written, and everything that is refused by name.</summary>
public sealed class ImageFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _seed = Environment.TickCount;
    private readonly Random _random;

    public ImageFolderTests()
    {
        _random = new Random(_seed);
        TestContext.Current.SendDiagnosticMessage("seed {0}", _seed);
    }

    public void Dispose() => _folder.Dispose();

    private byte[] Draw(string path, int height = 5, int width = 4, int channels = 3)
    {
        var pixels = new byte[height * width * channels];
        _random.NextBytes(pixels);
        Write(path, ImageSamples.Png(height, width, channels, pixels));
        return pixels;
    }

    private void Write(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder / path)!);
        File.WriteAllBytes(_folder / path, bytes);
    }

    private PreparedData Load(string rest = "", string path = "images") => Preparation.Load(
        Configs.Read(Configs.TwoParameters, $"data={{path: {_folder / path}{rest}}}").Data!, Precision.Float64);

    private string Refused(string rest = "") => Should.Throw<DataException>(() => Load(rest)).Message;

    [Fact]
    public void Pixels_are_those_that_were_written_in_the_order_of_the_names()
    {
        byte[] second = Draw("images/dog/b.png"), first = Draw("images/cat/10.png"), third = Draw("images/dog/c.PNG"),
            zeroth = Draw("images/cat/1.png");
        Write("images/cat/notes.txt", [1]);
        Write("images/.DS_Store", [1]);
        var (train, test) = Load();
        test.ShouldBeNull();
        train.X.ToArray().ShouldBe(((byte[])[.. zeroth, .. first, .. second, .. third]).Select(static b => (double)b), $"seed {_seed}");
        train.Y.ToArray().ShouldBe([0, 0, 1, 1]);
        train.ClassNames.ShouldBe(["cat", "dog"]);
        train.Shape.ShouldBe(new TensorShape(5, 4, 3));
        train.Reading!.Notes.ShouldHaveSingleItem().ShouldBe(
            "images: 4 images of 5 × 4, RGB; left out, no .png or .jpg: cat/notes.txt");
        // Names of folders are names of classes.
        Load(", classes: [dog, cat]").Train.Y.ToArray().ShouldBe([-1, -1, 1, 1]);
        Load(", classes: [dog, rest], transforms: [scale-pixels]").Train.X[0].ShouldBe(zeroth[0] / 255.0);
        Refused(", classes: [dog, cow]").ShouldContain("no class 'cow'; its classes are cat, dog");
    }

    [Fact]
    public void Grey_images_have_one_channel_and_three_beside_RGB()
    {
        var grey = Draw("images/a/1.png", channels: 1);
        Load().Train.X.ToArray().ShouldBe(grey.Select(static b => (double)b));
        var colour = Draw("images/a/2.png");
        var both = Load().Train;
        both.X.ToArray().ShouldBe([.. grey.SelectMany(static b => new double[] { b, b, b }), .. colour.Select(static b => (double)b)]);
        both.Reading!.Notes.Single().ShouldContain("1 grey ones are read as RGB");
    }

    // A constant image has no rounding of cosines: (200, 100, 50) within the rounding of YCbCr.
    [Fact]
    public void Jpeg_images_are_decoded()
    {
        Write("images/a/1.jpg", ImageSamples.JpegOf200And100And50);
        var train = Load().Train;
        train.Shape.ShouldBe(new TensorShape(8, 8, 3));
        foreach (var (i, value) in train.X.ToArray().Index()) value.ShouldBe(new double[] { 200, 100, 50 }[i % 3], 1);
        Write("images/a/1.jpg", ImageSamples.JpegOf130);
        Load().Train.X.ToArray().ShouldAllBe(static v => v == 130);
        Write("images/a/1.jpg", ImageSamples.JpegOf130[..^30]);
        Refused().ShouldContain("the JPEG image is damaged or was cut off");
    }

    [Fact]
    public void Parts_of_the_authors_are_kept_apart()
    {
        byte[] one = Draw("images/train/cat/1.png", channels: 1), two = Draw("images/train/dog/1.png", channels: 1),
            three = Draw("images/test/dog/9.png", channels: 1);
        var (train, test) = Load();
        train.X.ToArray().ShouldBe(((byte[])[.. one, .. two]).Select(static b => (double)b));
        test!.X.ToArray().ShouldBe(three.Select(static b => (double)b));
        test.Y.ToArray().ShouldBe([1]);
        Load(", test: 0").Test.ShouldBeNull();
        Draw("images/test/cow/1.png", channels: 1);
        Refused().ShouldContain("has the classes cow, which");
    }

    [Fact]
    public void What_is_no_image_or_another_one_is_refused_by_its_name()
    {
        Draw("images/a/1.png");
        Draw("images/b/2.png", 5, 6);
        var size = Refused();
        size.ShouldContain("2.png is 5 × 6, but");
        size.ShouldContain("1.png is 5 × 4: all images need the same size");
        Draw("images/b/2.png", channels: 4);
        Refused().ShouldContain("2.png: the image has a channel of transparency");
        Write("images/b/2.png", ImageSamples.Png(5, 4, 2, new byte[40], bits: 16));
        Refused().ShouldContain("2.png: the image has 16 bits a channel");
        Write("images/b/2.png", [.. "no image"u8]);
        Refused().ShouldContain("2.png: is no PNG or JPEG image");
        Write("images/b/2.png", []);
        Refused().ShouldContain("2.png: is no PNG or JPEG image");
        var header = ImageSamples.Png(5, 4, 3, new byte[60]);
        (header[16], header[20]) = (0x7F, 0x7F);
        Write("images/b/2.png", header);
        Refused().ShouldContain("2.png: ");
        File.Delete(_folder / "images/b/2.png");
        Draw("images/b/deeper/2.png");
        Refused().ShouldContain("holds the folder 'deeper': images lie in one folder a class");
        Directory.Delete(_folder / "images", recursive: true);
        Directory.CreateDirectory(_folder / "images/empty");
        Refused().ShouldContain("nor folders with images, one a class");
    }

    // Every byte of a PNG is behind a checksum: whatever is changed or cut off is found, and named.
    [Fact]
    public void Any_damage_to_a_png_is_found()
    {
        Draw("images/a/1.png");
        Draw("images/a/2.png");
        var whole = File.ReadAllBytes(_folder / "images/a/2.png");
        for (var trial = 0; trial < 300; trial++)
        {
            byte[] damaged = [.. whole];
            if (trial % 3 == 0) damaged = damaged[.._random.Next(damaged.Length - 1)];
            else damaged[_random.Next(damaged.Length)] ^= (byte)(1 << _random.Next(8));
            Write("images/a/2.png", damaged);
            Refused().ShouldContain("2.png", Case.Sensitive, $"seed {_seed}, trial {trial}");
        }
    }

    [Fact]
    public void The_content_is_the_names_of_classes_and_files_and_what_is_in_them()
    {
        Draw("images/a/1.png");
        Draw("images/b/1.png");
        var content = DataFiles.Identity(_folder / "images");
        Directory.Move(_folder / "images", _folder / "moved");
        DataFiles.Identity(_folder / "moved").ShouldBe(content);
        Directory.Move(_folder / "moved/b", _folder / "moved/c");
        DataFiles.Identity(_folder / "moved").ShouldNotBe(content);
        Directory.Move(_folder / "moved/c", _folder / "moved/b");
        Draw("moved/b/1.png");
        DataFiles.Identity(_folder / "moved").ShouldNotBe(content, $"seed {_seed}");
    }

    [Fact]
    public void Reading_many_says_how_far_it_is()
    {
        for (var n = 0; n < 300; n++) Draw($"images/{n % 3}/{n}.png", 2, 2, 1);
        var said = new System.Collections.Concurrent.ConcurrentBag<string>();
        var config = Configs.Read(Configs.TwoParameters, $"data={{path: {_folder / "images"}}}").Data!;
        Preparation.Load(config, Precision.Float32, DataFolders.Of(null) with { Reading = said.Add }).Train.Count.ShouldBe(300);
        said.ShouldContain(static s => s.StartsWith("reading image 256 of 300", StringComparison.Ordinal));
    }
}
