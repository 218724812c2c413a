using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Figures;

namespace Rhoflow.Lab.Plots;

/// <summary>Curves: columns over a clock, another column or a key, or arrays over the rank of their entries; with bands and laws.</summary>
internal sealed class LinePlot(PlotConfig config, PlotNames names, IReadOnlyList<PlotRun> runs, Notebook notes)
{
    private static readonly string[] s_margins = ["margins", "margins_sorted"], s_spectra = ["hessian_eigenvalues", "singular_values"];

    private bool IsArray => config.Kind is PlotKind.Sorted or PlotKind.Spectrum;

    /// <summary>The figure.</summary>
    public PlotPicture Make()
    {
        var x = IsArray ? new PlotName(config.Kind == PlotKind.Sorted ? "share" : "rank", PlotSource.Column)
            : names.Quantity(config.X ?? Traces.Clock(runs), "--x");
        if (IsArray && config.X is not null)
            throw new ConfigException($"--x has no meaning for --kind {config.Kind.ToString().ToLowerInvariant()}: it is drawn over the "
                + "rank of the entries");
        PlotName[] ys = IsArray ? [.. (config.Y.Count > 0 ? config.Y : (IReadOnlyList<string?>)[null]).Select(a =>
                names.Array(a, config.Kind == PlotKind.Sorted ? s_margins : s_spectra, "--y"))]
            : config.Y.Count > 0 ? [.. config.Y.Select(n => names.Quantity(n, "--y"))]
            : throw new ConfigException($"--y is missing: what to draw over {x.Name}; these runs have {string.Join(", ", names.Columns)}");
        var keys = new PlotKeys(config, names, runs, x);
        var lastOnly = config.LastOnly ?? x.IsKey;
        var laws = config.Laws.Select(static l => Law.Parse(l)).ToArray();
        if (IsArray && laws.Any(l => l.Names.Any(n => n != x.Name && n != Law.Free)))
            throw new ConfigException($"--law: over an array only {x.Name} is known");

        var xAxis = IsArray ? new PlotAxis(x, Plot.Log(config, 'x') == true ? Scale.Log : Scale.Linear)
            : PlotAxis.Of(x, Traces.Rows(runs, lastOnly), Plot.Log(config, 'x'), zeros: runs.Count);
        RequireNumbers(xAxis);
        // Quantities of one unit share a panel, told apart by colour; others have panels of their own.
        var together = ys.Length > 1 && keys.Color is null && ys.Select(static n => Unit(n)).Distinct(StringComparer.Ordinal).Count() == 1;
        PlotAxis[] axes = [.. ys.Select(n => AxisOf(n, lastOnly))];
        if (together && axes.Select(static a => a.Scale).Distinct().Count() > 1) together = false;

        var panels = new List<(string Title, PlotAxis Y, string YTitle, IReadOnlyList<Curve> Curves)>();
        foreach (var (title, members) in keys.Panels())
            foreach (var group in together ? [axes] : axes.Select(static a => (PlotAxis[])[a]))
            {
                var curves = group.SelectMany(y => Panel(members, xAxis, y, keys, laws, together ? y.Name.Name : null)).ToArray();
                var heading = string.Join(", ", ((string[])[title, !together && axes.Length > 1 ? group[0].Name.Name : ""])
                    .Where(static s => s.Length > 0));
                panels.Add((heading, group[0], together ? string.Join(", ", group.Select(static y => y.Name.Name))
                    + (Unit(ys[0]) is { } u ? $", {u}" : "")
                    : YTitle(group[0]), curves));
            }
        if (panels.All(static p => p.Curves.All(static c => c.IsLaw)))
            throw new ConfigException($"there is nothing to draw: {string.Join("; ", notes.Notes)}");
        return Picture(panels, xAxis, keys, ys);
    }

    private PlotAxis AxisOf(PlotName y, bool lastOnly)
    {
        if (!IsArray)
        {
            var axis = PlotAxis.Of(y, Traces.Rows(runs, lastOnly), Plot.Log(config, 'y'), zeros: 0);
            RequireNumbers(axis);
            return axis;
        }
        var positive = config.Kind == PlotKind.Spectrum && Plot.Log(config, 'y') is null
            && runs.SelectMany(r => Traces.Measured(r, y.Name).TakeLast(1).SelectMany(i => r.Array(y.Name)[i])).Where(double.IsFinite)
                .ToArray() is { Length: > 2 } all
            && all.Min() > 0 && all.Max() > 100 * all.Min();
        return new PlotAxis(y, Plot.Log(config, 'y') ?? positive ? Scale.Log : Scale.Linear);
    }

    private IEnumerable<Curve> Panel(IReadOnlyList<PlotRun> members, PlotAxis x, PlotAxis y, PlotKeys keys, Law[] laws, string? quantity)
    {
        var several = IsArray && runs.Count == 1 && config.LastOnly != true;
        var traces = IsArray ? Positive(Traces.OfArray(members, y.Name, config.Kind, several, notes), y)
            : Traces.Of(members, x, y, config.LastOnly ?? x.Name.IsKey, notes);
        var plot = new CurvePlot(keys, config, x.Name.IsKey, notes);
        return plot.Curves(traces, quantity, y.Name.Name)
            .Concat(laws.SelectMany(l => new LawCurves(x, y, names, notes).Of(l, traces, t => plot.Curves(t, null, ""))));
    }

