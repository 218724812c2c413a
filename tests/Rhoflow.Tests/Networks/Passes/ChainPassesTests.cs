using FsCheck.Fluent;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Networks.Passes;

public class ChainPassesTests
{
    private static void ForAllNetworks(Action<RandomNetwork, ChainPasses> check, int count = 150) =>
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(count), Prop.ForAll(
            Gen.Choose(0, 1_000_000).ToArbitrary(), seed =>
            {
                var random = new RandomNetwork(seed);
                check(random, new ChainPasses(random.Net, random.X, random.Examples));
            }));

    private static double[] Outputs(ChainPasses e, double[] theta)
    {
        e.Forward(theta);
        return e.Outputs.ToArray();
    }

    private static double[] Moved(double[] a, double c, double[] b) => [.. a.Zip(b, (u, v) => u + c * v)];

    private static double Close(double value) => 1e-11 * (1 + Math.Abs(value));

    // For finite differences only: no unit changes sides within ± h.
    private static bool Smooth(RandomNetwork r, double h) => Enumerable.Range(0, r.Examples).All(n =>
        ReferenceNetwork.Pattern(r.Net, Moved(r.Theta, h, r.Direction), r.Example(n))
            .SequenceEqual(ReferenceNetwork.Pattern(r.Net, Moved(r.Theta, -h, r.Direction), r.Example(n))));

    [Fact]
    public void Outputs_and_gradients_are_those_of_the_loops() => ForAllNetworks((r, e) =>
    {
        var p = r.Net.ParameterCount;
        e.Forward(r.Theta);
        var gradients = new double[r.Examples * p];
        e.PerExample(r.Theta, gradients);
        var weights = new double[e.Examples];
        Problems.Normal(new Random(5), r.Examples).CopyTo(weights, 0);
        var gradient = new double[p];
        e.VectorJacobianProduct(r.Theta, weights, gradient);
        var sum = new double[p];
        for (var n = 0; n < r.Examples; n++)
        {
            var f = ReferenceNetwork.Outputs(r.Net, r.Theta, r.Example(n))[0];
            e.Outputs[n].ShouldBe(f, Close(f));
            var g = ReferenceNetwork.Gradient(r.Net, r.Theta, r.Example(n));
            for (var i = 0; i < p; i++) gradients[n * p + i].ShouldBe(g[i], Close(Vectors.Norm(g)));
            Vectors.Add(weights[n], g, sum);
        }
        for (var i = 0; i < p; i++) gradient[i].ShouldBe(sum[i], Close(Vectors.Norm(sum)) * 10);
    });

    [Fact]
    public void Derivatives_along_a_direction_are_finite_differences() => ForAllNetworks((r, e) =>
    {
        const double H = 1e-5;
        if (!Smooth(r, H)) return;
        int p = r.Net.ParameterCount, stride = e.Examples;
        double[] c = new double[stride], cDot = new double[stride];
        Problems.Normal(new Random(5), r.Examples).CopyTo(c, 0);
        Problems.Normal(new Random(6), r.Examples).CopyTo(cDot, 0);
        var exact = new double[p];
        e.Forward(r.Theta);
        var tangent = e.JacobianVectorProduct(r.Theta, r.Direction)[..r.Examples].ToArray();
        e.HessianVectorProduct(r.Theta, r.Direction, c, cDot, exact);
        // Central differences at H and H/2, without their common error in H²: powers have large third derivatives.
        var (coarse, fine) = (Differences(H), Differences(H / 2));
        double[] f = Extrapolated(coarse.F, fine.F), g = Extrapolated(coarse.G, fine.G);
        for (var n = 0; n < r.Examples; n++) tangent[n].ShouldBe(f[n], 1e-6 * (1 + Vectors.Norm(tangent) + Vectors.Norm(coarse.At)));
        for (var i = 0; i < p; i++) exact[i].ShouldBe(g[i], 1e-6 * (1 + Vectors.Norm(exact) + Vectors.Norm(coarse.GradientAt)));

        static double[] Extrapolated(double[] coarse, double[] fine) => [.. coarse.Zip(fine, static (a, b) => (4 * b - a) / 3)];

        (double[] F, double[] G, double[] At, double[] GradientAt) Differences(double h)
        {
            double[] up = Moved(r.Theta, h, r.Direction), down = Moved(r.Theta, -h, r.Direction), plus = new double[p], minus =
                new double[p];
            var above = Outputs(e, up);
            e.VectorJacobianProduct(up, Moved(c, h, cDot), plus);
            var below = Outputs(e, down);
            e.VectorJacobianProduct(down, Moved(c, -h, cDot), minus);
            double[] Slope(double[] a, double[] b) => [.. a.Zip(b, (u, v) => (u - v) / (2 * h))];
            return (Slope(above, below), Slope(plus, minus), above, plus);
        }
    });

    // T3 eq. 3, 4, 5, 6, corrected for units of degree p: one layer scaled by c gives c^{e_k}, all of them c^degree
    [Fact]
    public void Networks_are_positively_homogeneous_layer_by_layer() => ForAllNetworks((r, e) =>
    {
        var f = Outputs(e, r.Theta);
        var size = Vectors.Norm(f);
        foreach (var c in (double[])[0.5, 1.7])
        {
            Outputs(e, [.. r.Theta.Select(v => c * v)])
                .ShouldBe(f.Select(v => Math.Pow(c, r.Net.Degree) * v), 1e-11 * (1 + size) * Math.Pow(c, r.Net.Degree));
            for (var k = 0; k < r.Net.Depth; k++)
            {
                var scaled = (double[])r.Theta.Clone();
                foreach (ref var v in r.Net.Layers[k].Of(scaled)) v *= c;
                var factor = Math.Pow(c, r.Net.Exponents[k]);
                Outputs(e, scaled).ShouldBe(f.Select(v => factor * v), 1e-11 * (1 + size) * factor);
            }
        }
    });

    [Fact]
    public void The_structural_lemma_holds_for_every_layer() => ForAllNetworks((r, e) =>
    {
        int p = r.Net.ParameterCount;
        var gradients = new double[r.Examples * p];
        var f = Outputs(e, r.Theta);
        e.PerExample(r.Theta, gradients);
        for (var k = 0; k < r.Net.Depth; k++)
        {
            var layer = r.Net.Layers[k];
            for (var n = 0; n < r.Examples; n++)
                Vectors.Dot(layer.Of(r.Theta), layer.Of(gradients.AsSpan(n * p, p)))
                    .ShouldBe(r.Net.Exponents[k] * f[n], 1e-10 * (1 + Vectors.Norm(gradients)));
        }
    });

    // ⟨W_k, ∂²f/∂W_k²⟩ = (e_k − 1) ∂f/∂W_k, which is 0 for ReLU and linear layers (T3 eq. 5); across layers ∂²f/∂W_k∂W_j W_k = e_k ∂f/∂W_j
    [Fact]
    public void The_second_derivative_along_a_layer_is_a_multiple_of_the_gradient() => ForAllNetworks((r, e) =>
    {
        var p = r.Net.ParameterCount;
        var c = new double[e.Examples];
        Problems.Normal(new Random(7), r.Examples).CopyTo(c, 0);
        double[] gradient = new double[p], second = new double[p];
        e.Forward(r.Theta);
        e.VectorJacobianProduct(r.Theta, c, gradient);
        for (var k = 0; k < r.Net.Depth; k++)
        {
            var direction = new double[p];
            r.Net.Layers[k].Of(r.Theta).CopyTo(r.Net.Layers[k].Of(direction));
            e.JacobianVectorProduct(r.Theta, direction);
            e.HessianVectorProduct(r.Theta, direction, c, new double[e.Examples], second);
            for (var j = 0; j < r.Net.Depth; j++)
            {
                var factor = r.Net.Exponents[k] - (j == k ? 1.0 : 0.0);
                var expected = r.Net.Layers[j].Of(gradient).ToArray().Select(v => factor * v);
                r.Net.Layers[j].Of(second).ToArray().ShouldBe(expected, 1e-9 * (1 + Vectors.Norm(second) + Vectors.Norm(gradient)));
            }
        }
    });

    [Fact]
    public void Networks_with_several_outputs_give_the_gradient_of_each()
    {
        var net = Network.Dense(3, 4, 2);
        var random = new Random(3);
        double[] theta = Problems.Normal(random, net.ParameterCount), x = Problems.Normal(random, 5 * 3);
        var e = new ChainPasses(net, x, 5);
        e.Forward(theta);
        for (var output = 0; output < 2; output++)
        {
            var gradients = new double[5 * net.ParameterCount];
            e.PerExample(theta, gradients, output);
            for (var n = 0; n < 5; n++)
            {
                var row = x[(3 * n)..(3 * n + 3)];
                e.Outputs[n * 2 + output].ShouldBe(ReferenceNetwork.Outputs(net, theta, row)[output], 1e-13);
                gradients[(n * net.ParameterCount)..((n + 1) * net.ParameterCount)]
                    .ShouldBe(ReferenceNetwork.Gradient(net, theta, row, output), 1e-13);
            }
        }
    }

    [Fact]
    public void A_frozen_pattern_continues_smoothly_beyond_the_kink_and_names_it()
    {
        var net = Network.Dense(1, 1, 1);
        var e = new ChainPasses(net, [1.0, -2.0], 2);
        var pattern = new ActivationPattern(net, e);
        pattern.Begin([1, 1]);
        pattern.Violation().ShouldBeNull();
        e.Forward([-0.5, 1]);
        e.Outputs[0].ShouldBe(-0.5);                                // the active unit goes on as a line
        e.Outputs[1].ShouldBe(0);
        for (var n = 0; n < 2; n++)
        {
            var kink = pattern.Violation()!.Value;
            kink.ToString().ShouldBe($"layer 1, unit 0, example {n}");
            pattern.Cross(kink);
        }
        pattern.Violation().ShouldBeNull();
        e.Forward([-0.5, 1]);
        e.Outputs[0].ShouldBe(0);
        e.Outputs[1].ShouldBe(1);
    }

    [Fact]
    public void Inputs_of_the_wrong_width_are_refused() =>
        Should.Throw<ArgumentException>(() =>
            new ChainPasses(Network.Dense(3, 1), new double[8], 4)).Message.ShouldContain("the network takes 3 inputs; the data have 2");
}
