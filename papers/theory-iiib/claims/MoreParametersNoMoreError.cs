using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Claim b76: beyond as many parameters as examples the test error does not rise, the expected cross-entropy a little.</summary>
internal static class MoreParametersNoMoreError
{
    // A hundredth of the test examples: what five seeds do not resolve.
    private const double Resolution = .01;
    private const int Examples = 200, Images = 5000;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b76-more-parameters-no-more-error",
        Paper = SourcePapers.TheoryIIIb,
        Place = "§2, figure 2; Theoretical issues figure 3",
        Hypothesis = "Networks of one kind and growing width, trained without regularization, the largest to training error 0. The "
            + "overfitting in the cross-entropy is said of CIFAR-10 (figure 2b).",
        History = ["was ≈ until 2026-11-28, because a cross-entropy that rises was asked of digits too, where the caption speaks of "
            + "CIFAR-10, and only beyond n parameters, where the abstract's overfitting is by any increase of the number of neurons"],
        Statement = "The classification error on test data does not get worse when the number of parameters grows well beyond the size of "
            + "the training set, although there is some overfitting in the expected cross-entropy.",
        SetUp = $"{Examples} digits, 500 test examples, the convolutional network of figure-02-quick with 1 to 32 channels (187 to 23,840 "
            + $"weights), cross-entropy, SGD, 100 epochs, seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}. "
            + $"Medians of five. Beside it, kept from a longer run: {Wording.Count(Images)} images "
            + "of CIFAR-10, 2 to 128 channels, 60 epochs, one seed.",
        Expected = "The test error at the largest width is at most that at any width beyond n parameters (within "
            + $"{Wording.Text(Resolution)}); on CIFAR-10 the test cross-entropy at the largest width is above that of some narrower "
            + "network.",
        Figures = ["theory-iiib/figure-02"],
        FullRuns = GeneralizationSweeps.FullWidths,
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var sweep = GeneralizationSweeps.Widths(context);
        static double Test(SizeRuns s) => s.Last("test_error").Median;
        static double Entropy(SizeRuns s) => Math.Pow(10, s.Last("log10_test_loss").Median);
        SizeRuns[] beyond = [.. sweep.Where(static s => s.Size > Examples)];
        judge.Premise.AtLeast("parameters of the largest network over examples", sweep[^1].Size / Examples, 50);
        judge.Hypothesis.In("digits").AtMost("training error of the largest network", sweep[^1].Last("train_error").Max, 0);
        const string change = "test error of the largest network minus that of the first beyond n parameters",
            rising = "test cross-entropy of the largest network over the least of all";
        judge.Printed.In("digits").AtMost("test error of the largest network above the least beyond n parameters",
            Test(sweep[^1]) - beyond.Min(Test), Resolution);
        judge.Printed.In("digits").AtMost(change, Test(sweep[^1]) - Test(beyond[0]), 0);
        judge.Measure("parameters", [.. sweep.Select(static s => s.Size)]);
        judge.Measure("test error", [.. sweep.Select(Test)]);
        judge.Measure("test cross-entropy", [.. sweep.Select(Entropy)]);
        judge.Measure("training cross-entropy", [.. sweep.Select(static s => Math.Pow(10, s.Last("log10_loss").Median))]);
        var rise = Entropy(sweep[^1]) / sweep.Min(Entropy);
        judge.Amended("on digits, where errors are few, the cross-entropy falls with the error").In("digits").AtMost(rising, rise, 1.1);
        judge.Measure("test over training cross-entropy, largest network",
            Entropy(sweep[^1]) / Math.Pow(10, sweep[^1].Last("log10_loss").Median));
        var onImages = "";
        SizeRuns[] all = [.. GeneralizationSweeps.AllWidths(context)], whole = [.. all.Where(static s => s.Size > Images)];
        if (whole.Length > 1)
        {
            judge.Measure("CIFAR-10, parameters", [.. whole.Select(static s => s.Size)]);
            judge.Measure("CIFAR-10, test error", [.. whole.Select(Test)]);
            judge.Measure("CIFAR-10, test cross-entropy", [.. whole.Select(Entropy)]);
            judge.Measure("CIFAR-10, training error", [.. whole.Select(static s => s.Last("train_error").Median)]);
            double greatest = whole.Max(Entropy), least = whole.Min(Entropy);
            judge.Hypothesis.In("CIFAR-10").AtMost("training error of the largest network", whole[^1].Last("train_error").Max, 0);
            judge.Printed.In("CIFAR-10").AtMost(change, Test(whole[^1]) - Test(whole[0]), 0);
            // One seed: a rise by a tenth is left open, which is what widths next to each other differ by.
            judge.Printed.In("CIFAR-10").AtLeast(rising, Entropy(whole[^1]) / all.Min(Entropy), lenient: 1, strict: 1.1);
            judge.Measure("CIFAR-10: test cross-entropy of the largest network over the least beyond n parameters",
                Entropy(whole[^1]) / least);
            judge.Measure("CIFAR-10: greatest test cross-entropy beyond n parameters over the least", greatest / least);
            onImages = $" On {Wording.Text(Images, 4)} images of CIFAR-10 the test error goes from {Wording.Text(Test(whole[0]))} at "
                + $"{Wording.Text(whole[0].Size, 5)} weights to {Wording.Text(Test(whole[^1]))} at {Wording.Text(whole[^1].Size, 6)}; the "
                + $"test cross-entropy is {Wording.Text(all.Min(Entropy))} at its least, {Wording.Text(Entropy(whole[0]))} there, at most "
                + $"{Wording.Text(greatest)} and at last {Wording.Text(Entropy(whole[^1]))}.";
        }
        var numbers = $"From {Wording.Text(beyond[0].Size)} to {Wording.Text(sweep[^1].Size, 5)} weights on {Examples} digits the test "
            + $"error goes from {Wording.Text(Test(beyond[0]))} to {Wording.Text(Test(sweep[^1]))} "
            + $"({sweep[^1].Last("test_error")}), the test cross-entropy is {Wording.Text(rise)} times its least value.{onImages}";
        return judge.Outcome(holds: numbers, care: numbers, fails: numbers);
    }
}
