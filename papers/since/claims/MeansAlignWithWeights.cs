using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.Since;

/// <summary>Claim b149: the class means that enter a layer and its leading singular vectors.</summary>
internal static class MeansAlignWithWeights
{
    private const string Alignment = "mean_alignment";
    private const double Aligned = .8, Half = .5;

    // With the first dense layer of each.
    private static (IntermediateRuns Of, int Dense)[] Networks => [(IntermediateRuns.Dense, 1), (IntermediateRuns.Convolutional, 5),
        (IntermediateRuns.Plain, 1), (IntermediateRuns.TenAStep, 1), (IntermediateRuns.AllAStep, 1)];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b149-class-means-align-with-weights",
        Paper = SincePage.Paper,
        Keywords = ["neural collapse", "singular vectors"],
        Place = "Rangamani, Lindegaard, Galanti and Poggio (ICML 2023), abstract",
        Hypothesis = "Trained classifiers, “the top layers, where the between-class covariance is dominant”: here all dense layers of "
            + $"weights whose features have a median tr Σ_W/tr Σ_B of {Wording.Short(Half)} at most. The abstract gives no number for "
            + $"alignment: a mean squared cosine of {Wording.Short(Aligned)} is taken as aligned, less than {Wording.Short(Half)} as not.",
        Statement = "In the top layers the subspace of the class means is that of the leading singular vectors of the layer's weights.",
        SetUp = $"{IntermediateRuns.SetUp} Networks: {IntermediateRuns.Dense.Text} of 64 units, {IntermediateRuns.Convolutional.Text}, "
            + $"{IntermediateRuns.Plain.Text}; {IntermediateRuns.TenAStep.Text}; and {IntermediateRuns.AllAStep.Text} (these two were "
            + "measured only at first, and are judged after a look). The mean squared cosine of the principal angles between "
            + "the span of μ_c − μ_G of what enters W_k and the leading nine right singular vectors of W_k (measure mean_alignment; batch "
            + "normalization folded into W_k); subspaces at random in 64 dimensions have 9/64 = .14.",
        Expected = $"{Wording.Short(Aligned)} and more in all of them.",
        Figures = ["since/intermediate"],
        FullRuns = static () => IntermediateRuns.FullRuns([.. Networks.Select(static n => n.Of)]),
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var texts = new List<string>();
        foreach (var (of, dense) in Networks)
        {
            var runs = of.Runs(context);
            var all = of.Medians(context, Alignment, first: dense);
            judge.Measure($"{of.Text}: mean squared cosine of the dense layers, medians", all);
            judge.Measure($"{of.Text}: the same at the start", [.. Enumerable.Range(dense, of.Layers - dense + 1)
                .Select(k => Spread.Of(runs.Select(r => r[of.Column(Alignment, k)][0])).Median)]);
            int[] dominant = [.. Enumerable.Range(dense, of.Layers - dense + 1)
                .Where(k => of.Medians(context, "nc1_trace_ratio")[k - 1] <= Half)];
            judge.Hypothesis.That($"{of.Text}: the classes dominate in the last layer", dominant.Contains(of.Layers));
            judge.Measure($"{of.Text}: layers where the classes dominate", [.. dominant.Select(static k => (double)k)]);
            foreach (var k in dominant)
                judge.Measure($"{of.Text}, W_{k}: mean squared cosine, by seed", [.. runs.Select(r => of.Last(r, Alignment, k))]);
            var least = dominant.Min(k => all[k - dense]);
            const string quantity = "mean squared cosine, median of five seeds, least of these layers";
            judge.Printed.In(of.Text).AtLeast(quantity, least, Half, Aligned);
            if (of == IntermediateRuns.Plain || of == IntermediateRuns.AllAStep)
                judge.Amended("no statistics of minibatches: no batch normalization, or all examples a step").In(of.Text)
                    .AtLeast(quantity, least, Half, Aligned);
            texts.Add($"{of.Text}: {string.Join(", ", all.Select(static m => Wording.Text(m, 2)))}, W_{dominant.Min()} the first judged");
        }
        var (ten, whole) = (IntermediateRuns.TenAStep, IntermediateRuns.AllAStep);
        string Median(IntermediateRuns of, string measure, int k) => Wording.Text(of.Medians(context, measure)[k - 1], 2);
        var text = $"With 100 images, ten a step, the last layer has a median mean squared cosine of {Median(ten, Alignment, 4)}, where tr "
            + $"Σ_W/tr Σ_B is {Median(ten, "nc1_trace_ratio", 4)}; with all a step and as many steps it has "
            + $"{Median(whole, Alignment, 4)}. But there the second layer has {Median(whole, Alignment, 2)}, at a ratio of "
            + $"{Median(whole, "nc1_trace_ratio", 2)}, just below the {Wording.Short(Half)} that is taken as dominant, so that to leave "
            + "out the statistics of minibatches does not save the statement either. By layer of weights, from the first dense one to the "
            + $"last, medians of five seeds: {string.Join("; ", texts)}.";
        return judge.Outcome(holds: text, care: text, fails: text, open: text);
    }
}
