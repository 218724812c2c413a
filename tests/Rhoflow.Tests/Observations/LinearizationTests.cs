using Rhoflow.Data;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Observations;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Observations;

public class LinearizationTests
{
    private static readonly TensorShape s_image = new(4, 3, 2);

    // Batch normalization in front of a ReLU (folds into rows) and after one (folds into columns of the next layer).
    private static (Network Network, Dataset Data, double[] Theta, double[] Statistics) Classes(int examples)
    {
        var network = new NetworkBuilder(s_image).Convolution(3, kernel: 3, padding: 1).BatchNorm(affine: true).Then(Activation.ReLU)
            .GlobalAverage().BatchNorm().Dense(5).Then(Activation.ReLU).Dense(3).Build();
        var random = new Random(3);
        var data = new Dataset("random", Problems.Normal(random, examples * s_image.Count),
            [.. Enumerable.Range(0, examples).Select(static n => (double)(n % 3))], s_image.Count);
        var theta = Initialization.Kaiming(network, new RandomStream(4));
        double[] statistics = [.. network.StartStatistics().Select(s => s == 1 ? 0.5 + random.NextDouble() : random.NextDouble() - 0.5)];
        return (network, data, theta, statistics);
    }

    [Fact]
    public void On_chains_it_is_the_risk_of_flows_in_both_reductions()
    {
        var network = Network.Dense(3, 5, 4, 1);
        var data = Problems.Separable(1, 17, 3, 0.2);
        var theta = Initialization.Kaiming(network, new RandomStream(1));
        double[] direction = Problems.Normal(new Random(2), theta.Length), a = new double[theta.Length], b = new double[theta.Length];
        foreach (var loss in Loss.Binary)
        {
            foreach (var reduction in (Reduction[])[Reduction.Mean, Reduction.Sum])
            {
                var risk = new EmpiricalRisk(network, loss, data, reduction);
                using var passes = Linearization.Of<double>(network, loss, data, reduction, theta, default, threads: 2);
                risk.Outputs(theta).ToArray().ShouldBe(passes.Outputs.ToArray(), 1e-14);
                var expected = risk.Evaluate(theta, a);
                var value = passes.Gradient(b);
                value.LogLoss.ShouldBe(expected.LogLoss, 1e-13);
                value.LogScale.ShouldBe(expected.LogScale, 1e-13);
                b.ShouldBe(a, 1e-12 * (1 + Vectors.Norm(a)));
                risk.HessianVectorProduct(theta, direction, a);
                passes.HessianVectorProduct(direction, b);
                b.ShouldBe(a, 1e-11 * (1 + Vectors.Norm(a)));
            }
        }
    }

    [Fact]
    public void Derivatives_behind_batch_normalization_are_differences_of_the_evaluated_network()
    {
        var (network, data, theta, statistics) = Classes(7);
        const double H = 1e-5;
        var direction = Problems.Normal(new Random(5), theta.Length);
        Linearization At(double step) => Linearization.Of<double>(network, Loss.CrossEntropy, data, Reduction.Mean,
            theta.Zip(direction, (w, d) => w + step * d).ToArray(), statistics, 1);
        using var here = At(0);
        using var ahead = At(H);
        using var behind = At(-H);
        double[] fDot = new double[here.Outputs.Length], g = new double[theta.Length], gAhead = new double[theta.Length], gBehind =
            new double[theta.Length], product = new double[theta.Length];
        here.JacobianVectorProduct(direction, fDot);
        for (var i = 0; i < fDot.Length; i++) fDot[i].ShouldBe((ahead.Outputs[i] - behind.Outputs[i]) / (2 * H), 1e-7);
        var value = here.Gradient(g);
        (-Math.Exp(value.LogScale) * Vectors.Dot(g, direction))
            .ShouldBe((Math.Exp(ahead.Value.LogLoss) - Math.Exp(behind.Value.LogLoss)) / (2 * H), 1e-7);
        var (sAhead, sBehind) = (Math.Exp(ahead.Gradient(gAhead).LogScale), Math.Exp(behind.Gradient(gBehind).LogScale));
        var s = Math.Exp(here.HessianVectorProduct(direction, product).LogScale);
        for (var i = 0; i < g.Length; i++) (s * product[i]).ShouldBe((sBehind * gBehind[i] - sAhead * gAhead[i]) / (2 * H), 1e-5);
    }

    [Fact]
    public void Gradients_of_single_examples_sum_to_the_pull_and_make_up_gauss_newton()
    {
        var (network, data, theta, statistics) = Classes(6);
        using var passes = Linearization.Of<double>(network, Loss.Square, data, Reduction.Sum, theta, statistics, 1);
        double[] weights = Problems.Normal(new Random(6), 18), sum = new double[theta.Length], pulled = new double[theta.Length];
        double[] v = Problems.Normal(new Random(7), theta.Length), gaussNewton = new double[theta.Length], product =
            new double[theta.Length];
        passes.EachGradient(Enumerable.Range(0, 6).ToArray(), (n, c, gradient) =>
        {
            Vectors.Add(weights[n * 3 + c], gradient, sum);
            // ∂²ℓ/∂f² of Σ (t − f)² is 2.
            Vectors.Add(2 * Vectors.Dot(gradient, v), gradient, gaussNewton);
        });
        passes.VectorJacobianProduct(weights, pulled);
        pulled.ShouldBe(sum, 1e-12);
        var scale = Math.Exp(passes.GaussNewtonVectorProduct(v, product).LogScale);
        foreach (ref var p in product.AsSpan()) p *= scale;
        product.ShouldBe(gaussNewton, 1e-10);
    }

