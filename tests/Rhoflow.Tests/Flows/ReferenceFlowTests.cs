using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Flows;

/// <summary>Reference numbers, computed elsewhere with other integrators, and solutions in closed form.</summary>
public class ReferenceFlowTests
{
    private static readonly IntegrationOptions Tight = new() { Tolerance = new Tolerance(1e-12, 1e-14) };
    private static EmpiricalRisk TwoByTwo => new(Network.Dense(2, 1), Loss.Exponential, Problems.TwoByTwo, Reduction.Sum);

    private static Instant[] Times(params double[] t) => [.. t.Select(Instant.FromT)];

    // T3 Fig 2
    [Fact]
    public void The_two_parameter_flow_of_figure_2()
    {
        double[][] gd = [[.93883, .72587], [1.70287, 1.63874], [2.09245, 2.08042]];
        double[][] wn = [[1.00989, .37761], [1.61366, 1.68906], [1.99958, 2.14732]];
        foreach (var (flow, expected) in ((Flow, double[][])[])
            [(new UnconstrainedFlow(TwoByTwo), gd), (new ReparametrizedFlow(TwoByTwo), gd), (new WeightNormalizationFlow(TwoByTwo), wn),
                (new LagrangeFlow(TwoByTwo), wn)])
        {
            var points = flow.From([.3, -.1], Tight).At(Times(1, 5, 10)).ToArray();
            for (var i = 0; i < 3; i++) points[i].Weights().ShouldBe(expected[i], 6e-6, flow.Kind.Name);
        }
    }

    // T3 eq. 61, 63, corrected: the product of layers that start equal
    [Theory]
    [InlineData(2, 1.02673, 1.003665, 1.000466)]
    [InlineData(5, 1.04506, 1.00608, 1.00077)]
    [InlineData(10, 1.0529, 1.0071, 1.0009)]
    public void The_product_of_the_norms_grows_little_faster_than_log_t(int layers, double at100, double at1000, double at10000)
    {
        double[] expected = [at100, at1000, at10000];
        Instant[] instants = [Instant.FromLog10T(100), Instant.FromLog10T(1000), Instant.FromLog10T(10000)];
        var points = new NormGrowthFlow(layers, [1]).From([.. Enumerable.Repeat(.8, layers)], Tight).At(instants).ToArray();
        for (var i = 0; i < 3; i++)
        {
            (points[i].Rho / points[i].At.LogT).ShouldBe(expected[i], layers == 10 ? 5e-5 : 5e-6);
            points[i].LogLoss.ShouldBe(-points[i].Rho, 1e-9);
            var first = points[i].RhoK[0];
            points[i].RhoK.ToArray().ShouldAllBe(v => Math.Abs(v - first) < 1e-11);
        }
    }

    // T3 eq. 8, 77: gradient descent's direction error is O(1/log t)
    [Fact]
    public void Iris_at_1e100()
    {
        var point = new UnconstrainedFlow(new EmpiricalRisk(Network.Dense(4, 1), Loss.Exponential, Problems.Setosa, Reduction.Sum))
            .From([.3, -.2, .1, .4], Tight).At([Instant.FromLog10T(100)]).Single();
        point.Margin.ShouldBe(.742622, 4e-6);
        (point.DirectionError(HardMargin.Solve(Problems.Setosa).Direction) * point.At.LogT).ShouldBe(2.0157, 1e-3);
    }

    // T3 eq. 74: weight normalization on Iris
    [Fact]
    public void Weight_normalization_on_iris_to_1e100()
    {
        var direction = HardMargin.Solve(Problems.Setosa).Direction.ToArray();
        double[] v = [.3, .5, -.7, -.2];
        var norm = Vectors.Norm(v);
        var flow = new WeightNormalizationFlow(new EmpiricalRisk(Network.Dense(4, 1), Loss.Exponential, Problems.Setosa, Reduction.Sum));
        var points = flow.From([.. v.Select(x => .5 * x / norm)]).At([.. new[] { 1, 2, 4, 8, 16, 50, 100.0 }.Select(Instant.FromLog10T)])
            .ToArray();
        points.Select(p => p.DirectionError(direction)).ToArray().ShouldBe([.22440, .19231, .1255, .0599, .0293, .01041, .00539], 6e-5);
        // The first computation has .2256 and .1925 for the first two; Runge–Kutta on ρ̇ = Σ e^{−ρ v·z} v·z, v̇ = ρ Σ e^{−ρ v·z}(z − v v·z)
        // decides.
        var z = Problems.Setosa.Signed();
        var end = Problems.RungeKutta((_, s) =>
        {
            var velocity = new double[5];
            for (var n = 0; n < 150; n++)
            {
                var row = z.AsSpan(4 * n, 4);
                double f = Vectors.Dot(row, s.AsSpan(1)), e = Math.Exp(-s[0] * f);
                velocity[0] += e * f;
                for (var i = 0; i < 4; i++) velocity[1 + i] += s[0] * e * (row[i] - s[1 + i] * f);
            }
            return velocity;
        }, [.5, .. v.Select(x => x / norm)], 0, 10, 40_000);
        Vectors.Distance(end.AsSpan(1), direction).ShouldBe(points[0].DirectionError(direction), 1e-7);
    }

