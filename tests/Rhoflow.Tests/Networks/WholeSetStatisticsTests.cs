using Rhoflow.Kernels;
using Rhoflow.Networks;
using Rhoflow.Tests.Networks.Passes;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Networks;

/// <summary>Statistics of a whole data set, block by block, are those of all its examples as one minibatch.</summary>
public class WholeSetStatisticsTests
{
    public static IEnumerable<TheoryDataRow<string>> Normalized =>
        NetworkTable.Names.Where(static n => NetworkTable.Get(n).StatisticsCount > 0).Select(static n => new TheoryDataRow<string>(n));

    [Theory]
    [MemberData(nameof(Normalized))]
    public void They_are_those_of_one_minibatch(string name)
    {
        var network = NetworkTable.Get(name);
        // More than a block, and less.
        foreach (var examples in new[] { 300, 7 })
        {
            var random = new Random(Random.Shared.Next());
            double Draw() => 2 * random.NextDouble() - .7;
            double[] theta = [.. Enumerable.Range(0, network.ParameterCount).Select(_ => Draw())], x =
                [.. Enumerable.Range(0, examples * network.Inputs).Select(_ => Draw())];
            using var team = new Team(1);
            var passes = GraphPasses<double>.Of(network, x, team);
            passes.Forward(theta);
            var expected = passes.StatisticsUsed();
            var blocks = WholeSetStatistics.Of<double>(network, theta, x, team);
            for (var i = 0; i < expected.Length; i++) blocks[i].ShouldBe(expected[i], 1e-10 * (1 + Math.Abs(expected[i])), $"number {i}");
        }
    }
}
