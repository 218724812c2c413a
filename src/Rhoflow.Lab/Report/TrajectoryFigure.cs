using Rhoflow.Lab.Figures;
using Rhoflow.Lab.Inspection;
using Rhoflow.Lab.Plots;

namespace Rhoflow.Lab.Report;

/// <summary>The curves of models one after another: losses, margins and norms of the whole, spectra and collapse layer by layer.</summary>
internal static class TrajectoryFigure
{
    private const int MostLayers = 12;

    private static readonly string[] s_whole = ["log10_loss", "log10_test_loss", "train_error", "test_error", "margin_min", "log10_rho",
        "log10_frobenius_product", "log10_spectral_product", "nc1_cdnv", "nc2_etf", "nc3_distance", "ncc_error"];

    private static readonly string[] s_layers = ["frobenius", "spectral", "rank_stable", "effective_rank"];

    /// <summary>The picture.</summary>
    public static PlotPicture Of(ModelTrajectory trajectory)
    {
        double[] steps = [.. trajectory.Steps];
        var columns = trajectory.Columns;
        var panels = new List<(Panel Panel, PlotPanel Numbers)>();
        foreach (var column in s_whole.Where(columns.Contains)) Add(column, [(column, column)]);
        var notes = new List<string>();
        foreach (var name in s_layers)
        {
            string[] layers = [.. columns.Where(c => IsOfLayer(c, name))];
            if (layers.Length > MostLayers) notes.Add($"{name} is drawn of the first {MostLayers} of {layers.Length} layers; csv has all");
            if (layers.Length > 0)
                Add($"{name} of layers", [.. layers.Take(MostLayers).Select(c => ($"layer {c[(name.Length + 1)..]}", c))]);
        }
        return new PlotPicture(
            new Chart([.. panels.Select(static p => p.Panel)])
            {
                Merged = true,
                Columns = Math.Min(3, Math.Max(1, panels.Count)),
                Title = $"{trajectory.Models.Count} models",
                Subtitle = trajectory.Order,
            },
            [.. panels.Select(static p => p.Numbers)], new PlotColumns("step", "value", "low", "high"), "trajectory", notes);

        void Add(string title, IReadOnlyList<(string Name, string Column)> curves)
        {
            var exponent = title.StartsWith("log10_", StringComparison.Ordinal);
            // Less than a decade reads better by its own numbers: a logarithmic axis would have one label or none.
            var isFlat = exponent && IsFlat([.. curves.SelectMany(c => trajectory.Models.Select(m => m[c.Column]))]);
            var plain = exponent ? title[6..] : title;
            var panel = new Panel(plain, new Axis(trajectory.IsByName ? "step" : "model"), new Axis(plain,
                exponent && !isFlat ? Scale.Exponent : Scale.Linear));
            var numbers = new List<Curve>();
            foreach (var (name, column) in curves)
            {
                double[] values = [.. trajectory.Models.Select(m => isFlat ? Math.Pow(10, m[column]) : m[column])];
                var shown = exponent ? plain : name;
                panel = panel.Line(shown, steps, values);
                numbers.Add(new Curve(shown, [("quantity", column)], null, steps, values, null, null, null));
            }
            panels.Add((panel, new PlotPanel(plain, numbers)));
        }
    }

    // Of base-10 logarithms: within a decade, and their numbers within a double.
    private static bool IsFlat(double[] exponents)
    {
        double[] finite = [.. exponents.Where(double.IsFinite)];
        return finite.Length > 0 && finite.Length == exponents.Length && finite.Max() - finite.Min() < 1
            && Array.TrueForAll(finite, static e => Math.Abs(e) < 300);
    }

    private static bool IsOfLayer(string column, string name) => column.Length > name.Length + 1
        && column.StartsWith(name + "_", StringComparison.Ordinal) && !column.AsSpan(name.Length + 1).ContainsAnyExceptInRange('0', '9');
}
