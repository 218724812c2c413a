using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Measures.Bounds;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Observations;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Bounds;

public sealed class NormBoundsTests
{
    private static readonly InputNorms Inputs = InputNorms.Of(FeatureMatrix.Of([3.0, 4, 0, 1, 2, 2], 2));

    [Fact]
    public void Inputs_have_these_norms() => Inputs.ShouldBe(new InputNorms(3, Math.Sqrt(25 + 1 + 8), 5));

    [Fact]
    public void Two_identities_by_hand()
    {
        var network = Network.Dense(2, 2, 2);
        var norms = LayerNorms.Of(network, [1, 0, 0, 1, 2, 0, 0, 2]);
        norms.Frobenius.ShouldBe([Math.Sqrt(2), 2 * Math.Sqrt(2)], 1e-15);
        norms.Spectral.ShouldBe([1, 2], 1e-15);
        norms.Rows.ShouldBe([2, 4], 1e-15);
        // s = 1, 2 and b/s = 2, 2: 2 (2·2^{2/3})^{3/2} = 2·2^{5/2}
        NormBounds.SpectralComplexity(norms).ShouldBe(Math.Log(Math.Pow(2, 3.5)), 1e-14);
        Math.Exp(NormBounds.Neyshabur(norms.Frobenius, Inputs)).ShouldBe(2 * 4 * Math.Sqrt(34) / 3, 1e-13);
        Math.Exp(NormBounds.Golowich(norms.Frobenius, Inputs)).ShouldBe((Math.Sqrt(4 * Math.Log(2)) + 1) * 4 * Math.Sqrt(34) / 3, 1e-13);
        // B = 5, K = 2, h = 2, ∏s² = 4, Σ F²/s² = 4
        Math.Exp(NormBounds.PacBayes(norms, Inputs, 2)).ShouldBe(Math.Sqrt(25 * 4 * 2 * Math.Log(16) * 4 * 4 / 3), 1e-12);
    }

