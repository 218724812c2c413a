using Rhoflow.Kernels;
using Rhoflow.Measures;
using Rhoflow.Measures.Bounds;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Networks.Passes;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Networks;

/// <summary>What layer normalization says of itself; its passes are held to loops and differences with those of all nodes.</summary>
public sealed class LayerNormTests : IDisposable
{
    private readonly Team _team = new(1);

    public void Dispose() => _team.Dispose();

    private static Network Net(double epsilon = 1e-5) =>
        new NetworkBuilder(4).Dense(6).LayerNorm(epsilon: epsilon).Then(Activation.ReLU).Dense(5).Then(Activation.ReLU).Dense(1).Build();

    [Fact]
    public void Every_example_has_mean_0_and_spread_1_by_itself()
    {
        var net = new NetworkBuilder(3).LayerNorm(epsilon: 0).Dense(1).Build();
        var passes = GraphPasses<double>.Of(net, [1.0, 2, 6, 1e9 - 1, 1e9, 1e9 + 1, 5, 5, 5], _team);
        passes.Forward([1.0, 1, 1]);
        var root = Math.Sqrt(14.0 / 3);
        double[] expected = [-2 / root, -1 / root, 3 / root, -Math.Sqrt(1.5), 0, Math.Sqrt(1.5), 0, 0, 0];
        passes.Output(0).ToArray().ShouldBe(expected, 1e-15);
    }

    [Fact]
    public void Norms_of_the_layers_below_are_no_factors_of_f()
    {
        var net = Net();
        net.Exponents.ToArray().ShouldBe([0, 1, 1]);
        var homogeneity = Homogeneity.Of(net);
        homogeneity.Degree.ShouldBe(2);
        homogeneity.Layers.ShouldBe([0, 1, 1]);
        homogeneity.Reason.ShouldBe("the layer normalization of node 2 has ε = 1E-05: invariant to the scale of the weights below only as "
            + "far as ε is small beside the variances");
        Homogeneity.Of(Net(0)).Reason.ShouldBeNull();
        var shifted = Homogeneity.Of(new NetworkBuilder(4).Dense(6).LayerNorm(beta: true, epsilon: 0).Dense(1).Build());
        shifted.ShouldSatisfyAllConditions(h => h.Degree.ShouldBeNull(), h => h.Layers.ShouldBe([0, 1]), h =>
            h.Reason!.ShouldContain("adds β to a part of degree 0"));
    }

    // f(… cW_k …) = c^{e_k} f exactly where ε = 0: then ⟨W_k, ∂f/∂W_k⟩ = e_k f.
    [Fact]
    public void Without_epsilon_eulers_identity_holds_with_degree_0_below()
    {
        var net = Net(0);
        var trial = new Trial(net, 5);
        var passes = GraphPasses<double>.Of(net, trial.X, _team);
        passes.Forward(trial.Theta);
        var gradient = new double[trial.Theta.Length];
        passes.VectorJacobianProduct(trial.Theta, trial.C, gradient);
        var f = Vectors.Dot(trial.C, passes.Outputs);
        for (var k = 0; k < net.Depth; k++)
            Vectors.Dot(net.Layers[k].Of(trial.Theta), net.Layers[k].Of(gradient))
                .ShouldBe(net.Exponents[k] * f, 1e-12 * (1 + Vectors.Norm(gradient)));
    }

    [Fact]
    public void Measures_that_do_not_apply_say_why()
    {
        var net = Net();
        BoundAssumptions.Sequential(net).ShouldBeNull();
        BoundAssumptions.Chain(net)
            .ShouldBe("the bound is proved for positively homogeneous 1-Lipschitz units; layer normalization is not one");
        BoundAssumptions.Literal(net).ShouldBe(
            "the bound is proved for linear maps and elementwise units; layer normalization divides every example by its own spread");
        BoundAssumptions.Literal(new NetworkBuilder(4).Dense(6).LayerNorm(beta: true).Dense(1).Build())
            .ShouldBe("the bound is proved for networks without biases; layer normalization adds β");
        PathNorm.Refuse(net).ShouldBe(
            "the path norm adds up paths of piecewise linear units; layer normalization divides them by their spread");
        Scaling.WhyNoDirections(net)!.ShouldContain("the layer normalization of node 2 has ε = 1E-05");
        Scaling.WhyNoDirections(Net(0)).ShouldBeNull();
        Scaling.WhyNotHomogeneous(net)!.ShouldContain("ε = 1E-05");
        Scaling.WhyNotHomogeneous(Net(0)).ShouldBeNull();
    }

    [Fact]
    public void Batch_normalization_that_only_it_reads_stays_a_node()
    {
        var net = new NetworkBuilder(4).Dense(6).Then(Activation.ReLU).BatchNorm().LayerNorm().Dense(2).Build();
        var trial = new Trial(net, 3);
        BatchNormFolding.Of(net, trial.Theta, trial.Running).Unfolded.ShouldHaveSingleItem().Value
            .ShouldBe("node 4 (layer-norm → 6) after it normalizes over the channels, which mixes their scales");
    }

    [Fact]
    public void The_builder_refuses_what_cannot_be_normalized()
    {
        Should.Throw<ArgumentException>(() => new NetworkBuilder(1).LayerNorm()).Message.ShouldContain("at least 2 features");
        Should.Throw<ArgumentException>(() =>
            new NetworkBuilder(3).LayerNorm(epsilon: -1)).Message.ShouldContain("a finite ε ≥ 0; -1 was given");
    }

    [Fact]
    public void A_shift_and_a_factor_start_at_0_and_1()
    {
        var net = new NetworkBuilder(2).Dense(3).LayerNorm(gamma: true, beta: true).Dense(1).Build();
        (net.ParameterCount, net.StatisticsCount).ShouldBe((6 + 3 + 3 + 3, 0));
        Initialization.Normal(net, new RandomStream(1))[6..12].ShouldBe([1.0, 1, 1, 0, 0, 0]);
    }
}
