using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.Since;

/// <summary>Claim b145: the rank of trained layers against minibatch, rate and decay.</summary>
internal static class LowRankBySgdAndDecay
{
    private const string Equal = "as many epochs", Erased = "until decay has erased the start";

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b145-low-rank-by-sgd-and-decay",
        Paper = SincePage.Paper,
        Keywords = ["low rank", "weight decay"],
        Place = "Galanti, Siegel, Gupte and Poggio (arXiv 2206.05794), abstract and experiments; Xu et al. (Research 6:0024, 2023)",
        Hypothesis = "Minibatch SGD, no assumption on data, width or depth; the theorem behind it is about plain steps, so that momentum "
            + "is 0 here. The experiments compare after as many epochs; the theorem is about T → ∞, so that settings are also compared "
            + "once decay has erased the start of each. The theorem bounds the rank from above; that the rank itself falls with "
            + "B, 1/μ and 1/λ is what abstract and experiments say, not the theorem.",
        Statement = "SGD with weight decay makes weight matrices of low rank, the more so with smaller minibatches, higher rates or "
            + "stronger decay; without decay it does not.",
        SetUp = $"{LowRankSetUp.Words} Rank: the number of σ_i > {Wording.Short(LowRankRuns.Tolerance)} σ_1, the mean over the three "
            + "hidden layers (full: 64). Judged seed by seed: the setting with the strongest bias against the one with the weakest, and λ "
            + "= 0 against full rank.",
        Expected = "The rank falls along each of the three sweeps, in both comparisons; at λ = 0 it is full.",
        Figures = ["since/low-rank"],
        FullRuns = LowRankRuns.FullRuns,
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        double[] Ranks(LowRankRuns s) => [.. s.Runs(context).Select(LowRankRuns.Rank)];
        foreach (var s in LowRankRuns.All)
        {
            judge.Measure($"{LowRankSetUp.Name(s)}: rank, by seed", Ranks(s));
            judge.Measure($"{LowRankSetUp.Name(s)}: effective rank exp(−Σp log p), by seed",
                [.. s.Runs(context).Select(LowRankRuns.EffectiveRank)]);
        }
        var texts = new List<string>();
        foreach (var (how, sweeps) in new[] { (Equal, LowRankRuns.SameEpochs), (Erased, LowRankRuns.Erased) })
        {
            foreach (var sweep in sweeps)
            {
                var ratio = Ranks(sweep.Settings[0]).Zip(Ranks(sweep.Settings[^1]), static (a, b) => a / b).Max();
                const string quantity = "largest ratio over the seeds of the rank with the strongest bias to that with the weakest";
                judge.Printed.In($"{sweep.Name}, {how}").AtMost(quantity, ratio, .95);
                if (how == Equal || sweep.Name == "stronger decay")
                    judge.Amended("as many epochs, or stronger decay").In($"{sweep.Name}, {how}").AtMost(quantity, ratio, .95);
                texts.Add($"{sweep.Name}, {how}: "
                    + string.Join(", ", sweep.Settings.Select(s => Wording.Text(Spread.Of(Ranks(s)).Median))));
            }
        }
        var without = Ranks(LowRankRuns.Without);
        judge.Printed.In("no decay").AtLeast("least rank over 64", without.Min() / LowRankRuns.Width, .95);
        judge.Measure("B log(2/ε)/(2μλ) of the settings, least", LowRankRuns.All.Where(static s => s.Decay > 0).Min(static s => s.Bound));
        // The shortest setting is trained again, so that the kept numbers are those of this program.
        var again = LowRankRuns.Strong.Trained(context);
        judge.Premise.AtMost("λ = .016 trained again: largest difference of the rank from the kept one",
            again.Zip(Ranks(LowRankRuns.Strong), static (a, b) => Math.Abs(LowRankRuns.Rank(a) - b)).Max(), 2);
        var text = $"Median ranks of five seeds, of 64, from the strongest bias to the weakest. {string.Join("; ", texts)}; without decay "
            + $"{Wording.Text(Spread.Of(without).Median)}. The bound of the theorem is at least "
            + $"{Wording.Count((long)LowRankRuns.All.Where(static s => s.Decay > 0).Min(static s => s.Bound))} for all of them. After as "
            + "many epochs smaller minibatches and higher rates have let decay act for more steps, or farther in each; once it has erased "
            + "every start, neither lowers the rank in these two sweeps, and only λ itself is left.";
        return judge.Outcome(holds: text, care: text, fails: text);
    }
}
