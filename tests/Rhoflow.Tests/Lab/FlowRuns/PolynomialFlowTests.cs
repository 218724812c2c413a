using System.Globalization;
using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.FlowRuns;
using Rhoflow.Numerics;
using Rhoflow.Regression;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.FlowRuns;

/// <summary>The polynomial regression of Theory IIIb from a config.</summary>
public class PolynomialFlowTests
{
    [Fact]
    public void Degree_30_through_15_points_is_followed_to_any_t()
    {
        var run = PreparedFlow.From(Read("[{monomials: 30}]"));
        run.Train!.Inputs.ShouldBe(31);
        var points = run.Start().At(run.Instants).ToArray();
        // mpmath, 40 digits: log10 L at t = 1, 1e4, 1e8.
        double[] expected = [-.2775260536, -1.291267511, -2.140944181];
        for (var i = 0; i < 3; i++) (points[i].LogLoss / Math.Log(10)).ShouldBe(expected[i], 2e-9);
        // The end is Φ⁺y, in extended precision.
        var exact = PolynomialRegression.MinimumNorm([.. Nodes.Select(static x => BigFloat.Of(x, 400))],
            [.. Targets.Select(static y => BigFloat.Of(y, 400))], 30);
        var w = points[3].Weights();
        for (var j = 0; j <= 30; j++) w[j].ShouldBe(exact.Weights[j].ToDouble(), 1e-8 * (1 + Math.Abs(w[j])));
    }

    [Fact]
    public void The_transform_is_written_back_and_others_may_follow()
    {
        var experiment = Read("[{monomials: 2}, center]");
        var again = (FlowExperiment)Experiment.Read(ConfigSource.Parse(experiment.ToYaml(), "again.yaml"));
        again.Data!.Monomials.ShouldBe(2);
        again.Data.Transforms.ShouldBe(["center"]);
        RunIdentity.Id(again).ShouldBe(RunIdentity.Id(experiment));
        var train = PreparedFlow.From(again).Train!;
        train.Example(0).ToArray().ShouldBe([0, -1, 1 - Nodes.Average(static x => x * x)], 1e-15);
    }

    [Fact]
    public void What_is_wrong_with_them_is_said()
    {
        Should.Throw<ConfigException>(() => Read("[monomials]")).Message.ShouldContain("{monomials: 30}");
        Should.Throw<ConfigException>(() => Read("[center, {monomials: 3}]")).Message.ShouldContain("come first");
        Should.Throw<ConfigException>(() => Read("[{monomials: 0}]")).Message.ShouldContain("monomials");
        Should.Throw<ConfigException>(() => Read("[{monomial: 3}]")).Message.ShouldContain("monomials");
        Should.Throw<DataException>(() => new Dataset("two", [1, 2], [1], 2).Monomials(3)).Message.ShouldContain("these examples have 2");
        Should.Throw<DataException>(() => new Dataset("far", [1e30], [1], 1).Monomials(30)).Message.ShouldContain("power 11");
        Should.Throw<DataException>(() => new Dataset("large", [1, 2], [1, 2], 1).Monomials(int.MaxValue - 1)).Message
            .ShouldContain("at most");
    }

    private static double[] Nodes => [.. Enumerable.Range(0, 15).Select(static i => -1 + i / 7.0)];

    private static double[] Targets => [.. Nodes.Select(static x => Math.Round(1 / (1 + 25 * x * x), 6))];

    private static FlowExperiment Read(string transforms)
    {
        static string List(IEnumerable<double> values) =>
            string.Join(", ", values.Select(static v => v.ToString("R", CultureInfo.InvariantCulture)));
        var x = string.Join(", ", Nodes.Select(static node => $"[{List([node])}]"));
        return Configs.Read($$"""
            name: polynomial
            data: {inline: {x: [{{x}}], y: [{{List(Targets)}}]}, transforms: {{transforms}}}
            network: {layers: [{dense: 1}]}
            init: {kind: zeros}
            loss: {name: square, reduction: sum}
            flow: {kind: unconstrained}
            observe: {at: {log10-t: [0, 4, 8, 1000]}, measures: [loss, limits], weights: true}
            """);
    }
}
