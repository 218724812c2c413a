using FsCheck.Fluent;
using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Networks;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Flows;

/// <summary>Every flow's velocity against the paper's (corrected) equation written out naively, on random networks.</summary>
public class VelocityTests
{
    // Projections leave nothing of a layer of one weight: what is left is the rounding of the gradient before them.
    private static void Same(
        Flow flow, NaiveFlows naive, double[] state, double[] expected, double digits = 1e-10, double logT = 0, FlowWorkspace? work = null)
    {
        var velocity = new double[flow.Dimension];
        flow.Dimension.ShouldBe(state.Length);
        var scale = Math.Exp((work ?? flow.NewWorkspace()).Velocity(logT, state, velocity));
        // Some normalized networks have outputs of hundreds: plain numbers overflow there.
        if (!expected.All(double.IsFinite)) return;
        var size = 1e-3 + Vectors.Norm(expected) + 1e-2 * naive.Unprojected;
        for (var i = 0; i < expected.Length; i++)
            (scale * velocity[i]).ShouldBe(expected[i], digits * size, $"{flow.Kind}, component {i}");
    }

    private static void ForAll(Action<RandomNetwork, EmpiricalRisk, NaiveFlows> check) =>
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(
            Gen.Choose(0, 1_000_000).ToArbitrary(), seed =>
            {
                var r = new RandomNetwork(seed, maxDepth: 3);
                if (r.Net.Layers.Any(l => Vectors.Norm(l.Of(r.Theta)) < 1e-2)) return;
                if (Enumerable.Range(0, r.Examples).Any(n => Math.Abs(ReferenceNetwork.Outputs(r.Net, r.Theta, r.Example(n))[0]) > 20))
                    return;
                var loss = Loss.Binary[seed % 3];
                var reduction = seed % 2 == 0 ? Reduction.Sum : Reduction.Mean;
                check(r, new EmpiricalRisk(r.Net, loss, new Dataset("random", r.X, r.Y, r.Net.Inputs), reduction),
                    new NaiveFlows(r, loss, reduction == Reduction.Sum ? 1 : 1.0 / r.Examples));
            }));

    private static (int Offset, int Count)[] Rows(Network net) => [.. net.Layers.SelectMany(l => l.Kind == LayerKind.Diagonal
        ? [(l.Offset, l.Count)]
        : Enumerable.Range(0, l.Rows).Select(i => (l.Offset + i * l.Columns, l.Columns)))];

    [Fact]
    public void Unconstrained_A1_to_A4() => ForAll((r, risk, naive) =>
    {
        foreach (var lambda in (double[])[0, 0.3])
            Same(new UnconstrainedFlow(risk, lambda), naive, r.Theta, naive.Unconstrained(r.Theta, lambda));
    });

    [Fact]
    public void Reparametrized_A7_and_lagrange_A6() => ForAll((r, risk, naive) =>
    {
        foreach (var lambda in (double[])[0, 0.3])
        {
            var flow = new ReparametrizedFlow(risk, lambda);
            var state = flow.Start(r.Theta);
            Same(flow, naive, state, naive.NormsAndDirections(state, lambda, reparametrized: true));
            Same(new LagrangeFlow(risk, weightDecay: lambda), naive, state, naive.NormsAndDirections(state, lambda, reparametrized: false));
            state[^(r.Net.ParameterCount + 1)] *= -1;               // ρ_K is a signed coordinate
            Same(new LagrangeFlow(risk, weightDecay: lambda), naive, state, naive.NormsAndDirections(state, lambda, reparametrized: false));
        }
    });

    [Fact]
    public void Weight_normalization_A8_per_matrix_and_per_row() => ForAll((r, risk, naive) =>
    {
        foreach (var lambda in (double[])[0, 0.3])
        {
            var flow = new WeightNormalizationFlow(risk, weightDecay: lambda);
            var state = flow.Start(r.Theta);
            var expected = naive.WeightNormalization(state, [.. r.Net.Layers.Select(l => (l.Offset, l.Count))], lambda);
            Same(flow, naive, state, expected);
            Same(new LagrangeFlow(risk, weightDecay: lambda), naive, state, expected);         // the same system (T3 eq. 22)
            var rows = Rows(r.Net);
            if (rows.Any(w => Vectors.Norm(r.Theta.AsSpan(w.Offset, w.Count)) < 1e-3)) return;
            var perRow = new RowWeightNormalizationFlow(risk, lambda);
            state = perRow.Start(r.Theta);
            Same(perRow, naive, state, naive.WeightNormalization(state, rows, lambda));
        }
    });

    [Fact]
    public void Fixed_rho_A5_and_schedules_A21_A22() => ForAll((r, risk, naive) =>
    {
        var flow = new FixedRhoFlow(risk, 1.7);
        var v = flow.Start(r.Theta);
        Same(flow, naive, v, naive.Directions(v, 1.7, 1.7));
        const double LogT = 2.5;                                    // α = log t = 2.5, log log t = log 2.5
        Same(new ScheduledRhoFlow(risk, Schedule.LogT), naive, v, naive.Directions(v, 2.5, 2.5), logT: LogT);
        Same(new ScheduledRhoFlow(risk, Schedule.InverseLogT), naive, v, naive.Directions(v, 1 / 2.5, 1 / 2.5), logT: LogT);
        Same(new ScheduledRhoFlow(risk, Schedule.LogT, descent: true), naive, v, naive.Directions(v, 2.5, 1 / 2.5), logT: LogT);
        Same(new ScheduledOutputsFlow(risk, Schedule.LogT), naive, r.Theta, naive.ScaledOutputs(r.Theta, 2.5), logT: LogT);
        Same(new ScheduledDirectionFlow(risk, 0.8, Schedule.LogLogT), naive, v,
            naive.Directions(v, Math.Log(2.5) * 0.8, Math.Log(2.5) / 0.8), logT: LogT);
    });

    [Fact]
    public void Batch_norm_with_weight_decay_A15() => ForAll((r, risk, naive) =>
    {
        var flow = new BatchNormWeightDecayFlow(risk, 0.2, 1.3);
        var state = flow.Start(r.Theta);
        state[0].ShouldBe(1.3);
        Same(flow, naive, state, naive.BatchNorm(state, 0.2), 1e-9);
        state[0] = -0.6;
        Same(flow, naive, state, naive.BatchNorm(state, 0.2), 1e-9);
    });

    [Fact]
    public void Tangent_A11_and_lp_A13() => ForAll((r, risk, naive) =>
    {
        if (r.Theta.Any(v => Math.Abs(v) < 0.01)) return;           // ν is taken by differences here
        foreach (var p in (double[])[1, 1.5, 2, 3, double.PositiveInfinity])
        {
            var tangent = new TangentFlow(risk, p);
            var work = tangent.NewWorkspace();
            work.BeginMode(0, tangent.Start(r.Theta));
            Same(tangent, naive, r.Theta, naive.Tangent(r.Theta, p, 1), 1e-6, work: work);
            var scaled = new TangentFlow(risk, p, 0.9);
            var v = scaled.Start(r.Theta);
            work = scaled.NewWorkspace();
            work.BeginMode(0, v);
            Same(scaled, naive, v, naive.Tangent(v, p, 0.9), 1e-6, work: work);
            if (p is 1 or double.PositiveInfinity) continue;
            var constrained = new LpConstrainedFlow(risk, p);
            var state = constrained.Start(r.Theta);
            Same(constrained, naive, state, naive.Lp(state, p, reparametrized: false), 1e-6);
            Same(new LpReparametrizedFlow(risk, p), naive, state, naive.Lp(state, p, reparametrized: true), 1e-6);
        }
    });

    // T3 eq. 61 and SQ eq. 27: ρ_kρ̇_k = Σ g(ρf_n) ρ f_n
    [Fact]
    public void Norm_growth_A17_A19()
    {
        double[] f = [1.1, 0.4, -0.2], rho = [0.8, 1.3, 0.5, 2];
        var product = rho.Aggregate((a, b) => a * b);
        foreach (var loss in Loss.Binary)
        {
            double[] velocity = new double[4];
            var flow = new NormGrowthFlow(4, f, loss).NewWorkspace();
            var scale = Math.Exp(flow.Velocity(0, rho, velocity));
            var drive = f.Sum(v => v * (loss.Name switch
            {
                "exponential" => Math.Exp(-product * v),
                "logistic" => 1
                / (1 + Math.Exp(product * v)),
                _ => 2 * (1 - product * v)
            }));
            for (var k = 0; k < 4; k++) (scale * velocity[k]).ShouldBe(product / rho[k] * drive, 1e-13);
            Math.Exp(flow.LogLoss(0, rho))
                .ShouldBe(f.Sum(v => loss.Name switch
                {
                    "exponential" => Math.Exp(-product * v),
                    "logistic" =>
                Math.Log(1 + Math.Exp(-product * v)),
                    _ => (1 - product * v) * (1 - product * v)
                }), 1e-12);
        }
    }

    [Fact]
    public void Starts_without_a_direction_and_norms_out_of_range_are_refused()
    {
        var risk = new EmpiricalRisk(Network.Dense(2, 3, 1), Loss.Exponential, Limits.Problems.TwoByTwo, Reduction.Sum);
        double[] noSecond = [1, 2, 3, 4, 5, 6, 0, 0, 0];
        foreach (var flow in (Flow[])[new ReparametrizedFlow(risk), new LagrangeFlow(risk), new FixedRhoFlow(risk, 1),
            new TangentFlow(risk), new BatchNormWeightDecayFlow(risk, 0)])
            Should.Throw<ArgumentException>(() => flow.Start(noSecond)).Message.ShouldContain("layer 2 is zero at the start");
        Should.Throw<ArgumentException>(() => new RowWeightNormalizationFlow(risk).Start(noSecond)).Message.ShouldContain("row 3");
        new UnconstrainedFlow(risk).Start(noSecond).ShouldBe(noSecond);
        Should.Throw<ArgumentOutOfRangeException>(() => new FixedRhoFlow(risk, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => new LagrangeFlow(risk, -1));
        Should.Throw<ArgumentOutOfRangeException>(() => new WeightNormalizationFlow(risk, double.NaN));
        Should.Throw<ArgumentOutOfRangeException>(() => new ScheduledDirectionFlow(risk, 0, Schedule.LogT));
        Should.Throw<ArgumentOutOfRangeException>(() => new TangentFlow(risk, 0.5));
        Should.Throw<ArgumentOutOfRangeException>(() => new LpConstrainedFlow(risk, 1));
        Should.Throw<ArgumentOutOfRangeException>(() => new LpReparametrizedFlow(risk, double.PositiveInfinity));
        Should.Throw<ArgumentException>(() =>
            new UnconstrainedFlow(risk).From([1, 2])).Message.ShouldContain("2 weights were given; the network has 9");
    }
}
