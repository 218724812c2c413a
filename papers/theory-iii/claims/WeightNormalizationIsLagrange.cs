using Rhoflow.Lab.Claims;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim t6: weight normalization with one norm per matrix is the dynamics (B).</summary>
internal static class WeightNormalizationIsLagrange
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "t6-weight-normalization-is-lagrange",
        Paper = SourcePapers.TheoryIII,
        Place = "Theorem 1.5, §4.5.2, §11.2, eq. 14, 22, 52–55; Theoretical issues Theorem 3.4, eq. 10, 11",
        Equations = ["T3.53a", "PNAS.18b"],
        Hypothesis = TheoremNumbers.Hypothesis + " One norm g = ρ_k for each layer, as §11.2 defines it (\"for each layer\").",
        Statement = "Weight normalization corresponds to dynamics (B).",
        SetUp = TheoremSetting.Words
            + ". Weight normalization, V̇_k = ρ_k S Ẇ_k on the network's weights, and (B), V̇_k = ρ Σ e^{−ρf̃}(∂f̃/∂V_k − V_k f̃) on "
            + $"the normalized network, to t = {Wording.Decade(TheoremRuns.LastOfMatrices)}, or to where kinks first stop one of them; and "
            + "weight normalization with one norm per unit, as its inventors have it",
        Expected = "The same V at every t, to the integrators' tolerance.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        TheoremNumbers.Suppose(judge, context);
        var all = TheoremNumbers.Starts(context).ToList();
        var whole = all.Where(s => s.Start[Dynamics.WeightNormalization].Nudges + s.Start[Dynamics.Lagrange].Nudges == 0).ToList();
        judge.Premise.AtLeast("share of starts at which kinks stop neither", (double)whole.Count / all.Count, .7);
        var apart = Spread.Of(whole.Select(s => Apart(s.Start, Dynamics.WeightNormalization)));
        judge.Measure("‖V_WN − V_B‖, greatest along the flow, median", apart.Median);
        judge.Printed.AtMost("‖V_WN − V_B‖, greatest along the flow and over the starts, one norm per matrix", apart.Max, 1e-5);
        var rows = Spread.Of(all.Where(s => !s.Setting.IsDiagonal).Select(s => Apart(s.Start, Dynamics.RowWeightNormalization)));
        judge.Amended("with one norm per unit it is another flow")
            .AtLeast("‖V_WN − V_B‖, greatest along the flow, least of the starts, one norm per unit", rows.Min, 1e-3);
        judge.Amended("the printed sign of V_k f̃ in T3 eq. 14, 15 and PNAS eq. 11 lets ‖V_k‖ grow")
            .Near("½ d‖V_1‖²/dt at T0 over ρ Σ e^{−ρf̃} f̃, with the printed sign",
                Growth(all[0].Setting, all[0].Start.Weights), 2, relative: 1e-9);
        judge.Identity("ρ_k S Ẇ_k is the right-hand side of (B) by eq. 2 and 4");
        return judge.Outcome(
            holds: $"With one norm per matrix the two flows, computed from different formulas, agree to {Wording.Text(apart.Max)} to t = "
                + $"{Wording.Decade(TheoremRuns.LastOfMatrices)} at {whole.Count} of {all.Count} starts, those where kinks stop neither. "
                + $"With one norm per unit, as weight normalization is used, V is {Wording.Text(rows)} away on the way. T3 eq. 14 and 15 "
                + "and PNAS eq. 11 print + V_k f̃, which would let ½‖V_k‖² grow at the rate 2ρ Σ e^{−ρf̃} f̃; T3 eq. 22 has the right "
                + "sign.");
    }

    private static double Apart(TheoremRuns.Start start, Dynamics dynamics)
    {
        TheoremTrace a = start[dynamics], b = start[Dynamics.Lagrange];
        return Enumerable.Range(0, Math.Min(a.At.Count, b.At.Count)).Where(i => a.At[i] <= TheoremRuns.LastOfMatrices)
            .Max(i => Vectors.Distance(a.Directions[i], b.Directions[i]));
    }

    // ⟨V_1, ρ Σ e^{−ρf̃}(∂f̃/∂V_1 + V_1 f̃)⟩ over ρ Σ e^{−ρf̃} f̃: both terms give it once.
    private static double Growth(TheoremSetting setting, double[] weights)
    {
        var (v, logRho) = TheoremTrace.Split(setting.Network, weights);
        var risk = setting.Risk();
        var h = new double[v.Length];
        risk.EvaluateScaled(v, Math.Exp(logRho), h);
        var layer = setting.Network.Layers[0];
        var sum = risk.WeightedOutput();
        return (Vectors.Dot(layer.Of(v), layer.Of(h)) + sum * Vectors.Dot(layer.Of(v), layer.Of(v))) / sum;
    }
}
