using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Claim b130: late overfitting of the test error under the square loss and under cross-entropy.</summary>
internal static class SquareLossOverfitsLate
{
    // The largest training error of networks that fit.
    private const double Fitted = .02;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b130-square-loss-overfits-late",
        Title = "The square loss overfits late, cross-entropy does not",
        Paper = SourcePapers.SquareLoss,
        Place = "§6.1, third remark",
        Hypothesis = "Deep networks, multiclass classification, long training; square loss without weight decay, cross-entropy (an "
            + "exponential-type loss). What overfits is the classification error (“and worse test error”). Data, "
            + "network and rates are not given: each loss at its own best rate.",
        Statement = "“Deep nets under the square loss are more likely to overfit at long times than under exponential-type loss functions "
            + "(unless weight decay is used).” “Continuing GD, however, sometime yields overfitting for the square loss (and worse test "
            + "error) but not for cross-entropy.” The cause is conjectured to be λ that “is zero or too small”.",
        SetUp = LossPanels.SetUp + " Overfitting is the test error at the end less the one at the epoch with the least mean over the "
            + "other four seeds. “More likely” is judged on each set, as a share of the final error (b131 has the same number); “not for "
            + "cross-entropy” on CIFAR-10, of which the paper speaks; “unless” by the square loss with decay not being shown to rise above "
            + "cross-entropy, where the networks with decay fit. Two means differ where the 95 % interval of paired differences (Student) "
            + "does not reach 0. That there is no batch normalization is our choice; the judgement by set was added after a first look.",
        Expected = "A rise for the square loss, a smaller or none for cross-entropy; less with decay.",
        FullRuns = TwoLosses.FullRuns,
        Check = Check,
    };

    private static double Unfitted(LossCurves curves) => curves.Seeds.Max(static r => r.Last("train_error"));

    private static void AtLeast(CheckGroup group, PairedDifference share) => group.AtLeast(
        "late rise as a share of the final test error, square less cross-entropy, mean of five seeds", share.Mean,
        lenient: -share.Half, strict: share.Half);

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var (shares, texts) = (new List<string>(), new List<string>());
        foreach (var set in TwoLosses.All)
        {
            context.Progress(set.Name);
            LossCurves square = set.Of(context, TwoLosses.Square), entropy = set.Of(context, TwoLosses.CrossEntropy);
            judge.Premise.AtMost($"{set.Name}: largest training error at the end, both losses",
                Math.Max(Unfitted(square), Unfitted(entropy)), Fitted);
            foreach (var (name, curves) in new[] { ("square", square), ("cross-entropy", entropy) })
            {
                judge.Measure($"{set.Name}, {name}: test error at the end, by seed", curves.Final);
                judge.Measure($"{set.Name}, {name}: its rise from the stop to the end, by seed", curves.Gain);
                judge.Measure($"{set.Name}, {name}: test loss at the end over its least, by seed", curves.LossRise);
            }
            PairedDifference more = PairedDifference.Of(square.Gain, entropy.Gain), rise = PairedDifference.Of(square.Gain, new double[5]);
            judge.Measure($"{set.Name}: late rise of the test error, square less cross-entropy, mean and half of its interval", more.Mean,
                more.Half);
            var share = PairedDifference.Of(square.Saved, entropy.Saved);
            shares.Add($"{set.Name} {share}");
            AtLeast(judge.Printed.In(set.Name), share);
            if (set == TwoLosses.Cifar)
            {
                var late = PairedDifference.Of(entropy.Gain, new double[5]);
                const string never = "cross-entropy: late rise of the test error, mean of five seeds";
                judge.Printed.In(set.Name).AtMost(never, late.Mean, late.Half);
                judge.Amended("cross-entropy overfits less than the square loss, not never").In(set.Name)
                    .AtMost(never, late.Mean, strict: rise.Mean - more.Half, lenient: rise.Mean + more.Half);
                AtLeast(judge.Amended("on CIFAR-10, of which the paper speaks").In(set.Name), share);
            }
            texts.Add($"{set.Name}: square {rise}, cross-entropy {PairedDifference.Of(entropy.Gain, new double[5])}, difference {more}; "
                + $"test loss over its least {Wording.Text(Spread.Of(square.LossRise).Median)} and "
                + $"{Wording.Text(Spread.Of(entropy.LossRise).Median)}");
            foreach (var decay in set.Decays)
            {
                var decayed = set.Of(context, TwoLosses.Square, decay);
                var left = PairedDifference.Of(decayed.Gain, entropy.Gain);
                const string against = "late rise of the test error, square loss with decay less cross-entropy, mean of five seeds";
                var (fits, risen) = (Unfitted(decayed) <= Fitted, PairedDifference.Of(decayed.Gain, new double[5]));
                if (fits) judge.Printed.In($"{set.Name}, λ = {LossPanels.Decay(decay)}").AtMost(against, left.Mean, left.Half);
                else judge.Measure($"{set.Name}, λ = {LossPanels.Decay(decay)}, which does not fit: {against}", left.Mean);
                judge.Measure($"{set.Name}, square, λ = {LossPanels.Decay(decay)}: test error at the end, by seed", decayed.Final);
                judge.Measure($"{set.Name}, square, λ = {LossPanels.Decay(decay)}: its rise from the stop to the end, by seed",
                    decayed.Gain);
                judge.Measure($"{set.Name}, square, λ = {LossPanels.Decay(decay)}: training error at the end, by seed",
                    [.. decayed.Seeds.Select(static r => r.Last("train_error"))]);
                texts.Add($"{set.Name}, λ = {LossPanels.Decay(decay)}{(fits ? "" : " (training errors up to "
                    + $"{Wording.Text(Unfitted(decayed))}, not judged)")}: square "
                    + $"{risen}{(fits && risen.Mean > risen.Half ? ", which still rises" : "")}, error "
                    + $"{Wording.Text(decayed.Final.Average())} at the end against {Wording.Text(square.Final.Average())} without decay");
            }
        }
        var text = $"Share of the final error by which it has risen, square less cross-entropy: {string.Join("; ", shares)}. "
            + $"Mean rise of the test error with its 95 % interval. {string.Join(". ", texts)}.";
        return judge.Outcome(holds: text, care: text, fails: text, open: text,
            chart: LossPanels.Errors(context, "test_error", "test error"),
            caption: "Medians of five seeds and their range. Where a curve bends up again at the right, training longer costs test error.");
    }
}
