using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Claim b34: at minima of near-zero loss ρ ≥ 1, and wherever all y f ≥ 0; with an example that is misclassified critical points with ρ
/// &lt; 1
/// exist.
/// </summary>
internal static class CriticalNormAtLeastOne
{
    private const int Inputs = 5, Hidden = 8, Examples = 20, Nets = 200;
    private const double Start = .1, Lambda = 1, Small = 1e-4;

    // V_1 = (rows) and V_2 of the net 2-2-1, both units on at x = (1, 0).
    private static readonly double[] Direction = [.6, .3, .5, -.2, .8, .6];

    // V_1 = I and V_2 of the net for two inputs; layers are normalized.
    private static readonly double[] Pair = [1, 0, 0, 1, .74, -.67];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b34-critical-norm-at-least-one",
        Paper = SourcePapers.SquareLoss,
        Place = "§3, footnote 6; appendix B after eq. 23",
        Equations = ["SQ.8a"],
        Hypothesis = "L ≥ 2 layers, ‖x‖ = 1 and so |f_n| ≤ 1 (§2), λ → 0. Footnote 6 speaks of minima of near-zero square loss; appendix "
            + "B of any equilibrium ρ̇ = 0 at given V.",
        Statement = "ρ ≥ 1 for a critical point to exist, because the critical point with the smallest possible ρ is for ρ = 1, f_n "
            + "y_n = 1.",
        SetUp = $"Flow (5)–(6), ReLU nets 2-2-1, ρ0 = {Wording.Short(Start)}, V ∝ {Wording.Row(Direction)} layer by layer, until it "
            + $"rests: x = (1, 0) with y = 1 and λ = {Wording.Text(Small)}, so that the loss is nearly zero; and four times x = "
            + $"(1, 0), y = 1 with λ = {Wording.Short(Lambda)}. Then Σyf/Σf² of "
            + $"two inputs (1, 0) and (0, 1), both labelled +1, one unit each: V_1 = I/√2, V_2 = {Wording.Row(Pair[4..])}, of which the "
            + "second is misclassified and ρ̇ = 0 (V̇ is not); and of "
            + $"random ReLU nets {Inputs}-{Hidden}-1 on {Examples} unit inputs labelled by their own sign (λ = 0, all y f > 0), {Nets} "
            + $"nets for each of the seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}.",
        Expected = $"ρ ≥ 1 at every critical point (up to λ: {Wording.Text(2 * Small)}).",
        History = ["was ✗ until 2026-11-28, because it was tested in one layer, with λ = 1 and away from zero loss, where footnote 6 does "
            + "not speak",
            "until 2026-11-28 the counter-example was one input with labels +1, +1, −1, which no network fits"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var fitted = Rest(new Dataset("one example", [1, 0], [1], 2), Small, context);
        var mixed = AtGivenDirections(new Dataset("two inputs", [1, 0, 0, 1], [1, 1], 2), Pair, Small);
        var decay = Rest(new Dataset("four alike", [1, 0, 1, 0, 1, 0, 1, 0], [1, 1, 1, 1], 2), Lambda, context);
        judge.Premise.AtMost("largest velocity where the flows rest", Math.Max(fitted.Speed, decay.Speed), 1e-9);
        judge.Premise.AtMost("two inputs: |ρ̇| at Σyf/(λ + Σf²)", Math.Abs(mixed.Drive), 1e-12);
        judge.Measure("two inputs: Σ y f, which average separability (§3) wants positive", mixed.Correlation);
        judge.Measure("one example: (ρf − y)² at rest", Math.Pow(fitted.Rho * fitted.Output - 1, 2));
        judge.Measure($"ρ at rest, f = 1 four times, λ = {Wording.Short(Lambda)}", decay.Rho);
        const string least1 = "least ρ at a critical point";
        const string positive = "minima of near-zero loss (footnote 6), or all y f ≥ 0, so that y f ≥ f² for |f̃| ≤ ‖x‖ = 1";
        foreach (var group in (CheckGroup[])[judge.Printed.In("near-zero loss, two layers"),
            judge.Amended(positive).In("near-zero loss, two layers")])
            group.AtLeast(least1, fitted.Rho, 1 - 2 * Small);
        judge.Printed.In("ρ̇ = 0, two inputs of which one is misclassified, two layers").AtLeast(least1, mixed.Rho, 1);
        var least = double.PositiveInfinity;
        foreach (var seed in Spread.Seeds)
        {
            var random = new RandomStream(seed, 22);
            var net = Network.Dense(Inputs, Hidden, 1);
            var x = GaussianTeacher.Draw(Examples, Inputs, seed);
            for (var i = 0; i < Nets; i++)
            {
                var v = Initialization.Normal(net, random);
                Initialization.ScaleLayers(net, v, [1]);
                var f = new EmpiricalRisk(net, Loss.Square, x, Reduction.Sum).Outputs(v).ToArray();
                double top = f.Sum(Math.Abs), bottom = f.Sum(a => a * a);
                if (bottom > 0) least = Math.Min(least, top / bottom);
            }
        }
        foreach (var group in (CheckGroup[])[judge.Printed.In($"{Nets * Spread.Seeds.Count} random nets that separate, λ = 0"),
            judge.Amended(positive).In($"{Nets * Spread.Seeds.Count} random nets that separate, λ = 0")])
            group.AtLeast(least1, least, 1);
        return judge.Outcome(care: "At a minimum of near-zero loss ρ f_n = y_n and |f_n| ≤ 1, so ρ ≥ 1 (one example, two layers: "
            + $"{Lab.Claims.Check.Text(fitted.Rho)}), and Σyf/Σf² ≥ 1 wherever all y f ≥ 0 (least of {Nets * Spread.Seeds.Count} random "
            + $"nets {Lab.Claims.Check.Text(least)}). Appendix B says it of every ρ̇ = 0: at a V that classifies one "
            + $"of two inputs wrongly, with Σ y f = {Lab.Claims.Check.Text(mixed.Correlation)} > 0, it is at ρ = "
            + $"{Lab.Claims.Check.Text(mixed.Rho)}. With λ = 1, which is not small, four "
            + $"right examples rest at {Lab.Claims.Check.Text(decay.Rho)} = 4/(1 + 4).");
    }

