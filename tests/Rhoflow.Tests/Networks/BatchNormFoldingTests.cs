using FsCheck.Fluent;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Networks.Passes;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Networks;

public class BatchNormFoldingTests
{
    private static BatchNormFolding Check(Trial trial)
    {
        var folding = BatchNormFolding.Of(trial.Network, trial.Theta, trial.Running);
        var norms = Enumerable.Range(0, trial.Network.Nodes.Count).Where(i => trial.Network.Nodes[i] is BatchNormNode);
        var expected = new ReferenceNodes(trial.Network).Run(trial.Theta, trial.X, trial.Examples, trial.Running)[^1];
        var folded = new ReferenceNodes(trial.Network)
        {
            Folded = [.. folding.Layers.Select(l => (l.Weights, l.Biases))],
            Skipped = [.. norms.Except(folding.Unfolded.Keys)]
        };
        var found = folded.Run(trial.Theta, trial.X, trial.Examples, trial.Running)[^1];
        found.ShouldBe(expected, 1e-12 * (1 + Vectors.Norm(expected)), trial.ToString());
        return folding;
    }

    private static BatchNormFolding Check(NetworkBuilder builder) => Check(new Trial(builder.Build(), 3));

    private static NetworkBuilder Image() => new(new TensorShape(6, 6, 3));

    public static IEnumerable<TheoryDataRow<string>> Names => NetworkTable.Names.Select(n => new TheoryDataRow<string>(n));

    [Theory]
    [MemberData(nameof(Names))]
    public void The_folded_network_is_the_network(string name) => Check(new Trial(NetworkTable.Get(name), 2));

    [Fact]
    public void Random_networks_too() => FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(100), Prop.ForAll(
        Gen.Choose(0, 1_000_000).ToArbitrary(), seed => { Check(new Trial(NetworkTable.Random(new Random(seed)), seed, examples: 3)); }));

    [Fact]
    public void Rows_of_the_layer_in_front_take_it()
    {
        var trial = new Trial(new NetworkBuilder(2).Dense(1).BatchNorm(affine: true, epsilon: 0).Build(), 1);
        double[] theta = [3, -4, 10, 7], running = [0.5, 4];                        // W, γ, β; μ, σ²
        var folding = BatchNormFolding.Of(trial.Network, theta, running);
        folding.Unfolded.ShouldBeEmpty();
        folding.Layers[0].Weights.ShouldBe([15.0, -20]);                              // γ/σ = 5
        folding.Layers[0].Biases.ShouldBe([7 - 5 * 0.5]);
    }

    [Fact]
    public void Columns_of_the_next_layer_take_it_where_an_activation_stands_in_front()
    {
        Check(Image().Convolution(4, 3).Then(Activation.ReLU).BatchNorm(affine: true).MaxPool(2).GlobalAverage()
            .Dense(2)).Unfolded.Keys.ShouldBeSubsetOf([2]);
        foreach (var builder in (NetworkBuilder[])[
            Image().Convolution(4, 3).Then(Activation.ReLU).BatchNorm(affine: true).Convolution(2, 2).BatchNorm().Dense(2),
            Image().Convolution(4, 3).AveragePool(2).BatchNorm().Flatten().Dense(2),
            Image().Convolution(4, 3).Then(Activation.ReLU).BatchNorm().Flatten().BatchNorm().Dense(2),
            new NetworkBuilder(4).BatchNorm().Diagonal().Then(Activation.ReLU).BatchNorm().Dense(2),
            new NetworkBuilder(4).Dense(5).Then(Activation.ReLU).Residual(b => b.Dense(5).BatchNorm()).BatchNorm().Dense(2)])
            Check(builder).Unfolded.ShouldBeEmpty();
    }

    [Fact]
    public void What_cannot_be_folded_says_why()
    {
        Reason(Image().Convolution(4, 3).Then(Activation.ReLU).BatchNorm().Convolution(2, 3, 1, 1).Dense(1))
            .ShouldContain("the padding of node 4 (conv → 4×4×2) is zeros");
        Reason(Image().Convolution(4, 3).AveragePool(2).BatchNorm().Then(Activation.ReLU).Dense(1))
            .ShouldContain("node 4 (relu → 2×2×4) follows it");
        Reason(new NetworkBuilder(4).Dense(5).Residual(b => b.Then(Activation.ReLU).BatchNorm()).Dense(2))
            .ShouldContain("node 4 (residual → 5) adds it to something with another scale");
        Reason(new NetworkBuilder(4).Dense(5).Then(Activation.ReLU).BatchNorm()).ShouldContain("no layer of weights stands after it");
        // read twice
        Reason(new NetworkBuilder(4).Dense(5).Residual(b => b.BatchNorm().Then(Activation.ReLU).Dense(5)).Dense(2)).ShouldContain("relu");
        static string Reason(NetworkBuilder builder) => Check(builder).Unfolded.ShouldHaveSingleItem().Value;
    }
}