    [Fact]
    public void Spectral_norms_are_the_largest_singular_values()
    {
        Prop.ForAll(Gen.Choose(0, 10_000).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            int rows = random.Next(1, 9), columns = random.Next(1, 9);
            var scale = Math.Pow(10, random.Next(-200, 200));
            var w = Problems.Normal(random, rows * columns).Select(v => scale * v).ToArray();
            var expected = new DenseMatrix(columns, rows, [.. w.Select(v => v / scale)]).Svd(computeVectors: false).S[0] * scale;
            SpectralNorm.Of(rows, columns, w).ShouldBe(expected, 1e-13 * expected);
        }).QuickCheckThrowOnFailure();
        SpectralNorm.Of(2, 3, new double[6]).ShouldBe(0);
        var diagonal = LayerNorms.Of(new NetworkBuilder(3).Diagonal().Dense(1).Build(), [1, -4, 2, 0, 3, 4]);
        (diagonal.Spectral[0], diagonal.Rows[0], diagonal.Spectral[1]).ShouldBe((4, 7, 5));
    }

    [Fact]
    public void Complexities_are_homogeneous_in_every_layer_invariant_and_in_order()
    {
        Prop.ForAll(Gen.Choose(0, 10_000).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var network = Network.Dense(random.Next(1, 5), [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(1, 6)), 2]);
            var w = Problems.Normal(random, network.ParameterCount);
            var all = All(network, w);
            var k = random.Next(network.Depth);
            var c = Math.Exp(4 * random.NextDouble() - 2);
            var scaled = (double[])w.Clone();
            Vectors.Scale(c, network.Layers[k].Of(w), network.Layers[k].Of(scaled));
            All(network, scaled).ShouldBe([.. all.Select(v => v + Math.Log(c))], 1e-10);

            // A rotation of the inputs and the first layer's columns changes no norm here.
            var layer = network.Layers[0];
            var rotation = Problems.Rotation(seed, layer.Columns);
            var rotated = (double[])w.Clone();
            for (var i = 0; i < layer.Rows; i++)
                Problems.Apply(rotation, w.AsSpan(i * layer.Columns, layer.Columns)).CopyTo(rotated, i * layer.Columns);
            All(network, rotated).ShouldBe(all, 1e-10);

            var norms = LayerNorms.Of(network, w);
            NormBounds.LogProduct(norms.Spectral).ShouldBeLessThanOrEqualTo(NormBounds.LogProduct(norms.Frobenius) + 1e-12);
            // b ≥ ‖W‖_F ≥ s
            for (var l = 0; l < network.Depth; l++) (norms.Rows[l], norms.Frobenius[l]).ShouldSatisfyAllConditions(
                () => norms.Rows[l].ShouldBeGreaterThanOrEqualTo(norms.Frobenius[l] * (1 - 1e-14)),
                () => norms.Frobenius[l].ShouldBeGreaterThanOrEqualTo(norms.Spectral[l] * (1 - 1e-14)));
            NormBounds.SpectralComplexity(norms)
                .ShouldBeGreaterThanOrEqualTo(NormBounds.LogProduct(norms.Spectral) + 1.5 * Math.Log(network.Depth) - 1e-12);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Depth_costs_a_root_or_a_power_of_two()
    {
        double[] ones(int depth) => [.. Enumerable.Repeat(1.0, depth)];
        for (var depth = 1; depth < 12; depth++)
        {
            (NormBounds.Neyshabur(ones(depth + 1), Inputs) - NormBounds.Neyshabur(ones(depth), Inputs)).ShouldBe(Math.Log(2), 1e-13);
            Math.Exp(NormBounds.Golowich(ones(depth), Inputs))
                .ShouldBe((1 + Math.Sqrt(depth * 2 * Math.Log(2))) * Inputs.Frobenius / 3, 1e-13);
        }
        // The root wins from three layers on.
        Enumerable.Range(1, 9).First(d => NormBounds.Golowich(ones(d), Inputs) < NormBounds.Neyshabur(ones(d), Inputs)).ShouldBe(3);
    }

    [Fact]
    public void Convolutions_on_whole_images_have_norms_below_the_root_of_positions()
    {
        var builder = new NetworkBuilder(new TensorShape(5, 4, 2)).Convolution(3, 3, 1, 1).Then(Activation.ReLU).Convolution(2, 2, 2)
            .Flatten().Dense(1);
        var network = builder.Build();
        NormBounds.LogSharing(network).ShouldBe(0.5 * Math.Log(20 * 4), 1e-14);
        // The operator column by column: what the convolution alone makes of unit images.
        var alone = new NetworkBuilder(new TensorShape(5, 4, 2)).Convolution(3, 3, 1, 1).Build();
        var w = Problems.Normal(new Random(1), alone.ParameterCount);
        using var team = new Rhoflow.Kernels.Team(1);
        var outputs = new double[40 * 60];
        var images = new double[40 * 40];
        for (var i = 0; i < 40; i++) images[i * 41] = 1;
        new GraphPasses<double>(alone, 40, team).Evaluate(w, images, [], outputs);
        var ratio = Vectors.Norm(outputs) / Vectors.Norm(w);
        ratio.ShouldBeLessThanOrEqualTo(Math.Sqrt(20));
        ratio.ShouldBeGreaterThan(0.7 * Math.Sqrt(20));
        // So is the complexity, as far as an ascent finds it.
        var x = Problems.Normal(new Random(2), 10 * 40);
        var found = new NetworkRademacher { Draws = 4 }.LowerEstimate(network, x);
        found.Value.ShouldBeLessThan(
            Math.Exp(NormBounds.Golowich([1, 1, 1], InputNorms.Of(FeatureMatrix.Of(x, 40))) + NormBounds.LogSharing(network)));
    }

    private static double[] All(Network network, double[] w)
    {
        var norms = LayerNorms.Of(network, w);
        return [NormBounds.Golowich(norms.Frobenius, Inputs), NormBounds.Neyshabur(norms.Frobenius, Inputs),
            NormBounds.PacBayes(norms, Inputs, CapacityCounts.Width(network)), NormBounds.SpectralComplexity(norms)];
    }
}