    // ρ where ρ̇ = 0 at given V, and ρ̇ of the flow there.
    private static (double Rho, double Drive, double Correlation) AtGivenDirections(Dataset data, double[] v, double lambda)
    {
        var risk = new EmpiricalRisk(Network.Dense(2, 2, 1), Loss.Square, data, Reduction.Sum);
        var flow = new BatchNormWeightDecayFlow(risk, lambda, rho: 1);
        var state = flow.Start(v);
        double[] f = risk.Outputs(state.AsSpan(1)).ToArray();
        var correlation = f.Select((z, n) => data.Y[n] * z).Sum();
        state[0] = correlation / (lambda + f.Sum(static z => z * z));
        var velocity = new double[state.Length];
        var scale = Math.Exp(flow.NewWorkspace().Velocity(0, state, velocity));
        return (state[0], scale * velocity[0], correlation);
    }

    private static (double Rho, double Speed, double Output) Rest(Dataset data, double lambda, StudyContext context)
    {
        var risk = new EmpiricalRisk(Network.Dense(2, 2, 1), Loss.Square, data, Reduction.Sum);
        var flow = new BatchNormWeightDecayFlow(risk, lambda, rho: Start);
        var end = flow.From(Direction, new IntegrationOptions { Tolerance = new(1e-12, 1e-14) })
            .At([Instant.FromLog10T(10)], context.Cancellation).Single();
        var velocity = new double[flow.Dimension];
        var scale = Math.Exp(flow.NewWorkspace().Velocity(0, end.State, velocity));
        var f = risk.Outputs(end.V).ToArray();
        return (end.Rho, scale * Vectors.Norm(velocity), f[0]);
    }
}
