using Rhoflow.Losses;
using Rhoflow.Measures;
using Rhoflow.Measures.Direction;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Direction;

public class DirectionTests
{
    [Fact]
    public void A_turn_by_a_known_angle_is_that_angle_and_its_chord()
    {
        var network = Network.Dense(2, 1);
        MeasureInput Turned(double angle, double size) =>
            Observations.At(network, Loss.Logistic, Problems.TwoByTwo, [size * Math.Cos(angle), size * Math.Sin(angle)]);
        var history = Observations.Start(Turned(0, 2).Snapshot);
        var first = Turned(.3, 5) with { History = history };
        first.Column("step_angle_1").ShouldBe(.3, 1e-15);
        first.Column("path_1").ShouldBe(2 * Math.Sin(.15), 1e-15);
        history.Advance(first.Snapshot);
        var second = Turned(.2, .1) with { History = history };
        second.Column("step_angle_1").ShouldBe(.1, 1e-15);
        second.Column("path_1").ShouldBe(2 * Math.Sin(.15) + 2 * Math.Sin(.05), 1e-15);
        // Angles far below the square root of rounding are seen.
        history.Advance(second.Snapshot);
        (Turned(.2 + 1e-12, 1) with { History = history }).Column("step_angle_1").ShouldBe(1e-12, 1e-15);
    }

    // ∂L/∂W by differences of the loss, for the folded weights: along W_k it is the derivative by a common factor.
    [Fact]
    public void Alignment_is_the_cosine_with_the_slope_of_the_loss()
    {
        var network = Network.Dense(3, 4, 1);
        var data = Problems.Separable(1, 9, 3, .1);
        var theta = Initialization.Kaiming(network, new RandomStream(3));
        using var passes = Observations.Passes(network, Loss.Exponential, data, theta);
        double L(double[] w)
        {
            using var p = Observations.Passes(network, Loss.Exponential, data, w);
            return Math.Exp(p.Value.LogLoss);
        }
        var slope = new double[theta.Length];
        for (var i = 0; i < slope.Length; i++)
        {
            double[] ahead = [.. theta], behind = [.. theta];
            ahead[i] += 1e-6;
            behind[i] -= 1e-6;
            slope[i] = (L(behind) - L(ahead)) / 2e-6;
        }
        var cosines = GradientAlignment.Of(passes);
        for (var k = 0; k < 2; k++)
            cosines[k].ShouldBe(Math.Cos(Vectors.Angle(network.Layers[k].Of(theta), network.Layers[k].Of(slope))), 1e-7);
        cosines[2].ShouldBe(Math.Cos(Vectors.Angle(theta, slope)), 1e-7);
    }

    // Homogeneity: ⟨W_k, −∂L/∂W_k⟩ = Σ c f for every layer of the folded network, so that cosines are in the ratio of 1/(‖W_k‖‖∂_k‖).
    [Fact]
    public void Folded_layers_share_one_product_with_their_gradients()
    {
        var network = Observations.Normalized(3);
        var data = Observations.Classes(2, 8, network.Inputs, 3);
        var theta = Initialization.Kaiming(network, new RandomStream(4));
        using var passes = Observations.Passes(network, Loss.CrossEntropy, data, theta, Observations.Statistics(network, 5, shift: 0));
        var g = new double[theta.Length];
        passes.Gradient(g);
        var cosines = GradientAlignment.Of(passes);
        passes.Scale.ToArray().ShouldContain(static s => s != 1);
        var product = Vectors.Dot(passes.Weights, passes.Outputs);
        double all = 0, lengths = 0, slopes = 0;
        for (var k = 0; k < network.Depth; k++)
        {
            var layer = network.Layers[k];
            double[] scale = layer.Of(passes.Scale).ToArray(), w = [.. layer.Of(theta).ToArray().Zip(scale, static (a, s) => a * s)],
                slope = [.. layer.Of(g).ToArray().Zip(scale, static (a, s) => a / s)];
            (cosines[k] * Vectors.Norm(w) * Vectors.Norm(slope)).ShouldBe(product, 1e-12);
            (all, lengths, slopes) = (all + product, lengths + Vectors.Dot(w, w), slopes + Vectors.Dot(slope, slope));
        }
        (cosines[^1] * Math.Sqrt(lengths * slopes)).ShouldBe(all, 1e-12);
    }

    [Fact]
    public void A_single_layer_of_one_example_is_aligned_with_its_input()
    {
        var input = Observations.At(Network.Dense(2, 1), Loss.Logistic, Problems.TwoByTwo.Choose([0]), [2, 1]);
        input.Column("gradient_alignment_1").ShouldBe(1, 1e-15);
        input.Column("gradient_alignment").ShouldBe(1, 1e-15);
    }
}
