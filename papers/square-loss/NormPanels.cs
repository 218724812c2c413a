using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// The panels that figures 1–12 are made of: one colour a start, the median over seeds with a band from the least to the greatest.
/// </summary>
internal static class NormPanels
{
    private static Axis Iterations => new("1 + iterations", Scale.Log);

    /// <summary>A figure with what its numbers say; bands and maps need merged layers.</summary>
    public static Chart Chart(IEnumerable<Panel> panels, string finding, int columns = 2) =>
        new([.. panels]) { Merged = true, Columns = columns, Findings = finding };

    /// <summary>Figures 1, 6, 10: square loss and error on training and test examples.</summary>
    public static IEnumerable<Panel> Losses(NormGroup group)
    {
        static Axis Log(string of) => new($"log₁₀ of the square loss{of}");
        static Axis Share() => new("share of examples", Min: 0);
        yield return Lines("Training loss", group, Log(""), static r => r["log10_loss"]);
        yield return Lines("Test loss", group, Log(""), static r => r["log10_test_loss"]);
        yield return Lines("Training error", group, Share(), static r => r["train_error"]);
        yield return Lines("Test error", group, Share(), static r => r["test_error"]);
        if (!HasWholeSet(group)) yield break;
        yield return Lines("Training loss, batch normalization by the whole set", group, Log(""), static r =>
            r[NormTraining.WholeSet + "log10_loss"]);
        yield return Lines("Test error, batch normalization by the whole set", group, Share(), static r =>
            r[NormTraining.WholeSet + "test_error"]);
    }

    /// <summary>Figures 2, 7, 11: ρ by both definitions.</summary>
    public static IEnumerable<Panel> Norms(NormGroup group) =>
    [
        Lines("ρ = ∏ρ_k", group, new Axis("ρ = ∏ρ_k", Scale.Log), static r => r["rho"]),
        Lines("ρ_L", group, new Axis("ρ_L", Scale.Log), static r => r.LastNorm),
    ];

    /// <summary>Figure 3: the mean of |f_n| by both definitions beside 1/ρ, where it would lie if all |g_n| = 1.</summary>
    public static IEnumerable<Panel> Outputs(NormGroup group)
    {
        yield return WithLaw(Lines("Mean |f_n|, f = g/∏ρ_k", group, new Axis("mean |f_n|", Scale.Log), static r => r["abs_f_mean"]), group,
            "1/∏ρ_k", static r => Inverse(r["rho"]));
        yield return WithLaw(Lines("Mean |f_n|, f = g/ρ_L", group, new Axis("mean |f_n|", Scale.Log), static r =>
            [.. r["abs_f_mean"].Zip(r.Below, static (f, below) => f * below)]), group, "1/ρ_L", static r => Inverse(r.LastNorm));
    }

    /// <summary>Figure 4: ρ by both definitions beside Σ y f/Σ f², for ρ_L with λ, and the quotient, which is the same for both.</summary>
    /// <param name="lambda">λ.</param>
    public static IEnumerable<Panel> Equilibrium(NormGroup group, double lambda)
    {
        yield return WithLaw(Lines("∏ρ_k and Σyf/Σf²", group, new Axis("ρ = ∏ρ_k", Scale.Log), static r => Later(r, r["rho"])), group,
            "Σyf/Σf²", static r => Later(r, r.Ratio));
        yield return WithLaw(Lines("ρ_L and Σyf/(Nλ + Σf²)", group, new Axis("ρ_L", Scale.Log), static r => Later(r, r.LastNorm)), group,
            "Σyf/(Nλ + Σf²)", r => Later(r, r.LastEquilibrium(lambda)));
        yield return Lines("Σyf/Σf² over ρ, by either", group, new Axis("Σyg/Σg²", Scale.Log), static r => Later(r, r.Quotient))
            .Level("1", 1);
    }

