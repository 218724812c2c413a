using Rhoflow.Data;
using Rhoflow.Losses;
using Rhoflow.Measures.Margins;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Networks.Passes;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Margins;

/// <summary>Degrees of leading parts against outputs of scaled parameters, and margins against networks that have only the leading
/// part.</summary>
public class NearHomogeneousTests
{
    public static IEnumerable<TheoryDataRow<string>> Names => NetworkTable.Names.Select(static n => new TheoryDataRow<string>(n));

    private readonly int _seed = Environment.TickCount;

    // A network with biases in every layer is x₁ … of degree 3 and less.
    private static readonly Network s_biased = new NetworkBuilder(5).Dense(6).Bias().Then(Activation.ReLU).Dense(4).Bias()
        .Then(Activation.ReLU).Dense(3).Bias().Build();

    [Theory]
    [MemberData(nameof(Names))]
    public void Doubling_large_parameters_multiplies_f_by_two_to_the_degree(string name)
    {
        var network = NetworkTable.Get(name);
        var (degree, whyNot) = Homogeneity.Leading(network);
        if (degree is not { } m)
        {
            whyNot.ShouldNotBeNull();
            return;
        }
        if (Homogeneity.Of(network).Degree is { } exact) m.ShouldBe(exact);
        var trial = new Trial(network, 3);
        double[] At(double c) => [.. new ReferenceNodes(network).Run([.. trial.Theta.Select(t => c * t)], trial.X, trial.Examples)[^1]
            .Select(f => f / Math.Pow(c, m))];
        var large = Math.ScaleB(1, Math.Min(30, 300 / m));
        double[] f = At(large), g = At(2 * large);
        Vectors.Norm(f).ShouldBeGreaterThan(0);
        Vectors.Distance(f, g).ShouldBeLessThan(1e-3 * Vectors.Norm(f), name);
    }

    [Fact]
    public void What_is_bounded_or_unknown_has_no_degree()
    {
        foreach (var unit in new[] { ElementwiseKind.Tanh, ElementwiseKind.Sigmoid })
            Homogeneity.Leading(new NetworkBuilder(3).Dense(2).Then(unit).Dense(1).Build()).WhyNot.ShouldNotBeNull()
                .ShouldContain(unit.Name);
        Homogeneity.Leading(new NetworkBuilder(3).Dense(2).LayerNorm().Build()).WhyNot.ShouldNotBeNull().ShouldContain("does not grow");
        foreach (var unit in new[] { ElementwiseKind.Gelu, ElementwiseKind.Elu })
            Homogeneity.Leading(new NetworkBuilder(3).Dense(2).Then(unit).Dense(1).Bias().Build()).M.ShouldBe(2);
    }

    // Far out only the first bias, which is of the degree of what it is added to, is left.
    [Fact]
    public void The_homogenization_of_a_network_with_biases_has_the_first_only()
    {
        var data = Observations.Classes(_seed, 40, 5, 3);
        var theta = Weights(s_biased);
        var norm = Vectors.Norm(theta);
        var input = Observations.At(s_biased, Loss.CrossEntropy, data, theta);
        var leading = new NetworkBuilder(5).Dense(6).Bias().Then(Activation.ReLU).Dense(4).Then(Activation.ReLU).Dense(3).Build();
        double[] rest = [.. theta.AsSpan(0, 30), .. theta.AsSpan(30, 6), .. theta.AsSpan(36, 24), .. theta.AsSpan(64, 12)];
        rest.Length.ShouldBe(leading.ParameterCount);
        using var passes = Observations.Passes(leading, Loss.CrossEntropy, data, [.. rest.Select(w => w / norm)]);
        var expected = Margin.All(passes.Outputs, data.Y, 3).Min();
        input.Column("homogenized_margin").ShouldBe(expected, 1e-9 * Math.Abs(expected), $"seed {_seed}");
        input.Column("near_homogeneous_degree").ShouldBe(3);
    }

