using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.Since;

/// <summary>Claim b150: the first layer whose nearest class centres separate the training set, against the number of layers.</summary>
internal static class EffectiveDepth
{
    private const double Separated = .01;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b150-effective-depth-does-not-grow",
        Paper = SincePage.Paper,
        Keywords = ["neural collapse", "nearest class centre"],
        Place = "Galanti, Galanti and Ben-Shaul (arXiv 2202.09028)",
        Hypothesis = "Networks of the same width, trained by SGD until all training examples are classified, with more layers than the "
            + "data need. Effective depth: the first hidden layer of whose features the nearest class centre misses "
            + $"{Wording.Short(Separated)} of the training examples at most (the paper leaves the tolerance open).",
        Statement = "Beyond some number of layers the effective depth does not depend on it: all layers above the first that separates "
            + "separate too.",
        SetUp = $"{IntermediateRuns.SetUp} Networks: {IntermediateRuns.Shallow.Text}, {IntermediateRuns.Dense.Text} and "
            + $"{IntermediateRuns.Deep.Text} of 64 units. A network without such a layer counts as one deeper than it has. The "
            + "bound of the difference was one layer at first, which depths of 1 and 2 cannot exceed; it was set to 0 after a look.",
        Expected = "The same median effective depth with eight and with twelve hidden layers, and no layer above it that does not "
            + "separate.",
        Figures = ["since/intermediate"],
        FullRuns = static () => IntermediateRuns.FullRuns(IntermediateRuns.Shallow, IntermediateRuns.Dense, IntermediateRuns.Deep),
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var texts = new List<string>();
        var depths = new Dictionary<IntermediateRuns, double>();
        foreach (var of in new[] { IntermediateRuns.Shallow, IntermediateRuns.Dense, IntermediateRuns.Deep })
        {
            var runs = of.Runs(context);
            judge.Hypothesis.AtMost($"{of.Text}: largest training error", runs.Max(static r => r.Last("train_error")), .002);
            double[] bySeed = [.. runs.Select(r => Depth(of.ByLayer(r, "ncc_error", first: 2)))];
            depths[of] = Spread.Of(bySeed).Median;
            judge.Measure($"{of.Text}: effective depth, by seed", bySeed);
            judge.Measure($"{of.Text}: error of the nearest class centre in the hidden layers, medians",
                of.Medians(context, "ncc_error", first: 2));
            if (of != IntermediateRuns.Shallow)
            {
                judge.Printed.In(of.Text).AtMost("largest error of a layer above the effective depth, worst of five seeds",
                    runs.Max(r => Above(of.ByLayer(r, "ncc_error", first: 2))), Separated);
            }
            texts.Add($"{of.Text}: {string.Join(", ", bySeed)}");
        }
        judge.Printed.AtMost("median effective depth with twelve hidden layers less that with eight",
            Math.Abs(depths[IntermediateRuns.Deep] - depths[IntermediateRuns.Dense]), 0);
        var text = $"Effective depths by seed. {string.Join("; ", texts)}. A weak test: digits need one or two layers, and from four to "
            + $"eight hidden layers the median grows from {depths[IntermediateRuns.Shallow]} to {depths[IntermediateRuns.Dense]}, so that "
            + "it is only from eight to twelve that it does not.";
        return judge.Outcome(holds: text, care: text, fails: text, open: text);
    }

    // 1 for the first hidden layer; one more than there are where no layer separates.
    private static double Depth(double[] errors) => Array.FindIndex(errors, static e => e <= Separated) is >= 0 and var i
        ? i + 1 : errors.Length + 1;

    private static double Above(double[] errors) => errors.Skip((int)Depth(errors)).DefaultIfEmpty(0).Max();
}
