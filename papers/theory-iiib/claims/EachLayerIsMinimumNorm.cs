using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;
using Rhoflow.Papers.TheoryIII;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Claim t8: at the limit every layer is the minimum norm solution, the others given.</summary>
internal static class EachLayerIsMinimumNorm
{
    private const double Large = .5, Early = 10;

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
            + "layer; each W_k converges to the minimum norm solution.",
        SetUp = TheoremSetting.Words + ". " + TheoremNumbers.Words
            + $". At the end of gradient descent itself, t = {Wording.Decade(TheoremRuns.LastOfDescent)}, where it is followed so far, f "
            + "is linear in each W_k alone: the best V_k for the others as they are is the hard-margin SVM's on the features y_n "
            + "∂f̃_n/∂V_k, its margin η_k. Layers with units on their kinks have no such features and are left out. The bounds on 1 − "
            + $"η/η_k, up to {Wording.Text(TheoremNumbers.Small)} for yes and above {Wording.Text(Large)} for no, are ours. (Where "
            + "gradient descent is brought to rest by (A) 1 − η/η_k ≤ log N/(ρη) follows from the rest, and tests nothing.)",
        Expected = "1 − η/η_k goes to 0 at every layer, as slowly as the direction settles.",
        Figures = ["theory-iiib/theorem-3"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        TheoremNumbers.Suppose(judge, context);
        var all = TheoremNumbers.Starts(context).ToList();
        var followed = TheoremNumbers.Followed(context, Dynamics.GradientDescent).ToList();
        var gaps = followed.SelectMany(s => Enumerable.Range(0, s.Setting.Network.Depth).Select(k => (s.Setting,
            Before: Gap(s, k, Early), Gap: Gap(s, k, TheoremRuns.LastOfDescent)))).ToList();
        var defined = gaps.Where(g => !double.IsNaN(g.Gap)).ToList();
        judge.Measure("starts, and those at which gradient descent is followed to its end", all.Count, followed.Count);
        judge.Measure("layers of these", gaps.Count);
        judge.Measure("layers without a unit on its kink", defined.Count);
        judge.Hypothesis.AtLeast("layers of ReLU networks without a unit on its kink, where the dynamics can be linearized",
            defined.Count(g => g.Setting.HasKinks), 10);
        var words = new List<string>();
        foreach (var kind in defined.GroupBy(g => g.Setting.HasKinks ? "ReLU" : g.Setting.IsDiagonal ? "diagonal" : "deep linear"))
        {
            Spread end = Spread.Of(kind.Select(g => g.Gap)), before = Spread.Of(kind.Select(g => g.Before).Where(b => !double.IsNaN(b)));
            judge.Measure($"{kind.Key}: 1 − η/η_k at t = 1e10, median", before.Median);
            judge.Printed.In(kind.Key).AtMost("1 − η/η_k at the end, median over layers and starts", end.Median,
                strict: TheoremNumbers.Small, lenient: Large);
            judge.Printed.In(kind.Key).AtMost("1 − η/η_k at the end, greatest over layers and starts", end.Max,
                strict: TheoremNumbers.Small, lenient: Large);
            words.Add($"{kind.Key} {Wording.Text(end)}, median {Wording.Text(before.Median)} at t = 1e10");
        }
        var text = $"1 − η/η_k of gradient descent at t = {Wording.Decade(TheoremRuns.LastOfDescent)}: {string.Join("; ", words)}; of "
            + $"{gaps.Count} layers at {followed.Count} of {all.Count} starts {defined.Count} have no unit on its kink, "
            + $"{defined.Count(g => g.Setting.HasKinks)} of them in ReLU networks. Minimum norm layer "
            + "by layer is less than a maximum of the margin (t4-limits-maximize-the-margin).";
        return judge.Outcome(holds: text, care: text, fails: text, open: text);
    }

    private static double Gap((TheoremSetting Setting, TheoremRuns.Start Start) s, int k, double log10T)
    {
        var trace = s.Start[Dynamics.GradientDescent];
        return LocalMargin.LayerGap(s.Setting, trace.Directions[Enumerable.Range(0, trace.At.Count).First(i => trace.At[i] >= log10T)], k);
    }
}
