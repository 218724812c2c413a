using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Rhoflow.Data;
using Rhoflow.Lab.Inspection;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Observations;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Inspection;

/// <summary>A model as an object, and the sample that prints its margins.</summary>
public sealed class TrainedModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dataset _digits = Digits.Load().ScalePixels();
    private readonly TrainedModel _model;

    public TrainedModelTests()
    {
        var network = new NetworkBuilder(_digits.Shape!.Value).Convolution(4, 3, 2, 1).BatchNorm().Then(Activation.ReLU).Dense(10).Bias()
            .Build();
        _model = new TrainedModel(network, Initialization.Kaiming(network, new RandomStream(new Random().Next())),
            network.StartStatistics());
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Margins_are_those_of_the_network_and_survive_every_format()
    {
        using var at = Linearization.Of<double>(_model.Network, Loss.CrossEntropy, _digits, Reduction.Mean, _model.Theta.ToArray(),
            _model.Statistics.ToArray(), 1);
        var expected = Margin.All(at.Outputs, _digits.Y, 10);
        _model.Margins(_digits, threads: 2).ShouldBe(expected);
        foreach (var name in (string[])["m.onnx", "m.safetensors", "m.npz"])
        {
            _model.Save(_folder / name, isDouble: true);
            var read = name == "m.onnx" ? TrainedModel.Load(_folder / name) : TrainedModel.Load(_folder / name, _model.Network);
            var margins = read.Margins(_digits);
            for (var n = 0; n < margins.Length; n++) margins[n].ShouldBe(expected[n], 1e-10 * (1 + Math.Abs(expected[n])), name);
            read.Rho.ShouldBe(_model.Rho, 1e-7 * _model.Rho);
        }
        Should.Throw<ArgumentException>(() => _model.Save(_folder / "m.pt")).Message.ShouldContain("none of .safetensors, .onnx, .npz");
        Should.Throw<ArgumentException>(() => new TrainedModel(_model.Network, [1], [])).Message.ShouldContain("1 and 0 were given");
    }

    [Fact]
    public void The_sample_prints_the_margins_of_a_model_file()
    {
        _model.Save(_folder / "m.onnx");
        var margins = TrainedModel.Load(_folder / "m.onnx").Margins(_digits);
        var (status, output, error) = Sample(_folder / "m.onnx");
        status.ShouldBe(0, error);
        var lines = output.TrimEnd().Split('\n');
        lines.Length.ShouldBe(4);
        lines[0].ShouldContain(string.Create(CultureInfo.InvariantCulture, $"smallest margin = {margins.Min() / _model.Rho:g5}"));
        var first = SupportVectors.First(margins);
        lines[1].Trim().ShouldBe(string.Create(CultureInfo.InvariantCulture, $"example {first}, a {_digits.Y[first]}: margin "
            + $"{margins[first]:g5}"));
    }

    private static (int Status, string Output, string Error) Sample(string file, [CallerFilePath] string here = "")
    {
        var program = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!,
            "../../../../samples/PrintMargins/bin/Release/net10.0/PrintMargins.dll"));
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, file])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        return (process.ExitCode, output.Result, error.Result);
    }
}
