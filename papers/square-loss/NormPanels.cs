using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>The panels that figures 1–12 are made of: one colour a start, all seeds of a start as thin lines of one name.</summary>
internal static class NormPanels
{
    /// <summary>What the titles of the two sizes say.</summary>
    public const string Quick = "digits, five seeds", Whole = "CIFAR-10, kept from a full-size run";

    private static Axis Epochs => new("1 + epoch", Scale.Log);

    /// <summary>
    /// Both sizes of a figure: <paramref name="panels"/> of the quick runs, and of the full-size ones where there are any.
    /// </summary>
    public static IEnumerable<Panel> BothSizes(this NormSweep sweep, StudyContext context,
        Func<IReadOnlyList<NormSweep.Start>, string, IEnumerable<Panel>> panels)
    {
        var whole = sweep.Whole(context);
        var title = context.Full ? "CIFAR-10, 1,000 epochs" : Whole;
        return [.. panels(sweep.Quick(context), Quick), .. whole.Count == 0 ? [] : panels(whole, title)];
    }

    /// <summary>Figures 1, 6, 10: square loss and error on training and test examples.</summary>
    public static IEnumerable<Panel> Losses(IReadOnlyList<NormSweep.Start> starts, string size) =>
    [
        Lines($"Training loss: {size}", starts, new Axis("log₁₀ of the square loss"), static r => r["log10_loss"]),
        Lines($"Test loss: {size}", starts, new Axis("log₁₀ of the square loss"), static r => r["log10_test_loss"]),
        Lines($"Training error: {size}", starts, new Axis("share of examples", Min: 0), static r => r["train_error"]),
        Lines($"Test error: {size}", starts, new Axis("share of examples", Min: 0), static r => r["test_error"]),
    ];

    /// <summary>Figures 2, 7, 11: ρ.</summary>
    public static Panel Norm(IReadOnlyList<NormSweep.Start> starts, string size) =>
        Lines($"Norm: {size}", starts, new Axis("ρ", Scale.Log), static r => r["rho"]);

    /// <summary>Figure 3: the mean of |f_n| beside 1/ρ, where it would lie if all |g_n| = 1.</summary>
    public static Panel Outputs(IReadOnlyList<NormSweep.Start> starts, string size)
    {
        var panel = Lines($"Mean |f_n|: {size}", starts, Over("mean |f_n|", starts, static r => Later(r, r["abs_f_mean"])), static r =>
            Later(r, r["abs_f_mean"]));
        return WithLaw(panel, starts, "1/ρ", static r => Later(r, [.. r["rho"].Select(static p => 1 / p)]));
    }

    /// <summary>Figure 4: ρ beside Σ y f/Σ f².</summary>
    public static Panel Equilibrium(IReadOnlyList<NormSweep.Start> starts, string size)
    {
        var panel = Lines($"ρ and Σyf/Σf²: {size}", starts, Over("ρ", starts, static r => Later(r, r["rho"])), static r =>
            Later(r, r["rho"]));
        return WithLaw(panel, starts, "Σyf/Σf²", static r => Later(r, r.Ratio()));
    }

    /// <summary>
    /// Figures 5, 8, 12: margins of all training examples at the end, sorted; of a kept run, which has no arrays, their mean and least one
    /// over time.
    /// </summary>
    public static IEnumerable<Panel> Margins(IReadOnlyList<NormSweep.Start> starts, string size)
    {
        if (starts.Any(static s => s.Runs.Any(static r => r.Arrays is null)))
        {
            yield return Lines($"Mean margin: {size}", starts, Over("mean y f̃", starts, static r => Later(r, r["margin_mean"])),
                static r => Later(r, r["margin_mean"]));
            yield return Lines($"Least margin over the mean: {size}", starts, new Axis("least over mean y f̃"), static r =>
                Later(r, [.. r["margin_min"].Zip(r["margin_mean"], static (least, mean) => least / mean)]));
            yield break;
        }
        var panel = new Panel($"Sorted margins at the end: {size}", new Axis("share of training examples", Min: 0, Max: 1),
            new Axis("y f̃ over the mean"));
        for (var i = 0; i < starts.Count; i++)
        {
            panel = Joined(panel, Name(starts[i]), i, starts[i].Runs, static r =>
            {
                var margins = r.Arrays!("margins_sorted")[^1];
                var mean = r["margin_mean"][^1];
                return ([.. margins.Select((_, n) => n / (margins.Length - 1.0))], [.. margins.Select(m => m / mean)]);
            });
        }
        yield return panel.Level("all equal", 1);
        yield return Lines($"Mean margin: {size}", starts, Over("mean y f̃", starts, static r => Later(r, r["margin_mean"])), static r =>
            Later(r, r["margin_mean"]));
    }

    /// <summary>One line a run over the epochs.</summary>
    public static Panel Lines(string title, IReadOnlyList<NormSweep.Start> starts, Axis y, Func<NormSweep.Training, double[]> values)
    {
        var panel = new Panel(title, Epochs, y);
        for (var i = 0; i < starts.Count; i++) panel = Joined(panel, Name(starts[i]), i, starts[i].Runs, r => (r.Epochs, values(r)));
        return panel;
    }

    /// <summary>The name of a start in legends.</summary>
    public static string Name(NormSweep.Start start) =>
        start.Runs.Count > 1 ? $"from norm {start.Norm}" : $"norm {start.Norm} at the start";

    private static Panel WithLaw(Panel panel, IReadOnlyList<NormSweep.Start> starts, string law, Func<NormSweep.Training, double[]> values)
    {
        // Of the first seed: five dashed lines beside five solid ones cannot be read.
        for (var i = 0; i < starts.Count; i++)
            panel = panel.Predicted($"{law}, {Name(starts[i])}", starts[i].Runs[0].Epochs, values(starts[i].Runs[0]), i);
        return panel;
    }

    // All runs as one series; a point that is not a number lifts the pen between them.
    private static Panel Joined(Panel panel, string name, int colour, IReadOnlyList<NormSweep.Training> runs,
        Func<NormSweep.Training, (double[] X, double[] Y)> curve)
    {
        List<double> x = [], y = [];
        foreach (var run in runs)
        {
            var (a, b) = curve(run);
            x.AddRange([.. a, a[^1]]);
            y.AddRange([.. b, double.NaN]);
        }
        return panel.Line(name, x, y, colour);
    }

    // Logarithmic where values lie more than a decade apart.
    private static Axis Over(string title, IReadOnlyList<NormSweep.Start> starts, Func<NormSweep.Training, double[]> values)
    {
        double[] positive = [.. starts.SelectMany(s => s.Runs).SelectMany(values).Where(static v => v > 0)];
        return new Axis(title, positive.Length > 0 && positive.Max() > 10 * positive.Min() ? Scale.Log : Scale.Linear);
    }

    // Without the start, where f̃ is that of random weights and no norm fits it.
    private static double[] Later(NormSweep.Training run, double[] values)
    {
        var epochs = run["epoch"];
        return [.. values.Select((v, i) => epochs[i] > 0 ? v : double.NaN)];
    }
}
