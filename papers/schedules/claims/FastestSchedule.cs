using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.Schedules;

/// <summary>Claim b80: which schedules of ρ lead to the maximum margin, and where the others freeze.</summary>
internal static class FastestSchedule
{
    /// <summary>Schedules that are too fast everywhere.</summary>
    public static IReadOnlyList<Schedule> Frozen { get; } =
        [.. new[] { "2*log(e + t)", "(1 + t)^0.1", "1 + 0.01*t", "1 + 0.0001*t", "1 + 0.000001*t" }.Select(Schedule.Parse)];

    // b of schedules that turn v, of one in between, and of those that leave it behind.
    private static readonly double[] Slow = [0, 1, 2], Fast = [3, 4];
    private const double Between = 2.5;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b80-fastest-schedule",
        Paper = SchedulesPage.Paper,
        Place = "Theory III §13.1, eq. 10; Memo 112 §6.1",
        Hypothesis = "A linear network under the exponential loss, separable data, ρ(t) prescribed, V by the fixed-ρ flow (T3 §13.1). "
            + "The condition on ρ is ours.",
        Statement = "ρ(t) can be designed apart from the descent on V_k; we need ρ to grow, and “dynamics quite different from ρ ∝ log "
            + "t” are suggested for tests. Made numeric: a schedule reaches the maximum margin, with error ‖c‖/ρ, exactly if ρ → "
            + "∞ with ∫ρe^{−ργ}dt "
            + "= ∞; a faster one freezes.",
        SetUp = $"Linear network, exponential loss, V̇ = ρ Σ e^{{−ρv·z}}(I − vvᵀ)z to {Wording.End(LogFamily.SetUp)} (Radau, "
            + $"{Wording.Text(LogFamily.SetUp.Experiment.Flow.Relative)}): Iris (setosa against the rest, three support vectors in four "
            + "dimensions) and two examples in the plane (both support vectors); ρ = (log t + b log log t)/γ with "
            + $"b = {string.Join(", ", Slow.Append(Between).Concat(Fast).Select(b => Wording.Text(b)))} (t + e for t), and five that are "
            + "faster at any b. No chance enters.",
        Expected = "Error·ρ/‖c‖ → 1 for b ≤ 2 and growing without end for b > 2. Frozen error: v*(ρ) at the norm where γSρe^{−ργ}(1 + "
            + "κγρ) = ρ̇/ρ, within 30 %.",
        Figures = ["schedules/linear"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        LogFamily iris = LogFamily.Iris, two = LogFamily.Two;
        var judge = new Judge();
        const string lag = "error·ρ/‖c‖ at t = 1e300", frozen = "error at t = 1e300 over v*(ρ_f)";
        foreach (var set in new[] { iris, two })
        {
            judge.Hypothesis.AtLeast($"{set.Name}: margin of the data", set.Svm.Margin, 1e-3);
            judge.Measure($"{set.Name}: γ, ‖c‖, S, κ", set.Svm.Margin, set.Expansion.Norm, Math.Exp(set.Expansion.LogSum),
                set.Expansion.Relaxation);
            foreach (var b in Slow)
                judge.Printed.In($"{set.Name}, b = {b}").Near(lag, set.Lag(context, set.Log(b)), 1, relative: .03);
            foreach (var b in Fast)
                judge.Printed.In($"{set.Name}, b = {b}").AtLeast(lag, set.Lag(context, set.Log(b)), 5);
            foreach (var s in Frozen)
            {
                var points = set.Follow(context, s);
                judge.Printed.In($"{set.Name}, ρ = {s}, ρ_f = {Round(set.FreezingNorm(s))}").Near(frozen,
                    set.Error(points[^1]) / set.FreezingError(s), 1, relative: .3);
            }
        }
        const string span = "outside the span of the support vectors it is ∫ρe^{−ργ}dt = ∞; where they span the space, ∫ρ²e^{−ργ}dt = ∞ "
            + "is enough";
        string outside = $"Iris, b = {Wording.Text(Between)}", inside = $"two examples, b = {Wording.Text(Between)}";
        judge.Printed.In(outside).AtLeast(lag, iris.Lag(context, iris.Log(Between)), 3);
        judge.Printed.In(inside).AtLeast(lag, two.Lag(context, two.Log(Between)), 3);
        judge.Amended(span).In(outside).AtLeast(lag, iris.Lag(context, iris.Log(Between)), 3);
        judge.Amended(span).In(inside).Near(lag, two.Lag(context, two.Log(Between)), 1, relative: .2);
        var late = two.Follow(context, two.Log(Between));
        double early = two.Error(late[LogFamily.Decades.ToList().IndexOf(100)]) * late[LogFamily.Decades.ToList().IndexOf(100)].Rho
            / two.Expansion.Norm;
        judge.Amended(span).In(inside).AtMost("the same over its value at t = 1e100",
            two.Lag(context, two.Log(Between)) / early,
            .97);
        const string sharp = "the frozen error, where ρ outruns v at once (linear and power schedules)";
        foreach (var s in Frozen.Skip(1))
            foreach (var set in new[] { iris, two })
                judge.Amended(sharp).In($"{set.Name}, ρ = {s}, ρ_f = {Round(set.FreezingNorm(s))}").Near(frozen,
                    set.Error(set.Follow(context, s)[^1]) / set.FreezingError(s), 1, relative: .3);
        var slow = iris.Error(iris.Follow(context, Frozen[0])[^1]) / iris.FreezingError(Frozen[0]);
        double[] constants = [.. Slow.Select(b => iris.Error(iris.Follow(context, iris.Log(b))[^1]) * 300
            * Curves.Ln10)];
        judge.Measure("Iris: error·log t at t = 1e300, b = 0, 1, 2", constants);
        var limit = judge.Measure("Iris: γ‖c‖, the limit of error·log t for any of these", iris.Svm.Margin * iris.Expansion.Norm);
        return judge.Outcome(
            care: "The best schedule is ρ = (log t + 2 log log t)/γ: the fastest that still turns v. On Iris error·ρ/‖c‖ is "
                + $"{iris.Lag(context, iris.Log(2)):F3} at 1e300, but {iris.Lag(context, iris.Log(Between)):F1} with b = 2.5 and "
                + $"{iris.Lag(context, iris.Log(4)):F0} with b = 4; 1 + 1e-6 t freezes at "
                + $"{iris.Error(iris.Follow(context, Frozen[4])[^1]):F3} (law {iris.FreezingError(Frozen[4]):F3}). Care: where the "
                + "support vectors span the space the weaker ∫ρ²e^{−ργ}dt = ∞ is enough (two examples, b = 2.5: "
                + $"{two.Lag(context, two.Log(Between)):F2} and falling). 2 log t on Iris ends {slow:F2} times as far as v*(ρ_f): the "
                + "rates cross so slowly that the part outside the span is left behind earlier. And no schedule is quite different from "
                + $"log t: error·log t → γ‖c‖ = {limit:F3} for all of them ({constants[0]:F3}, {constants[1]:F3}, {constants[2]:F3} at "
                + "1e300). What is faster must change the steps, not ρ (B81).");
    }

    private static string Round(double value) => Wording.Text(value);
}
