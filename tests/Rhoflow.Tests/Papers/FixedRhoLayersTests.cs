using Rhoflow.Losses;
using Rhoflow.Measures.Curvature;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;
using Rhoflow.Papers.TheoryIII;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>The dual of two-layer networks, and minimizers on the product of spheres, against computations that know neither.</summary>
public class FixedRhoLayersTests
{
    // h(p) from random networks of norm 1, which never exceed it, and the best of which comes near.
    [Theory]
    [InlineData("linear")]
    [InlineData("diagonal")]
    [InlineData("relu")]
    public void The_support_function_is_what_the_best_of_many_networks_reaches(string kind)
    {
        var random = new RandomStream(Environment.TickCount64);
        var data = TwoLayerCase.Circle("drawn", [.. Enumerable.Range(0, 5).Select(_ => 360 * random.NextDouble())], [1, -1, 1, -1, 1]);
        var (net, dual) = kind switch
        {
            "linear" => (Network.Linear(2, 2, 1), MarginDual.Linear(data)),
            "diagonal" => (Network.Diagonal(2, 2), MarginDual.Diagonal(data)),
            _ => (Network.Dense(2, 2, 1), MarginDual.ReluInThePlane(data)),
        };
        double[] p = [.. Enumerable.Range(0, 5).Select(_ => random.NextDouble())];
        Vectors.Scale(1 / p.Sum(), p, p);
        var risk = new EmpiricalRisk(net, Loss.Exponential, data, Reduction.Sum);
        var best = double.NegativeInfinity;
        // Units of one direction are the best: two layers along (cos, sin) and the output that belongs to it. Where an example begins to
        // be active, h may have a corner, which is among the directions: between them a maximum is smooth, and missed by their distance
        // squared.
        double[] corners = [.. Enumerable.Range(0, 5).Select(n => Math.Atan2(data.Example(n)[1], data.Example(n)[0]))
            .SelectMany(static a => (double[])[a + Math.PI / 2, a - Math.PI / 2])];
        const int grid = 5000;
        double[] directions = [.. corners, .. Enumerable.Range(0, grid).Select(static j => 2 * Math.PI * j / grid)];
        for (var i = 0; i < 4 * directions.Length; i++)
        {
            var theta = Initialization.Normal(net, random);
            if (i % 2 == 0)
            {
                var (a, sign) = (directions[i / 4], i / 2 % 2 == 0 ? 1.0 : -1);
                if (kind != "diagonal") theta = net.Pack([[[Math.Cos(a), Math.Sin(a)], [0, 0]], [[sign, 0]]]);
                else theta = net.Pack(i / 4 % 2 == 0 ? [[[1, 0]], [[sign, 0]]] : [[[0, 1]], [[0, sign]]]);
            }
            Initialization.ScaleLayers(net, theta, [1]);
            var f = risk.Outputs(theta);
            var value = 0.0;
            for (var n = 0; n < 5; n++) value += p[n] * data.Y[n] * f[n];
            best = Math.Max(best, value);
        }
        best.ShouldBeLessThanOrEqualTo(dual.UpperMargin(p) * (1 + 1e-12));
        best.ShouldBe(dual.UpperMargin(p), 1e-4);
    }

    // w = u∘v of two diagonal layers fills the ℓ1 ball: the least loss over its boundary in the plane, by search on each edge.
    [Fact]
    public void Two_diagonal_layers_reach_the_least_loss_of_the_l1_ball()
    {
        const double rho = 7;
        var data = ExampleSets.ThreeByTwo;
        double LogLoss(double a, double b) => Vectors.LogSumExp(
            [.. Enumerable.Range(0, data.Count).Select(n => -rho * (a * data.Example(n)[0] + b * data.Example(n)[1]))]);
        var least = double.PositiveInfinity;
        foreach (var (sa, sb) in ((double, double)[])[(1, 1), (1, -1), (-1, 1), (-1, -1)])
        {
            double low = 0, high = 1;
            for (var i = 0; i < 200; i++)
            {
                double a = low + (high - low) / 3, b = high - (high - low) / 3;
                if (LogLoss(sa * a, sb * (1 - a)) < LogLoss(sa * b, sb * (1 - b))) high = b;
                else low = a;
            }
            least = Math.Min(least, LogLoss(sa * low, sb * (1 - low)));
        }
        var c = new TwoLayerCase("plane", Network.Diagonal(2, 2), data, MarginDual.Diagonal(data));
        var best = c.Branches([rho], 10, TestContext.Current.CancellationToken).Select(static b => b[0]).MinBy(static m => m.LogLoss)!;
        best.LogLoss.ShouldBe(least, 1e-9);
        c.Gap(best).ShouldBe(0, 1e-9);
    }

    [Fact]
    public void A_start_that_a_spare_unit_holds_at_a_saddle_is_not_taken_for_a_minimum()
    {
        var data = TwoLayerCase.Circle("three", [0, 100, 200], [1, 1, 1]);
        var c = new TwoLayerCase("plane", Network.Dense(2, 2, 1), data, MarginDual.ReluInThePlane(data));
        var branches = c.Branches([10], 40, TestContext.Current.CancellationToken);
        branches.Count.ShouldBeGreaterThan(5);
        foreach (var branch in branches)
        {
            var e = TangentHessian.At(c.Risk, 10, branch[0].V).Eigenvalues;
            (e[0] / e[^1]).ShouldBeGreaterThan(1e-3);
        }
    }
}
