using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Figures;

namespace Rhoflow.Lab.Plots;

/// <summary>A scatter of two quantities: a dot an observation, or a run.</summary>
internal sealed class PointPlot(PlotConfig config, PlotNames names, IReadOnlyList<PlotRun> runs, Notebook notes)
{
    /// <summary>Classes of a column that colours.</summary>
    private const int Classes = 6;

    /// <summary>The figure.</summary>
    public PlotPicture Make()
    {
        if (config.X is null || config.Y.Count != 1) throw new ConfigException("--kind points needs one --x and one --y");
        if (config.Band.Count > 0) throw new ConfigException("--band has no meaning for --kind points, where every observation is a dot");
        var (xName, yName) = (names.Quantity(config.X, "--x"), names.Quantity(config.Y[0], "--y"));
        var byColumn = config.Color is { } c && names.TryQuantity(c) is { IsKey: false };
        var keys = new PlotKeys(config, names, runs, xName, color: !byColumn);
        var last = config.LastOnly ?? xName.IsKey;
        var rows = Traces.Rows(runs, last);
        var (x, y) = (PlotAxis.Of(xName, rows, Plot.Log(config, 'x'), runs.Count), PlotAxis.Of(yName, rows, Plot.Log(config, 'y'), 0));
        var laws = config.Laws.Select(static l => Law.Parse(l)).ToArray();
        var colour = byColumn ? PlotAxis.Of(names.Quantity(config.Color!, "--color"), rows, null, runs.Count) : null;
        double[] range = colour is null ? [] : [.. rows.Select(r => colour.Of(r.Run, r.Row)).Where(double.IsFinite)];
        var panels = keys.Panels().Select(p =>
        {
            var traces = Traces.Of(p.Runs, x, y, last, notes);
            var curves = traces.SelectMany(t => Clouds(t, keys, colour, range)).ToArray();
            return new PlotPanel(p.Title,
                [.. curves, .. laws.SelectMany(l => new LawCurves(x, y, names, notes).Of(l, [.. traces.Select(Ascending)],
                t => [.. t.Select(k => new Curve(keys.Label(keys.Facets, k.Run), [], k.Run.Id, k.X, k.Y, null, null, null))]))]);
        }).ToArray();
        if (panels.All(static p =>
            p.Curves.All(static k => k.IsLaw))) throw new ConfigException($"there is nothing to draw: {string.Join("; ", notes.Notes)}");
        string[] series = [.. panels.SelectMany(static p => p.Curves).Where(static k => !k.IsLaw).Select(static k => k.Name)
            .Distinct(StringComparer.Ordinal)];
        if (colour is not null) series = [.. Enumerable.Range(0, Classes).Select(i => Class(colour, range, i)).Where(series.Contains)];
        var tones = colour is null ? null : series.Select((n, i) => (n, i))
            .ToDictionary(static q => q.n, q => series.Length == 1 ? 0 : q.i / (series.Length - 1.0), StringComparer.Ordinal);
        var drawn = panels.Select(p =>
        {
            var all = panels.SelectMany(static q => q.Curves).Where(static k => !k.IsLaw).ToArray();
            // With room around, so that no dot is cut by the frame.
            var panel = new Panel(p.Title, Plot.Shared(x, x.Title, all.SelectMany(static k => k.X), several: true),
                Plot.Shared(y, y.Title, all.SelectMany(static k => k.Y), several: true));
            foreach (var s in CurvePlot.Draw(p.Curves, SeriesMark.Points, series, tones)) panel = panel.With(s);
            foreach (var law in p.Curves.Where(static k => k.IsLaw && k.X.Length > 0))
                panel = panel.With(new Series(law.Name, SeriesMark.Predicted, law.X, law.Y, Theme.Palette.Count - 1));
            return panel;
        }).ToArray();
        return new PlotPicture(
            new Chart(drawn)
            {
                Merged = true,
                Columns = keys.Columns,
                Title = PlotWording.Title(config, yName.Name, xName.Name),
                Subtitle = PlotWording.Subtitle(config, keys, runs) + (colour is null ? "" : $"; by {colour.Name.Name}")
            },
            panels, new PlotColumns(x.Column, y.Column, "low", "high"), PlotWording.FileName(config, yName.Name, xName.Name, runs),
                notes.Notes);
    }

    private static IEnumerable<Curve> Clouds(Trace t, PlotKeys keys, PlotAxis? colour, double[] range)
    {
        var values = PlotKeys.Pairs([.. keys.Facets, .. keys.Color is { } k ? [k] : (Tables.RunColumn[])[], .. keys.Rest], t.Run)
            .DistinctBy(static p => p.Key).ToArray();
        if (colour is null)
        {
            var name = keys.Color is { } key ? keys.Label([key], t.Run) : t.Run.Record.Folder.Name;
            return [new Curve(name, values, t.Run.Id, t.X, t.Y, null, null, null)];
        }
        return Enumerable.Range(0, t.X.Length).Where(i => double.IsFinite(colour.Of(t.Run, t.Rows[i])))
            .GroupBy(i => ClassOf(colour.Of(t.Run, t.Rows[i]), range))
            .Select(g => new Curve(Class(colour, range, g.Key), values, t.Run.Id, [.. g.Select(i => t.X[i])], [.. g.Select(i => t.Y[i])],
                null, null, null));
    }

    private static int ClassOf(double v, double[] range) => range.Max() > range.Min()
        ? Math.Min(Classes - 1, (int)((v - range.Min()) / (range.Max() - range.Min()) * Classes)) : 0;

    private static string Class(PlotAxis axis, double[] range, int i)
    {
        double At(int k) => range.Min() + (range.Max() - range.Min()) * k / Classes;
        return $"{axis.Name.Name} {axis.Text(At(i))} … {axis.Text(At(i + 1))}";
    }

    private static Trace Ascending(Trace t)
    {
        int[] order = [.. Enumerable.Range(0, t.X.Length).OrderBy(i => t.X[i])];
        return t with { X = [.. order.Select(i => t.X[i])], Y = [.. order.Select(i => t.Y[i])], Rows = [.. order.Select(i => t.Rows[i])] };
    }
}