    /// <summary>Figures 5, 8, 12: margins of all training examples at the end, sorted, beside the one margin that zero loss has.</summary>
    public static IEnumerable<Panel> Margins(NormGroup group)
    {
        if (group.Starts.Any(static s => s.Runs.Any(static r => r.FinalMargins("") is null)))
        {
            yield return WithLaw(Lines("Mean margin", group, new Axis("mean y f", Scale.Log), static r => Later(r, r["margin_mean"])),
                group, "1/∏ρ_k", static r => Later(r, Inverse(r["rho"])));
            yield break;
        }
        yield return Sorted("Sorted margins, f = g/∏ρ_k", group, "", static r => r["rho"], static _ => 1);
        yield return Sorted("Sorted margins, f = g/ρ_L", group, "", static r => r.LastNorm, static r => r.Below[^1]);
        if (HasWholeSet(group))
            yield return Sorted("Sorted margins, f = g/∏ρ_k, batch normalization by the whole set", group, NormTraining.WholeSet,
                static r => r[NormTraining.WholeSet + "rho"], static _ => 1);
    }

    /// <summary>A line a start over the iterations.</summary>
    public static Panel Lines(string title, NormGroup group, Axis y, Func<NormTraining, double[]> values)
    {
        var panel = new Panel($"{title}: {group.Title}", Iterations, y);
        foreach (var start in group.Starts) panel = panel.With(Banded(start, static r => r.Iterations, values));
        return panel;
    }

    /// <summary>The median over the runs of a start, and a band from the least to the greatest where there are several.</summary>
    public static Series Banded(NormSweep.Start start, Func<NormTraining, double[]> x, Func<NormTraining, double[]> values)
    {
        double[][] all = [.. start.Runs.Select(values)];
        var count = all.Min(static v => v.Length);
        Spread[] spreads = [.. Enumerable.Range(0, count).Select(i => all.Any(v => !double.IsFinite(v[i]))
            ? new Spread(double.NaN, double.NaN, double.NaN, all.Length) : Spread.Of(all.Select(v => v[i])))];
        var series = new Series(start.Name, SeriesMark.Line, x(start.Runs[0])[..count], [.. spreads.Select(static s => s.Median)],
            start.Colour);
        return all.Length == 1 ? series
            : series with { Low = [.. spreads.Select(static s => s.Min)], High = [.. spreads.Select(static s => s.Max)] };
    }

    /// <summary>A law beside the median of every start: the median of what it gives for the seeds.</summary>
    public static Panel WithLaw(Panel panel, NormGroup group, string law, Func<NormTraining, double[]> values)
    {
        foreach (var start in group.Starts)
        {
            var median = Banded(start, static r => r.Iterations, values);
            panel = panel.Predicted($"{law}, {start.Name}", median.X, median.Y, start.Colour);
        }
        return panel;
    }

    private static Panel Sorted(string title, NormGroup group, string statistics, Func<NormTraining, double[]> rho,
        Func<NormTraining, double> factor)
    {
        double[] Curve(NormTraining run) => [.. run.FinalMargins(statistics)!.Select(m => m * factor(run))];
        double[] medians = [.. group.Starts.Select(s => Curve(s.Runs[0])).Select(static c => c[c.Length / 2])];
        // Starts that are decades apart.
        var log = medians.All(static m => m > 0) && medians.Max() > 10 * medians.Min();
        var panel = new Panel($"{title}: {group.Title}", new Axis("share of training examples", Min: 0, Max: 1),
            new Axis("y f at the end", log ? Scale.Log : Scale.Linear));
        foreach (var start in group.Starts)
        {
            var level = Spread.Of(start.Runs.Select(r => 1 / rho(r)[^1])).Median;
            panel = panel.With(Banded(start, r => [.. Curve(r).Select((_, n) => n / (Curve(r).Length - 1.0))], Curve))
                .Predicted($"1/ρ, {start.Name}", [0, 1], [level, level], start.Colour);
        }
        return panel;
    }

    /// <summary>Whether all runs of a group have columns by the statistics of the whole training set.</summary>
    public static bool HasWholeSet(NormGroup group) =>
        group.Starts.All(static s => s.Runs.All(static r => r.Has(NormTraining.WholeSet + "rho")));

    private static double[] Inverse(double[] values) => [.. values.Select(static v => 1 / v)];

    // Without the start, where f̃ is that of random weights and no norm fits it.
    private static double[] Later(NormTraining run, double[] values)
    {
        var steps = run["step"];
        return [.. values.Select((v, i) => steps[i] > 0 ? v : double.NaN)];
    }
}
