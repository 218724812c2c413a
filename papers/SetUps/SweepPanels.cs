using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;

namespace Rhoflow.Papers.SetUps;

/// <summary>Panels of sweeps over sizes: one dot per run, a line through the medians of the seeds.</summary>
internal static class SweepPanels
{
    /// <summary>What the panels of full size are called.</summary>
    public static string WholeTitle(StudyContext context) => context.Full ? "CIFAR-10" : "CIFAR-10, kept from a longer run";

    /// <summary>Columns against the size.</summary>
    /// <param name="columns">Names in the legend and columns of the runs; a name that begins with log₁₀ is not transformed.</param>
    public static Panel Of(string title, IReadOnlyList<SizeRuns> sweep, string x, string y,
        params IReadOnlyList<(string Name, string Column)> columns)
    {
        var panel = new Panel(title, new Axis(x, Scale.Log), new Axis(y, Min: y.StartsWith("log", StringComparison.Ordinal) ? null : 0));
        for (var i = 0; i < columns.Count; i++)
        {
            var (name, column) = columns[i];
            panel = panel.Line(name, [.. sweep.Select(static s => s.Size)], [.. sweep.Select(s => s.Last(column).Median)], i);
            var dots = sweep.Any(static s => s.Runs.Count > 1) ? "each seed" : "one seed";
            panel = panel.Points($"{name}, {dots}", [.. sweep.SelectMany(static s => s.Runs.Select(_ => s.Size))],
                [.. sweep.SelectMany(s => s.Runs.Select(r => r.Last(column)))], i);
        }
        return panel;
    }
}
