using System.Globalization;
using System.Text.Json.Nodes;
using Rhoflow.Cli;
using Rhoflow.Tests.Lab.Models;
using Rhoflow.Tests.Lab.Weights;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Inspection;

/// <summary>`inspect MODEL --data D`: a network that was trained elsewhere, through every format.</summary>
public sealed class ModelNetworksTests : IDisposable
{
    private const int Examples = 12, Inputs = 4, Hidden = 6, Classes = 3;

    private readonly TemporaryFolder _folder = new();
    private readonly OnnxSample _model = new(new Random(), Examples, Inputs);
    private readonly double[] _f;
    private readonly int[] _labels;

    public ModelNetworksTests()
    {
        var output = _model.Gemm(_model.Relu(_model.BatchNorm(_model.Gemm("x", "fc1", Hidden), "bn")), "fc2", Classes);
        _f = _model[output];
        _labels = [.. Enumerable.Range(0, Examples).Select(static n => n % Classes)];
        File.WriteAllBytes(_folder / "m.onnx", _model.File(output));
        File.WriteAllLines(_folder / "d.csv", Enumerable.Range(0, Examples).Select(n => string.Join(',', _model.Input
            .Skip(n * Inputs).Take(Inputs).Select(static v => v.ToString("R", CultureInfo.InvariantCulture)).Append($"{_labels[n]}")))
            .Prepend("a,b,c,d,class"));
        WeightFiles.Named Array(string name, params int[] shape) => new(name, _model[name], shape);
        WeightFiles.Safetensors(_folder, Array("fc1.weight", Hidden, Inputs), Array("fc1.bias", Hidden), Array("bn.weight", Hidden),
            Array("bn.bias", Hidden), new("bn.running_mean", _model["bn.mean"], Hidden), new("bn.running_var", _model["bn.var"], Hidden),
            Array("fc2.weight", Classes, Hidden), Array("fc2.bias", Classes));
        File.WriteAllText(_folder / "n.yaml", $"network:\n  bias: true\n  layers: [ {{dense: {Hidden}}}, bias, {{batch-norm: "
            + $"{{affine: true, epsilon: 1e-3}}}}, relu, {{dense: {Classes}}} ]\n");
    }

    public void Dispose() => _folder.Dispose();

    private static (int Status, string Output, string Error) Run(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        return (CommandLine.Run(arguments, output, error), output.ToString(), error.ToString());
    }

    private JsonObject Measured(string file, params string[] more)
    {
        var (status, output, error) = Run(["inspect", _folder / file, "--data", _folder / "d.csv", "data.transforms=[]", "--json", "-q",
            "precision=float64", .. more]);
        status.ShouldBe(0, error);
        return JsonNode.Parse(output)!.AsObject();
    }

    [Fact]
    public void Losses_and_margins_are_those_of_the_graph()
    {
        var measures = Measured("m.onnx")["measures"]!;
        var rows = _f.Chunk(Classes).ToArray();
        double[] margins = [.. rows.Select((row, n) => row[_labels[n]] - row.Where((_, c) => c != _labels[n]).Max())];
        var loss = rows.Select((row, n) => Math.Log(row.Sum(v => Math.Exp(v - row[_labels[n]])))).Average();
        ((double)measures["log10_loss"]!).ShouldBe(Math.Log10(loss), 1e-10);
        ((double)measures["train_error"]!).ShouldBe(margins.Count(static m => m <= 0) / (double)Examples, 1e-12);
        var rho = (double)measures["rho"]!;
        ((double)measures["margin_min"]!).ShouldBe(margins.Min() / rho, 1e-10 * Math.Abs(margins.Min() / rho));
    }

    [Fact]
    public void Every_format_gives_the_same_measures()
    {
        var graph = Measured("m.onnx");
        var layers = Measured("weights.safetensors", "--network", _folder / "n.yaml");
        var (found, expected) = (graph["measures"]!.AsObject(), layers["measures"]!.AsObject());
        found.Select(static m => m.Key).ShouldBe(expected.Select(static m => m.Key));
        var compared = 0;
        // Errors of estimates are of the size of rounding.
        foreach (var (name, value) in expected.Where(static m => m.Value is not null && !m.Key.EndsWith("_error", StringComparison.Ordinal)
            && !m.Key.EndsWith("_residual", StringComparison.Ordinal)))
        {
            ((double)found[name]!).ShouldBe((double)value!, 1e-6 * (1 + Math.Abs((double)value!)), name);
            compared++;
        }
        compared.ShouldBeGreaterThan(100);
        ((string?)graph["model"]!["homogeneity_reason"]).ShouldNotBeNull();
    }

    [Fact]
    public void Which_array_is_which_may_be_said()
    {
        var named = Measured("weights.safetensors", "--network", _folder / "n.yaml", "init.weights.names=[fc1.weight, fc2.weight]");
        Measured("weights.safetensors", $"network.layers=[{{dense: {Hidden}}}, bias, {{batch-norm: {{affine: true, epsilon: 1e-3}}}}, "
            + $"relu, {{dense: {Classes}}}, bias]")["measures"]!["log10_loss"]!.ToJsonString()
            .ShouldBe(named["measures"]!["log10_loss"]!.ToJsonString());
        named["measures"]!["log10_loss"]!.ToJsonString().ShouldBe(Measured("weights.safetensors", "--network", _folder / "n.yaml")
            ["measures"]!["log10_loss"]!.ToJsonString());
    }

    [Fact]
    public void A_run_may_start_from_a_graph()
    {
        File.WriteAllText(_folder / "run.yaml", "name: graph\ndata: {path: d.csv, transforms: []}\nnetwork: {file: m.onnx}\n"
            + "loss: cross-entropy\ndescent: {kind: sgd, learning-rate: 0.01, batch: 4, epochs: 2}\n");
        var (status, output, error) = Run("run", _folder / "run.yaml", "--out", _folder / "runs", "--json", "-q");
        status.ShouldBe(0, error);
        output.ShouldContain("\"finished\"");
        Run("inspect", _folder / "runs", "--json", "-q").Status.ShouldBe(0);
    }

    [Theory]
    [InlineData("m.onnx --data d.csv", "how inputs were prepared when it was trained is not in the file, and is not guessed")]
    [InlineData("weights.safetensors --data d.csv data.transforms=[]", "holds weights and no graph: --network N.yaml says")]
    [InlineData("m.onnx data.transforms=[]", "what it does on data needs data: --data D")]
    [InlineData("m.onnx --data cifra10 data.transforms=[]", "no set of that name; nearest: cifar10")]
    [InlineData("m.onnx --data iris data.transforms=[constant-input]", "the graph takes 4; an example of the data is 5")]
    public void What_cannot_be_known_is_asked_for(string words, string expected)
    {
        var (status, _, error) = Run(["inspect", .. words.Split(' ').Select(w => File.Exists(_folder / w) ? _folder / w : w)]);
        status.ShouldBeGreaterThan(0);
        error.ShouldContain(expected);
    }

    [Fact]
    public void A_run_takes_no_words_of_configs()
    {
        Run("inspect", "runs", "loss=square").Error.ShouldContain("--network and KEY=VALUE are for a file of weights");
    }
}
