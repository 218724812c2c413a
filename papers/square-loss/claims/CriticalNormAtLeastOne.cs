using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Claim b34: at minima of near-zero loss ρ ≥ 1, and wherever all y f ≥ 0; away from them networks of every width and depth have critical
/// points with ρ &lt; 1, and one unit flows to one.
/// </summary>
internal static class CriticalNormAtLeastOne
{
    private const int Inputs = 5, Hidden = 8, Examples = 20, Nets = 200;
    private const double Start = .1, Lambda = 1, NearZero = 1e-6, Delta = .3, FarEnd = 1e10;

    // V_1 = (rows) and V_2 of the net 2-2-1, both units on at x = (1, 0).
    private static readonly double[] Direction = [.6, .3, .5, -.2, .8, .6];

    // Where the unit of 2-1-1 stands that flows to the critical point.
    private const double UnitAngle = .2;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b34-critical-norm-at-least-one",
        Paper = SourcePapers.SquareLoss,
        Place = "§3, footnote 6; appendix B after eq. 23",
        Equations = ["SQ.8a"],
        Hypothesis = "L ≥ 2 layers, ‖x‖ = 1 and so |f_n| ≤ 1 (§2.1), λ → 0, average separability. Footnote 6 stands at “a minimum of GD "
            + "for which the square loss is close to zero and V̇_k = 0”; appendix B says it of any equilibrium ρ̇_k = 0.",
        Statement = "ρ ≥ 1 for a critical point to exist, because the critical point with the smallest possible ρ is for ρ = 1, f_n "
            + "y_n = 1.",
        SetUp = $"Flow (5)–(6), λ = 0. (i) Where the flows of b33 from ρ0 = {Wording.Short(PlaneNets.FirstRho)} end: {PlaneNets.Words}, "
            + $"{PlaneNets.Sets[0]}, {PlaneNets.Sets[1]} and {PlaneNets.Sets[2]}, seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}; near zero "
            + $"is a loss of {Wording.Text(NearZero)} at most. (ii) Three inputs at the angles −{Wording.Short(Delta)}, 0, "
            + $"{Wording.Short(Delta)} with labels +1, −1, +1, which the net 2-3-1 interpolates; the same shapes with all units of a layer "
            + "alike and all seeing every input, so that f = x_1, at ρ_eq; and the flow of 2-1-1 with its unit at "
            + $"{Wording.Short(UnitAngle)} until it rests. (iii) Σyf/Σf² of random ReLU nets {Inputs}-{Hidden}-1 on {Examples} unit inputs "
            + $"labelled by their own sign (all y f > 0), {Nets} for each seed. (iv) Beside it four times x = (1, 0), y = 1 with λ = "
            + $"{Wording.Short(Lambda)}, which is not small.",
        Expected = "ρ ≥ 1 at every critical point (near zero loss L: ρ ≥ 1 − √L).",
        History = ["was ✗ until 2026-11-28, because it was tested in one layer, with λ = 1 and away from zero loss, where footnote 6 does "
            + "not speak",
            "until 2026-11-28 the counter-example was one input with labels +1, +1, −1, which no network fits; until 2026-11-29 it had "
            + "ρ̇ = 0 but V̇ ≠ 0"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        const string least1 = "least ρ at a critical point";
        const string positive = "minima of near-zero loss (footnote 6), or all y f ≥ 0, so that y f ≥ f² for |f̃| ≤ ‖x‖ = 1";
        var narrower = judge.Amended(positive);
        FlowPoint[][] ends = [.. PlaneNets.Sets.Select(set => PlaneNets.Runs(context, set, 0).Select(static r => r.Points[^1]).ToArray())];
        FlowPoint[][] near = [.. ends.Select(static e => e.Where(static p => Math.Exp(p.LogLoss) <= NearZero).ToArray())];
        FlowPoint[] fitted = [.. near.SelectMany(static e => e)];
        judge.Measure("ends at near-zero loss, of all", fitted.Length, ends.Sum(static e => e.Length));
        foreach (var (set, count, all) in PlaneNets.Sets.Zip(near, ends))
            judge.Measure($"{set}: ends at near-zero loss, of all", count.Length, all.Length);
        judge.Measure("ends at near-zero loss, by shape", [.. PlaneNets.Shapes.Select(net => (double)fitted.Count(p => p.Network == net))]);
        judge.Measure("least ρ of the ends at near-zero loss, by shape", [.. PlaneNets.Shapes.Select(net =>
            fitted.Where(p => p.Network == net).Select(static p => p.Rho).DefaultIfEmpty(double.NaN).Min())]);
        judge.Hypothesis.AtLeast("ends at near-zero loss, of the shape that has fewest",
            PlaneNets.Shapes.Min(net => fitted.Count(p => p.Network == net)), 5);
        foreach (var group in (CheckGroup[])[judge.Printed, narrower])
            group.In($"near-zero loss, {fitted.Length} flows").AtLeast(least1, fitted.Min(static p => p.Rho), 1 - Math.Sqrt(NearZero));

        var three = PlaneNets.Circle("three inputs", [-Delta, 0, Delta], [1, -1, 1]);
        var exact = (2 * Math.Cos(Delta) - 1) / (1 + 2 * Math.Pow(Math.Cos(Delta), 2));
        judge.Premise.AtMost("three inputs: loss of the interpolating 2-3-1", Interpolation(three), 1e-20);
        (double Rho, double Speed, double Correlation)[] alike = [.. PlaneNets.Shapes.Select(net => Alike(net, three))];
        judge.Premise.AtMost("units alike: largest velocity of (ρ, V)", alike.Max(static a => a.Speed), 1e-12);
        judge.Premise.AtMost("units alike: largest difference of ρ from (2 cos δ − 1)/(1 + 2 cos² δ)",
            alike.Max(a => Math.Abs(a.Rho - exact)), 1e-12);
        judge.Hypothesis.AtLeast("units alike: least Σ y f", alike.Min(static a => a.Correlation), .1);
        judge.Printed.In("any critical point (appendix B), every shape").AtLeast(least1, alike.Min(static a => a.Rho), 1);
        var one = Rest(Network.Dense(2, 1, 1), three, 0, PlaneNets.FirstRho, [Math.Cos(UnitAngle), Math.Sin(UnitAngle), 1], context);
        judge.Premise.AtMost("2-1-1: velocity where the flow rests", one.Speed, 1e-9);
        judge.Printed.In("any critical point (appendix B), where the flow of 2-1-1 rests").AtLeast(least1, one.Rho, 1);

        var least = double.PositiveInfinity;
        foreach (var seed in Spread.Seeds)
        {
            var random = new RandomStream(seed, 22);
            var net = Network.Dense(Inputs, Hidden, 1);
            var risk = new EmpiricalRisk(net, Loss.Square, GaussianTeacher.Draw(Examples, Inputs, seed), Reduction.Sum);
            for (var i = 0; i < Nets; i++)
            {
                var v = Initialization.Normal(net, random);
                Initialization.ScaleLayers(net, v, [1]);
                double top = 0, bottom = 0;
                foreach (var f in risk.Outputs(v))
                {
                    top += Math.Abs(f);
                    bottom += f * f;
                }
                if (bottom > 0) least = Math.Min(least, top / bottom);
            }
        }
        foreach (var group in (CheckGroup[])[judge.Printed, narrower])
            group.In($"{Nets * Spread.Seeds.Count} random nets that separate, λ = 0").AtLeast(least1, least, 1);
        var decay = Rest(Network.Dense(2, 2, 1), new Dataset("four alike", [1, 0, 1, 0, 1, 0, 1, 0], [1, 1, 1, 1], 2), Lambda, Start,
            Direction, context);
        judge.Premise.AtMost("four alike: velocity where the flow rests", decay.Speed, 1e-9);
        judge.Measure($"ρ at rest, f = 1 four times, λ = {Wording.Short(Lambda)}", decay.Rho);
        var counts = PlaneNets.Sets.Zip(near, ends).Select(static e => $"{e.Second.Length} of {e.Third.Length} with {e.First}");
        return judge.Outcome(care: "At a minimum of near-zero loss ρ f_n = y_n and |f_n| ≤ 1, so that ρ ≥ 1 by algebra: the "
            + $"{fitted.Length} flows that end there have ρ from {Text(fitted.Min(static p => p.Rho))} on. They are "
            + $"{string.Join(", ", counts)}, over ten shapes. It is algebra too that Σyf/Σf² ≥ 1 wherever all y f ≥ 0 (least of "
            + $"{Nets * Spread.Seeds.Count} random nets {Text(least)}). Appendix B says it of every equilibrium: on three inputs +, −, + "
            + $"that 2-3-1 interpolates, ρ = {Text(exact)} is critical (ρ̇ = 0 and V̇ = 0) in every width and depth, with Σ y f > 0, where "
            + $"the units of a layer are alike; one unit flows to it ({Text(one.Rho)}), though 2-1-1 itself cannot fit +, −, +. With λ = "
            + $"{Wording.Short(Lambda)}, which is not small, four right examples rest at {Text(decay.Rho)} = 4/(1 + 4).");
    }

