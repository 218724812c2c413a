using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b101: T3 eq. 81 read with a constant ρ and a scheduled α(t).</summary>
internal static class ScaledByAlpha
{
    private static readonly double[] Rhos = [.5, 1, 2];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b101-rho-scaled-by-alpha",
        Paper = SourcePapers.TheoryIII,
        Place = "§17, eq. 81, Fig. 7",
        Hypothesis = "A linear network under the exponential loss, v̇ = (α/ρ) Σ e^{−αρv·x}(x − vvᵀx) with α(t) = 1/log t, log t, log log "
            + "t, exp t (§17). Of ρ nothing is said; here it is constant (b12 has the other reading, ρ := α(t)).",
        Statement = "Alternative scalings of ρ by α(t) change how fast v converges: the rates of figure 7 depend on α.",
        SetUp = $"{ScheduledNorm.Words.Replace("v̇ = ρ Σ e^{−ρv·z}(I − vvᵀ)z with ρ(t)", "v̇ = (α/ρ) Σ e^{−αρv·z}(I − vvᵀ)z with α(t)",
            StringComparison.Ordinal)}; ρ = {string.Join(", ", Rhos.Select(static r => Wording.Short(r)))}. Left open by "
            + "the paper: the caption of figure 7 has “ρ set as several functions of t”; figure 7 draws ρ moving by ρ̇ as well. Earlier "
            + "the printed checks were that α = log t halves the error from t = 1e2 to 1e8, which failed at ρ = .5 (.726), and that α has "
            + "to grow; both are measured and amended now. Since the paper states no rate and does not say what ρ does, nothing is judged "
            + "as printed.",
        Expected = "Different errors for different α at every ρ; α = log t converges, α = 1/log t goes to the mean direction. αρ is what "
            + "ρ(t) is in b12, at a time that runs 1/ρ² as fast: so α = log t converges for ργ < 1 only (γ = .743).",
        Figures = ["theory-iii/figure-07"],
        Check = Check,
    };

    private static FlowRun Run(Schedule alpha, double rho) => ScheduledNorm.SetUp.With("flow.kind=scheduled-direction",
        $"flow.alpha={alpha}",
        Override.Of("flow.rho", rho));

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var svm = IrisFlows.Svm;
        double Error(Schedule s, double rho, double decade) =>
            Run(s, rho).Points(context).AtDecade(decade).DirectionError(svm.Direction);
        // With ρ = 1 both readings are one equation, computed by two flows.
        judge.Premise.AtMost("ρ = 1: largest distance from the flow of b12 at t = 1e8, four "
            + "schedules", Schedule.All.Max(s => Vectors.Distance(
            Run(s, 1).Points(context).AtDecade(8).V, ScheduledNorm.Follow(context, s).AtDecade(8).V)), 1e-5);
        double Follows(double rho)
        {
            var point = Run(Schedule.LogT, rho).Points(context).AtDecade(8);
            return point.DirectionError(svm.Direction)
                / Vectors.Distance(ScheduledNorm.Equilibrium(context, point.Rho).Direction, svm.Direction);
        }
        var panel = new Panel("α = log t and 1/log t", new Axis("t", Scale.Exponent), new Axis("‖v − v_svm‖", Scale.Log));
        foreach (var (rho, i) in Rhos.Select((r, i) => (r, i)))
        {
            var name = $"ρ = {Wording.Short(rho)}";
            judge.Measure($"{name}: error at t = 1e8, α = log t, log log t, 1/log t, exp t", [.. Schedule.All.Select(s => Error(s, rho,
                8))]);
            judge.Amended("under a constant ρ different α give different errors").In(name).AtLeast(
                "largest over smallest error at t = 1e8 among the four α",
                Schedule.All.Max(s => Error(s, rho, 8)) / Schedule.All.Min(s => Error(s, rho, 8)), 2);
            judge.Measure($"{name}: error with α = log t at t = 1e8 over that at 1e2",
                Error(Schedule.LogT, rho, 8) / Error(Schedule.LogT, rho, 2));
            judge.Amended("α has to grow: α = 1/log t goes to the mean direction, which misclassifies").In(name).AtMost(
                "margin with α = 1/log t at t = 1e8", Run(Schedule.InverseLogT, rho).Points(context).AtDecade(8).Margin, 0);
            const string follows = "error with α = log t over that of v*(αρ) at t = 1e8";
            if (rho * svm.Margin < 1)
                judge.Amended("α = log t follows v*(αρ) to the maximum margin for ργ < 1").In(name).Near(follows, Follows(rho), 1,
                    relative: .1);
            else judge.Amended("and freezes on its way for ργ > 1").In(name).AtLeast(follows, Follows(rho), 1.5);
            foreach (var s in new[] { Schedule.LogT, Schedule.InverseLogT })
            {
                var points = Run(s, rho).Points(context);
                panel = panel.Line($"{(s == Schedule.LogT ? "log t" : "1/log t")}, {name}", points.Log10T(),
                    points.Column(p => p.DirectionError(svm.Direction)), s == Schedule.LogT ? i : i + 3);
            }
        }
        string Errors(Schedule s) => string.Join(", ", Rhos.Select(r => Wording.Text(Error(s, r, 8))));
        var numbers = $"At t = 1e8 the errors for ρ = {string.Join(", ", Rhos.Select(static r => Wording.Short(r)))} are "
            + $"{Errors(Schedule.LogT)} (α = log t), {Errors(Schedule.LogLogT)} (log log t), {Errors(Schedule.InverseLogT)} (1/log t, "
            + $"which misclassifies) and {Errors(Schedule.ExpT)} (exp t). α = log t follows v*(αρ) to the maximum margin while ργ < 1; "
            + $"with ρ = 2 it freezes, at {Wording.Text(Follows(2))} of the error of v*(αρ).";
        return judge.Outcome(holds: numbers, care: numbers, fails: numbers, open: numbers, chart: new Chart(panel),
            caption: "A larger constant ρ is a larger effective norm αρ: at ρ = 2 even log t is too fast.");
    }
}
