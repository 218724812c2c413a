using Rhoflow.Kernels;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Measures.Bounds;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Networks.Passes;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Networks;

/// <summary>What a bias says of itself; its passes are held to loops and differences with those of all nodes.</summary>
public sealed class BiasTests : IDisposable
{
    private readonly Team _team = new(1);

    public void Dispose() => _team.Dispose();

    [Fact]
    public void It_adds_a_number_to_every_channel()
    {
        var net = new NetworkBuilder(new TensorShape(1, 2, 2)).Bias().Dense(1).Bias().Build();
        var passes = GraphPasses<double>.Of(net, [1.0, 2, 3, 4], _team);
        passes.Forward([10, 20, 1, 1, 1, 1, 0.5]);
        passes.Output(0).ToArray().ShouldBe([11, 22, 13, 24.0]);
        passes.Outputs.ToArray().ShouldBe([70.5]);
    }

    [Fact]
    public void Only_that_of_the_first_layer_leaves_the_network_homogeneous()
    {
        var first = Homogeneity.Of(new NetworkBuilder(3).Dense(4).Bias().Then(Activation.ReLU).Dense(1).Build());
        first.ShouldSatisfyAllConditions(h => h.Degree.ShouldBe(2), h => h.Reason.ShouldBeNull(), h => h.Layers.ShouldBe([null, 1]));
        var second = Homogeneity.Of(new NetworkBuilder(3).Dense(4).Then(Activation.ReLU).Dense(1).Bias().Build());
        second.ShouldSatisfyAllConditions(h => h.Degree.ShouldBeNull(), h => h.Layers.ShouldBe([null, null]),
            h => h.Reason.ShouldBe("the bias of node 4 is added to a part of degree 2"));
    }

    // f(cθ; x) = c² f(θ; x) with the first layer's bias scaled along: ⟨θ, ∂f/∂θ⟩ = 2 f.
    [Fact]
    public void Eulers_identity_holds_with_the_first_layers_bias()
    {
        var trial = new Trial(new NetworkBuilder(3).Dense(4).Bias().Then(Activation.ReLU).Dense(2).Build(), 7);
        var passes = GraphPasses<double>.Of(trial.Network, trial.X, _team);
        passes.Forward(trial.Theta);
        var gradient = new double[trial.Theta.Length];
        passes.VectorJacobianProduct(trial.Theta, trial.C, gradient);
        Vectors.Dot(trial.Theta, gradient).ShouldBe(2 * Vectors.Dot(trial.C, passes.Outputs), 1e-12 * (1 + Vectors.Norm(gradient)));
    }

    [Fact]
    public void Bounds_for_networks_without_biases_say_so()
    {
        BoundAssumptions.Literal(new NetworkBuilder(3).Dense(4).Bias().Then(Activation.ReLU).Dense(1).Build())
            .ShouldBe("the bound is proved for networks without biases; a bias adds b");
    }

    [Fact]
    public void The_nonlinearity_behind_it_is_that_of_its_layer()
    {
        var net = new NetworkBuilder(3).Dense(4).Bias().Then(Activation.Power(2)).Dense(1).Build();
        net.Activations[0].ShouldBe(Activation.Power(2));
        net.Exponents.ToArray().ShouldBe([2, 1]);
        net.IsChain.ShouldBeFalse();
    }

    [Fact]
    public void Batch_normalization_behind_it_folds_into_the_layer_in_front()
    {
        var net = new NetworkBuilder(2).Dense(1).Bias().BatchNorm(affine: true, epsilon: 0).Build();
        double[] theta = [3, -4, 0.25, 10, 7], running = [0.5, 4];                  // W, b, γ, β; μ, σ²
        var folding = BatchNormFolding.Of(net, theta, running);
        folding.Unfolded.ShouldBeEmpty();
        folding.Layers[0].Weights.ShouldBe([15.0, -20]);
        folding.Layers[0].Biases.ShouldBe([7 + 5 * (0.25 - 0.5) - 0.25]);           // b is still added behind it
    }

    [Fact]
    public void It_starts_at_0()
    {
        var net = new NetworkBuilder(2).Dense(3).Bias().Dense(1).Bias().Build();
        net.ParameterCount.ShouldBe(6 + 3 + 3 + 1);
        Initialization.Normal(net, new RandomStream(1))[6..9].ShouldBe([0.0, 0, 0]);
    }

    [Theory]
    [InlineData("[{dense: 3}, relu, {dense: 1}]", "dense bias relu dense bias")]
    [InlineData("[{dense: 3}, batch-norm, relu, {dense: 1}]", "dense batch-norm relu dense bias")]
    [InlineData("[{dense: 3}, bias, relu, {dense: 1}]", "dense bias relu dense bias")]
    [InlineData("[{dense: 3}, {residual: [{dense: 3}, tanh, {dense: 3}]}, {dense: 1}]",
        "dense bias dense bias tanh dense bias residual dense bias")]
    public void Network_bias_puts_one_after_every_layer_of_weights(string layers, string nodes)
    {
        var read = NetworkConfig.Read(ConfigSource.Parse($"layers: {layers}\nbias: true", "a.yaml").Node);
        string.Join(' ', read.Build(4).Nodes.Select(static n => n.Kind)).ShouldBe(nodes);
        // What is written back has them among the layers.
        NetworkConfig.Read(ConfigSource.Parse($"layers: {ConfigWriter.List(read.Layers.Select(static l => l.Yaml))}", "b.yaml").Node)
            .Build(4).Nodes.Select(static n => n.ToString()).ShouldBe(read.Build(4).Nodes.Select(static n => n.ToString()));
    }
}
