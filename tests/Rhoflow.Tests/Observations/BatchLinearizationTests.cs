using Rhoflow.Kernels;
using Rhoflow.Losses;
using Rhoflow.Measures.Curvature;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Numerics.Eigen;
using Rhoflow.Observations;
using Rhoflow.Tests.Measures.Curvature;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Observations;

/// <summary>Derivatives of the loss that is descended, through the statistics of the whole set or of minibatches.</summary>
public class BatchLinearizationTests
{
    private static readonly Team One = new();

    // Nine examples: all at once, and in minibatches of 3, or of 4, 4 and 1 (images, whose positions have a variance).
    public static TheoryData<string, int> Cases => new()
    {
        { "batch norm", 0 }, { "batch norm", 3 }, { "affine batch norm", 0 }, { "affine batch norm", 4 }, { "relu chain, logistic", 0 },
    };

    // The loss by the passes alone, minibatch by minibatch.
    private static double Loss(Linearization at, double[] theta, int batch)
    {
        var (network, data) = (at.Network, at.Data);
        var size = batch == 0 ? data.Count : batch;
        var total = 0.0;
        var examples = new Minibatch<double>(network.Input, size, shared: false, One);
        var risk = new MinibatchRisk<double>(network, at.Loss, size, One);
        for (var first = 0; first < data.Count; first += size)
        {
            var count = Math.Min(size, data.Count - first);
            examples.GatherRange(data.X, data.Y, first, count);
            total += count * Math.Exp(risk.Evaluate(theta, examples, NormalizeBy.Batch, default).LogLoss);
        }
        return total / data.Count;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_gradient_is_the_difference_of_losses(string name, int batch)
    {
        var seed = Random.Shared.Next(1000);
        using var here = CurvaturePoints.At<double>(name, seed, by: NormalizeBy.Batch, batch: batch);
        var theta = here.Theta.ToArray();
        Math.Exp(here.Value.LogLoss).ShouldBe(Loss(here, theta, batch), 1e-12, $"seed {seed}");
        var descent = new double[theta.Length];
        var scale = -Math.Exp(here.Gradient(descent).LogScale);
        const double H = 1e-6;
        for (var i = 0; i < theta.Length; i++)
        {
            double[] ahead = [.. theta], behind = [.. theta];
            (ahead[i], behind[i]) = (theta[i] + H, theta[i] - H);
            (scale * descent[i]).ShouldBe((Loss(here, ahead, batch) - Loss(here, behind, batch)) / (2 * H), 1e-6, $"seed {seed}, {i}");
        }
    }

    // A kink of a ReLU within the step would spoil a difference: the points are fixed.
    [Theory]
    [MemberData(nameof(Cases))]
    public void The_hessian_is_the_difference_of_gradients_by_products_and_written_out(string name, int batch)
    {
        const int Seed = 3;
        using var here = CurvaturePoints.At<double>(name, Seed, by: NormalizeBy.Batch, batch: batch);
        var hessian = new CurvatureOperator(here, CurvatureKind.Hessian);
        var p = hessian.Size;
        var matrix = new double[p, p];
        const double H = 1e-5;
        for (var i = 0; i < p; i++)
        {
            double[] ahead = Gradient(H), behind = Gradient(-H);
            for (var j = 0; j < p; j++) matrix[i, j] = (ahead[j] - behind[j]) / (2 * H);

            double[] Gradient(double step)
            {
                using var moved = CurvaturePoints.At<double>(name, Seed, t => [.. t.Select((w, j) => j == i ? w + step : w)],
                    NormalizeBy.Batch, batch);
                var descent = new double[p];
                var scale = -Math.Exp(moved.Gradient(descent).LogScale);
                return [.. descent.Select(g => scale * g)];
            }
        }
        var unit = new double[p];
        var size = 1.0;
        foreach (var entry in matrix) size = Math.Max(size, Math.Abs(entry));
        for (var i = 0; i < p; i++)
        {
            Array.Clear(unit);
            unit[i] = 1;
            var column = CurvaturePoints.Times(hessian, unit);
            for (var j = 0; j < p; j++) (Math.Exp(hessian.LogScale) * column[j]).ShouldBe(matrix[i, j], 3e-5 * size);
        }
        var all = DenseOperator.Of(hessian).Eigenvalues(One);
        var ends = Lanczos.Solve(hessian, 1, 1, new EigenOptions { Tolerance = 1e-9 }, One);
        ends.Values[0].ShouldBe(all[^1], 1e-8 * Math.Abs(all[^1]));
        ends.Values[^1].ShouldBe(all[0], 1e-8 * Math.Abs(all[^1]));
    }

    // Gradients of single outputs, each of which depends on all examples of its minibatch, add up to that of the loss.
    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_of_examples_add_up(string name, int batch)
    {
        var seed = Random.Shared.Next(1000);
        using var here = CurvaturePoints.At<double>(name, seed, by: NormalizeBy.Batch, batch: batch);
        int[] all = [.. Enumerable.Range(0, here.Data.Count)];
        double[] whole = new double[here.Theta.Length], single = new double[whole.Length], rows = new double[whole.Length];
        here.Gradient(whole);
        var weights = here.Weights.ToArray();
        here.EachGradient(all, (n, c, g) => Vectors.Add(weights[n * here.Network.Outputs + c], g, single));
        here.EachVectorJacobianProduct(all, weights, (_, _, g) => Vectors.Add(1, g, rows));
        var size = Math.Max(1, Vectors.Norm(whole));
        for (var i = 0; i < whole.Length; i++)
        {
            single[i].ShouldBe(whole[i], 1e-12 * size, $"seed {seed}");
            rows[i].ShouldBe(whole[i], 1e-12 * size, $"seed {seed}");
        }
    }

    // W_k below a normalization with ε near 0 has no radial gradient; nothing is folded, so W is θ.
    [Fact]
    public void By_its_own_statistics_a_network_does_not_see_the_scale_of_normalized_layers()
    {
        var random = new Random(5);
        var network = new NetworkBuilder(3).Dense(4).BatchNorm(epsilon: 0).Then(Activation.ReLU).Dense(1).Build();
        var data = CurvaturePoints.Data("power, square", 1, 12);
        var theta = Initialization.Kaiming(network, new RandomStream(random.Next()));
        using var passes = Linearization.Of<double>(network, Rhoflow.Losses.Loss.Square, data, Reduction.Mean, theta,
            network.StartStatistics(), 1, by: NormalizeBy.Batch);
        passes.Scale.ToArray().ShouldAllBe(static s => s == 1);
        var g = new double[theta.Length];
        passes.Gradient(g);
        var first = network.Layers[0];
        (Vectors.Dot(first.Of(theta), first.Of(g)) / Vectors.Norm(first.Of(g))).ShouldBe(0, 1e-12);
    }

    [Fact]
    public void A_minibatch_of_one_number_a_channel_is_refused()
    {
        var network = new NetworkBuilder(3).Dense(4).BatchNorm().Dense(1).Build();
        var data = CurvaturePoints.Data("power, square", 1, 9);
        Should.Throw<ArgumentException>(() => Linearization.Of<double>(network, Rhoflow.Losses.Loss.Square, data, Reduction.Mean,
            network.Zeros(), network.StartStatistics(), 1, by: NormalizeBy.Batch, batch: 4)).Message.ShouldContain("9 = 2 · 4 + 1");
    }
}
