using System.Text.Json.Nodes;
using Rhoflow.Cli;
using Rhoflow.Lab.Inspection;
using Rhoflow.Lab.Models;
using Rhoflow.Losses;
using Rhoflow.Measures;
using Rhoflow.Measures.Spectra;
using Rhoflow.Measures.Structure;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Lab;
using Rhoflow.Tests.Lab.Models;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Spectra;

/// <summary>The family spectra as runs and inspections see it: the same columns of a layer and of a matrix in a file.</summary>
public sealed class SpectraFamilyTests
{
    private static readonly Network s_network = Network.Dense(40, 30, 25, 3);

    private static readonly InspectionWatch s_watch = new(static _ => { }, static _ => { }, 10);

    private static (MeasureInput Input, double[] Theta) Case()
    {
        var seed = Environment.TickCount;
        TestContext.Current.SendDiagnosticMessage("seed {0}", seed);
        var theta = Initialization.Kaiming(s_network, new RandomStream(seed));
        // As a file has them.
        for (var i = 0; i < theta.Length; i++) theta[i] = (float)theta[i];
        return (Observations.At(s_network, Loss.CrossEntropy, Observations.Classes(seed, 12, 40, 3), theta), theta);
    }

    private static Dictionary<string, double> Read(MeasureInput input)
    {
        var row = new Dictionary<string, double>();
        foreach (var measure in SpectraMeasures.All)
        {
            measure.Refuse(input.Setting).ShouldBeNull();
            foreach (var (name, value) in measure.Columns(input.Setting).Zip(measure.Values(input), static (n, v) => (n, v)))
                row.Add(name, value);
        }
        return row;
    }

    private static void Same(double value, double expected, double tolerance)
    {
        if (double.IsNaN(expected)) value.ShouldBe(double.NaN);
        else value.ShouldBe(expected, tolerance * (1 + Math.Abs(expected)));
    }

    [Fact]
    public void Columns_are_the_laws_of_the_singular_values_and_gaps_are_explained()
    {
        var (input, theta) = Case();
        var row = Read(input);
        var second = new SpectrumLaws(SingularSpectrum.Of(s_network.Layers[1].Of(theta), 25, 30).Values, 25, 30);
        var (alpha, bulk, norms) = (second.PowerLaw(), second.Bulk(), second.LogNorms());
        for (var i = 0; i < alpha.Length; i++)
            Same(row[$"{SpectrumLaws.PowerLawColumns[i]}_2"], alpha[i], 1e-9);
        for (var i = 0; i < bulk.Length; i++)
            Same(row[$"{SpectrumLaws.BulkColumns[i]}_2"], bulk[i], 1e-9);
        for (var i = 0; i < norms.Length; i++)
            Same(row[$"{SpectrumLaws.LogNormColumns[i]}_2"], norms[i], 1e-9);
        row["alpha_p_2"].ShouldBe(second.Probability(100, CancellationToken.None), 0.03);
        row["alpha_mean"].ShouldBe((row["alpha_1"] + row["alpha_2"]) / 2, 1e-12);
        row["alpha_3"].ShouldBe(double.NaN);
        row["mp_edge_3"].ShouldBe(double.NaN);
        row["log10_spectral_squared_3"].ShouldBe(
            2 * Math.Log10(SingularSpectrum.Of(s_network.Layers[2].Of(theta), 3, 25).SpectralNorm), 1e-9);
        SpectraMeasures.All[0].Gaps(input).ShouldHaveSingleItem().ShouldBe(
            ("W3", "3 × 25 has 3 singular values; laws of spectra are looked for in 20 or more"));
        // The same draws, and none where none are asked for.
        Read(input with { Setting = input.Setting with { TailReplicates = 0 } })["alpha_p_1"].ShouldBe(double.NaN);
        Read(input)["alpha_p_1"].ShouldBe(row["alpha_p_1"]);
        input.Passes!.Dispose();
    }

    [Fact]
    public void A_network_of_small_layers_is_refused_with_the_reason()
    {
        foreach (var measure in SpectraMeasures.All)
            measure.Refuse(new MeasureSetting(Network.Dense(5, 19, 1)))!.ShouldContain("20 or more singular values");
    }

    [Fact]
    public void A_file_has_the_columns_of_the_network()
    {
        var (input, theta) = Case();
        var row = Read(input);
        var file = ModelSamples.Safetensors([.. s_network.Layers.Select((l, k) => ($"fc{k + 1}.weight", new long[] { l.Rows, l.Columns },
            l.Of(theta).ToArray().Select(static v => (float)v).ToArray()))]);
        var tensors = SafetensorsReader.Read(new MemoryStore("m", file)).Tensors;
        var inspection = WeightInspection.Of(tensors, ["spectra"], 1, s_watch, TestContext.Current.CancellationToken);
        foreach (var (k, layer) in inspection.Layers.Index())
        {
            layer.Values.Keys.ShouldBe(SpectraOfWeights.Columns);
            // The bootstrap compares distances: a rounding may move a replicate across.
            foreach (var (name, value) in layer.Values)
                Same(row[$"{name}_{k + 1}"], value, name == "alpha_p" ? 0.03 : 1e-8);
        }
        inspection.Measures.ShouldContain(m => m.Column == "alpha_hat_mean" && Math.Abs(m.Value - row["alpha_hat_mean"]) < 1e-8);
        inspection.LeftOut.ShouldHaveSingleItem().What.ShouldBe("spectra/power_law and random_matrix of fc3.weight");
        input.Passes!.Dispose();
    }

    [Fact]
    public void The_command_shows_tails_and_spikes()
    {
        using var folder = new TemporaryFolder();
        var random = new Random();
        File.WriteAllBytes(folder / "m.safetensors", ModelSamples.Safetensors(
            ("fc.weight", [24, 32], [.. Enumerable.Range(0, 24 * 32).Select(_ => random.NextSingle() - 0.5f)])));
        var (status, output, error) = Run("inspect", folder / "m.safetensors", "--tail-replicates", "0", "--json");
        status.ShouldBe(0, error);
        var layer = JsonNode.Parse(output)!["layers"]![0]!;
        layer["alpha_p"].ShouldBeNull();
        ((double)layer["alpha"]!).ShouldBeGreaterThan(1);
        var shown = Run("inspect", folder / "m.safetensors", "--measures", "spectra").Output;
        foreach (var word in new[] { "power-law tail", "tail against", "noise and spikes", "lg ‖W‖_F²" }) shown.ShouldContain(word);
        shown.ShouldNotContain("rank_stable");
        Run("inspect", folder / "m.safetensors", "--tail-replicates", "-1").Status.ShouldBe(2);
    }

    private static (int Status, string Output, string Error) Run(params string[] words)
    {
        using StringWriter output = new(), error = new();
        return (CommandLine.Run(words, output, error, TestContext.Current.CancellationToken), output.ToString(), error.ToString());
    }
}
