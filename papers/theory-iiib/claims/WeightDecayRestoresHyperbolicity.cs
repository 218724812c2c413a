using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>
/// Claim b20: the penalty λ‖W_k‖² does not see rotations of hidden units, so that minima of deep linear networks stay degenerate under it.
/// </summary>
internal static class WeightDecayRestoresHyperbolicity
{
    private const int Inputs = DecayedMinimum.Inputs, Examples = DecayedMinimum.Examples, Fitted = DecayedMinimum.Fitted;
    private const double Zero = DecayedMinimum.Zero, LogEnd = DecayedMinimum.LogEnd;
    private static readonly int[] Hidden = [1, 2, 4, 8];
    private static readonly double[] Lambdas = [.05, .005];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b20-weight-decay-restores-hyperbolicity",
        Paper = SourcePapers.TheoryIIIb,
        Place = "Lemma 2, eq. 8, 29 and 36",
        Hypothesis = "A deep network of smooth units (§3: linear ones too) that reaches zero loss on its data, decay λ_k > 0 on every "
            + "layer, an equilibrium of the sum (eq. 8: a zero minimizer of the loss itself is none, and at it ẇ = −λ_kW_k).",
        Statement = "Adding λ_k‖W_k‖² to the loss ensures hyperbolicity of the linearized dynamics around a zero minimizer of the "
            + "empirical loss for any λ_k > 0 (Lemma 2); at the new finite equilibrium the Hessian is positive "
            + "definite for any λ_i > 0 (after eq. 36).",
        SetUp = $"Deep linear networks {Inputs}-H-1, H = {string.Join(", ", Hidden)}, on {Examples} examples of gaussian-teacher with the "
            + $"labels of a half-space under the exponential loss, on {Fitted} under the square loss (sums; a linear map separates the "
            + $"first and fits the second), λ = {string.Join(" and ", Lambdas.Select(static l => Wording.Text(l)))}; the gradient "
            + $"flow with decay from Kaiming’s start to t = {Wording.Decade(LogEnd)}, seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]} (data "
            + "and start); dense Hessian of L + λΣ‖W_k‖² there. "
            + $"Zero: at most {Wording.Text(Zero)} of the largest eigenvalue.",
        Expected = "No zero eigenvalue at any H and λ. (Counting: the orbit of the minimum under rotations of the hidden units has "
            + "dimension H − 1.)",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var minima = (from loss in (Loss[])[Loss.Exponential, Loss.Square]
                      from lambda in Lambdas
                      from hidden in Hidden
                      from seed in Spread.Seeds
                      select DecayedMinimum.Of(loss, lambda, hidden, seed, context.Cancellation)).ToArray();
        judge.Hypothesis.AtLeast("least margin of the data of the exponential loss", Spread.Seeds.Min(seed =>
            Limits.HardMargin.Solve(DecayedMinimum.Data(Loss.Exponential, seed)).Margin), 1e-4);
        judge.Hypothesis.AtMost("largest misfit of a linear map on the data of the square loss", Spread.Seeds.Max(seed =>
            DecayedMinimum.Misfit(DecayedMinimum.Data(Loss.Square, seed))), 1e-9);
        judge.Premise.AtMost("largest gradient at the minima, over the largest weight", minima.Max(static m => m.Gradient), 1e-8);
        judge.Premise.AtLeast("least norm of the minima", minima.Min(static m => m.Norm), .01);
        foreach (var hidden in Hidden)
            judge.Printed.AtMost($"zero eigenvalues, H = {hidden} (most over losses, λ, seeds)",
                minima.Where(m => m.Hidden == hidden).Max(static m => m.Signs.Zero), 0);
        const string orbit = "H − 1 eigenvalues are zero, along the rotations of the hidden units, and no others";
        foreach (var hidden in Hidden)
        {
            var own = minima.Where(m => m.Hidden == hidden).ToArray();
            judge.Amended(orbit).That($"H = {hidden}: {hidden - 1} zero eigenvalues at every loss, λ and seed",
                own.All(m => m.Signs.Zero == hidden - 1));
            if (hidden > 1)
                judge.Amended(orbit).AtMost($"H = {hidden}: ‖∇² δ‖/(‖∇²‖ ‖δ‖) for δ = (A W_1, −W_2 A), A skew",
                    own.Max(static m => m.AlongRotation), Zero);
        }
        judge.Amended(orbit).AtMost("negative eigenvalues", minima.Max(static m => m.Signs.Negative), 0);
        var example = minima.First(static m => m.Hidden == 4);
        judge.Measure("eigenvalues over the largest, exponential loss, λ = 0.05, H = 4, seed 0",
            [.. example.Eigenvalues.Select(v => v / example.Eigenvalues[^1])]);
        var panel = new Panel("Eigenvalues at the minimum, exponential loss, λ = 0.05, seed 0", new Axis("rank, from the smallest"),
            new Axis("|μ|/max μ", Scale.Log, Min: 1e-18));
        foreach (var (hidden, i) in Hidden.Select(static (h, i) => (h, i)))
        {
            var m = minima.First(m => m.Hidden == hidden);
            double[] sizes = [.. m.Eigenvalues.Select(v => Math.Max(1e-18, Math.Abs(v) / m.Eigenvalues[^1])).Order()];
            panel = panel.Points($"H = {hidden}", [.. Enumerable.Range(1, sizes.Length).Select(static r => (double)r)], sizes, i);
        }
        return judge.Outcome(chart: new Chart(panel.Level("counted as zero below", Zero)),
            caption: "After the H − 1 zeros every eigenvalue is at least of the order of λ.",
            fails: $"At H = {string.Join(", ", Hidden)} hidden units the regularized minimum has "
                + $"{string.Join(", ", Hidden.Select(h => minima.First(m => m.Hidden == h).Signs.Zero))} zero eigenvalues, for both "
                + "losses, both λ and all five seeds: "
                + "(R W_1, W_2 Rᵀ) has the same loss and the same norms for every rotation R, so that the minima are a manifold and not "
                + "hyperbolic. With one hidden unit, or one layer, the lemma holds.");
    }
}