    // SQ eq. 5, 6: N = 1, x = (1, 0): ρ overshoots and comes back to 1/(1 + λ)
    [Fact]
    public void Batch_norm_with_weight_decay_overshoots()
    {
        var data = new Dataset("one", [1, 0], [1], 2);
        var flow = new BatchNormWeightDecayFlow(new EmpiricalRisk(Network.Dense(2, 1), Loss.Square, data, Reduction.Sum), .01, .01);
        var trajectory = flow.From([.1, Math.Sqrt(.99)], Tight);
        var points = trajectory.At([.. Clock.LogSpaced(Instant.FromT(.01), Instant.FromT(100), 4000), Instant.FromLog10T(100)]).ToArray();
        points.Max(p => p.Rho).ShouldBe(1.134765, 2e-5);
        points[^1].Rho.ShouldBe(1 / 1.01, 1e-10);
        trajectory.RestedAt.ShouldNotBeNull();
    }

    // SQ eq. 5, 6: one linear layer goes to the ridge solution (XᵀX + λ)⁻¹ Xᵀ y
    [Fact]
    public void Batch_norm_with_weight_decay_rests_at_the_ridge_solution()
    {
        var random = new Random(4);
        double[] x = Problems.Normal(random, 12 * 3), y = Problems.Normal(random, 12);
        var flow = new BatchNormWeightDecayFlow(
            new EmpiricalRisk(Network.Dense(3, 1), Loss.Square, new Dataset("random", x, y, 3), Reduction.Sum), .7);
        var m = MathNet.Numerics.LinearAlgebra.Double.Matrix.Build.DenseOfRowMajor(12, 3, x);
        var ridge = (m.TransposeThisAndMultiply(m) + .7 * MathNet.Numerics.LinearAlgebra.Double.Matrix.Build.DenseIdentity(3))
            .Solve(m.TransposeThisAndMultiply(MathNet.Numerics.LinearAlgebra.Double.Vector.Build.DenseOfArray(y)));
        var point = flow.From([.3, -.2, .5], Tight).At([Instant.FromLog10T(30)]).Single();
        var end = point.Weights();
        // (ρ, V) and (−ρ, −V) are the same network
        end.ShouldBe(ridge.ToArray(), 1e-10);
        point.AtEquilibrium.ShouldBeTrue();
        point.LinearDirection()!.ShouldBe((ridge / ridge.L2Norm()).ToArray(), 1e-10);
    }

    // T3b §11.1: the minimum-norm solution plus what of the start the data do not see
    [Fact]
    public void The_square_loss_goes_to_the_minimum_norm_solution()
    {
        var random = new Random(5);
        double[] x = Problems.Normal(random, 3 * 6), y = Problems.Normal(random, 3), w0 = Problems.Normal(random, 6);
        var m = MathNet.Numerics.LinearAlgebra.Double.Matrix.Build.DenseOfRowMajor(3, 6, x);
        var plus = m.PseudoInverse();
        var start = MathNet.Numerics.LinearAlgebra.Double.Vector.Build.DenseOfArray(w0);
        var expected = plus * MathNet.Numerics.LinearAlgebra.Double.Vector.Build.DenseOfArray(y) + start - plus * (m * start);
        var trajectory = new UnconstrainedFlow(
            new EmpiricalRisk(Network.Dense(6, 1), Loss.Square, new Dataset("random", x, y, 6), Reduction.Sum)).From(w0, Tight);
        var points = trajectory.At([Instant.FromT(1e5), Instant.FromLog10T(300)]).ToArray();
        points[0].Weights().ShouldBe(expected.ToArray(), 1e-10);
        points[1].Weights().ShouldBe(expected.ToArray(), 1e-10);
        trajectory.RestedAt.ShouldNotBeNull();
    }

    // ẇ = −2(Cw − b): w(t) = w* + e^{−2Ct}(w₀ − w*), in closed form for two equations
    [Fact]
    public void A_linear_square_loss_follows_the_matrix_exponential_on_every_clock_and_method()
    {
        var data = new Dataset("diagonal", [2, 0, 0, .5], [1, -1], 2);
        double[] Exact(double t) => [.5 + Math.Exp(-8 * t) * (.2 - .5), -2 + Math.Exp(-.5 * t) * (1.0 + 2)];
        foreach (var method in Enum.GetValues<Method>())
            foreach (var clock in (ClockKind[])[ClockKind.LogT, ClockKind.T, ClockKind.Tau])
            {
                var options = Tight with { Method = method, Clock = clock, Tolerance = new Tolerance(1e-11, 1e-13) };
                var points = new UnconstrainedFlow(new EmpiricalRisk(Network.Dense(2, 1), Loss.Square, data, Reduction.Sum))
                    .From([.2, 1], options).At(Times(0, .1, .1, 1, 4));
                foreach (var p in points) p.Weights().ShouldBe(Exact(p.T), 2e-9, $"{method}, {clock}, t = {p.T}");
            }
    }

