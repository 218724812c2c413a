using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.Since;

/// <summary>Claim b152: on the way to loss 0 the margin rises and the direction comes near a KKT point of the maximum margin.</summary>
internal static class DirectionsReachKkt
{
    // Where a loss of (1/N)Σ e^{−yf} with N = 100 is below 1/N, every example is classified, as they assume.
    private const double Fits = -2, Early = -5;

    // The paper has no number for “near”; a start has ε of about .8.
    private const double Near = .1, Far = .7;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b152-directions-reach-kkt-points",
        Paper = SincePage.Paper,
        Title = "The margin rises and the direction comes near a KKT point",
        Keywords = ["maximum margin", "KKT", "homogeneous networks"],
        Place = "Lyu and Li (ICLR 2020), Theorems 4.1 and 4.4, section 5",
        Hypothesis = "A homogeneous network, an exponential-type loss, gradient descent with small steps from a time on at which every "
            + "example is classified and the loss is below 1/N.",
        Statement = "From then on the smoothed normalized margin does not fall, and every limit of θ/‖θ‖ is a KKT point of min ‖θ‖² with "
            + "y_n f_n ≥ 1.",
        SetUp = "Digits, 3 against 8, 100 images, 64-16-16-1 with ReLUs, no biases, (1/N)Σ e^{−yf}, five starts. Gradient descent with all "
            + "images a step, whose rate grows by 1.1 while the loss falls; a step that does not lower it is taken back, and the rate "
            + "halved (to-the-limit.yaml): small enough to lower the loss, and not smaller. ε and δ are those of the paper, with the best "
            + "multipliers on the examples of small margin, ε as a share of ‖θ‖. Judged: gradient descent, which comes to about "
            + "10^{−250} in 20,000 steps. Beside it momentum .99, which the theorems do not have, to 10^{−1000}; there ε was seen before "
            + "any bound was set. At first ε had to be half of what it was at 10^{−5}; the worst start ends at .50, so that a rounding "
            + "would have decided, and ε itself is judged instead.",
        Expected = "A smoothed margin that does not fall between observations by more than a thousandth; ε at the end at most .1; "
            + "above .7 the direction has not come nearer. The limit itself no training reaches.",
        Figures = ["since/to-the-limit"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var texts = new List<string>();
        foreach (var runs in new[] { LimitRuns.Plain, LimitRuns.Momentum })
        {
            var all = runs.Runs(context);
            double[] falls = [.. all.Select(static r => LargestFall(LimitRuns.After(r, "smoothed_margin", Fits).Values))];
            (double First, double Last)[] epsilon = [.. all.Select(static r => Ends(LimitRuns.After(r, "kkt_epsilon", Early).Values))];
            (double First, double Last)[] delta = [.. all.Select(static r => Ends(LimitRuns.After(r, "kkt_slackness", Early).Values))];
            double[] depths = [.. all.Select(static r => r.Last("log10_loss"))];
            judge.Measure($"{runs.Name}: log₁₀ L at the end, by seed", depths);
            judge.Measure($"{runs.Name}: ε at 10^−5, by seed", [.. epsilon.Select(static e => e.First)]);
            judge.Measure($"{runs.Name}: ε at the end, by seed", [.. epsilon.Select(static e => e.Last)]);
            judge.Measure($"{runs.Name}: δ at 10^−5, by seed", [.. delta.Select(static e => e.First)]);
            judge.Measure($"{runs.Name}: δ at the end, by seed", [.. delta.Select(static e => e.Last)]);
            judge.Measure($"{runs.Name}: largest fall of the smoothed margin between observations, as a share, by seed", falls);
            texts.Add($"{runs.Name}: to 10^{Wording.Text(Spread.Of(depths).Median, 4)} (median), ε from "
                + $"{Wording.Text(Spread.Of(epsilon.Select(static e => e.First)).Median, 2)} to "
                + $"{Wording.Text(Spread.Of(epsilon.Select(static e => e.Last)).Median, 2)}, δ from "
                + $"{Wording.Text(Spread.Of(delta.Select(static e => e.First)).Median, 2)} to "
                + $"{Wording.Text(Spread.Of(delta.Select(static e => e.Last)).Median, 2)}, largest fall of the smoothed margin "
                + $"{Wording.Text(falls.Max(), 2)}");
            if (runs != LimitRuns.Plain) continue;
            judge.Hypothesis.AtMost("largest log₁₀ L at the end", depths.Max(), Early);
            judge.Hypothesis.AtMost("largest training error at the end", all.Max(static r => r.Last("train_error")), 0);
            judge.Printed.AtMost("largest fall of the smoothed margin between observations, as a share, worst seed", falls.Max(),
                1e-3, .05);
            judge.Printed.AtMost("ε at the end, worst seed", epsilon.Max(static e => e.Last), Near, Far);
        }
        var text = $"{string.Join("; ", texts)}. ε falls slowly: the theorems promise a power of log ‖θ‖, and none of these is near 0.";
        return judge.Outcome(holds: text, care: text, fails: text, open: text);
    }

    private static double LargestFall(double[] margins) =>
        margins.Zip(margins.Skip(1), static (before, after) => (before - after) / Math.Abs(before)).DefaultIfEmpty(double.NaN).Max();

    private static (double First, double Last) Ends(double[] values) =>
        values.Length == 0 ? (double.NaN, double.NaN) : (values[0], values[^1]);
}