    private IReadOnlyList<Trace> Positive(IReadOnlyList<Trace> traces, PlotAxis y)
    {
        if (y.Scale != Scale.Log || traces.All(static t => t.Y.All(static v => v > 0))) return traces;
        notes.Add($"entries of {y.Name.Name} ≤ 0 have no place on a logarithmic axis and are left out; --log none shows them");
        return [.. traces.Select(static t => (t, kept: Enumerable.Range(0, t.Y.Length).Where(i => t.Y[i] > 0).ToArray()))
            .Select(static p =>
                p.t with { X = [.. p.kept.Select(i => p.t.X[i])], Y = [.. p.kept.Select(i => p.t.Y[i])], Rows =
                [.. p.kept.Select(i => p.t.Rows[i])] })];
    }

    private PlotPicture Picture(List<(string Title, PlotAxis Y, string YTitle, IReadOnlyList<Curve> Curves)> panels, PlotAxis x,
        PlotKeys keys, PlotName[] ys)
    {
        string[] series = [.. panels.SelectMany(static p => p.Curves).Where(static c => !c.IsLaw).Select(static c => c.Name)
            .Distinct(StringComparer.Ordinal)];
        var tones = IsArray && runs.Count == 1 ? series.Select((n, i) => (n, i)).ToDictionary(static p => p.n,
            p => series.Length == 1 ? 0 : p.i / (series.Length - 1.0), StringComparer.Ordinal) : null;
        string[] laws = [.. panels.SelectMany(static p => p.Curves).Where(static c => c.IsLaw).Select(static c => c.Name)
            .Distinct(StringComparer.Ordinal)];
        var drawn = panels.Select(panel =>
        {
            var same = panels.Where(p => p.Y == panel.Y).SelectMany(static p => p.Curves).ToArray();
            var chart = new Panel(panel.Title,
                Plot.Shared(x, XTitle(x), panels.SelectMany(static p => p.Curves).SelectMany(static c => c.X), panels.Count > 1),
                Plot.Shared(panel.Y, panel.YTitle, same.Where(static c => !c.IsLaw)
                    .SelectMany(static c => c.Y.Concat(c.Low ?? []).Concat(c.High ?? [])),
                    keys.Facets.Count > 0 && panels.Count > 1));
            foreach (var s in CurvePlot.Draw(panel.Curves, SeriesMark.Line, series, tones)) chart = chart.With(s);
            foreach (var law in panel.Curves.Where(static c => c.IsLaw && c.X.Length > 0))
                chart = chart.With(new Series(law.Name, SeriesMark.Predicted, law.X, law.Y, LawColour(law.Name, laws, series)));
            return chart;
        }).ToArray();
        var (y, xName) = (string.Join(", ", ys.Select(static n => n.Name)), x.Name.Name);
        var (middle, low, high) = Bands.Names(config.Spread);
        var band = panels.Any(static p => p.Curves.Any(static c => c.Low is not null));
        var column = ys.Length == 1 ? panels[0].Y.Column : "value";
        return new PlotPicture(
            new Chart(drawn)
            {
                Merged = true,
                Columns = panels.Count == keys.Panels().Count ? keys.Columns : Math.Min(ys.Length, 3),
                Title = PlotWording.Title(config, y, xName),
                Subtitle = PlotWording.Subtitle(config, keys, runs),
            },
            [.. panels.Select(static p => new PlotPanel(p.Title, p.Curves))],
            new PlotColumns(x.Column, band ? $"{column}_{middle}" : column, $"{column}_{low}", $"{column}_{high}"),
            PlotWording.FileName(config, y, xName, runs), notes.Notes);
    }

    // Grey over its curve's colour; of several laws of all runs every other one is brown.
    private static int LawColour(string law, string[] laws, string[] series) => Theme.Palette.Count - 1
        - (series.Any(s => law.EndsWith(": " + s, StringComparison.Ordinal)) ? 0 : Array.IndexOf(laws, law) % 2);

    private string XTitle(PlotAxis x) => config.Kind switch
    {
        PlotKind.Sorted => "share of the entries",
        PlotKind.Spectrum => "rank",
        _ => x.Title,
    };

    private static string YTitle(PlotAxis y) => y.Title;

    private static string? Unit(PlotName name) => Rhoflow.Measures.Catalog.ColumnUnits.Of(name.Name);

    private void RequireNumbers(PlotAxis axis)
    {
        if (axis.Name.Key is not { } key) return;
        if (runs.FirstOrDefault(r => key.Value(r.Record) is { Number: null, Text: not null }) is { } word)
            throw new ConfigException($"{axis.Name.Name} is '{PlotKeys.Value(key, word)}' in run {word.Id}, not a number, so it is no "
                + "axis; "
                + "--color or --facet take words");
    }
}
