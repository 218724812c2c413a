using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.FlowRuns;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Lab;
using Rhoflow.Tests.Limits;
using Rhoflow.Tests.Networks;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Flows;

/// <summary>
/// T3b §13: the flow with fixed multipliers against finite differences of its Lagrangian, and its norms against the corrected equation.
/// </summary>
public class FixedMultipliersTests
{
    public static IEnumerable<TheoryDataRow<int>> Seeds =>
        new[] { 1, 2, 3, 4, Random.Shared.Next(5, 1_000_000) }.Select(s => new TheoryDataRow<int>(s));

    // L = Σ_n ℓ(y_n ∏ρ_k^{e_k} f̃(V; x_n)) + Σ_k λ_k(‖V_k‖² − 1), written out with the readable network.
    private static double Lagrangian(RandomNetwork r, double[] lambda, double[] state)
    {
        var (rho, v) = (state[..r.Net.Depth], state[r.Net.Depth..]);
        var product = rho.Select((x, k) => Math.Pow(x, r.Net.Exponents[k])).Aggregate((a, b) => a * b);
        var sum = Enumerable.Range(0, r.Examples)
            .Sum(n => Math.Exp(-r.Y[n] * product * ReferenceNetwork.Outputs(r.Net, v, r.Example(n))[0]));
        for (var k = 0; k < lambda.Length; k++) sum += lambda[k] * (r.Net.Layers[k].Of(v).ToArray().Sum(x => x * x) - 1);
        return sum;
    }

    private static (RandomNetwork Random, EmpiricalRisk Risk, double[] Lambda, double[] State) Draw(int seed)
    {
        for (; ; seed++)
        {
            var r = new RandomNetwork(seed, maxDepth: 3);
            var random = new Random(seed);
            var risk = new EmpiricalRisk(r.Net, Loss.Exponential, new Dataset("random", r.X, r.Y, r.Net.Inputs), Reduction.Sum);
            double[] lambda = [.. Enumerable.Range(0, r.Net.Depth).Select(_ => random.NextDouble())];
            // V_k off the unit sphere, ρ_k of either sign.
            double[] state = [.. Enumerable.Range(0, r.Net.Depth).Select(_ => (random.Next(2) * 2 - 1) * (.5 + random.NextDouble())),
                .. r.Theta];
            // Differences have digits where outputs are small and no pre-activation is next to its kink.
            var outputs = Enumerable.Range(0, r.Examples).Select(n => ReferenceNetwork.Outputs(r.Net, r.Theta, r.Example(n))[0]).ToArray();
            if (outputs.All(f => Math.Abs(f) is > 1e-3 and < 3) && double.IsFinite(Lagrangian(r, lambda, state)))
                return (r, risk, lambda, state);
        }
    }

