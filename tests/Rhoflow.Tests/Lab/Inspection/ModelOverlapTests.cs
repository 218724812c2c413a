using System.Text.Json.Nodes;
using MathNet.Numerics.LinearAlgebra;
using Rhoflow.Cli;
using Rhoflow.Lab.Inspection;
using Rhoflow.Lab.Models;
using Rhoflow.Measures.Overlap;
using Rhoflow.Tests.Lab.Models;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Inspection;

/// <summary>Two models side by side, against full decompositions; and the command.</summary>
public sealed class ModelOverlapTests
{
    private readonly Random _random = new();

    private float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => _random.NextSingle() - 0.5f)];

    private static IReadOnlyList<Tensor> Tensors(params (string, long[], float[])[] arrays) =>
        SafetensorsReader.Read(new MemoryStore("m", ModelSamples.Safetensors(arrays))).Tensors;

    private static ModelOverlap Compare(IReadOnlyList<Tensor> a, IReadOnlyList<Tensor> b, int rank = 3) =>
        ModelOverlap.Of(a, b, rank, 2, static _ => { }, TestContext.Current.CancellationToken);

    [Theory]
    [InlineData(40, 25)]
    [InlineData(25, 40)]
    [InlineData(30, 30)]
    public void Subspaces_are_those_of_full_decompositions(int rows, int columns)
    {
        // Three directions stand out, and B has two of A's on the right.
        float[] a = Draw(rows * columns), b = Draw(rows * columns);
        double[] right = [.. Enumerable.Range(0, 3 * columns).Select(_ => _random.NextDouble() - 0.5)];
        for (var r = 0; r < 3; r++)
            for (var i = 0; i < rows; i++)
            {
                var (own, other) = (_random.NextDouble() - 0.5, _random.NextDouble() - 0.5);
                for (var j = 0; j < columns; j++)
                {
                    a[i * columns + j] += (float)((20 - 4 * r) * own * right[r * columns + j]);
                    b[i * columns + j] += (float)((20 - 4 * r) * other * (r < 2 ? right[r * columns + j] : _random.NextDouble() - 0.5));
                }
            }
        var overlap = Compare(Tensors(("w", [rows, columns], a)), Tensors(("w", [rows, columns], b))).Matrices.ShouldHaveSingleItem();
        Matrix<double> Dense(float[] of) => Matrix<double>.Build.Dense(rows, columns, (i, j) => of[i * columns + j]);
        var (x, y) = (Dense(a).Svd(), Dense(b).Svd());
        double[][] Left(MathNet.Numerics.LinearAlgebra.Factorization.Svd<double> of) => [.. Enumerable.Range(0, 3)
            .Select(k => of.U.Column(k).ToArray())];
        double[][] Right(MathNet.Numerics.LinearAlgebra.Factorization.Svd<double> of) => [.. Enumerable.Range(0, 3)
            .Select(k => of.VT.Row(k).ToArray())];
        overlap.Left!.Share.ShouldBe(SubspaceOverlap.Of(Left(x), Left(y)).Share, 1e-7);
        overlap.Right!.Share.ShouldBe(SubspaceOverlap.Of(Right(x), Right(y)).Share, 1e-7);
        (overlap.Left.Random, overlap.Right.Random).ShouldBe((3.0 / rows, 3.0 / columns));
        overlap.Gap.ShouldBe(Math.Min((x.S[2] - x.S[3]) / x.S[2], (y.S[2] - y.S[3]) / y.S[2]), 1e-7);
        overlap.Difference.ShouldBe((Dense(b) - Dense(a)).FrobeniusNorm() / Dense(a).FrobeniusNorm(), 1e-12);
        overlap.Cosine.ShouldBe(Dense(a).PointwiseMultiply(Dense(b)).Enumerate().Sum() / Dense(a).FrobeniusNorm()
            / Dense(b).FrobeniusNorm(), 1e-12);
    }

    [Fact]
    public void A_model_is_itself_and_nothing_is_skipped_in_silence()
    {
        var w = Draw(120);
        var a = Tensors(("w", [12, 10], w), ("one", [1, 4], [1, 2, 3, 4]), ("fc.bias", [3], [1, 2, 3]), ("mine", [2, 2], Draw(4)),
            ("shape", [2, 3], Draw(6)), ("zero", [4, 4], new float[16]), ("bad", [2, 2], [1, 2, float.NaN, 4]));
        var b = Tensors(("w", [12, 10], w), ("one", [1, 4], [2, 4, 6, 8]), ("fc.bias", [3], [1, 2, 3]), ("yours", [2, 2], Draw(4)),
            ("shape", [3, 2], Draw(6)), ("zero", [4, 4], Draw(16)), ("bad", [2, 2], [1, 2, 3, 4]));
        var overlap = Compare(a, b);
        overlap.Matrices.Select(static m => m.Name).ShouldBe(["w", "one", "zero", "bad"]);
        var same = overlap.Matrices[0];
        (same.Difference, same.Rank).ShouldBe((0, 3));
        same.Cosine.ShouldBe(1, 1e-14);
        same.Left!.Share.ShouldBe(1, 1e-10);
        same.Right!.Angles.ShouldAllBe(static t => t < 1e-7);
        overlap.Matrices[1].Cosine.ShouldBe(1, 1e-14);
        overlap.Matrices[1].Difference.ShouldBe(1, 1e-14);
        overlap.Matrices[2].Cosine.ShouldBe(double.NaN);
        var why = overlap.NotCompared.ToDictionary(static n => n.What, static n => n.Why);
        why["mine"].ShouldBe("is in A only (2 × 2)");
        why["yours"].ShouldBe("is in B only (2 × 2)");
        why["shape"].ShouldBe("is 2 × 3 in A and 3 × 2 in B");
        why["fc.bias"].ShouldContain("bias");
        why["bad"].ShouldBe("number 2 of it in A is NaN");
        why["subspaces of one"].ShouldContain("one singular value");
        why["subspaces of zero"].ShouldContain("no 2 singular values");
    }

    private const string Config = """
        name: pair
        data: {set: digits, train: 60, transforms: [scale-pixels]}
        network: {layers: [{dense: 12}, relu, {dense: 10}]}
        loss: cross-entropy
        descent: {kind: sgd, learning-rate: 0.1, batch: 20, epochs: 2}
        """;

    [Fact]
    public void The_command_compares_runs_and_files_with_and_without_data()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder / "pair.yaml", Config);
        foreach (var seed in new[] { "0", "1" })
            Run("run", folder / "pair.yaml", $"seed={seed}", $"name=pair{seed}", "--out", folder.Path).Status.ShouldBe(0);
        var (status, output, error) = Run("overlap", folder / "pair0", folder / "pair1", "--data", "digits", "--rank", "2", "--json");
        status.ShouldBe(0, error);
        var document = JsonNode.Parse(output)!;
        document["layers"]!.AsArray().Select(static l => (string)l!["name"]!).ShouldBe(["W1", "W2"]);
        ((double)document["layers"]![0]!["left"]!["random"]!).ShouldBe(2 / 12.0, 1e-12);
        ((double)document["kernels"]!["cka_features"]!).ShouldBeInRange(0.01, 0.9999);
        ((double)document["kernels"]!["cka_tangent"]!).ShouldBeInRange(0.01, 0.9999);
        var itself = JsonNode.Parse(Run("overlap", folder / "pair0", folder / "pair0", "--data", "digits", "--json").Output)!;
        ((double)itself["kernels"]!["cka_features"]!).ShouldBe(1, 1e-12);
        ((double)itself["kernels"]!["cka_tangent"]!).ShouldBe(1, 1e-12);
        var shown = Run("overlap", folder / "pair0", folder / "pair1").Output;
        shown.ShouldContain("W1");
        shown.ShouldContain("not compared: state.x, ");
        Run("overlap", folder / "pair0", folder / "nothing").Status.ShouldBe(2);
        File.WriteAllText(folder / "notes.txt", "no model");
        Run("overlap", folder / "pair0", folder / "notes.txt").Status.ShouldBe(3);
        Run("overlap", folder / "pair0", folder / "pair1", "--rank", "0").Status.ShouldBe(2);
        Run("overlap", folder / "pair0", folder / "pair1", "data.transforms=[]").Error.ShouldContain("there is no --data");
    }

    private static (int Status, string Output, string Error) Run(params string[] words)
    {
        using StringWriter output = new(), error = new();
        return (CommandLine.Run(words, output, error, TestContext.Current.CancellationToken), output.ToString(), error.ToString());
    }
}