    // Euler: Σ_c c_nc ⟨V_k, ∂f̃/∂V_k⟩ = f̃ for every layer whose folded weights scale f; a bias that normalization leaves behind is no
    // function of V.
    [Fact]
    public void Derivatives_of_the_normalized_network_follow_the_folded_weights()
    {
        var network = new NetworkBuilder(s_image).Convolution(3, kernel: 3, padding: 1).BatchNorm(affine: true).Then(Activation.ReLU)
            .Dense(4).BatchNorm().Then(Activation.ReLU).Dense(2).Build();
        var random = new Random(8);
        var data = new Dataset("random", Problems.Normal(random, 5 * s_image.Count), [0, 1, 1, 0, 1], s_image.Count);
        double[] theta = Initialization.Kaiming(network, new RandomStream(9)), weights = Problems.Normal(random, 10), g =
            new double[theta.Length];
        // Without shifts the folded network is homogeneous.
        double[] statistics = [.. network.StartStatistics().Select(s => s == 1 ? 0.5 + random.NextDouble() : 0)];
        using var passes = Linearization.Of<double>(network, Loss.CrossEntropy, data, Reduction.Mean, theta, statistics, 1);
        passes.NormalizedVectorJacobianProduct(weights, g);
        var rho = 1.0;
        var norms = new double[network.Depth];
        for (var k = 0; k < norms.Length; k++)
        {
            double[] w = [.. network.Layers[k].Of(theta).ToArray()
                .Zip(network.Layers[k].Of(passes.Scale).ToArray(), static (a, b) => a * b)];
            rho *= norms[k] = Vectors.Norm(w);
        }
        var expected = Vectors.Dot(weights, passes.Outputs) / rho;
        for (var k = 0; k < norms.Length; k++)
        {
            double[] v = [.. network.Layers[k].Of(theta).ToArray()
                .Zip(network.Layers[k].Of(passes.Scale).ToArray(), (a, b) => a * b / norms[k])];
            Vectors.Dot(v, network.Layers[k].Of(g)).ShouldBe(expected, 1e-12);
        }
    }

    [Fact]
    public void Features_enter_their_layer()
    {
        var (network, data, theta, statistics) = Classes(5);
        using var passes = Linearization.Of<double>(network, Loss.CrossEntropy, data, Reduction.Mean, theta, statistics, 1);
        var last = passes.Features(network.Depth);
        last.Width.ShouldBe(5);
        var w = network.Layers[^1].Matrix(theta);
        for (var n = 0; n < 5; n++)
            for (var c = 0; c < 3; c++) Vectors.Dot(w[c], last.Row(n)).ShouldBe(passes.Outputs[n * 3 + c], 1e-13);
        passes.Features(1).Row(3).ShouldBe(data.Example(3).ToArray());
    }

    // More examples than a block holds, so that sums run over several; and numbers of float32 beside it.
    [Fact]
    public void Blocks_threads_and_float32_agree()
    {
        var (network, data, theta, statistics) = Classes(2500);
        double[] v = Problems.Normal(new Random(10), theta.Length), a = new double[theta.Length], b = new double[theta.Length], single =
            new double[theta.Length];
        using var one = Linearization.Of<double>(network, Loss.CrossEntropy, data, Reduction.Mean, theta, statistics, threads: 1);
        using var two = Linearization.Of<double>(network, Loss.CrossEntropy, data, Reduction.Mean, theta, statistics, threads: 2);
        using var float32 = Linearization.Of<float>(network, Loss.CrossEntropy, data, Reduction.Mean, theta, statistics, threads: 2);
        one.HessianVectorProduct(v, a);
        two.HessianVectorProduct(v, b);
        b.ShouldBe(a);
        float32.HessianVectorProduct(v, single);
        Vectors.Distance(single, a).ShouldBeLessThan(1e-4 * Vectors.Norm(a));
        var parts = new double[theta.Length];
        for (var first = 0; first < 2500; first += 500)
        {
            var part = new Dataset("part", data.X.Slice(first * data.Inputs, 500 * data.Inputs).ToArray(),
                data.Y.Slice(first, 500).ToArray(), data.Inputs);
            using var passes = Linearization.Of<double>(network, Loss.CrossEntropy, part, Reduction.Mean, theta, statistics, threads: 1);
            var product = new double[theta.Length];
            var scale = Math.Exp(passes.HessianVectorProduct(v, product).LogScale - one.Value.LogScale) / 5;
            Vectors.Add(scale, product, parts);
        }
        parts.ShouldBe(a, 1e-12 * (1 + Vectors.Norm(a)));
    }
}
