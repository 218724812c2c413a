using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;
using Rhoflow.Papers.TheoryIII;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Claim t8: at the limit every layer is the minimum norm solution, the others given.</summary>
internal static class EachLayerIsMinimumNorm
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "t8-each-layer-is-minimum-norm",
        Paper = SourcePapers.TheoryIIIb,
        Place = "Theorem 3.2, Lemma 1.1, §5.3; Theory III Theorem 1",
        Hypothesis = TheoremNumbers.Hypothesis
            + " \"Around an asymptotic equilibrium\"; the others' weights and every ReLU's side as they are there "
            + "(\"linearized\").",
        Statement = "The solution is the local (for the specific minimum) minimum Frobenius norm solution for the weight matrices at each "
            + "layer; "
            + "each W_k converges to the minimum norm solution.",
        SetUp = TheoremSetting.Words + ". " + TheoremNumbers.Words
            + ". At the limits of gradient descent (where it has come to a KKT residual below "
            + $"{Wording.Text(TheoremNumbers.Small)}) f is linear in each W_k alone: the best "
            + "V_k for the others as they are is the hard-margin SVM's on the features y_n ∂f̃_n/∂V_k, its margin η_k. Limits with units "
            + "on "
            + "their kinks have no such features and are left out",
        Expected = "1 − η/η_k ≤ log N/(ρη) at every layer.",
        Figures = ["theory-iiib/theorem-3"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        TheoremNumbers.Suppose(judge, context);
        var settled = TheoremNumbers.Arrived(context).ToList();
        var gaps = settled.SelectMany(s => Enumerable.Range(0, s.Setting.Network.Depth).Select(k => (s.Setting,
            Gap: LocalMargin.LayerGap(s.Setting, s.Start.Limits[Dynamics.GradientDescent].V, k),
            Bound: s.Setting.Bound(s.Start.Limits[Dynamics.GradientDescent].Rho, s.Start.Limits[Dynamics.GradientDescent].V)))).ToList();
        var defined = gaps.Where(g => !double.IsNaN(g.Gap)).ToList();
        judge.Measure("layers of all limits", gaps.Count);
        judge.Measure("layers without a unit on its kink", defined.Count);
        judge.Premise.AtLeast("share of layers that can be judged", (double)defined.Count / gaps.Count, .5);
        judge.Premise.AtLeast("among them layers of ReLU networks", defined.Count(g => g.Setting.HasKinks), 10);
        var worst = defined.Max(g => g.Gap);
        judge.Measure("1 − η/η_k, greatest", worst);
        judge.Printed.AtMost("(1 − η/η_k) over log N/(ρη), greatest over layers and starts", defined.Max(g => g.Gap / g.Bound), 1);
        return judge.Outcome(
            holds: $"Of {gaps.Count} layers of all limits {defined.Count} have no unit on its kink, and none of them could be given a "
                + "margin "
                + $"more than {Wording.Text(worst)} larger by itself, which is within log N/(ρη). All layers together may still be "
                + "improved where a "
                + "unit has died out (t4-limits-maximize-the-margin): minimum norm layer by layer is less than a maximum of the margin.");
    }
}
