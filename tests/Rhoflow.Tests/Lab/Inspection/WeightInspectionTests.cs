using System.Text.Json.Nodes;
using MathNet.Numerics.LinearAlgebra;
using Rhoflow.Cli;
using Rhoflow.Kernels;
using Rhoflow.Lab.Inspection;
using Rhoflow.Lab.Models;
using Rhoflow.Tests.Lab.Models;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Inspection;

public sealed class WeightInspectionTests
{
    private static readonly InspectionWatch s_watch = new(static _ => { }, static _ => { }, 10);

    [Theory]
    [InlineData(700, 90)]
    [InlineData(90, 700)]
    [InlineData(180, 180)]
    public void Streamed_singular_values_are_those_of_the_whole_matrix(int rows, int columns)
    {
        var random = new Random();
        var values = Random(random, rows * columns);
        var tensor = Single("w", [rows, columns], values);
        var matrix = new StreamedMatrix(tensor, rows, columns);
        using var team = new Team(2);
        var expected = Matrix<double>.Build.Dense(columns, rows, [.. values.Select(static v => (double)v)]).Svd(false).S;
        foreach (var scale in new[] { 1.0, 1e-3 })
        {
            var streamed = Gram(matrix, scale, team);
            for (var i = 0; i < expected.Count; i++) streamed[i].ShouldBe(expected[i], 1e-9 * expected[0]);
            matrix.Norm(scale).Value.ShouldBe(expected[0], 1e-9 * expected[0]);
            matrix.Spectrum(scale, team).SpectralNorm.ShouldBe(expected[0], 1e-10 * expected[0]);
        }
        matrix.Largest().Largest.ShouldBe(values.Max(Math.Abs));
    }

    [Fact]
    public void Columns_are_those_of_the_definitions_and_every_array_is_listed()
    {
        var random = new Random();
        var conv = Random(random, 6 * 2 * 3 * 3);
        var file = ModelSamples.Safetensors(
            ("conv.weight", [6, 2, 3, 3], conv), ("bn.weight", [6], Random(random, 6)), ("bn.bias", [6], Random(random, 6)),
            ("bn.running_mean", [6], Random(random, 6)), ("fc.weight", [2, 4], [3, 0, 0, 0, 0, 4, 0, 0]), ("fc.bias", [2], [1, 2]),
            ("bad", [2, 2], [1, float.NaN, 0, 0]), ("optimizer.0.x", [2, 2], [1, 2, 3, 4]), ("empty", [0, 3], []),
            ("zero", [2, 2], new float[4]));
        var inspection = WeightInspection.Of(SafetensorsReader.Read(new MemoryStore("m", file)).Tensors, [], 1, s_watch);

        inspection.Layers.Select(l => $"{l.Name} {l.Kind} {string.Join('x', l.Shape)}")
            .ShouldBe(["conv.weight convolution 6x18", "fc.weight matrix 2x4", "zero matrix 2x2"]);
        var s = Matrix<double>.Build.Dense(18, 6, [.. conv.Select(static v => (double)v)]).Svd(false).S;
        var of = inspection.Layers[0].Values;
        of["frobenius"].ShouldBe(s.L2Norm(), 1e-12 * s[0]);
        of["spectral"].ShouldBe(s[0], 1e-12 * s[0]);
        of["rank_stable"].ShouldBe(s.DotProduct(s) / (s[0] * s[0]), 1e-12);
        of["rank"].ShouldBe(6);
        inspection.Spectra[1].ShouldBe([4, 3], 1e-12);
        inspection.Layers[1].Values["largest"].ShouldBe(4);
        inspection.Layers[1].Values["rank_one_distance"].ShouldBe(0.6, 1e-12);
        inspection.Layers[2].Values["frobenius"].ShouldBe(0);
        var why = inspection.Tensors.Where(t => t.WhyNot is not null).ToDictionary(t => t.Name, t => t.WhyNot!);
        why["bn.weight"].ShouldContain("scale");
        why["bn.bias"].ShouldContain("bias");
        why["bn.running_mean"].ShouldContain("statistic");
        why["fc.bias"].ShouldContain("bias");
        why["bad"].ShouldBe("number 1 of it is NaN");
        why["optimizer.0.x"].ShouldContain("optimizer");
        why["empty"].ShouldContain("no numbers");
        inspection.Tensors.Count.ShouldBe(10);
        inspection.Parameters.ShouldBe(6 * 18 + 6 + 6 + 8 + 2 + 4 + 4);
    }

