using System.Text.Json.Nodes;
using Rhoflow.Cli;
using Rhoflow.Tests.Lab;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Cli;

/// <summary>`export RUN --to safetensors|onnx|npz`: the same network through all formats.</summary>
public sealed class ModelExportTests : IDisposable
{
    private const string Layers = "[ {conv: {maps: 4, kernel: 3, stride: 2}}, {batch-norm: {affine: true}}, relu, "
        + "{residual: [ {conv: 4}, batch-norm, relu ]}, relu, {dense: 6}, bias, relu, {dense: 10} ]";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static (int Status, string Output, string Error) Run(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        return (CommandLine.Run(arguments, output, error), output.ToString(), error.ToString());
    }

    private string Trained(string precision)
    {
        File.WriteAllText(_folder / "run.yaml", $"name: small\nprecision: {precision}\nseed: {new Random().Next(1000)}\n"
            + "data: {set: digits, train: 60, test: 30, transforms: [scale-pixels]}\n"
            + $"network: {{layers: {Layers}}}\ninit: {{kind: kaiming}}\nloss: cross-entropy\n"
            + "descent: {kind: sgd, learning-rate: 0.05, batch: 20, epochs: 3}\n");
        var (status, _, error) = Run("run", _folder / "run.yaml", "--out", _folder / "runs", "-q");
        status.ShouldBe(0, error);
        return _folder / "runs";
    }

    private static JsonObject Measured(params string[] arguments)
    {
        var (status, output, error) = Run(["inspect", .. arguments, "--json", "-q", "--batch-norm", "running"]);
        status.ShouldBe(0, error);
        return JsonNode.Parse(output)!["measures"]!.AsObject();
    }

    [Fact]
    public void A_trained_network_measures_the_same_in_every_format()
    {
        var runs = Trained("float64");
        var expected = Measured(runs);
        foreach (var form in (string[])["safetensors", "npz", "onnx"])
        {
            var file = _folder / $"m.{form}";
            var (status, output, error) = Run("export", runs, "--out", file, "--precision", "float64", "--json");
            status.ShouldBe(0, error);
            var document = JsonNode.Parse(output)!;
            ((string?)document["to"]).ShouldBe(form);
            document["arrays"]!.AsArray().Count.ShouldBe(11);
            string[] network = form == "onnx" ? [] : [$"network.layers={Layers}"];
            var found = Measured([file, "--data", "digits", "data.transforms=[scale-pixels]", "data.train=60", "data.test=30",
                "data.seed=" + Seed(runs), "precision=float64", .. network]);
            var compared = 0;
            foreach (var (name, value) in expected)
            {
                // A file of weights does not know how it was trained, and errors of estimates are of the size of rounding.
                if (value is null || !found.TryGetPropertyValue(name, out var other) || other is null
                    || name.EndsWith("_error", StringComparison.Ordinal) && name is not ("train_error" or "test_error")
                    || name.EndsWith("_residual", StringComparison.Ordinal)) continue;
                ((double)other).ShouldBe((double)value, 1e-6 * (1 + Math.Abs((double)value)), $"{form}: {name}");
                compared++;
            }
            compared.ShouldBeGreaterThan(60, form);
        }
    }

    private static string Seed(string runs) => File.ReadAllLines(Directory.GetFiles(runs, "config.yaml", SearchOption.AllDirectories)[0])
        .First(static l => l.StartsWith("seed:", StringComparison.Ordinal))[5..].Trim();

    [Fact]
    public void What_was_written_is_said()
    {
        var runs = Trained("float64");
        var (status, _, error) = Run("export", runs, "--to", "onnx", "--out", _folder / "m.onnx");
        status.ShouldBe(0, error);
        error.ShouldContain("numbers of float32");
        error.ShouldContain("note: the run's numbers are float64 and are rounded to float32, in which ONNX Runtime convolves");
        error.ShouldContain("note: its inputs are to be prepared as in the run: scale-pixels");
        Run("export", runs, "--to", "npz", "--out", _folder / "m.npz").Error.ShouldContain("numbers of float64");
    }

    [Theory]
    [InlineData("--to onnx", "--out is missing: where the file is to be written")]
    [InlineData("--to safetensors --columns t --out x", "--columns is for tables; safetensors holds the network of a run")]
    [InlineData("--to npz --precision half --out x", "--precision half: float32 or float64")]
    [InlineData("--to csv --precision float32", "--precision is for the network of a run; csv is a table")]
    [InlineData("--to onx --out x", "--to onx is not known; nearest: onnx")]
    public void What_cannot_be_written_is_said(string words, string expected)
    {
        var (status, _, error) = Run(["export", Trained("float32"), .. words.Split(' ').Select(w => w == "x" ? _folder / "x" : w)]);
        (status, error.Contains(expected, StringComparison.Ordinal)).ShouldBe((2, true), error);
        File.Exists(_folder / "x").ShouldBeFalse();
    }
}