    // f = x_1 by units that are alike, at ρ_eq; the velocity there.
    private static (double Rho, double Speed, double Correlation) Alike(Network net, Dataset data)
    {
        var theta = new double[net.ParameterCount];
        theta.AsSpan().Fill(1);
        var first = net.Layers[0].Of(theta.AsSpan());
        for (var i = 1; i < first.Length; i += 2) first[i] = 0;
        var risk = new EmpiricalRisk(net, Loss.Square, data, Reduction.Sum);
        var flow = new BatchNormWeightDecayFlow(risk, 0, rho: 1);
        var state = flow.Start(theta);
        double top = 0, bottom = 0;
        var f = risk.Outputs(state.AsSpan(1));
        for (var n = 0; n < f.Length; n++)
        {
            top += data.Y[n] * f[n];
            bottom += f[n] * f[n];
        }
        state[0] = top / bottom;
        return (state[0], Speed(flow, state), top);
    }

    // One unit sees all three inputs, one the first and one the last.
    private static double Interpolation(Dataset three)
    {
        var net = Network.Dense(2, 3, 1);
        double before = -(Math.PI + Delta) / 2, after = (Math.PI + Delta) / 2, side = (1 + Math.Cos(Delta)) / Math.Sin(Delta / 2);
        double[] theta = [1, 0, Math.Cos(before), Math.Sin(before), Math.Cos(after), Math.Sin(after), -1, side, side];
        return Math.Exp(new EmpiricalRisk(net, Loss.Square, three, Reduction.Sum).LogLoss(theta));
    }

    private static (double Rho, double Speed) Rest(Network net, Dataset data, double lambda, double rho, double[] theta,
        StudyContext context)
    {
        var flow = new BatchNormWeightDecayFlow(new EmpiricalRisk(net, Loss.Square, data, Reduction.Sum), lambda, rho);
        var end = flow.From(theta, new IntegrationOptions { Tolerance = new(1e-12, 1e-14) })
            .At([Instant.FromT(FarEnd)], context.Cancellation).Single();
        return (end.Rho, Speed(flow, end.State));
    }

    private static double Speed(BatchNormWeightDecayFlow flow, ReadOnlySpan<double> state)
    {
        var velocity = new double[flow.Dimension];
        return Math.Exp(flow.NewWorkspace().Velocity(0, state, velocity)) * Vectors.Norm(velocity);
    }

    private static string Text(double value) => Wording.Text(value, 4);
}