    // T3 eq. 79, 80: N = 1: sin θ · ρ is conserved by gradient descent, sin θ e^{ρ²/2} by weight normalization; sin θ to 1e-300
    [Fact]
    public void The_invariants_of_a_single_example()
    {
        var risk = new EmpiricalRisk(Network.Dense(2, 1), Loss.Exponential, new Dataset("one", [1.2, 0], [1], 2), Reduction.Sum);
        var options = new IntegrationOptions { Tolerance = new Tolerance(1e-11, 1e-300) };
        double[] start = [.5, .6];
        Instant[] instants = [Instant.Zero, Instant.FromT(10), Instant.FromLog10T(4), Instant.FromLog10T(15)];
        double LogSine(FlowPoint p) => Math.Log(Math.Abs(p.V[1]));
        var gd = new UnconstrainedFlow(risk).From(start, options).At(instants).ToArray();
        var wn = new WeightNormalizationFlow(risk).From(start, options).At(instants).ToArray();
        for (var i = 1; i < instants.Length; i++)
        {
            (LogSine(gd[i]) + gd[i].LogRho).ShouldBe(LogSine(gd[0]) + gd[0].LogRho, 1e-8);
            (LogSine(wn[i]) + wn[i].Rho * wn[i].Rho / 2).ShouldBe(LogSine(wn[0]) + wn[0].Rho * wn[0].Rho / 2, 1e-7 * wn[i].Rho * wn[i].Rho);
            Math.Sin(wn[i].AngleTo([1, 0])).ShouldBe(Math.Exp(LogSine(wn[i])), 1e-6 * Math.Exp(LogSine(wn[i])));
        }
    }

    // T3 eq. 22: where the start is on the wrong side ρ passes through zero; w = ρ v goes on as weight normalization in w
    [Theory]
    [InlineData(Method.Dop853)]
    [InlineData(Method.Radau)]
    public void A_signed_norm_passes_through_zero(Method method)
    {
        var options = Tight with { Method = method, Tolerance = new Tolerance(1e-11, 1e-13) };
        double[] start = [-.3, -.25];
        var instants = Times(.05, .2, 1, 5, 100);
        var points = new LagrangeFlow(TwoByTwo).From(start, options).At(instants).ToArray();
        points[^1].Rho.ShouldBeLessThan(0);
        points[^1].Margin.ShouldBePositive();
        points[^1].Outputs.ToArray().ShouldAllBe(f => f > 0);
        // ẇ = [v vᵀ + ρ²(I − v vᵀ)](−∇L) with v and ρ of their own: integrated by Runge–Kutta
        var norm = Vectors.Norm(start);
        double[] Field(double t, double[] s)
        {
            double w0 = s[0] * s[1], w1 = s[0] * s[2], g0 = Math.Exp(-w0 - .5 * w1), g1 = Math.Exp(-.4 * w0 - 1.2 * w1);
            double d0 = g0 + .4 * g1, d1 = .5 * g0 + 1.2 * g1, along = s[1] * d0 + s[2] * d1;
            return [along, s[0] * (d0 - s[1] * along), s[0] * (d1 - s[2] * along)];
        }
        double[] state = [norm, start[0] / norm, start[1] / norm];
        var t = 0.0;
        for (var i = 0; i < 4; i++)
        {
            state = Problems.RungeKutta(Field, state, t, instants[i].T, 4000);
            t = instants[i].T;
            points[i].Weights().ShouldBe([state[0] * state[1], state[0] * state[2]], 1e-8);
            points[i].RhoK[0].ShouldBe(state[0], 1e-8);
        }
    }

    // A negative norm below a ReLU: the flow is that of ρ f(V), and the weights it reports are of that network
    [Fact]
    public void Weights_reproduce_the_network_also_for_negative_norms()
    {
        var net = Network.Dense(2, 3, 1);
        var risk = new EmpiricalRisk(net, Loss.Square, Problems.TwoByTwo, Reduction.Sum);
        var theta = Problems.Normal(new Random(3), net.ParameterCount);
        var flow = new LagrangeFlow(risk);
        var state = flow.Start(theta);
        (state[0], state[1]) = (-.7, 1.1);
        var work = flow.NewWorkspace();
        work.BeginMode(0, state);
        var point = FlowPoint.Of(work, Instant.Zero, state, double.NaN, false);
        var outputs = new EmpiricalRisk(net, Loss.Square, Problems.TwoByTwo, Reduction.Sum).Outputs(point.Weights()).ToArray();
        outputs.ShouldBe(point.Outputs.ToArray().Select(f => Math.Abs(point.Rho) * f), 1e-13);
        Math.Exp(point.LogLoss).ShouldBe(outputs.Sum(f => (1 - f) * (1 - f)), 1e-12);
    }
}
