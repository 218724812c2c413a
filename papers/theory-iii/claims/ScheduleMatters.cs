using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b12: ρ(t) may be designed; it has to grow, and its course decides how v converges.</summary>
internal static class ScheduleMatters
{
    private static readonly double[] DoubledDecades = [2, 4, 8, 16, 50, 100];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b12-rho-schedules",
        Paper = SourcePapers.TheoryIII,
        Place = "§13.1 (new algorithms), §17, eq. 81, Fig. 7; Square loss §6.1",
        Equations = ["T3.10"],
        Hypothesis = "A linear network under the exponential loss with ρ(t) prescribed and V by the fixed-ρ flow (§13.1; figure 7, “ρ set "
            + "as several functions of t”). Eq. 81 as printed, V̇ = (α/ρ) Σ e^{−αρV·x_n}(x_n − VVᵀx_n), scales the growing ρ by α(t) and "
            + "is another flow.",
        Statement = "ρ(t) can be designed and controlled independently of the descent on V_k; the convergence of v depends on it (log t, "
            + "log log t, 1/log t, exp t), and ρ has to grow.",
        SetUp = $"{ScheduledNorm.Words}; e^t also from five Gaussian starts; log t also on the inputs doubled (γ = 1.486), to t = "
            + $"{Wording.Decade(DoubledDecades[^1])}.",
        Expected = "Different errors for different schedules; 1/log t does not reach the maximum margin. Rule found here: ρ → ∞ with "
            + "∫ρe^{−ργ}dt = ∞. So log t converges for γ < 1, log log t follows v*(ρ), 1/log t goes to the mean direction (error "
            + "1.0523), e^t freezes.",
        Figures = ["theory-iii/figure-07"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var svm = IrisFlows.Svm;
        double Error(Schedule s, double decade) => ScheduledNorm.Follow(context, s).AtDecade(decade).DirectionError(svm.Direction);
        double[] decades = [2, 4, 8];
        foreach (var s in Schedule.All) judge.Measure($"error at t = 1e2, 1e4, 1e8, ρ = {s}", [.. decades.Select(e => Error(s, e))]);
        judge.Printed.AtLeast("largest over smallest error at t = 1e8 among the four schedules",
            Schedule.All.Max(s => Error(s, 8)) / Schedule.All.Min(s => Error(s, 8)), 3);
        judge.Printed.AtMost("error with ρ = log t at t = 1e8 over that at 1e2", Error(Schedule.LogT, 8) / Error(Schedule.LogT, 2), .5);
        var inverse = ScheduledNorm.Follow(context, Schedule.InverseLogT).AtDecade(8);
        judge.Printed.AtMost("margin with ρ = 1/log t at t = 1e8", inverse.Margin, 0);

        const string rule = "ρ → ∞ with ∫ρe^{−ργ}dt = ∞ is what it takes";
        var equilibrium = ScheduledNorm.Equilibrium(context, ScheduledNorm.Follow(context, Schedule.LogLogT).AtDecade(8).Rho);
        judge.Amended(rule).Near("error with ρ = log log t at t = 1e8", Error(Schedule.LogLogT, 8),
            Vectors.Distance(equilibrium.Direction, svm.Direction), relative: .005);
        var limit = judge.Measure("error of the mean direction", Vectors.Distance(ScheduledNorm.MeanDirection, svm.Direction));
        judge.Amended(rule).Near("error with ρ = 1/log t at t = 1e8", Error(Schedule.InverseLogT, 8),
            Vectors.Distance(ScheduledNorm.Equilibrium(context, inverse.Rho).Direction, svm.Direction), relative: .005);
        judge.Amended(rule).AtMost("movement with ρ = e^t between t = 10 and 1e8",
            Vectors.Distance(ScheduledNorm.Follow(context, Schedule.ExpT).AtDecade(1).V,
                ScheduledNorm.Follow(context, Schedule.ExpT).AtDecade(8).V), 1e-6);
        double[] frozen = [.. Enumerable.Range(0, 5).Select(seed => Separating(seed))
            .Select(start => ScheduledNorm.Run(Schedule.ExpT).With(Override.Weights(start)).Points(context).AtDecade(8)
            .DirectionError(svm.Direction))];
        judge.Measure("error at which ρ = e^t freezes, five starts that separate", frozen);
        var iris = ScheduledNorm.SetUp.Data;
        var twice = Override.Data(iris.WithInputs([.. iris.X.ToArray().Select(x => 2 * x)], 4));
        var doubled = ScheduledNorm.Run(Schedule.LogT)
            .With(twice, Override.Decades(DoubledDecades), Override.Of("flow.until.log10-t", DoubledDecades[^1])).Points(context);
        double Doubled(double decade) => doubled.AtDecade(decade).DirectionError(svm.Direction);
        judge.Measure("error with ρ = log t on doubled inputs at t = 1e2, 1e4, 1e8, 1e16, 1e50, 1e100",
            [.. DoubledDecades.Select(Doubled)]);
        judge.Amended(rule).Near("ρ = log t with γ = 1.486: error at t = 1e100 over that at 1e50", Doubled(100) / Doubled(50), 1,
            relative: 1e-6);
        return judge.Outcome(
            holds: $"At t = 1e8 the errors are {Error(Schedule.LogT, 8):F3} (log t), {Error(Schedule.LogLogT, 8):F3} (log log t), "
                + $"{Error(Schedule.InverseLogT, 8):F3} (1/log t, margin {inverse.Margin:F2}: misclassified, on the way to {limit:F4} of "
                + $"the mean direction) and {Error(Schedule.ExpT, 8):F3} (e^t, frozen; {frozen.Min():F2} to {frozen.Max():F2} from five "
                + "other starts). ρ must grow, but not too fast: ρ → ∞ with ∫ρe^{−ργ}dt = ∞; even log t freezes once γ > 1 (inputs "
                + $"doubled: error {Doubled(16):F4} at 1e16, {Doubled(100):F4} at 1e100).");
    }

    // e^t makes the loss of a start that does not separate explode; five Gaussian directions that do.
    private static double[] Separating(int seed)
    {
        for (var s = 100 * seed; ; s++)
        {
            var w = Wording.UnitStart(s, 4);
            var z = ScheduledNorm.SetUp.Data.Signed();
            var least = double.PositiveInfinity;
            for (var n = 0; n < z.Length; n += 4) least = Math.Min(least, Vectors.Dot(w, z.AsSpan(n, 4)));
            if (least > 0) return w;
        }
    }
}
