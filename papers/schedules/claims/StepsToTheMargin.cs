using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.Schedules;

/// <summary>Claim b81: what a margin costs in gradient evaluations.</summary>
internal static class StepsToTheMargin
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b81-steps-to-the-margin",
        Paper = SchedulesPage.Paper,
        Place = "Theory III §13.1 (“new algorithms”), §17",
        Equations = ["T3.10"],
        Hypothesis = "A linear network under the exponential loss, separable data, discrete steps (T3 §13.1, §17). The orders are ours, "
            + "and so is the doubling: §13.1 only suggests that ρ(t) be designed.",
        Statement = "With steps η/L, normalized steps, or ρ prescribed while V takes steps η/(ρL)∇L, the maximum margin costs a power of "
            + "1/ε gradient evaluations, where gradient descent needs exponentially many; rescaling ρ progressively (× 2 every m steps) "
            + "is faster than all of these.",
        SetUp = $"{SeparatorDescent.Examples} uniform directions in {SeparatorDescent.Inputs} dimensions labelled by a half-space, five "
            + "seeds; exponential loss, mean; η = 1/R² (normalized: 1/R); unit-norm Gaussian start; "
            + $"{Wording.Count(SeparatorDescent.Steps[^1])} steps of one gradient evaluation each.",
        Expected = "Gap 1 − margin/γ ∝ 1/k for η/L, normalized steps and ρ = 1 + γηk; ∝ 1/log k for GD and ρ = 1 + log k. Off the span of "
            + "the support vectors V turns by ηγ/ρ a step, so Σ 1/ρ_k = ∞ is needed, which doubling violates: it must freeze, every 300 "
            + "steps where log 2/300 = ηγ/ρ, long before step 10,000.",
        History = ["was ≈ until 2026-11-28, because what is true in place of the doubling counted as a narrower form of it"],
        Figures = ["schedules/linear"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        Spread Last(string method) => Spread.Of(Spread.Seeds.Select(seed => SeparatorDescent.Gaps(context, seed, method)[^1]));
        Spread Slope(string method) => Spread.Of(Spread.Seeds.Select(seed => Exponent(SeparatorDescent.Gaps(context, seed, method))));
        var fast = new[] { "GD, η/L", "GD, normalized", "ρ = 1 + γηk" };
        foreach (var method in SeparatorDescent.Descents.Concat(SeparatorDescent.Scheduled))
        {
            judge.Measure($"{method}: gap after 30,000 steps, five seeds",
                [.. Spread.Seeds.Select(seed => SeparatorDescent.Gaps(context, seed, method)[^1])]);
            judge.Measure($"{method}: exponent of the gap, steps 3,000 to 30,000",
                [.. Spread.Seeds.Select(seed => Exponent(SeparatorDescent.Gaps(context, seed, method)))]);
        }
        foreach (var method in fast) judge.Printed.In(method).Between("median exponent", Slope(method).Median, -1.3, -.8);
        judge.Printed.In("GD").AtLeast("median exponent", Slope("GD").Median, -.5);
        judge.Printed.AtLeast("GD's median gap over that of η/L", Last("GD").Median / Last("GD, η/L").Median, 5);
        judge.Printed.AtMost("doubling every 300: median gap over that of normalized steps",
            Last("ρ doubled every 300").Median / Last("GD, normalized").Median, 1);
        const string freezes = "doubling freezes, since Σ 1/ρ_k converges";
        double[] stands = [.. Spread.Seeds.Select(seed => SeparatorDescent.Gaps(context, seed, "ρ doubled every 300"))
            .Select(g => g[^1] / g[^2])];
        judge.Measure("doubling every 300: gap after 30,000 steps over that after 10,000, five seeds", stands);
        judge.Amended(freezes).AtLeast("doubling every 300: the least of these", stands.Min(), .95);
        return judge.Outcome(fails:
            $"After 30,000 gradient evaluations the gap to the maximum margin is {Wording.Text(Last("GD").Median)} with gradient descent, "
            + $"{Wording.Text(Last("GD, η/L").Median)} with η/L, {Wording.Text(Last("GD, normalized").Median)} with normalized steps "
            + "(1/R, longer than η/L's) and "
            + $"{Wording.Text(Last("ρ = 1 + γηk").Median)} with ρ = 1 + γηk on the sphere (medians of five sets; exponents "
            + $"{Slope("GD").Median:F2}, {Slope("GD, η/L").Median:F2}, {Slope("GD, normalized").Median:F2}, "
            + $"{Slope("ρ = 1 + γηk").Median:F2}). "
            + "Doubling ρ every 300 steps overtakes η/L for a while and then stands still at "
            + $"{Wording.Text(Last("ρ doubled every 300").Median)}: its Σ 1/ρ_k converges. ρ = γηk, what η/L gives by itself, is at the "
            + "edge of what V can follow.");
    }

    // Between 3,000 and 30,000 steps.
    private static double Exponent(double[] gaps) => Math.Log10(gaps[^1] / gaps[^3]);
}
