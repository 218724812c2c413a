using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Claim b130: late overfitting of the test error under the square loss and under cross-entropy.</summary>
internal static class SquareLossOverfitsLate
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b130-square-loss-overfits-late",
        Title = "The square loss overfits late, cross-entropy does not",
        Paper = SourcePapers.SquareLoss,
        Place = "§6.1, third remark",
        Hypothesis = "Deep networks, multiclass classification, long training without batch normalization; square loss without weight "
            + "decay, cross-entropy (an exponential-type loss). What overfits is the classification error (“and worse test error”). Data, "
            + "network and rates are not given: each loss at its own best rate.",
        Statement = "“Deep nets under the square loss are more likely to overfit at long times than under exponential-type loss functions "
            + "(unless weight decay is used).” “Continuing GD, however, sometime yields overfitting for the square loss (and worse test "
            + "error) but not for cross-entropy.” The cause is conjectured to be λ that “is zero or too small”.",
        SetUp = LossPanels.SetUp + " Overfitting is the test error at the end less the one at the epoch with the least mean over the "
            + "other four seeds. “More likely” is judged over all fifteen seeds of the three sets, as a share of the final error, since "
            + "the sets differ in size; “not for cross-entropy” on CIFAR-10, of which the paper speaks; “unless” by the square loss with "
            + "decay against cross-entropy. Two means differ where the 95 % interval of paired differences (Student) does not reach 0.",
        Expected = "A rise for the square loss, a smaller or none for cross-entropy; less with decay.",
        FullRuns = TwoLosses.FullRuns,
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var texts = new List<string>();
        var pairs = new List<(double Square, double Entropy)>();
        foreach (var set in TwoLosses.All)
        {
            context.Progress(set.Name);
            LossCurves square = set.Of(context, TwoLosses.Square), entropy = set.Of(context, TwoLosses.CrossEntropy);
            judge.Premise.AtMost($"{set.Name}: largest training error at the end, both losses",
                square.Seeds.Concat(entropy.Seeds).Max(static r => r.Last("train_error")), .02);
            foreach (var (name, curves) in new[] { ("square", square), ("cross-entropy", entropy) })
            {
                judge.Measure($"{set.Name}, {name}: test error at the end, by seed", curves.Final);
                judge.Measure($"{set.Name}, {name}: its rise from the stop to the end, by seed", curves.Gain);
                judge.Measure($"{set.Name}, {name}: test loss at the end over its least, by seed", curves.LossRise);
            }
            PairedDifference more = PairedDifference.Of(square.Gain, entropy.Gain), rise = PairedDifference.Of(square.Gain, new double[5]);
            judge.Measure($"{set.Name}: late rise of the test error, square less cross-entropy, mean and half of its interval", more.Mean,
                more.Half);
            pairs.AddRange(square.Saved.Zip(entropy.Saved));
            if (set == TwoLosses.Cifar)
            {
                var late = PairedDifference.Of(entropy.Gain, new double[5]);
                const string never = "cross-entropy: late rise of the test error, mean of five seeds";
                judge.Printed.In(set.Name).AtMost(never, late.Mean, late.Half);
                judge.Amended("cross-entropy overfits less than the square loss, not never").In(set.Name)
                    .AtMost(never, late.Mean, rise.Mean);
            }
            texts.Add($"{set.Name}: square {rise}, cross-entropy {PairedDifference.Of(entropy.Gain, new double[5])}, difference {more}; "
                + $"test loss over its least {Wording.Text(Spread.Of(square.LossRise).Median)} and "
                + $"{Wording.Text(Spread.Of(entropy.LossRise).Median)}");
            foreach (var decay in set.Decays)
            {
                var decayed = set.Of(context, TwoLosses.Square, decay);
                var left = PairedDifference.Of(decayed.Gain, entropy.Gain);
                judge.Printed.In($"{set.Name}, λ = {LossPanels.Decay(decay)}").AtMost(
                    "late rise of the test error, square loss with decay less cross-entropy, mean of five seeds", left.Mean, left.Half);
                judge.Measure($"{set.Name}, square, λ = {LossPanels.Decay(decay)}: test error at the end, by seed", decayed.Final);
                judge.Measure($"{set.Name}, square, λ = {LossPanels.Decay(decay)}: its rise from the stop to the end, by seed",
                    decayed.Gain);
                judge.Measure($"{set.Name}, square, λ = {LossPanels.Decay(decay)}: training error at the end, by seed",
                    [.. decayed.Seeds.Select(static r => r.Last("train_error"))]);
                texts.Add($"{set.Name}, λ = {LossPanels.Decay(decay)}: square {PairedDifference.Of(decayed.Gain, new double[5])}, error "
                    + $"{Wording.Text(decayed.Final.Average())} at the end against {Wording.Text(square.Final.Average())} without decay");
            }
        }
        var all = PairedDifference.Of([.. pairs.Select(static p => p.Square)], [.. pairs.Select(static p => p.Entropy)]);
        judge.Printed.AtLeast("late rise as a share of the final test error, square less cross-entropy, mean of fifteen seeds", all.Mean,
            lenient: -all.Half, strict: all.Half);
        var text = $"Share of the final error by which it has risen, square less cross-entropy, fifteen seeds: {all}. "
            + $"Mean rise of the test error with its 95 % interval. {string.Join(". ", texts)}.";
        return judge.Outcome(holds: text, care: text, fails: text, open: text,
            chart: LossPanels.Errors(context, "test_error", "test error"),
            caption: "Medians of five seeds and their range. Where a curve bends up again at the right, training longer costs test error.");
    }
}
