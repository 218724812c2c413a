using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Claim b123: normalization alone or decay alone does not find the least norm whatever the start.</summary>
internal static class BothAreRequired
{
    private const double Least = FirstFitIsTheLeastNorm.Least, Larger = FirstFitIsTheLeastNorm.Larger;

    // Of ten starts, sorted.
    private const int Nine = 8;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b123-both-are-required",
        Title = "Neither normalization nor decay finds it alone",
        Paper = SourcePapers.SquareLoss,
        Place = "§6.1 (“requires BN or WN and WD, unlike the case of linear networks”); abstract",
        Equations = ["SQ.5", "SQ.6"],
        Hypothesis = "The square loss, gradient flow, nonlinear networks, L ≥ 2; fits or nearly, λ as large as where both find the least "
            + "norm "
            + "(b120).",
        Statement = "Convergence of the gradient flow to a minimum norm solution independently of initial conditions requires BN or WN and "
            + "WD.",
        SetUp = "The descents of b120 with normalization alone and with decay λ Σ‖W_k‖² alone, ε = "
            + $"{Wording.Short(MinimumNormEnds.Shares[^1])}, from {Wording.Short(MinimumNormCase.Norms[^1])} ρ_min and "
            + $"{MinimumNormCase.Starts} "
            + "starts: ρ over the least norm at which their mean square is known to be reached. Not found: beyond "
            + $"{Wording.Text(Larger)} in nine of ten starts, the last left out; found: within {Wording.Text(Least)}.",
        Expected = $"Ratio > {Wording.Text(Larger)}.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var strong = MinimumNormEnds.Shares[^1];
        var large = MinimumNormCase.Norms[^1];
        const string ratio = "ρ over the least norm with that loss, the ninth of ten starts";
        var sentences = new List<string>();
        foreach (var of in MinimumNormCase.All)
        {
            foreach (var (normalized, share) in new[] { (true, 0.0), (false, strong), (false, 0.0) })
            {
                var setting = MinimumNormEnds.Of(normalized, share, large);
                var ratios = MinimumNormEnds.Ratios(context, of, setting);
                var where = $"{of.Name}, {setting.Words}";
                judge.Measure($"{where}: ρ over the least norm with that loss, sorted", ratios);
                judge.Measure($"{where}: mean square",
                    Spread.Of(MinimumNormEnds.Of(context, of, setting).Select(static e => e.MeanSquare)).ToString());
                judge.Measure($"{where}: drift of ρ over the last fifth of the steps",
                    Spread.Of(MinimumNormEnds.Of(context, of, setting).Select(static e => e.Drift)).ToString());
                sentences.Add($"{where} {MinimumNormEnds.Text(ratios)}");
                if (!normalized && share == 0) continue;
                judge.Printed.In(where).AtLeast(ratio, ratios[Nine], lenient: Least, strict: Larger);
                if (normalized) judge.Amended("decay is required").In(where).AtLeast(ratio, ratios[Nine], Larger);
            }
            double Median(bool normalized) => Spread.Of(MinimumNormEnds.Of(context, of, MinimumNormEnds.Of(normalized, strong, large))
                .Select(static e => e.Rho)).Median;
            judge.Measure($"{of.Name}: WD alone over BN + WD, median ρ", Median(false) / Median(true));
        }
        var text = $"ρ over the least norm with that loss (median, least and greatest of {MinimumNormCase.Starts} starts): "
            + $"{string.Join("; ", sentences)}. ";
        var care = "Decay is required, normalization is not: with WD alone all starts end at the least norm as well, if it has the time. "
            + "Its "
            + "λ Σ‖W_k‖² ≥ Lλρ^{2/L} weighs ρ less than λρ² does, so it ends at a larger ρ with a smaller loss.";
        return judge.Outcome(holds: text, care: text + care, fails: text, open: text);
    }
}
