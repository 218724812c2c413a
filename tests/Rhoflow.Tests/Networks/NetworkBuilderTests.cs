using Rhoflow.Networks;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Networks;

public class NetworkBuilderTests
{
    private static NetworkBuilder Image() => new(new TensorShape(9, 7, 3));

    [Fact]
    public void Shapes_and_windows_chain()
    {
        var net = Image().Convolution(4, 3, 2, 1).BatchNorm(affine: true).Then(Activation.ReLU).MaxPool(2).Convolution(5, 2).GlobalAverage()
            .Dense(3).BatchNorm().Build();
        net.Nodes.Select(n => n.Shape)
            .ShouldBe([new(5, 4, 4), new(5, 4, 4), new(5, 4, 4), new(2, 2, 4), new(1, 1, 5), new(1, 1, 5), new(1, 1, 3), new(1, 1, 3)]);
        net.Layers.Select(l => (l.Kind, l.Rows, l.Columns, l.Offset)).ShouldBe([
            (LayerKind.Convolution, 4, 27, 0), (LayerKind.Convolution, 5, 16, 108 + 8), (LayerKind.Dense, 3, 5, 108 + 8 + 80)]);
        (net.ParameterCount, net.StatisticsCount, net.Inputs, net.Outputs).ShouldBe((108 + 8 + 80 + 15, 8 + 6, 9 * 7 * 3, 3));
        net.Activations[0].ShouldBe(Activation.Identity);                  // what stands after the batch normalization
        net.WhyNotAChain.ShouldBe("the input is an image of 9×7×3");
        net.StartStatistics().ShouldBe([0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1]);
    }

    [Fact]
    public void A_residual_sum_reads_both_sides()
    {
        var net = Image().Residual(b => b.Convolution(4, 3, 2, 1).Then(Activation.ReLU), s => s.Convolution(4, 1, 2))
            .AveragePool(5, padding: 2).Flatten().Dense(1).Build();
        net.Nodes.OfType<SumNode>().Single().Sources.ShouldBe([1, 2]);
        net.Nodes[0].Sources.ShouldBe([Node.NetworkInput]);
        net.Nodes[2].Sources.ShouldBe([Node.NetworkInput]);
        net.Nodes[3].Shape.ShouldBe(new TensorShape(5, 4, 4));
        net.WhyNotAChain.ShouldNotBeNull();
        Network.Dense(3, 2, 1).IsChain.ShouldBeTrue();
        new NetworkBuilder(3).Dense(2).BatchNorm().Build().WhyNotAChain.ShouldBe("node 2 is batch-norm → 2");
    }

    [Fact]
    public void Errors_say_what_does_not_fit()
    {
        Message(() => Image().Diagonal()).ShouldContain("a diagonal layer stands after a vector; here is an image of 9×7×3");
        Message(() => Image().Convolution(2, 8))
            .ShouldContain("a convolution with kernel 8 does not fit into the image of 9×7×3 with padding 0");
        Message(() => new NetworkBuilder(4).Dense(6).Convolution(2, 3, padding: 1))
            .ShouldContain("what it would look at is a vector of 6 numbers without height and width");
        new NetworkBuilder(4).Convolution(2, 1).Build().ParameterCount.ShouldBe(8);
        Message(() => Image().Convolution(2, 3, 0))
            .ShouldContain("a kernel ≥ 1, a stride ≥ 1 and a padding ≥ 0; kernel 3, stride 0, padding 0 were given");
        Message(() => Image().MaxPool(2, 2, 2)).ShouldContain("pooling with kernel 2 takes a padding of at most 1; 2 was given");
        Message(() => Image().AveragePool(10)).ShouldContain("a pooling with kernel 10 does not fit");
        Message(() => Image().BatchNorm(epsilon: -1)).ShouldContain("a finite ε ≥ 0; -1 was given");
        Message(() => Image().BatchNorm(momentum: 0)).ShouldContain("a momentum in (0, 1]; 0 was given");
        Message(() => Image().Residual(b => b.Convolution(4, 1)))
            .ShouldContain("the branch of a residual connection gives 9×7×4, but its input is 9×7×3");
        Message(() => Image().Residual(b => b.Convolution(4, 1), s => s.Convolution(5, 1))).ShouldContain("but its shortcut gives 9×7×5");
        Message(() => Image().Residual(_ => { })).ShouldContain("needs at least one layer");
        Message(() => Image().BatchNorm().Build()).ShouldContain("at least one layer of weights");
        Should.Throw<ArgumentOutOfRangeException>(() => new NetworkBuilder(new TensorShape(0, 1, 1)));
        Should.Throw<ArgumentOutOfRangeException>(() => Image().Convolution(0, 3));
        static string Message(Action build) => Should.Throw<ArgumentException>(build).Message;
    }
}
