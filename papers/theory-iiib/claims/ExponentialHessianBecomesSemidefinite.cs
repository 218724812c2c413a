using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Measures.Curvature;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>
/// Claim b21, second half: for the exponential loss the Hessian vanishes, but its signs do not become those of a minimum.
/// </summary>
internal static class ExponentialHessianBecomesSemidefinite
{
    private static readonly double[] Losses = [-3, -10, -30];
    private const double Zero = 1e-9;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b21-exponential-hessian-becomes-semidefinite",
        Paper = SourcePapers.TheoryIIIb,
        Place = "§12.3 (“only at a minimum of GD it become positive semi-definite”), §12.2; Theory III, Theorem 2",
        Equations = ["T3b.32", "T3b.38"],
        Hypothesis = "A deep ReLU network under the exponential loss, gradient descent towards L = 0 (§12.3).",
        Statement = "For deep networks the Hessian can have negative eigenvalues and becomes positive semi-definite at a minimum of "
            + "gradient descent; under the exponential loss, whose minimum is at infinity, all eigenvalues go to zero.",
        SetUp = $"The five nets {InterpolatingNet.Layers} of b21-square-loss-hessian-has-n-eigenvalues (N = "
            + $"{InterpolatingNet.Examples}, y f = 1), followed by gradient descent on "
            + "the exponential loss (sum) with the loss-rescaled step 1e-3/L to L = "
            + $"{string.Join(", ", Losses.Select(Wording.Decade))}. An eigenvalue is zero up to {Wording.Text(Zero)} "
            + "of the largest.",
        Expected = "No negative eigenvalue near the minimum; the largest |μ| goes to 0.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var negative = new List<double[]>();
        var ratio = new List<double>();
        var fall = new List<double>();
        foreach (var net in InterpolatingNet.All.Of(context))
        {
            var risk = new EmpiricalRisk(net.Network, Loss.Exponential, net.Data, Reduction.Sum);
            var counts = new List<double>();
            var theta = (double[])net.Theta.Clone();
            var first = double.NaN;
            foreach (var loss in Losses)
            {
                Descend(risk, theta, loss * Math.Log(10), context);
                var spectrum = InterpolatingNet.Spectrum(risk, theta);
                counts.Add(Signature.Of(spectrum, Zero).Negative);
                var log = (risk.LogLoss(theta) + Math.Log(spectrum[^1])) / Math.Log(10);
                if (loss == Losses[0]) first = log;
                if (loss > Losses[^1]) continue;
                ratio.Add(-spectrum[0] / spectrum[^1]);
                fall.Add(log - first);
            }
            negative.Add([.. counts]);
        }
        for (var i = 0; i < Losses.Length; i++)
            judge.Measure($"negative eigenvalues at L = 1e{Losses[i]}, by seed", [.. negative.Where(c => c.Length > i).Select(c => c[i])]);
        judge.Premise.AtLeast("seeds followed to L = 1e-30", ratio.Count, 5);
        judge.Printed.AtMost("negative eigenvalues at L = 1e-30 (least over the seeds)",
            negative.Where(c => c.Length == Losses.Length).Min(c => c[^1]), 0);
        judge.Measure("−μ_min/μ_max at L = 1e-30, by seed", [.. ratio]);
        judge.Amended("every eigenvalue goes to zero")
            .AtMost("log10 of the largest eigenvalue at L = 1e-30 over that at 1e-3", fall.Max(), -20);
        double[] x = [.. Losses.Select(l => -l)];
        var panel = new Panel("Negative eigenvalues along gradient descent", new Axis("−log₁₀ L", Scale.Log),
            new Axis("negative of 178", Min: 0));
        for (var s = 0; s < negative.Count; s++) panel = panel.Line($"seed {s}", x[..negative[s].Length], negative[s]);
        return judge.Outcome(chart: new Chart(panel), caption: "Semi-definite would be 0.",
            fails: $"At L = 1e-30 the Hessian still has {Spread.Of(negative.Where(c => c.Length == Losses.Length).Select(c => c[^1]))} "
                + $"negative eigenvalues of 178, as large as {Spread.Of(ratio)} times the largest positive one: −y ∂²f stays beside ∂f "
                + "∂fᵀ at every finite ρ. That all eigenvalues go to zero holds (the largest falls by "
                + $"10^{Lab.Claims.Check.Text(-fall.Max())} or more from L = 1e-3 on).");
    }

    // θ ← θ + η Σ p_n y_n ∂f_n: gradient descent with the step η/L. The flow itself would end on kinks that it cannot leave.
    private static void Descend(EmpiricalRisk risk, double[] theta, double logTarget, StudyContext context)
    {
        var descent = new double[theta.Length];
        for (var step = 0; step < 500_000; step++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            if (risk.Evaluate(theta, descent).LogLoss <= logTarget) return;
            Vectors.Add(1e-3, descent, theta);
        }
        throw new InvalidOperationException($"gradient descent did not come below log L = {logTarget} in 500,000 steps");
    }
}
