using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Claim b120: normalization with decay converges to the solution of absolutely smallest norm, from every start.</summary>
internal static class DecayFindsTheLeastNorm
{
    private const double Least = FirstFitIsTheLeastNorm.Least, Larger = FirstFitIsTheLeastNorm.Larger;

    // ρ changes by less than this over the last fifth of the steps.
    private const double Rests = .03, NearZero = .1;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b120-decay-finds-the-least-norm",
        Title = "Normalization with decay finds the least norm of all",
        Paper = SourcePapers.SquareLoss,
        Place = "abstract; §6, Lemma 1, items 1 and 2",
        Equations = ["SQ.4", "SQ.5", "SQ.6"],
        Hypothesis = "The paper’s model of batch normalization with decay (§2.3, its “key assumption”), L ≥ 2, ‖x‖ = 1, λ > 0 large enough "
            + "to act in the time there is (§1.2) and the loss near zero.",
        Statement = "Convergence to a solution with the absolute minimum norm is expected with normalization together with weight decay, "
            + "whatever the start.",
        SetUp = $"{string.Join(" and ", MinimumNormCase.All.Select(static c => $"ReLU nets {c.Words}"))}, {MinimumNormCase.Starts} starts "
            + $"of V from ρ0 = {string.Join(" and ", MinimumNormCase.Norms.Select(static n => Wording.Short(n)))} ρ_min: descents of "
            + $"(5)–(6) (BN + WD, BN; the sign of V_L makes Σyf > 0 at the start) and of W_k with λ Σ‖W_k‖² (WD) "
            + "or without, λ = εN/ρ_min² with ε = "
            + $"{string.Join(" and ", MinimumNormEnds.Shares.Skip(1).Select(static s => Wording.Short(s)))}; "
            + $"{Wording.Count(MinimumNormEnds.QuickSteps)} steps (plane) and {Wording.Count(MinimumNormEnds.LongSteps)} (digits, kept "
            + "from a longer run). With decay the norm and the loss are exchanged, so that of an end with ρ and mean square E the measure "
            + "is ρ over the least norm at which E is known to be reached (b118; certified in the plane): 1 where no network has both "
            + $"smaller. ε = {Wording.Short(MinimumNormEnds.Shares[^1])} is judged; the other beside it. Least: within a factor "
            + $"{Wording.Text(Least)}, larger: beyond {Wording.Text(Larger)}, chosen before the runs. “Whatever the start” is these. The "
            + "data were made smaller after first looks, for conditioning and speed (8, then 7, then 5 directions; 20, then 10 digits). "
            + "Real batch normalization is not in the claim.",
        Expected = "Ratio 1 from every start and both norms.",
        History = ["until 2026-11-29 nine of ten starts were judged"],
        Figures = ["square-loss/figure-02"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        if (context.Full) MinimumNormEnds.Keep(context);
        const string ratio = "largest ρ over the least norm with that loss of ten starts";
        var strong = MinimumNormEnds.Shares[^1];
        var rows = new List<string>();
        foreach (var of in MinimumNormCase.All)
        {
            var curve = LeastLossCurve.Of(context, of);
            foreach (var setting in MinimumNormEnds.All.Where(static s => s.Normalized && s.Share > 0))
            {
                var ends = MinimumNormEnds.Of(context, of, setting);
                var ratios = MinimumNormEnds.Ratios(context, of, setting);
                var where = $"{of.Name}, {setting.Words}";
                judge.Measure($"{where}: ρ/ρ_min", Spread.Of(ends.Select(e => e.Rho / curve.Minimum)).ToString());
                judge.Measure($"{where}: ρ over the least norm with that loss", Spread.Of(ratios).ToString());
                judge.Measure($"{where}: mean square", Spread.Of(ends.Select(static e => e.MeanSquare)).ToString());
                judge.Measure($"{where}: largest change of ρ over the last fifth of the steps, relative", ends.Max(static e => e.Drift));
                rows.Add($"{where} {MinimumNormEnds.Text(ratios)}{(ends.Max(static e => e.Drift) > Rests ? ", not at rest" : "")}");
                if (setting.Share != strong) continue;
                judge.Hypothesis.AtMost($"{where}: change of ρ over the last fifth of the steps, relative, of all starts",
                    ends.Max(static e => e.Drift), Rests);
                judge.Hypothesis.AtMost($"{where}: mean square, median", Spread.Of(ends.Select(static e => e.MeanSquare)).Median, NearZero);
                judge.Printed.In(where).AtMost(ratio, ratios[^1], strict: Least, lenient: Larger);
            }
        }
        var worst = 1.0;
        foreach (var of in MinimumNormCase.OtherPlanes)
            foreach (var setting in MinimumNormEnds.All.Where(s => s.Normalized && s.Share == strong))
            {
                var ratios = MinimumNormEnds.Ratios(context, of, setting);
                worst = Math.Max(worst, ratios[^1]);
                judge.Printed.In($"{of.Name}, {setting.Words}").AtMost(ratio, ratios[^1], strict: Least, lenient: Larger);
            }
        var images = MinimumNormEnds.Of(context, MinimumNormCase.Images, MinimumNormEnds.Of(true, strong, MinimumNormCase.Norms[0]));
        double share = Spread.Of(images.Select(static e => e.Rho)).Median / LeastLossCurve.Of(context, MinimumNormCase.Images).Minimum,
            square = Spread.Of(images.Select(static e => e.MeanSquare)).Median;
        var text = $"ρ over the least norm with that loss (median, least and greatest of {MinimumNormCase.Starts} starts): "
            + $"{string.Join("; ", rows)}; with four other labellings in the plane at most {Wording.Text(worst, 4)}. "
            + $"With ε = {Wording.Short(strong)} digits stand at ρ = {Wording.Text(share, 3)} ρ_min with a mean square of "
            + $"{Wording.Text(square, 2)}; nearer zero loss those that still move are not judged. "
            + "Two networks with the same function may stand at different V. The digits’ least norm is "
            + "the best that was found, and not the minimum: some ratios are below 1. The claim is of the model (5)–(6) only.";
        return judge.Outcome(holds: text, care: text, fails: text, open: text, chart: new Chart([.. MinimumNormEnds.Panels(context,
            s => s.Share == 0 || s.Share == strong)]),
            caption: $"Line: the least loss that is known at each ρ. Dots: where descents from {MinimumNormCase.Starts} starts and two "
                + $"norms ended, with ε = {Wording.Short(strong)} where there is decay. Nothing can lie below a certified line.");
    }
}
