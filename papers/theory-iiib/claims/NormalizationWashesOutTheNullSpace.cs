using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Claim b29: under the exponential loss the null-space part stays and the norm grows, so the direction forgets it.</summary>
internal static class NormalizationWashesOutTheNullSpace
{
    private const int Inputs = 6, Examples = 3;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b29-normalization-washes-out-the-null-space",
        Paper = SourcePapers.TheoryIIIb,
        Place = "§4, §11.2 after eq. 21, after eq. 23",
        Hypothesis = "A linear network under the exponential loss, separable data, gradient flow (§11.2).",
        Statement = "Under the exponential loss components of w in the null space of the examples do not change either, but w grows, so "
            + "in w/‖w‖ they go to zero and the limit does not depend on the start.",
        SetUp = $"One linear layer, d = {Inputs}, N = {Examples} examples of a random half-space, gradient flow from two standard normal "
            + $"w0, seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}, t = "
            + "10 … 1e1000.",
        Expected = "P_null w constant; ‖P_null w‖/‖w‖ = ‖P_null w0‖/ρ with ρ ~ log t/γ, going to zero; the directions of two starts "
            + "meet like 1/log t.",
        History = ["was called an identity until 2026-11-28, because of two starts the limits were not compared: that P_null w stays is "
            + "algebra, that w/‖w‖ forgets it rests on ‖w‖ → ∞"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        double[] decades = [1, 2, 3, 4, 6, 8, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000];
        double drift = 0, share = 0, growth = 0, apart = 0, meeting = 0, margin = double.PositiveInfinity;
        var panel = new Panel("Null-space part of the direction", new Axis("log t", Scale.Log), new Axis("‖P_null w‖/‖w‖", Scale.Log));
        foreach (var seed in Spread.Seeds)
        {
            var data = ExampleSets.HalfSpace(Examples, Inputs, seed);
            var minimum = MinimumNorm.Of(data);
            var gamma = HardMargin.Solve(data).Margin;
            margin = Math.Min(margin, gamma);
            FlowPoint[] Follow(double[] from) =>
                [.. new UnconstrainedFlow(new EmpiricalRisk(Network.Dense(Inputs, 1), Loss.Exponential, data, Reduction.Sum))
                .From(from).At([.. decades.Select(Instant.FromLog10T)], context.Cancellation)];
            var w0 = ExampleSets.Normal(Inputs, seed, stream: 18);
            FlowPoint[] points = Follow(w0), others = Follow(ExampleSets.Normal(Inputs, seed, stream: 19));
            double[] between = [.. points.Zip(others, static (a, b) => Vectors.Distance(a.LinearDirection(), b.LinearDirection()))];
            apart = Math.Max(apart, between[^1]);
            meeting = Math.Max(meeting, between[^1] / between[Array.IndexOf(decades, 10)]);
            var start = minimum.NullPart(w0);
            drift = Math.Max(drift, points.Max(p => Vectors.Distance(minimum.NullPart(p.Weights()), start)));
            share = Math.Max(share, Vectors.Norm(minimum.NullPart(points[^1].V)));
            growth = Math.Max(growth, Math.Abs(points[^1].Rho * gamma / points[^1].At.LogT - 1));
            double[] logT = [.. points.Select(p => p.At.LogT)];
            panel = panel.Line($"seed {seed}", logT, [.. points.Select(p => Vectors.Norm(minimum.NullPart(p.V)))]);
            if (seed == 0) panel = panel.Predicted("γ‖P_null w0‖/log t, seed 0", logT, l => gamma * Vectors.Norm(start) / l, colour: 0);
        }
        judge.Hypothesis.AtLeast("least margin of the five sets", margin, 1e-3);
        judge.Printed.AtMost("largest change of P_null w up to t = 1e1000", drift, 1e-10);
        judge.Printed.AtMost("largest |ργ/log t − 1| at t = 1e1000", growth, .02);
        judge.Printed.AtMost("largest ‖P_null w‖/‖w‖ at t = 1e1000", share, .01);
        judge.Measure("largest distance of the directions of two starts at t = 1e1000", apart);
        judge.Printed.AtMost("distance of the directions of two starts at t = 1e1000 over that at 1e10 (1/log t: 0.01), greatest of five",
            meeting, .02);
        return judge.Outcome(chart: new Chart(panel), caption: "Only as 1/log t: at t = 1e10 the start is still plain to see.",
            holds: $"P_null w moves by {Lab.Claims.Check.Text(drift)} at most while ρ grows as log t/γ, so its share of w falls as 1/log "
                + $"t, to {Lab.Claims.Check.Text(share)} or less at t = 1e1000, where the directions from two starts are "
                + $"{Lab.Claims.Check.Text(apart)} apart or less.");
    }
}
