using System.Globalization;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Figures;
using Rhoflow.Lab.Tables;

namespace Rhoflow.Lab.Plots;

/// <summary>
/// A heat map: a quantity as colour over two others, of which at least one is a key; the median where several runs fall together.
/// </summary>
internal sealed class HeatPlot(PlotConfig config, PlotNames names, IReadOnlyList<PlotRun> runs, Notebook notes)
{
    private const int MostCells = 120;

    /// <summary>The figure.</summary>
    public PlotPicture Make()
    {
        if (config.X is null || config.Y.Count != 1 || config.Color is null)
            throw new ConfigException("--kind heat needs --x, one --y and --color: the quantity that colours the cells");
        if (config.Laws.Count > 0) throw new ConfigException("--law has no meaning for --kind heat");
        var (x, y, v) = (names.Quantity(config.X, "--x"), names.Quantity(config.Y[0], "--y"), names.Quantity(config.Color, "--color"));
        if (!x.IsKey && !y.IsKey)
            throw new ConfigException($"--kind heat needs a key along x or y; {x.Name} and {y.Name} both change along each run. --kind "
                + "points draws them against each other");
        var keys = new PlotKeys(config, names, runs, null, color: false);
        var rows = Traces.Rows(runs, config.LastOnly ?? (x.IsKey && y.IsKey));
        var value = PlotAxis.Of(v, rows, null, 0);
        var (over, above) = (PlotAxis.Of(x, rows, Plot.Log(config, 'x'), runs.Count), PlotAxis.Of(y, rows, Plot.Log(config, 'y'), 0));
        // Colours of a wide quantity go by its exponent.
        var colour = new Axis(value.Scale == Scale.Exponent ? $"log₁₀ {v.Name}" : v.Title, value.Scale == Scale.Exponent ? Scale.Linear
            : value.Scale);
        var (panels, drawn) = (new List<PlotPanel>(), new List<Panel>());
        foreach (var (title, members) in keys.Panels())
        {
            var cells = rows.Where(r => members.Contains(r.Run))
                .Select(r => (X: Label(over, r), Y: Label(above, r), V: value.Of(r.Run, r.Row)))
                .Where(static c => double.IsFinite(c.V)).GroupBy(static c => (X: c.X, Y: c.Y))
                .ToDictionary(static g => (g.Key.X.Text, g.Key.Y.Text), static g => g.Select(static c => c.V).Order().ToArray());
            if (cells.Count == 0) continue;
            var inside = rows.Where(r => members.Contains(r.Run)).ToArray();
            string[] xs = Names(inside, over), ys = Names(inside, above);
            if (cells.Values.Any(static c => c.Length > 1)) notes.Add("a cell that several runs fall into has their median");
            var grid = ys.Select(b =>
                (IReadOnlyList<double>)[.. xs.Select(a => cells.TryGetValue((a, b), out var all) ? Aggregate.Quantile(all, 0.5)
                : double.NaN)]).ToArray();
            drawn.Add(new Panel(title, new Axis(x.Title), new Axis(y.Title)) { Cells = new Cells(xs, ys, grid, colour) });
            panels.Add(new PlotPanel(title, [.. ys.Select((b, j) => new Curve(b, [(y.Name, b)], null,
                [.. xs.Select(static a => double.TryParse(a, NumberStyles.Float, CultureInfo.InvariantCulture, out var n) ? n
                    : double.NaN)], [.. grid[j]], null, null, null))]));
        }
        if (drawn.Count == 0) throw new ConfigException($"there is nothing to draw: {v.Name} is nowhere finite");
        return new PlotPicture(
            new Chart(drawn)
            {
                Merged = true,
                Columns = keys.Columns,
                Title = config.Title ?? $"{v.Name} over {x.Name} and {y.Name}",
                Subtitle = PlotWording.Subtitle(config, keys, runs)
            },
            panels, new PlotColumns(over.Column, value.Column, "low", "high"),
                PlotWording.FileName(config with { Color = null }, v.Name, $"{x.Name}-{y.Name}", runs), notes.Notes);
    }

    private static (string Text, double Order) Label(PlotAxis axis, (PlotRun Run, int Row) of) => axis.Name.Key is { } key
        ? (PlotKeys.Value(key, of.Run), key.Value(of.Run.Record).Number ?? 0)
        : axis.Of(of.Run, of.Row) is var v ? (axis.Text(v), v) : default;

    // Numbers ascend, words keep their order; of very many the picture has an even choice.
    private string[] Names(IReadOnlyList<(PlotRun Run, int Row)> rows, PlotAxis axis)
    {
        string[] all = [.. rows.Select(r => Label(axis, r)).OrderBy(static l => l.Order).Select(static l => l.Text)
            .Distinct(StringComparer.Ordinal)];
        if (all.Length <= MostCells) return all;
        notes.Add($"{axis.Name.Name} has {all.Length} values, of which {MostCells} are drawn");
        return [.. Enumerable.Range(0, MostCells).Select(i => all[(int)(i * (all.Length - 1.0) / (MostCells - 1))])
            .Distinct(StringComparer.Ordinal)];
    }
}
