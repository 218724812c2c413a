using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Claim b131: what early stopping gains under either loss.</summary>
internal static class EarlyStoppingHelpsSquareLoss
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b131-early-stopping-helps-square-loss",
        Title = "Early stopping is more effective for the square loss",
        Paper = SourcePapers.SquareLoss,
        Place = "§6.1, third remark",
        Hypothesis = "As b130: deep networks, multiclass classification, square loss without weight decay beside cross-entropy, each at "
            + "its own best rate, stopped or trained on.",
        Statement = "“Early stopping is more likely to be effective for the square loss than for exponential-type loss functions”; it “may "
            + "play a role to obtain results with the square loss case that are as good or better than cross-entropy”.",
        SetUp = LossPanels.SetUp + " A seed is stopped where the mean test error of the other four is least; effective is the share of the "
            + "final test error that this saves, judged on each set by five seeds. It is the number by which b130 judges overfitting, and "
            + "no second finding; rates with the least error of an epoch are rates for stopped networks. The second half of the statement "
            + "is judged by the stopped square loss against cross-entropy at its end.",
        Expected = "A larger saved share with the square loss; stopped, its error is at most that of cross-entropy.",
        FullRuns = TwoLosses.FullRuns,
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var texts = new List<string>();
        foreach (var set in TwoLosses.All)
        {
            LossCurves square = set.Of(context, TwoLosses.Square), entropy = set.Of(context, TwoLosses.CrossEntropy);
            double[] saved = square.Saved, other = entropy.Saved;
            judge.Measure($"{set.Name}, square: share of the final test error that stopping saves, by seed", saved);
            judge.Measure($"{set.Name}, cross-entropy: share of the final test error that stopping saves, by seed", other);
            judge.Measure($"{set.Name}, square: epoch of the stop, by seed", Stops(square));
            judge.Measure($"{set.Name}, cross-entropy: epoch of the stop, by seed", Stops(entropy));
            PairedDifference more = PairedDifference.Of(saved, other), better = PairedDifference.Of(entropy.Final, square.Stopped), end =
                PairedDifference.Of(entropy.Final, square.Final);
            judge.Measure($"{set.Name}: saved share, square less cross-entropy, mean and half of its interval", more.Mean, more.Half);
            judge.Printed.In(set.Name).AtLeast("saved share of the final test error, square less cross-entropy, mean of five seeds",
                more.Mean, lenient: -more.Half, strict: more.Half);
            judge.Printed.In(set.Name).AtLeast("final test error of cross-entropy less that of the stopped square loss, mean",
                better.Mean, lenient: -better.Half, strict: 0);
            judge.Measure($"{set.Name}: final test error of cross-entropy less that of the square loss, mean", end.Mean);
            texts.Add($"{set.Name}: square {Wording.Text(saved.Average())}, cross-entropy {Wording.Text(other.Average())}, difference "
                + $"{more}; cross-entropy’s final error exceeds the square loss’s by {end} without and by {better} with stopping");
        }
        var text = "Share of the final test error that stopping saves, means of five seeds with 95 % intervals (the numbers of b130). "
            + $"{string.Join(". ", texts)}.";
        return judge.Outcome(holds: text, care: text, fails: text, open: text,
            chart: LossPanels.Errors(context, "log10_test_loss", "log₁₀ of the test loss"),
            caption: "The test loss, each curve its own: of cross-entropy it rises long before the end while the error does not.");
    }

    private static double[] Stops(LossCurves curves) =>
        [.. Enumerable.Range(0, curves.Seeds.Count).Select(s => curves.Epochs[curves.StopOf(s)])];
}
