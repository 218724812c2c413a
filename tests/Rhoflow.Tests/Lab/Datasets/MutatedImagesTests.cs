using Rhoflow.Data;
using Rhoflow.Lab.Datasets;
using Rhoflow.Tests.Lab.Models;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Datasets;

/// <summary>Damaged images are decoded to as many pixels as their headers say, or refused in a sentence that names the file.</summary>
public sealed class MutatedImagesTests
{
    private const string Name = "folder/1.png";

    // Markers, lengths and chunks that decoders follow.
    private static readonly byte[][] s_words =
    [
        [0xFF, 0xDA], [0xFF, 0xD9], [0xFF, 0xC4, 0, 4], [0xFF, 0xDB, 0, 3], [0xFF, 0xC0], [0xFF, 0xC2], [0xFF, 0xDD, 0, 4, 0, 1],
        [0xFF, 0xD0], [0xFF, 0], [0x7F, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF],
        "IDAT"u8.ToArray(), "PLTE"u8.ToArray(), "IEND"u8.ToArray(),
    ];

    [Fact]
    public void Mutated_PNG_images_are_read_or_refused() => LongHarness.Repeat("mutated PNG images", 10_000, Png);

    [Fact]
    public void Mutated_JPEG_images_are_read_or_refused() => LongHarness.Repeat("mutated JPEG images", 10_000, Jpeg);

    [Fact(Explicit = true)]
    public void Mutated_PNG_images_for_hours() => LongHarness.Repeat("mutated PNG images", 1_000_000, Png);

    [Fact(Explicit = true)]
    public void Mutated_JPEG_images_for_hours() => LongHarness.Repeat("mutated JPEG images", 1_000_000, Jpeg);

    private static void Png(Random random)
    {
        var (height, width, channels) = (random.Next(1, 12), random.Next(1, 12), random.Next(2) * 2 + 1);
        var pixels = new byte[height * width * channels];
        random.NextBytes(pixels);
        var whole = ImageSamples.Png(height, width, channels, pixels);
        // Half of them with checksums made anew, so that the decoder meets what is wrong.
        Once(random, random.Next(2) == 0 ? ModelSamples.Mutate(whole, random, s_words)
            : ImageSamples.Checked(ModelSamples.Mutate(whole, random, s_words)));
    }

    private static void Jpeg(Random random)
    {
        var whole = random.Next(2) == 0 ? ImageSamples.JpegOf200And100And50 : ImageSamples.JpegOf130;
        if (random.Next(2) == 0)
        {
            Once(random, ModelSamples.Mutate(whole, random, s_words));
            return;
        }
        // Lengths stay as they are: tables and entropy-coded data that nothing checks.
        byte[] bytes = [.. whole];
        for (var flips = random.Next(1, 6); flips > 0; flips--) bytes[random.Next(2, bytes.Length - 2)] = (byte)random.Next(256);
        Once(random, bytes);
    }

    private static void Once(Random random, byte[] bytes)
    {
        var channels = random.Next(2) * 2 + 1;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var pixels = 0L;
        try
        {
            var header = ImageFrame.Of(Name, bytes);
            pixels = (long)header.Height * header.Width;
            ImageFile.Pixels(Name, bytes, channels).Length.ShouldBe(header.Height * header.Width * channels);
        }
        catch (DataException e)
        {
            e.Message.ShouldContain("1.png");
            e.Message.Any(char.IsControl).ShouldBeFalse(e.Message);
            e.Message.Length.ShouldBeLessThan(3000);
        }
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(4_000_000 + 64 * pixels + 200L * bytes.Length);
    }
}
