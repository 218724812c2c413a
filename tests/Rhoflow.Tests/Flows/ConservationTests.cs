using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Flows;

/// <summary>What each flow keeps, and which flows are the same in other coordinates.</summary>
public class ConservationTests
{
    private static readonly IntegrationOptions Tight = new() { Tolerance = new Tolerance(1e-12, 1e-14) };

    private static (EmpiricalRisk Risk, double[] Theta) Problem(Network net, int seed = 1, Loss? loss = null)
    {
        var random = new Random(seed);
        var data = new Dataset("random", Problems.Normal(random, 6 * net.Inputs), [1, -1, 1, 1, -1, -1], net.Inputs);
        return (new EmpiricalRisk(net, loss ?? Loss.Exponential, data, Reduction.Sum),
            [.. Problems.Normal(random, net.ParameterCount).Select(v => .6 * v)]);
    }

    // ReLU flows that cross kinks and slide along none of them
    private static (EmpiricalRisk Risk, double[] Theta) ReluProblem(Func<EmpiricalRisk, Flow> flow, double end, params int[] widths)
    {
        for (var seed = 1; seed < 200; seed++)
        {
            var (risk, theta) = Problem(Network.Dense(3, widths), seed);
            var candidate = flow(risk);
            var trajectory = candidate.From(theta);
            try
            {
                if (trajectory.At(Clock.LogSpaced(Instant.Zero, Instant.FromT(end), 60))
                    .All(_ => candidate.Risk.Chain.Sliding.Count == 0) && trajectory.Kinks > 1) return (risk, theta);
            }
            catch (IntegrationException)
            {
                // It slid on kinks that no velocity keeps to: not the problem that is looked for.
            }
        }
        throw new InvalidOperationException("no such problem");
    }

    [Fact]
    public void A_slide_conserves_differences_of_squared_norms_or_says_that_it_cannot_go_on()
    {
        int finished = 0, stopped = 0, slid = 0;
        for (var seed = 0; seed < 8; seed++)
            foreach (var net in new[] { Network.Dense(4, 12, 1), Network.Dense(4, 8, 6, 1) })
            {
                var flow = new UnconstrainedFlow(
                    new EmpiricalRisk(net, Loss.Exponential, GaussianTeacher.Draw(10, 4, seed), Reduction.Sum));
                var points = new List<FlowPoint>();
                try
                {
                    var trajectory = flow.From(Initialization.Kaiming(net, new RandomStream(seed)));
                    foreach (var p in trajectory.At([Instant.Zero, .. Clock.DecadesOfT(0, 60)], TestContext.Current.CancellationToken))
                    {
                        points.Add(p);
                        if (trajectory.SlidingUnits > 0) slid++;
                    }
                    finished++;
                }
                catch (IntegrationException e)
                {
                    e.Message.ShouldContain("kink");
                    stopped++;
                }
                double Difference(FlowPoint p, int k) => (p.RhoK[k + 1] - p.RhoK[k]) * (p.RhoK[k + 1] + p.RhoK[k]);
                foreach (var p in points)
                    for (var k = 0; k + 1 < net.Depth; k++)
                        Difference(p, k).ShouldBe(Difference(points[0], k), 1e-8 * Math.Max(1, p.RhoK[0] * p.RhoK[0]),
                            $"seed {seed}, {net}, {p.At}");
            }
        finished.ShouldBeGreaterThan(8);
        stopped.ShouldBeGreaterThan(0);
        slid.ShouldBeGreaterThan(100);
    }

    private static Instant[] Times(params double[] t) => [.. t.Select(Instant.FromT)];

