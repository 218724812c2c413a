using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Experiments;

/// <summary>The transform {normalize: {mean: […], std: […]}} and a file as NumPy itself writes it.</summary>
public sealed class NormalizeTests : IDisposable
{
    // NumPy 1.24: savez_compressed(x=arange(24, dtype=uint8).reshape(2, 3, 2, 2)·7, y=array([3, 5], dtype=float32)).
    private static readonly byte[] s_npz = Convert.FromBase64String(
        "UEsDBBQAAAAIAAAAIQDxCtx3YwAAAJgAAAAFABQAeC5ucHkBABAAmAAAAAAAAABjAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loF5Taqiuo6Cell9UUpSYF59f"
        + "lJIKEndLzClOBYoXZyQWpAL5GkY6CsY6CkDSSFNHoVaBDMDFwM4nKqOsZWhh7+YbEp2UWVBe19ozedZCAFBLAwQUAAAACAAAACEA2R/GI0wAAACIAAAABQAUAHku"
        + "bnB5AQAQAIgAAAAAAAAATAAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2airqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOpo6CrUKFAAuBgYH"
        + "BwaGBQ4AUEsBAhQDFAAAAAgAAAAhAPEK3HdjAAAAmAAAAAUAAAAAAAAAAAAAAIABAAAAAHgubnB5UEsBAhQDFAAAAAgAAAAhANkfxiNMAAAAiAAAAAUAAAAAAAAA"
        + "AAAAAIABmgAAAHkubnB5UEsFBgAAAAACAAIAZgAAAB0BAAAAAA==");

    private readonly TemporaryFolder _folder = new();

    public NormalizeTests() => File.WriteAllBytes(_folder / "a.npz", s_npz);

    public void Dispose() => _folder.Dispose();

    private Experiment Read(string transforms) =>
        Configs.Read(Configs.TwoParameters, $"data={{path: {_folder / "a.npz"}, transforms: [{transforms}]}}");

    [Fact]
    public void A_file_of_NumPys_is_read()
    {
        var (train, _) = Preparation.Load(Read("").Data!);
        train.Shape.ShouldBe(new TensorShape(2, 2, 3));
        // x[n][c][i][j] = 7(12n + 4c + 2i + j), here x[n][i][j][c].
        for (var at = 0; at < 24; at++)
            train.X[at].ShouldBe(7 * (12 * (at / 12) + 4 * (at % 3) + 2 * (at / 6 % 2) + at / 3 % 2));
        train.Y.ToArray().ShouldBe([3, 5]);
    }

    [Fact]
    public void Every_channel_has_its_constants()
    {
        var random = new Random();
        double[] mean = [.. Enumerable.Range(0, 3).Select(_ => random.NextDouble())],
            deviation = [.. Enumerable.Range(0, 3).Select(_ => 0.1 + random.NextDouble())];
        string List(double[] v) => ConfigWriter.List(v.Select(ConfigWriter.Number));
        var experiment = Read($"scale-pixels, {{normalize: {{mean: {List(mean)}, std: {List(deviation)}}}}}, center");
        var (plain, data) = (Preparation.Load(Read("").Data!).Train, Preparation.Load(experiment.Data!));
        double[] expected = [.. Enumerable.Range(0, 24).Select(i => (plain.X[i] / 255 - mean[i % 3]) / deviation[i % 3])];
        for (var i = 0; i < 24; i++)
            data.Train.X[i].ShouldBe(expected[i] - (expected[i % 12] + expected[i % 12 + 12]) / 2, 1e-14);
        // Written and read again: in the config of a run, and in what the run learned of its data.
        var again = Configs.Read(experiment.ToYaml());
        again.Data!.Transforms.ShouldBe(experiment.Data!.Transforms);
        RunIdentity.Id(again).ShouldBe(RunIdentity.Id(experiment));
        File.WriteAllText(_folder / "preparation.json", data.Fitted.ToJson());
        var fitted = FittedPreparation.Read(_folder / "preparation.json")!;
        fitted.Transforms.Apply<double>(plain).X.SequenceEqual(data.Train.X).ShouldBeTrue();
        plain.ScalePixels().Normalize(mean, deviation).X.ToArray().ShouldBe(expected, 1e-14);
    }

    [Theory]
    [InlineData("{normalize: {mean: [0.5], std: [0.5]}}", "images of 2×2×3; these constants are of 1 channel")]
    [InlineData("{normalize: {mean: [0.5, 0.5], std: [0.5]}}", "has 1 numbers, but mean has 2")]
    [InlineData("{normalize: {mean: [0.5], std: [0]}}", "a number above 0 was expected")]
    [InlineData("{normalize: {mean: [], std: []}}", "at least one number")]
    [InlineData("{normalize: {mean: [0.5]}}", "std")]
    [InlineData("normalize", "needs constants, as in")]
    [InlineData("{normalise: {mean: [0.5], std: [1]}}", "normalize")]
    public void What_does_not_fit_is_refused(string transform, string why) =>
        Should.Throw<Exception>(() => Preparation.Load(Read(transform).Data!)).Message.ShouldContain(why);

    [Fact]
    public void Inputs_that_are_no_images_have_one_for_each_or_one_for_all()
    {
        var table = new Dataset("t", [1, 2, 3, 4, 5, 6], [0, 1], 3);
        table.Normalize([1], [2]).X.ToArray().ShouldBe([0, 0.5, 1, 1.5, 2, 2.5]);
        table.Normalize([1, 2, 3], [1, 2, 4]).X.ToArray().ShouldBe([0, 0, 0, 3, 1.5, 0.75]);
        Should.Throw<DataException>(() => table.Normalize([1, 2], [1, 1])).Message.ShouldContain("constants are of 2 channels");
        Should.Throw<ArgumentException>(() => table.Normalize([1], [0]));
    }
}
