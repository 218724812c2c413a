using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;

namespace Rhoflow.Papers.Since;

/// <summary>Margin and distance from a KKT point against the logarithm of the loss, down to 10^−1000.</summary>
internal static class LimitFigure
{
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "since/to-the-limit",
        Paper = SincePage.Paper,
        Number = "3",
        Title = "Training to a loss of 10^{−270}, with momentum to 10^{−1000}",
        Caption = "Digits, 3 against 8, 100 images, 64-16-16-1 with ReLUs, exponential loss, five starts; a rate that grows while the "
            + "loss falls, and epochs that are taken back where it does not (after Lyu and Li 2020). Left: the smallest y f/ρ; middle: ε, "
            + "the distance of θ/‖θ‖ from the cone of the y_n∇f_n of small margins, 0 at a KKT point of the maximum margin problem (after "
            + "their definition C.6, over ‖θ‖, best multipliers); right: δ, the mean of the slacks y_n f_n/min − 1 by these multipliers. "
            + "Measurements: their theorems are about flows, or smooth networks and small steps.",
        Config = "papers/since/to-the-limit.yaml",
        Runs = static () => [LimitRuns.Plain.Sweep, LimitRuns.Momentum.Sweep],
        Build = Build,
    };

    private static Chart Build(StudyContext context)
    {
        Panel Of(string title, string column, Axis y, double from = -1)
        {
            var panel = new Panel(title, new Axis("−log₁₀ L", Scale.Log), y);
            foreach (var (runs, colour) in new[] { (LimitRuns.Plain, 0), (LimitRuns.Momentum, 1) })
            {
                // One series, broken between the starts: all have come so far.
                var parts = runs.Runs(context).Select(r => LimitRuns.After(r, column, from)).ToArray();
                panel = panel.Line($"{runs.Name}, five starts", [.. parts.SelectMany(static p => p.Depth.Append(p.Depth[^1]))],
                    [.. parts.SelectMany(static p => p.Values.Append(double.NaN))], colour);
            }
            return panel;
        }
        return new Chart(
            Of("Smallest margin", "margin_min", new Axis("min y f/ρ")),
            Of("Distance from a KKT point", "kkt_epsilon", new Axis("ε")),
            Of("Slackness", "kkt_slackness", new Axis("δ", Scale.Log), from: -3))
        { Columns = 3 };
    }
}
