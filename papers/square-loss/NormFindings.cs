using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>What the numbers of figures 1–12 say at the end of training: medians over the seeds, in the order of the starts.</summary>
internal static class NormFindings
{
    /// <summary>Figures 1, 6, 10.</summary>
    public static string Losses(IEnumerable<NormGroup> groups) => Of(groups, static g =>
        $"training error {Medians(g, static r => r["train_error"][^1])}, test error {Medians(g, static r => r["test_error"][^1])}"
        + (NormPanels.HasWholeSet(g)
            ? $" ({Medians(g, static r => r[NormTraining.WholeSet + "test_error"][^1])} with batch normalization by the whole set)" : ""));

    /// <summary>Figures 2, 7, 11: over the second half of training.</summary>
    public static string Norms(IEnumerable<NormGroup> groups) => Of(groups, static g =>
        $"ρ = ∏ρ_k over the second half of training is {Medians(g, NormSettings.Final)} (largest over smallest "
        + $"{Wording.Text(Factor(g, NormSettings.Final))}), ρ_L is {Medians(g, NormSettings.FinalLast)} "
        + $"({Wording.Text(Factor(g, NormSettings.FinalLast))})");

    /// <summary>Figures 3, 9.</summary>
    public static string Outputs(IEnumerable<NormGroup> groups) => Of(groups, static g =>
        $"the mean of ρ|f_n| = |g_n| at the end is {Medians(g, static r => r["rho"][^1] * r["abs_f_mean"][^1])}");

    /// <summary>Figure 4.</summary>
    /// <param name="lambda">λ.</param>
    public static string Equilibrium(IEnumerable<NormGroup> groups, double lambda) => Of(groups, g =>
        $"Σyf/Σf² over ρ at the end is {Medians(g, static r => r.Quotient[^1])}, and ρ_L over Σyf/(Nλ + Σf²) "
        + $"{Medians(g, r => r.LastNorm[^1] / r.LastEquilibrium(lambda)[^1])}");

    /// <summary>Figures 5, 8, 12.</summary>
    public static string Margins(IEnumerable<NormGroup> groups) => Of(groups, static g =>
        $"the mean margin at the end is {Medians(g, static r => r["margin_mean"][^1])}, times ρ {Medians(g, static r =>
            r["rho"][^1] * r["margin_mean"][^1])}" + Flatness(g));

    // From a twentieth to nineteen twentieths of the examples.
    private static string Flatness(NormGroup group)
    {
        if (group.Starts.Any(static s => s.Runs.Any(static r => r.FinalMargins("") is null))) return "";
        return $"; the middle nine tenths of the margins span {Medians(group, r => Width(r.FinalMargins("")!))} of their median"
            + (NormPanels.HasWholeSet(group)
                ? $", with batch normalization by the whole set {Medians(group, r => Width(r.FinalMargins(NormTraining.WholeSet)!))}" : "");
    }

    /// <summary>(q₉₅ − q₅)/|median| of sorted margins.</summary>
    public static double Width(double[] sorted)
    {
        double At(double share) => Rhoflow.Measures.Margins.MarginCurve.Quantile(sorted, share);
        return (At(.95) - At(.05)) / Math.Abs(At(.5));
    }

    private static double Factor(NormGroup group, Func<NormTraining, double> value)
    {
        double[] medians = [.. group.Starts.Select(s => Spread.Of(s.Runs.Select(value)).Median)];
        return medians.Max() / medians.Min();
    }

    private static string Medians(NormGroup group, Func<NormTraining, double> value) =>
        string.Join(" / ", group.Starts.Select(s => Wording.Text(Spread.Of(s.Runs.Select(value)).Median)));

    private static string Of(IEnumerable<NormGroup> groups, Func<NormGroup, string> sentence) => string.Join(' ', groups.Select(g =>
        $"{g.Title}, from norms {string.Join(" / ", g.Starts.Select(static s => s.Norm))}: {sentence(g)}."));
}
