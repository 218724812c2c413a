using Rhoflow.Lab.Figures;

namespace Rhoflow.Papers.SetUps;

/// <summary>Panels of training that goes on to rest: against the time of decay, and against λ.</summary>
internal static class RestPanels
{
    // Where λ = 0 is drawn.
    private const double Without = 3e-5;

    /// <summary>A column against times (1 − μ)/(2ηλ) of decay: medians of five, as long as all are in training; with decay only.</summary>
    public static Panel Of(RestedTask task, string column, string y, Scale scale = Scale.Log)
    {
        var runs = RestedRuns.Of(task);
        var panel = new Panel($"{runs[0].Name[..runs[0].Name.LastIndexOf(", normalization", StringComparison.Ordinal)]}, medians of five",
            new Axis("times (1 − μ)/(2ηλ) of decay", Scale.Log), new Axis(y, scale));
        foreach (var r in runs.Where(static r => r.Decay > 0))
        {
            var (times, values) = r.Middle(column);
            panel = panel.Line($"{r.Setting}, λ = {Wording.Short(r.Decay)}", times, values);
        }
        return panel;
    }

    /// <summary>The ends of all starts against λ, a colour for a column.</summary>
    public static Panel AgainstDecay(string title, IReadOnlyList<RestedRuns> runs, params (string Name, string Column)[] columns)
    {
        var panel = new Panel(title, new Axis("λ (none drawn at 3e-5)", Scale.Log, Min: 2e-5, Max: .6),
            new Axis("at rest or the last epoch", Scale.Log));
        foreach (var (name, column) in columns)
            panel = panel.Points(name, [.. runs.SelectMany(static r => Enumerable.Repeat(Math.Max(r.Decay, Without), 5))],
                [.. runs.SelectMany(r => r.Last(column))]);
        return panel;
    }
}