    [Fact]
    public void The_margin_is_that_of_the_outputs_over_the_norm_and_the_gap_a_difference()
    {
        foreach (var network in new[] { s_biased, new NetworkBuilder(5).Dense(4).Then(ElementwiseKind.Gelu)
            .LayerNorm(gamma: true, beta: true).Residual(static b => b.Dense(3).Then(Activation.ReLU).Dense(4)).Dense(3).Bias().Build() })
        {
            Dataset data = Observations.Classes(_seed, 30, 5, 3), test = Observations.Classes(_seed + 1, 20, 5, 3);
            var theta = Weights(network);
            var m = Homogeneity.Leading(network).M!.Value;
            var unit = Math.Pow(Vectors.Norm(theta), m);
            double[] Outputs(double c, Dataset of)
            {
                using var passes = Observations.Passes(network, Loss.CrossEntropy, of, [.. theta.Select(w => c * w)]);
                return [.. passes.Outputs];
            }
            var input = Observations.At(network, Loss.CrossEntropy, data, theta, test: test);
            double[] f = Outputs(1, data), above = Outputs(1 + 1e-6, data), below = Outputs(1 - 1e-6, data);
            input.Column("near_homogeneous_margin").ShouldBe(Margin.All(f, data.Y, 3).Min() / unit, 1e-12, $"seed {_seed}");
            input.Column("test_near_homogeneous_margin").ShouldBe(Margin.All(Outputs(1, test), test.Y, 3).Min() / unit, 1e-12,
                $"seed {_seed}");
            var gap = 0.0;
            for (var n = 0; n < data.Count; n++)
            {
                Margin.Of(f.AsSpan(n * 3, 3), (int)data.Y[n], out var rival);
                double Of(double[] g) => g[n * 3 + (int)data.Y[n]] - g[n * 3 + rival];
                gap = Math.Max(gap, Math.Abs((Of(above) - Of(below)) / 2e-6 - m * Of(f)) / unit);
            }
            input.Column("near_homogeneity_gap").ShouldBe(gap, 1e-6 * gap, $"seed {_seed}");
        }
    }

    // Along a ray d(q/r^M)/dr = (⟨∂q/∂θ, θ⟩ − M q)/r^{M+1}: with f = w₂ max(w₁x, 0) + b this is −b/r^M.
    [Fact]
    public void One_unit_with_a_bias_by_hand()
    {
        var network = new NetworkBuilder(1).Dense(1).Then(Activation.ReLU).Dense(1).Bias().Build();
        var input = Observations.At(network, Loss.Logistic, new Dataset("one", [2], [1], 1), [3, 4, 12]);
        input.Column("near_homogeneous_margin").ShouldBe((24 + 12) / 169.0, 1e-14);
        input.Column("homogenized_margin").ShouldBe(24 / 169.0, 1e-12);
        input.Column("near_homogeneity_gap").ShouldBe(12 / 169.0, 1e-14);
    }

    [Fact]
    public void Where_it_is_of_no_use_it_says_why()
    {
        var data = Observations.Classes(1, 6, 5, 3);
        string? Why(Network network, string name) => Observations.Measure("margins", name).Refuse(new(network, Loss.CrossEntropy, data));
        Why(Network.Dense(5, 4, 3), "near_homogeneous_margin").ShouldNotBeNull().ShouldContain("homogeneous in every W_k");
        Why(new NetworkBuilder(5).Dense(4).Then(ElementwiseKind.Tanh).Dense(3).Build(), "near_homogeneous_margin").ShouldNotBeNull()
            .ShouldContain("tanh");
        var normalized = new NetworkBuilder(5).Dense(4).BatchNorm(affine: true).Then(Activation.ReLU).Dense(3).Bias().Build();
        Why(normalized, "near_homogeneous_margin").ShouldBeNull();
        Why(normalized, "homogenization").ShouldNotBeNull().ShouldContain("statistics of batch normalization");
    }

    [Fact]
    public void Input_margins_of_float32_are_those_of_float64()
    {
        var network = Observations.Convolutional(3);
        var data = Observations.Classes(_seed, 50, network.Inputs, 3);
        using var passes = Observations.Passes(network, Loss.CrossEntropy, data, Weights(network));
        int[] all = [.. Enumerable.Range(0, 50)];
        double[] wide = InputMargins.Distances(passes, all), narrow = InputMargins.Distances(passes, all, isSingle: true);
        // A unit whose sum is within rounding of 0 may be on in one of them only, and moves the slope of its example.
        wide.Zip(narrow).Count(static d => Math.Abs(d.First - d.Second) <= 1e-4 * (1 + Math.Abs(d.First))).ShouldBeGreaterThan(47,
            $"seed {_seed}");
        wide.ShouldNotBe(narrow);
    }

    private double[] Weights(Network network)
    {
        var random = new Random(_seed);
        return [.. Enumerable.Range(0, network.ParameterCount).Select(_ => random.NextDouble() * 2 - 1)];
    }
}
