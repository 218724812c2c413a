using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Measures.Curvature;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>
/// Claim b21, second half: for the exponential loss the Hessian vanishes; negative eigenvalues stay at every loss, and their share of the
/// largest goes to 0 like 1/log(1/L).
/// </summary>
internal static class ExponentialHessianBecomesSemidefinite
{
    private static readonly double[] Losses = [-3, -10, -30, -100, -300];
    private const double Zero = 1e-9, Step = 1e-3;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b21-exponential-hessian-becomes-semidefinite",
        Paper = SourcePapers.TheoryIIIb,
        Place = "§12.3 (“only at a minimum of GD it become positive semi-definite”), §12.2, §5.1 and §13 (“for large t”); Theory III, "
            + "Theorem 2",
        Equations = ["T3b.32", "T3b.38", "T3b.43b"],
        Hypothesis = "A deep ReLU network that separates its data, exponential loss, gradient descent towards L = 0, where its minimum is "
            + "(§12.2, §12.3). “Away from the minimum”, §12.2 says itself, the second derivatives contribute negative eigenvalues; §5.1 "
            + "and §13 say semi-definite “for large t” and “for large times”.",
        Statement = "For deep networks the Hessian can have negative eigenvalues and becomes positive semi-definite at a minimum of "
            + "gradient descent; under the exponential loss, whose minimum is at infinity, all eigenvalues go to zero.",
        SetUp = $"The five nets {InterpolatingNet.Layers} of b21-square-loss-hessian-has-n-eigenvalues (N = "
            + $"{InterpolatingNet.Examples}, y f = 1), followed by gradient descent on "
            + $"the exponential loss (sum) with the loss-rescaled step {Wording.Text(Step)}/L (at most .3 of log L) to L = "
            + $"{string.Join(", ", Losses.Select(Wording.Decade))}. Semi-definite: no eigenvalue below −{Wording.Text(Zero)} "
            + "of the largest. In the limit: −μ_min/μ_max extrapolated linearly in 1/log(1/L).",
        Expected = "No negative eigenvalue near the minimum; the largest |μ| goes to 0. In J ∂f ∂fᵀ is of the order f²/ρ_k² and y ∂²f of "
            + "the order f/ρ_k², so that negative eigenvalues are at most 1/f ~ 1/log(1/L) of the largest.",
        History = ["was ✗ until 2026-11-28, because negative eigenvalues were counted only: their share of the largest goes to 0"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var negative = new List<double[]>();
        var ratio = new List<double[]>();
        var fall = new List<double>();
        foreach (var net in InterpolatingNet.All.Of(context))
        {
            var risk = new EmpiricalRisk(net.Network, Loss.Exponential, net.Data, Reduction.Sum);
            List<double> counts = [], shares = [];
            var theta = (double[])net.Theta.Clone();
            var first = double.NaN;
            foreach (var loss in Losses)
            {
                if (!LossRescaledDescent.To(loss * Math.Log(10), risk, theta, Step, context))
                    throw new InvalidOperationException($"gradient descent did not come below L = {Wording.Decade(loss)}");
                var spectrum = InterpolatingNet.Spectrum(risk, theta);
                counts.Add(Signature.Of(spectrum, Zero).Negative);
                var log = (risk.LogLoss(theta) + Math.Log(spectrum[^1])) / Math.Log(10);
                if (loss == Losses[0]) first = log;
                shares.Add(-spectrum[0] / spectrum[^1]);
                if (loss == Losses[^1]) fall.Add(log - first);
            }
            negative.Add([.. counts]);
            ratio.Add([.. shares]);
        }
        for (var i = 0; i < Losses.Length; i++)
            judge.Measure($"negative eigenvalues at L = 1e{Losses[i]}, by seed", [.. negative.Select(c => c[i])]);
        for (var i = 0; i < Losses.Length; i++)
            judge.Measure($"−μ_min/μ_max at L = 1e{Losses[i]}, by seed", [.. ratio.Select(r => r[i])]);
        const string share = "−μ_min/μ_max, greatest of five seeds";
        for (var i = 2; i < Losses.Length; i++) judge.Printed.In($"L = 1e{Losses[i]}").AtMost(share, ratio.Max(r => r[i]), Zero);
        judge.Printed.AtMost($"log10 of the largest eigenvalue at L = 1e{Losses[^1]} over that at 1e{Losses[0]}, greatest of five seeds",
            fall.Max(), -20);
        // Linear in 1/log(1/L) through the last two.
        double a = -Losses[^2], b = -Losses[^1];
        double[] limit = [.. ratio.Select(r => (b * r[^1] - a * r[^2]) / (b - a))];
        judge.Measure("−μ_min/μ_max extrapolated to L = 0, by seed", limit);
        double[] law = [.. ratio.Select(r => r[^1] * b / (r[^2] * a))];
        judge.Measure($"−μ_min/μ_max · log(1/L) at L = 1e{Losses[^1]} over that at 1e{Losses[^2]}, by seed", law);
        var asymptotic = judge.Amended("in the limit L → 0, where the minimum is, and at no finite L: negative eigenvalues stay, their "
            + "share of the largest falls like 1/log(1/L)");
        asymptotic.In("L → 0, extrapolated").AtMost(share, limit.Max(Math.Abs), ratio.Max(r => r[^1]));
        asymptotic.Near($"−μ_min/μ_max · log(1/L) at L = 1e{Losses[^1]} over that at 1e{Losses[^2]}, median of five seeds",
            Spread.Of(law).Median, 1, relative: .15);
        asymptotic.AtLeast($"negative eigenvalues at L = 1e{Losses[^1]}, least of five seeds", negative.Min(c => c[^1]), 1);
        double[] x = [.. Losses.Select(l => -l)];
        var panel = new Panel("Negative eigenvalues along gradient descent", new Axis("−log₁₀ L", Scale.Log),
            new Axis("negative of 178", Min: 0));
        for (var s = 0; s < negative.Count; s++) panel = panel.Line($"seed {s}", x, negative[s]);
        double[] medians = [.. Losses.Select((_, i) => Spread.Of(ratio.Select(r => r[i])).Median)];
        var shares2 = new Panel("The most negative eigenvalue", new Axis("−log₁₀ L", Scale.Log), new Axis("−μ_min/μ_max", Scale.Log));
        for (var s = 0; s < ratio.Count; s++) shares2 = shares2.Line($"seed {s}", x, ratio[s]);
        var text = $"At L = 1e{Losses[^1]} the Hessian still has {Spread.Of(negative.Select(c => c[^1]))} "
            + "negative eigenvalues of 178: −y ∂²f stays beside ∂f ∂fᵀ at every finite ρ. But their share −μ_min/μ_max falls, "
            + $"{string.Join(", ", medians.Select(m => Wording.Text(m)))} at L = {string.Join(", ", Losses.Select(Wording.Decade))} "
            + "(medians of five), like 1/log(1/L), so that it is 0 in the limit. That all eigenvalues go to zero holds (the largest falls "
            + $"by 10^{Lab.Claims.Check.Text(-fall.Max())} or more from L = 1e{Losses[0]} on).";
        return judge.Outcome(chart: new Chart(panel, shares2.Predicted("∝ 1/log(1/L)", x, l => medians[^1] * x[^1] / l)),
            caption: "Semi-definite would be 0: the count stays, the share of the largest goes to 0.", care: text, fails: text);
    }
}