    [Fact]
    public void Directions_keep_their_norm()
    {
        var (risk, theta) = Problem(Network.Linear(3, 4, 3, 1));
        foreach (var flow in (Flow[])[new FixedRhoFlow(risk, 3), new LagrangeFlow(risk), new WeightNormalizationFlow(risk),
            new ReparametrizedFlow(risk),
            new BatchNormWeightDecayFlow(risk, .1), new ScheduledRhoFlow(risk, Schedule.LogT)])
            foreach (var point in flow.From(theta, Tight).At(Times(4, 10)))
                foreach (var layer in risk.Network.Layers)
                    Vectors.Norm(layer.Of(point.State[^risk.Network.ParameterCount..]))
                        .ShouldBe(1, 1e-10, flow.Kind.Name);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1.5)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(double.PositiveInfinity)]
    public void The_tangent_flow_keeps_every_layer_s_p_norm(double p)
    {
        // Few coordinates per layer: on the 1-ball's edges the printed flow may slide (seen below)
        var (risk, theta) = Problem(p == 1 ? Network.Dense(2, 1) : Network.Linear(3, 3, 1), seed: 2);
        var start = risk.Network.Layers.Select(l => NormsAndDirections.PNorm(l.Of(theta), p)).ToArray();
        // below p = 2 it grinds to a halt where a coordinate reaches 0
        foreach (var point in new TangentFlow(risk, p).From(theta, Tight).At(p == 1.5 ? Times(.1, 1) : Times(.1, 1, 10, 100)))
            for (var k = 0; k < start.Length; k++)
                NormsAndDirections.PNorm(risk.Network.Layers[k].Of(point.State), p)
                    .ShouldBe(start[k], 2e-10 * start[k], $"p = {p}, t = {point.T}");
    }

    [Theory]
    [InlineData(1.5)]
    [InlineData(3)]
    public void The_lp_flows_keep_their_norm_and_one_of_them_is_plain_descent(double p)
    {
        var (risk, theta) = Problem(Network.Linear(3, 2, 1), seed: 3);
        var plain = new UnconstrainedFlow(risk).From(theta, Tight).At(Times(.3, 2)).ToArray();
        var same = new LpReparametrizedFlow(risk, p).From(theta, Tight).At(Times(.3, 2)).ToArray();
        var other = new LpConstrainedFlow(risk, p).From(theta, Tight).At(Times(.3, 2)).ToArray();
        for (var i = 0; i < 2; i++)
        {
            same[i].Weights().ShouldBe(plain[i].Weights(), 1e-8);
            foreach (var layer in risk.Network.Layers)
            {
                NormsAndDirections.PNorm(layer.Of(same[i].V), p).ShouldBe(1, 1e-8);
                NormsAndDirections.PNorm(layer.Of(other[i].V), p).ShouldBe(1, 1e-8);
            }
        }
        var wn = new WeightNormalizationFlow(risk).From(theta, Tight).At(Times(2)).Single();
        new LpConstrainedFlow(risk, 2).From(theta, Tight).At(Times(2)).Single().Weights().ShouldBe(wn.Weights(), 1e-10);
        Vectors.Distance(other[1].Weights(), wn.Weights()).ShouldBeGreaterThan(1e-3);
    }

    // T3 eq. 60, Theorem 1
    [Fact]
    public void Differences_of_squared_norms_are_conserved_by_gradient_flow()
    {
        var (risk, theta) = ReluProblem(r => new UnconstrainedFlow(r), 1e4, 4, 3, 1);
        double Difference(FlowPoint p, int i, int j) => p.RhoK[i] * p.RhoK[i] - p.RhoK[j] * p.RhoK[j];
        foreach (var flow in (Flow[])[new UnconstrainedFlow(risk), new ReparametrizedFlow(risk)])
        {
            var points = flow.From(theta, Tight).At(Times(0, 1, 30, 1e4)).ToArray();
            foreach (var point in points)
            {
                Difference(point, 0, 1).ShouldBe(Difference(points[0], 0, 1), 1e-9);
                Difference(point, 1, 2).ShouldBe(Difference(points[0], 1, 2), 1e-9);
            }
            Math.Abs(points[^1].Rho - points[0].Rho).ShouldBeGreaterThan(0.1 * points[0].Rho);
        }
    }

    // W₂ᵀW₂ − W₁W₁ᵀ for linear layers; ‖w_in‖² − w_out² unit by unit for ReLU
    [Fact]
    public void Layers_stay_balanced_unit_by_unit()
    {
        foreach (var relu in (bool[])[false, true])
        {
            var net = relu ? Network.Dense(3, 4, 1) : Network.Linear(3, 4, 1);
            var (risk, theta) = relu ? ReluProblem(r => new UnconstrainedFlow(r), 1000, 4, 1) : Problem(net);
            double[] Balance(double[] w)
            {
                var m = net.Unpack(w);
                return [.. from i in Enumerable.Range(0, 4) from j in Enumerable.Range(0, 4) where i == j
                    || !relu select m[1][0][i] * m[1][0][j] - Vectors.Dot(m[0][i], m[0][j])];
            }
            foreach (var point in new UnconstrainedFlow(risk).From(theta, Tight).At(Times(1, 30, 1000)))
                Balance(point.Weights()).ShouldBe(Balance(theta), 1e-9);
        }
    }

    [Fact]
    public void The_same_flow_in_other_coordinates()
    {
        foreach (var relu in (bool[])[false, true])
            Same(relu ? ReluProblem(r => new WeightNormalizationFlow(r), 50, 4, 1) : Problem(Network.Linear(3, 4, 1)), relu
                ? Times(.5, 3, 50) : Times(.5, 3, 50, 1e6));
    }

    private static void Same((EmpiricalRisk, double[]) problem, Instant[] instants)
    {
        var (risk, theta) = problem;
        double[][] Weights(Flow flow) => [.. flow.From(theta, Tight).At(instants).Select(p => p.Weights())];
        double[][] plain = Weights(new UnconstrainedFlow(risk)), same = Weights(new ReparametrizedFlow(risk));
        double[][] wn = Weights(new WeightNormalizationFlow(risk)), lagrange = Weights(new LagrangeFlow(risk));
        for (var i = 0; i < instants.Length; i++)
        {
            same[i].ShouldBe(plain[i], 1e-9);
            lagrange[i].ShouldBe(wn[i], 1e-9);
        }
        Vectors.Distance(plain[2], wn[2]).ShouldBeGreaterThan(1e-2);
    }

    [Fact]
    public void Weight_normalization_per_row_of_a_single_row_is_that_per_matrix()
    {
        var (risk, theta) = Problem(Network.Dense(3, 1));
        var row = new RowWeightNormalizationFlow(risk).From(theta, Tight).At(Times(1, 100)).ToArray();
        var matrix = new WeightNormalizationFlow(risk).From(theta, Tight).At(Times(1, 100)).ToArray();
        for (var i = 0; i < 2; i++)
        {
            row[i].Weights().ShouldBe(matrix[i].Weights(), 1e-11);
            row[i].RhoK.ToArray().ShouldBe(matrix[i].RhoK.ToArray(), 1e-11);
            row[i].LogLoss.ShouldBe(matrix[i].LogLoss, 1e-10);
        }
    }

    [Fact]
    public void Norms_that_are_not_learned_come_from_their_schedule()
    {
        var (risk, theta) = (new EmpiricalRisk(Network.Dense(2, 1), Loss.Exponential, Problems.TwoByTwo, Reduction.Sum), new[] { .3, -.1 });
        new ScheduledRhoFlow(risk, Schedule.LogT).Begin.T.ShouldBe(3);
        var point = new ScheduledRhoFlow(risk, Schedule.LogT).From(theta).At([Instant.FromLog10T(50)]).Single();
        point.Rho.ShouldBe(50 * Math.Log(10), 1e-10);
        point = new ScheduledRhoFlow(risk, Schedule.ExpT).From(theta).At([Instant.FromLog10T(20)]).Single();
        point.LogRho.ShouldBe(1e20, 1e7);
        // ρ constant is flow (A)
        var constant = new ScheduledRhoFlow(risk, Schedule.Constant(2.5)).From(theta, Tight).At(Times(4)).Single();
        constant.V.ToArray().ShouldBe(new FixedRhoFlow(risk, 2.5).From(theta, Tight).At(Times(4)).Single().V.ToArray(), 1e-10);
    }
}