    private static double[] Velocity(Flow flow, double[] state)
    {
        var velocity = new double[state.Length];
        var scale = Math.Exp(flow.NewWorkspace().Velocity(0, state, velocity));
        return [.. velocity.Select(v => scale * v)];
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_velocity_is_the_negative_gradient_of_the_Lagrangian(int seed)
    {
        var (r, risk, lambda, state) = Draw(seed);
        var velocity = Velocity(new FixedMultipliersFlow(risk, lambda), state);
        var size = 1 + Vectors.Norm(velocity);
        for (var i = 0; i < state.Length; i++)
        {
            double Difference(double h)
            {
                double[] up = [.. state], down = [.. state];
                up[i] += h;
                down[i] -= h;
                return (Lagrangian(r, lambda, down) - Lagrangian(r, lambda, up)) / (2 * h);
            }
            // Extrapolated in h²: a kink within the step would show as a difference between the two.
            double coarse = Difference(2e-5), fine = Difference(1e-5);
            if (Math.Abs(coarse - fine) > 1e-6 * size) continue;
            velocity[i].ShouldBe((4 * fine - coarse) / 3, 1e-6 * size, $"seed {seed}, {r.Net}, component {i}");
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Norms_of_V_follow_the_corrected_equation_50_and_the_printed_one_lacks_a_factor_2(int seed)
    {
        var (r, risk, lambda, state) = Draw(seed);
        var velocity = Velocity(new FixedMultipliersFlow(risk, lambda), state);
        var (rho, v) = (state[..r.Net.Depth], state[r.Net.Depth..]);
        var product = rho.Select((x, k) => Math.Pow(x, r.Net.Exponents[k])).Aggregate((a, b) => a * b);
        var f = Enumerable.Range(0, r.Examples).Select(n => r.Y[n] * ReferenceNetwork.Outputs(r.Net, v, r.Example(n))[0]).ToArray();
        var drive = product * f.Sum(y => Math.Exp(-product * y) * y);
        for (var k = 0; k < r.Net.Depth; k++)
        {
            var layer = r.Net.Layers[k];
            var norm = Vectors.Dot(layer.Of(v), layer.Of(v));
            var rate = 2 * Vectors.Dot(layer.Of(v), layer.Of(velocity.AsSpan(r.Net.Depth)));
            var printed = r.Net.Exponents[k] * drive - 2 * lambda[k] * norm;
            var tolerance = 1e-10 * (1 + Math.Abs(drive) * r.Net.Degree + norm + f.Sum(Math.Abs) * r.Net.Degree);
            rate.ShouldBe(2 * printed, tolerance, $"seed {seed}, layer {k + 1}");
            (rho[k] * velocity[k]).ShouldBe(r.Net.Exponents[k] * drive, tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Multipliers_that_hold_the_norm_give_the_Lagrange_flow_for_that_moment(int seed)
    {
        var (r, risk, _, _) = Draw(seed);
        if (r.Net.Layers.Any(l => Vectors.Norm(l.Of(r.Theta)) < 1e-2)) return;
        var lagrange = new LagrangeFlow(risk);
        var state = lagrange.Start(r.Theta);
        var product = NormsAndDirections.Product(r.Net, state.AsSpan(0, r.Net.Depth));
        var f = Enumerable.Range(0, r.Examples).Select(n => r.Y[n] * ReferenceNetwork.Outputs(r.Net, state[r.Net.Depth..], r.Example(n))[0])
            .ToArray();
        var drive = product * f.Sum(y => Math.Exp(-product * y) * y);
        if (drive < 0) return;                        // λ_k ≥ 0: where the data pull outwards
        double[] lambda = [.. r.Net.Exponents.ToArray().Select(e => e * drive / 2)];
        var expected = Velocity(lagrange, state);
        Velocity(new FixedMultipliersFlow(risk, lambda), state)
            .ShouldBe(expected, 1e-9 * (1 + Vectors.Norm(expected) + drive * r.Net.Degree));
    }

    [Fact]
    public void Without_multipliers_differences_of_squares_are_conserved_and_with_them_V_shrinks_where_the_loss_no_longer_pulls()
    {
        var net = Network.Dense(2, 3, 1);
        var risk = new EmpiricalRisk(net, Loss.Exponential, Problems.TwoByTwo, Reduction.Sum);
        double[] theta = [.3, -.1, .5, .2, -.4, .6, 1, .7, .5];
        double SquareOfV(FlowPoint p, int k) => Vectors.Dot(net.Layers[k].Of(p.State[2..]), net.Layers[k].Of(p.State[2..]));
        double Difference(FlowPoint p, int k) => p.State[k] * p.State[k] - SquareOfV(p, k);
        var options = new IntegrationOptions { Tolerance = new Tolerance(1e-12, 1e-14) };
        Instant[] instants = [Instant.Zero, .. Clock.DecadesOfT(0, 3)];
        var free = new FixedMultipliersFlow(risk, [0]).From(theta, options).At(instants).ToArray();
        foreach (var p in free)
            for (var k = 0; k < 2; k++) Difference(p, k).ShouldBe(Difference(free[0], k), 1e-9 * (1 + p.State[k] * p.State[k]));
        var held = new FixedMultipliersFlow(risk, [.05, .01]).From(theta, options).At(instants).ToArray();
        for (var k = 0; k < 2; k++)
        {
            SquareOfV(held[0], k).ShouldBe(1, 1e-14);
            SquareOfV(held[^1], k).ShouldBeLessThan(.5);
            // What is reported is W_k = ρ_k V_k.
            held[^1].RhoK[k].ShouldBe(held[^1].State[k] * Math.Sqrt(SquareOfV(held[^1], k)), 1e-12 * held[^1].RhoK[k]);
            Vectors.Norm(net.Layers[k].Of(held[^1].V)).ShouldBe(1, 1e-14);
        }
        Math.Exp(held[^1].LogLoss).ShouldBe(Math.Exp(risk.LogLoss(held[^1].Weights())), 1e-12);
    }

    // With all λ_k = 0 nothing but the loss sets the scale of the velocity, so the flow goes beyond the range of a double in t.
    [Fact]
    public void Without_multipliers_it_reaches_times_beyond_a_double()
    {
        var net = Network.Dense(2, 1);
        var risk = new EmpiricalRisk(net, Loss.Exponential, Problems.TwoByTwo, Reduction.Sum);
        var end = new FixedMultipliersFlow(risk, [0]).From([.3, -.1]).At([Instant.Zero, Instant.FromLog10T(1000)]).Last();
        (end.State[0] * end.State[0] - Vectors.Dot(end.State[1..], end.State[1..]))
            .ShouldBe(.3 * .3 + .1 * .1 - 1, 1e-6 * end.State[0] * end.State[0]);
        // One layer: L falls like 1/t up to powers of log t.
        (-end.LogLoss / Math.Log(10)).ShouldBe(1000, 8);
    }

    [Fact]
    public void A_config_runs_it()
    {
        const string one = "flow={kind: fixed-multipliers, lambda: 0.05, rho: 2}";
        var experiment = Configs.Read(Configs.TwoParameters, one);
        experiment.ToYaml().ShouldContain("  kind: fixed-multipliers\n  rho: 2\n  lambda: 0.05\n");
        var run = PreparedFlow.From(experiment);
        var points = run.Start().At(run.Instants).ToArray();
        // One layer: ρ̇ = Σ e^{−ρv·x} v·x, v̇ = ρ Σ e^{−ρv·x} x − 2λv, by small steps.
        double[] x1 = [1, .5], x2 = [.4, 1.2];
        double[] Field(double t, double[] s)
        {
            double f1 = s[1] * x1[0] + s[2] * x1[1], f2 = s[1] * x2[0] + s[2] * x2[1], e1 = Math.Exp(-s[0] * f1), e2 = Math.Exp(-s[0] * f2);
            double Of(int i) => s[0] * (e1 * x1[i] + e2 * x2[i]) - .1 * s[1 + i];
            return [e1 * f1 + e2 * f2, Of(0), Of(1)];
        }
        var norm = Math.Sqrt(.3 * .3 + .1 * .1);
        double[] state = [2, .3 / norm, -.1 / norm];
        var t = 0.0;
        foreach (var p in points)
        {
            state = Problems.RungeKutta(Field, state, t, p.T, 4000);
            t = p.T;
            p.State.ToArray().ShouldBe(state, 1e-8);
            p.Rho.ShouldBe(state[0] * Math.Sqrt(state[1] * state[1] + state[2] * state[2]), 1e-8);
        }
        static string Message(string flow) =>
            Should.Throw<ConfigException>(() => PreparedFlow.From(Configs.Read(Configs.TwoParameters, flow))).Message;
        Message("flow={kind: fixed-multipliers, lambda: [1, 2]}").ShouldContain("2 multipliers λ_k were given");
        Message("flow={kind: fixed-multipliers, lambda: -1}").ShouldContain("flow.lambda: the multipliers λ_k must be ≥ 0");
        PreparedFlow.From(Configs.Read(Configs.TwoParameters, "flow={kind: fixed-multipliers, lambda: [1]}")).Flow.Lambda.ShouldBe(0);
    }
}
