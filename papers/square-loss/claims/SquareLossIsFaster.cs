using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Claim b132: epochs to a good test error under either loss, ten classes.</summary>
internal static class SquareLossIsFaster
{
    private const double Near = 1.1;
    private const string Quantity = "log of the ratio of epochs, cross-entropy over square";

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b132-square-loss-is-faster",
        Title = "With ten classes the square loss is faster to a good test error",
        Paper = SourcePapers.SquareLoss,
        Place = "§6.1, third remark",
        Hypothesis = "Multiclass CIFAR-10, both losses trained by gradient descent as they are trained best; an observation of the paper "
            + "(“it seems”) without network, rates or a measure of speed.",
        Statement = "“Empirically, it seems that square loss reaches solutions with good test error in multiclass CIFAR10 faster than "
            + "cross-entropy.”",
        SetUp = LossPanels.SetUp + $" Good is a test error of at most {Wording.Short(Near)} times the worse of the two losses’ least mean "
            + "errors; counted are epochs until a seed first has it. Judged on CIFAR-10, which the statement is about, at each loss’s best "
            + "rate (five seeds) and at its fastest rate of the grid (seeds 100 and 101); the other sets are measured. The second was "
            + "added after a first look.",
        Expected = "Fewer epochs with the square loss.",
        FullRuns = TwoLosses.FullRuns,
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var (first, texts) = ("", new List<string>());
        foreach (var set in TwoLosses.All)
        {
            LossCurves square = set.Of(context, TwoLosses.Square), entropy = set.Of(context, TwoLosses.CrossEntropy);
            var good = Near * Math.Max(square.Best, entropy.Best);
            double[] fast = square.EpochsTo(good), slow = entropy.EpochsTo(good);
            judge.Measure($"{set.Name}: good test error", good);
            judge.Measure($"{set.Name}, square: epochs to it, by seed", fast);
            judge.Measure($"{set.Name}, cross-entropy: epochs to it, by seed", slow);
            var ratio = LogRatio(slow, fast);
            double[]? fastest = set.FewestEpochs(TwoLosses.Square, good), other = set.FewestEpochs(TwoLosses.CrossEntropy, good);
            judge.Measure($"{set.Name}, square: epochs to it at the fastest rate of the grid, by seed", fastest ?? []);
            judge.Measure($"{set.Name}, cross-entropy: epochs to it at the fastest rate of the grid, by seed", other ?? []);
            if (set == TwoLosses.Cifar)
            {
                const string best = "each at its own best rate";
                AtLeast(judge.Printed.In($"{set.Name}, {best}"), ratio);
                AtLeast(judge.Printed.In($"{set.Name}, each at its fastest rate, two seeds"), fastest is null || other is null
                    ? new PairedDifference(double.NaN, double.NaN) : LogRatio(other, fastest));
                AtLeast(judge.Amended(best).In($"{set.Name}, {best}"), ratio);
                first = $"Good on {set.Name} is a test error of at most {Wording.Text(good)}, where chance has .9. ";
            }
            else judge.Measure($"{set.Name}: {Quantity}, mean", ratio.Mean);
            texts.Add($"{set.Name}, test error {Wording.Text(good)}: {Words(fast)} with the square loss, {Words(slow)} with cross-entropy; "
                + $"at the fastest rate at which both seeds of the grid get there (medians) {Epochs(fastest)} and {Epochs(other)}");
        }
        var text = $"{first}{string.Join(". ", texts)}.";
        return judge.Outcome(holds: text, care: text, fails: text, open: text,
            chart: LossPanels.Errors(context, "test_error", "test error"));
    }

    private static PairedDifference LogRatio(double[] slow, double[] fast) =>
        PairedDifference.Of([.. slow.Select(static e => Math.Log(e))], [.. fast.Select(static e => Math.Log(e))]);

    private static void AtLeast(CheckGroup group, PairedDifference ratio) =>
        group.AtLeast(Quantity, ratio.Mean, lenient: -ratio.Half, strict: ratio.Half);

    private static string Epochs(double[]? epochs) => epochs is null ? "none" : Wording.Text(Spread.Of(epochs).Median);

    private static string Words(double[] epochs) => epochs.All(double.IsFinite)
        ? $"{Wording.Text(Spread.Of(epochs))} epochs" : $"{epochs.Count(double.IsFinite)} of {epochs.Length} seeds get there";
}
