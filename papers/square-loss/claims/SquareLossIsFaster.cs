using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Claim b132: epochs to a good test error under either loss, ten classes.</summary>
internal static class SquareLossIsFaster
{
    private const double Near = 1.1;

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
            + "errors; counted are epochs until a seed first has it. Judged on CIFAR-10, which the statement is about; the other sets are "
            + "measured.",
        Expected = "Fewer epochs with the square loss.",
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
            var good = Near * Math.Max(square.Best, entropy.Best);
            double[] fast = square.EpochsTo(good), slow = entropy.EpochsTo(good);
            judge.Measure($"{set.Name}: good test error", good);
            judge.Measure($"{set.Name}, square: epochs to it, by seed", fast);
            judge.Measure($"{set.Name}, cross-entropy: epochs to it, by seed", slow);
            var ratio = PairedDifference.Of([.. slow.Select(static e => Math.Log(e))], [.. fast.Select(static e => Math.Log(e))]);
            const string name = "log of the ratio of epochs, cross-entropy over square, mean of five seeds";
            if (set == TwoLosses.Cifar) judge.Printed.In(set.Name).AtLeast(name, ratio.Mean, lenient: -ratio.Half, strict: ratio.Half);
            else judge.Measure($"{set.Name}: {name}", ratio.Mean);
            double fastest = set.FewestEpochs(TwoLosses.Square, good), other = set.FewestEpochs(TwoLosses.CrossEntropy, good);
            judge.Measure($"{set.Name}, square: fewest epochs over the rates of the grid (median of its two seeds)", fastest);
            judge.Measure($"{set.Name}, cross-entropy: fewest epochs over the rates of the grid (median of its two seeds)", other);
            texts.Add($"{set.Name}, test error {Wording.Text(good)}: {Words(fast)} with the square loss, {Words(slow)} with cross-entropy; "
                + $"at the fastest rate of the grid (two seeds) {Epochs(fastest)} and {Epochs(other)}");
        }
        var text = string.Join(". ", texts) + ".";
        return judge.Outcome(holds: text, care: text, fails: text, open: text,
            chart: LossPanels.Errors(context, "test_error", "test error"));
    }

    private static string Epochs(double epochs) => double.IsNaN(epochs) ? "none" : Wording.Text(epochs);

    private static string Words(double[] epochs) => epochs.All(double.IsFinite)
        ? $"{Wording.Text(Spread.Of(epochs))} epochs" : $"{epochs.Count(double.IsFinite)} of {epochs.Length} seeds get there";
}
