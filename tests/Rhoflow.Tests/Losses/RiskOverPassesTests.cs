using FsCheck.Fluent;
using Rhoflow.Data;
using Rhoflow.Kernels;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Rhoflow.Tests.Networks;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Losses;

/// <summary>One risk over either kind of passes: a network followed by one can be observed by the other.</summary>
public sealed class RiskOverPassesTests : IDisposable
{
    private readonly Team _team = new(1);

    public void Dispose() => _team.Dispose();

    private EmpiricalRisk OverGraph(Network network, Loss loss, Dataset data, Reduction reduction) =>
        new(network, loss, data, reduction, (n, d) => GraphPasses<double>.Of(n, d.X, _team));

    [Fact]
    public void Losses_gradients_and_hessian_products_are_equal() =>
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(120), Prop.ForAll(
        Gen.Choose(0, 1_000_000).ToArbitrary(), seed =>
        {
            var r = new RandomNetwork(seed, maxDepth: 4);
            var data = new Dataset("random", r.X, r.Y, r.Net.Inputs);
            var (loss, reduction) = (Loss.Binary[seed % 3], seed % 2 == 0 ? Reduction.Sum : Reduction.Mean);
            EmpiricalRisk chain = new(r.Net, loss, data, reduction), graph = OverGraph(r.Net, loss, data, reduction);
            var p = r.Net.ParameterCount;
            double[] a = new double[p], b = new double[p];
            Same(graph.Evaluate(r.Theta, b), chain.Evaluate(r.Theta, a));
            Close(b, a);
            graph.WeightedOutput().ShouldBe(chain.WeightedOutput(), 1e-10 * (1 + Math.Abs(chain.WeightedOutput())));
            Same(graph.EvaluateScaled(r.Theta, -0.7, b), chain.EvaluateScaled(r.Theta, -0.7, a));
            Close(b, a);
            Same(graph.HessianVectorProduct(r.Theta, r.Direction, b), chain.HessianVectorProduct(r.Theta, r.Direction, a));
            Close(b, a);
            Same(graph.Copy().HessianVectorProduct(r.Theta, r.Direction, a), chain.Copy().HessianVectorProduct(r.Theta, r.Direction, b));
            Close(a, b);
        }));

    [Fact]
    public void Several_classes_too()
    {
        var net = Network.Dense(3, 5, 4);
        var random = new Random(11);
        var data = new Dataset("random", Problems.Normal(random, 21), [0, 1, 2, 3, 2, 1, 0], 3);
        double[] theta = Problems.Normal(random, net.ParameterCount), direction = Problems.Normal(random, net.ParameterCount);
        double[] a = new double[theta.Length], b = new double[theta.Length];
        foreach (var loss in (Loss[])[Loss.CrossEntropy, Loss.Square, Loss.Exponential])
        {
            var graph = OverGraph(net, loss, data, Reduction.Mean);
            var chain = new EmpiricalRisk(net, loss, data, Reduction.Mean, static (n, d) => new ChainPasses(n, d.X, d.Count));
            Same(graph.Evaluate(theta, b), chain.Evaluate(theta, a));
            Close(b, a);
            Same(graph.HessianVectorProduct(theta, direction, b), chain.HessianVectorProduct(theta, direction, a));
            Close(b, a);
            chain.Outputs(theta).ToArray().ShouldBe(graph.Outputs(theta).ToArray(), 1e-12);
        }
    }

    [Fact]
    public void Only_passes_of_chains_have_kinks()
    {
        var data = new Dataset("two", [1.0, 2, 3, 4], [1, -1], 2);
        var graph = OverGraph(Network.Dense(2, 3, 1), Loss.Logistic, data, Reduction.Mean);
        Should.Throw<InvalidOperationException>(() => graph.Chain).Message.ShouldContain("keeps no pattern of kinks");
        Should.Throw<DataException>(() => OverGraph(Network.Dense(3, 1), Loss.Logistic, data, Reduction.Mean)).Message
            .ShouldBe("data 'two' has 2 inputs; the network takes 3");
        Should.Throw<ArgumentException>(() =>
            new ChainPasses(Network.Dense(2, 1), data.X, 2).VectorJacobianProduct(new double[2], new double[3], new double[2]))
            .Message.ShouldContain("2 examples with 1 outputs need 2 weights; 3 were given");
        Should.Throw<InvalidOperationException>(() =>
            new GraphPasses<double>(Network.Dense(2, 1), 2, _team).Forward([1.0, 2])).Message.ShouldContain("no examples yet");
    }

    private static void Same(LossValue found, LossValue expected)
    {
        found.LogLoss.ShouldBe(expected.LogLoss, 1e-11 * (1 + Math.Abs(expected.LogLoss)));
        found.LogScale.ShouldBe(expected.LogScale, 1e-11 * (1 + Math.Abs(expected.LogScale)));
    }

    private static void Close(double[] found, double[] expected) => found.ShouldBe(expected, 1e-10 * (1 + Vectors.Norm(expected)));
}
