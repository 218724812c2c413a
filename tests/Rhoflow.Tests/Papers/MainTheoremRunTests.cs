using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Limits;
using Rhoflow.Measures.Curvature;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;
using Rhoflow.Papers.TheoryIII;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>The machinery of the main theorem's experiment against solvers of another kind.</summary>
public sealed class MainTheoremRunTests
{
    public static TheoryData<int> Seeds => [0, 1, Random.Shared.Next(1, 100_000)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Both_sweeps_of_rho_come_to_rest_at_the_minimizers_that_Newton_finds(int seed)
    {
        var setting = OneLayer(seed);
        var start = Unit(ExampleSets.Normal(3, seed, stream: 5));
        var swept = SweptDirections.Flow(setting, start, 1, .05, default);
        var geodesic = SweptDirections.Geodesics(setting.Risk(), start, swept.Select(p => p.Rho), 2000);
        swept.Select(p => p.Rho).ShouldBe(Enumerable.Range(0, swept.Count).Select(i => Math.Pow(2, i)));
        for (var i = 0; i < swept.Count; i++)
        {
            var exact = FixedRhoMinimizer.Solve(setting.Data, swept[i].Rho).Direction;
            Vectors.Distance(swept[i].V, exact).ShouldBeLessThan(1e-7, $"seed {seed}, ρ = {swept[i].Rho}");
            Vectors.Distance(geodesic[i].V, exact).ShouldBeLessThan(1e-6, $"seed {seed}, ρ = {swept[i].Rho}");
            TheoremKkt.Stationarity(setting.Network, swept[i].V, setting.Data, swept[i].Rho).ShouldBeLessThan(1e-6);
        }
        // The bound, at stationary points, wherever they separate.
        swept.Where(p => TheoremTrace.Margin(setting, p.V) > 0).ShouldAllBe(
            p => TheoremKkt.Residual(setting.Network, p.V, setting.Data) <= setting.Bound(p.Rho, p.V));
        LocalMargin.Rise(setting, swept[^1], 1e-2, 2, seed, default).ShouldBeLessThan(1e-9);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_residual_vanishes_at_the_maximum_margin_and_the_gap_is_that_to_it(int seed)
    {
        var setting = OneLayer(seed);
        var svm = HardMargin.Solve(setting.Data);
        TheoremKkt.Residual(setting.Network, svm.Direction, setting.Data).ShouldBeLessThan(1e-10);
        LocalMargin.LayerGap(setting, svm.Direction, 0).ShouldBe(0, 1e-10);
        var other = Unit([.. svm.Direction.ToArray().Select((v, i) => v + .1 * (i + 1))]);
        LocalMargin.LayerGap(setting, other, 0).ShouldBe(1 - TheoremTrace.Margin(setting, other) / svm.Margin, 1e-12);
        TheoremKkt.Residual(setting.Network, other, setting.Data).ShouldBeGreaterThan(1e-3);
    }

    // Without kinks: the tangent part of the gradient of log L by the Hessian's own gradient, relative to the normal part √K λ.
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Stationarity_is_the_tangent_share_of_the_gradient(int seed)
    {
        var data = TeacherData.Of(seed, 8, 3).WithLinearLabels();
        var setting = new TheoremSetting("linear", Network.Linear(3, 4, 1), data);
        var v = Initialization.Normal(setting.Network, new RandomStream(seed, 6));
        Initialization.ScaleLayers(setting.Network, v, [1]);
        double[] h = new double[v.Length], f = setting.Risk().Outputs(v).ToArray();
        const double rho = 2;
        var p = f.Select((value, n) => Math.Exp(-rho * data.Y[n] * value)).ToArray();
        var lambda = f.Select((value, n) => p[n] * data.Y[n] * value).Sum() / p.Sum();
        if (lambda <= 1e-3) return;   // λV is the normal part only where the data are separated on average
        var share = TangentHessian.At(setting.Risk(), rho, v).TangentGradient;
        var expected = share / Math.Sqrt(1 - share * share);
        TheoremKkt.Stationarity(setting.Network, v, data, rho).ShouldBe(expected, 1e-6 * expected);
    }

    [Fact]
    public void Batch_normalization_in_its_own_metric_is_the_same_network_on_white_inputs()
    {
        var data = Iris.Load().Binary("setosa");
        var metric = SecondMomentMetric.Of(data).ShouldNotBeNull();
        var white = metric.Whiten(data);
        var c = WhitenedMargin.SecondMoment(white);
        for (var i = 0; i < 16; i++) c[i].ShouldBe(i % 5 == 0 ? 1 : 0, 1e-9);
        var network = Network.Dense(4, 3, 1);
        var theta = Initialization.Normal(network, new RandomStream(1));
        double[] Outputs(Dataset on, double[] weights)
        {
            var passes = new ChainPasses(network, on.X, on.Count);
            passes.Forward(weights);
            return passes.Outputs.ToArray();
        }
        var turned = metric.ToWhite(network, theta);
        Outputs(white, turned).ShouldBe(Outputs(data, theta), 1e-10);
        Vectors.Distance(metric.ToInputs(network, turned), TheoremTrace.Split(network, theta).V).ShouldBeLessThan(1e-12);
        // Inputs in a plane have no such metric.
        SecondMomentMetric.Of(new Dataset("plane", [1, 1, 2, 2], [1, 1], 2)).ShouldBeNull();
    }

    [Fact]
    public void Every_dynamics_begins_at_a_separating_point_of_loss_one()
    {
        var setting = TheoremSetting.All(new Rhoflow.Lab.Claims.StudyContext())[4];
        var (_, weights) = setting.Separating(1, default).Single();
        setting.Risk().LogLoss(weights).ShouldBe(0, 1e-6);
        TheoremTrace.Margin(setting, TheoremTrace.Split(setting.Network, weights).V).ShouldBeGreaterThan(0);
        var trace = TheoremTrace.Follow(setting, new LagrangeFlow(setting.Risk()), weights, 10, default);
        trace.At.ShouldBe(TheoremTrace.Decades(10));
        trace.Margins.Zip(trace.Margins.Skip(1)).ShouldAllBe(p => p.Second > p.First);
        trace.Stopped.ShouldBeFalse();
    }

    private static TheoremSetting OneLayer(int seed) => new("one layer", Network.Dense(3, 1), ExampleSets.HalfSpace(12, 3, seed));

    private static double[] Unit(double[] v)
    {
        Vectors.Scale(1 / Vectors.Norm(v), v, v);
        return v;
    }
}