    [Fact]
    public void What_takes_long_is_left_out_and_named_unless_its_family_is_asked_for()
    {
        var tensors = SafetensorsReader.Read(new MemoryStore("m", ModelSamples.Safetensors(("w", [40, 30], Random(new Random(), 1200)))))
            .Tensors;
        var left = WeightInspection.Of(tensors, [], 1, s_watch with { Longest = 0 });
        left.LeftOut.Single().Why.ShouldContain("--measures structure");
        left.Spectra.Single().ShouldBeEmpty();
        var all = WeightInspection.Of(tensors, ["structure"], 1, s_watch with { Longest = 0 });
        all.LeftOut.ShouldBeEmpty();
        left.Layers[0].Values["spectral"].ShouldBe(all.Layers[0].Values["spectral"], 1e-9);
        left.Layers[0].Values["rank_stable"].ShouldBe(all.Layers[0].Values["rank_stable"], 1e-9);
        all.Layers[0].Values.ContainsKey("frobenius").ShouldBeFalse();
    }

    [Fact]
    public void Cancelled_it_gives_what_was_measured()
    {
        var tensors = SafetensorsReader.Read(new MemoryStore("m",
            ModelSamples.Safetensors(("a", [2, 2], [1, 2, 3, 4]), ("b", [2, 2], [1, 2, 3, 4])))).Tensors;
        using var source = new CancellationTokenSource();
        var inspection = WeightInspection.Of(tensors, [], 1, s_watch with
        {
            Progress = at =>
            {
                if (at.StartsWith('b')) source.Cancel();
            },
        }, source.Token);
        inspection.IsInterrupted.ShouldBeTrue();
        inspection.Layers.Single().Name.ShouldBe("a");
        inspection.Tensors[1].WhyNot.ShouldBe("interrupted");
    }

    [Fact]
    public void The_command_measures_a_file_and_refuses_what_needs_more_or_is_damaged()
    {
        using var folder = new TemporaryFolder();
        var file = ModelSamples.Safetensors(("fc.weight", [2, 2], [3, 0, 0, 4]), ("fc.bias", [2], [1, 2]));
        File.WriteAllBytes(folder / "m.safetensors", file);
        var (status, output, error) = Run("inspect", folder / "m.safetensors", "--json");
        status.ShouldBe(0, error);
        var document = JsonNode.Parse(output)!;
        ((long)document["model"]!["parameters"]!).ShouldBe(6);
        ((double)document["layers"]![0]!["spectral"]!).ShouldBe(4, 1e-12);
        document["layers"]![0]!["singular_values"]!.AsArray().Select(static s => (double)s!).ShouldBe([4, 3], 1e-12);
        ((double)document["measures"]!["frobenius_product"]!).ShouldBe(5, 1e-12);
        ((string)document["not_measured"]![0]!["what"]!).ShouldBe("fc.bias");
        Run("inspect", folder / "m.safetensors").Output.ShouldContain("not measured: fc.bias (2, float32): a bias");

        var data = Run("inspect", folder / "m.safetensors", "--data", "iris");
        data.Status.ShouldBe(2);
        data.Error.ShouldContain("holds weights and no graph: --network N.yaml says");
        Run("inspect", folder / "m.safetensors", "--measures", "margins").Status.ShouldBe(2);
        File.WriteAllBytes(folder / "m.safetensors", file[..^1]);
        Run("inspect", folder / "m.safetensors").Status.ShouldBe(3);
        File.WriteAllText(folder / "notes.txt", "no model");
        Run("inspect", folder / "notes.txt").Error.ShouldContain("is neither the folder of a run nor a file of weights");
    }

    private static (int Status, string Output, string Error) Run(params string[] words)
    {
        using StringWriter output = new(), error = new();
        return (CommandLine.Run(words, output, error, TestContext.Current.CancellationToken), output.ToString(), error.ToString());
    }

    private static double[] Gram(StreamedMatrix matrix, double scale, Team team) => [.. matrix.ByGram(scale, team).Values];

    private static float[] Random(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];

    private static Tensor Single(string name, long[] shape, float[] values) =>
        SafetensorsReader.Read(new MemoryStore("m", ModelSamples.Safetensors((name, shape, values)))).Tensors.Single();
}
