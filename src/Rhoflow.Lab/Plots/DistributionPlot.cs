using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Figures;
using Rhoflow.Lab.Tables;

namespace Rhoflow.Lab.Plots;

/// <summary>
/// Distributions: of an array at the end of runs, or of a quantity over runs, as histograms; of an array along a run, as ridges, an
/// observation above another. Shares of the entries in bins of one width, the same in all panels.
/// </summary>
internal sealed class DistributionPlot(PlotConfig config, PlotNames names, IReadOnlyList<PlotRun> runs, Notebook notes)
{
    /// <summary>The share of the entries that may lie beyond each end of a ridge.</summary>
    private const double Tail = 0.005;

    private const int HistogramBins = 40, RidgeBins = 60, MostRidges = 20;

    /// <summary>How far a ridge reaches over the one above it.</summary>
    private const double RidgeHeight = 1.9;

    private static readonly string[] s_arrays = ["margins", "margins_sorted", "singular_values"];

    /// <summary>The figure.</summary>
    public PlotPicture Make()
    {
        var word = config.Kind.ToString().ToLowerInvariant();
        if (config.X is not null) throw new ConfigException($"--x has no meaning for --kind {word}: along x are the values of --y");
        if (config.Y.Count > 1) throw new ConfigException($"--kind {word} draws one --y");
        if (config.Laws.Count > 0) throw new ConfigException($"--law has no meaning for --kind {word}");
        return config.Kind == PlotKind.Ridge ? Ridges() : Histograms();
    }

    private PlotPicture Histograms()
    {
        var keys = new PlotKeys(config, names, runs, null);
        var given = config.Y.Count > 0 ? config.Y[0] : null;
        var quantity = given is null ? null : names.TryQuantity(given);
        var name = quantity ?? names.Array(given, s_arrays, "--y");
        var values = runs.ToDictionary(static r => r, r => (quantity is null
            ? Traces.Measured(r, name.Name).TakeLast(1).SelectMany(i => r.Array(name.Name)[i])
            : [new PlotAxis(quantity, Scale.Linear).Of(r, r.Rows.Count - 1)]).Where(double.IsFinite).ToArray());
        notes.Add([.. runs.Where(r => values[r].Length == 0)], runs.Count, $"have no finite {name.Name} and are not drawn");
        double[] all = [.. values.Values.SelectMany(static v => v)];
        if (all.Length == 0) throw new ConfigException($"there is nothing to draw: no run has a finite {name.Name}");
        var edges = Edges(all, quantity is null ? HistogramBins
            : Math.Clamp((int)Math.Ceiling(Math.Sqrt(all.Length)) * 2, 4, HistogramBins));
        RunColumn[] apart = keys.Color is { } c ? [c] : [];
        var panels = keys.Panels().Select(p => new PlotPanel(p.Title, [.. PlotKeys.Groups(p.Runs, apart).Select(g =>
        {
            double[] pooled = [.. g.SelectMany(r => values[r])];
            double[] shares = Shares(pooled, edges);
            // The last bin ends where its ordinate is repeated.
            return new Curve(apart.Length > 0 ? keys.Label(apart, g[0]) : name.Name,
                [.. PlotKeys.Pairs([.. keys.Facets, .. apart], g[0])],
                g.Count == 1 ? g[0].Id : null, edges, [.. shares, shares[^1]], null, null, [.. edges.Select(_ => g.Count)]);
        })])).ToArray();
        notes.Add((quantity is null ? $"{name.Name} at the last observation of each run" : "the last observation of each run")
            + ", the runs of a colour taken together");
        string[] series = [.. panels.SelectMany(static p => p.Curves).Select(static k => k.Name).Distinct(StringComparer.Ordinal)];
        var drawn = panels.Select(p =>
        {
            var panel = new Panel(p.Title, new Axis(name.Title, Scale.Linear, edges[0], edges[^1]),
                new Axis(quantity is null ? "share of the entries" : "share of the runs", Scale.Linear, 0));
            return CurvePlot.Draw(p.Curves, SeriesMark.Steps, series).Aggregate(panel, static (drawn, s) => drawn.With(s));
        }).ToArray();
        return Picture(drawn, panels, keys, name, new PlotColumns(name.Name, "share", "low", "high"));
    }

    private PlotPicture Ridges()
    {
        if (config.Color is not null || config.Band.Count > 0)
            throw new ConfigException("--kind ridge shows one run a panel, its colours are times; --facet and --where choose runs");
        var keys = new PlotKeys(config, names, runs, null);
        var name = names.Array(config.Y.Count > 0 ? config.Y[0] : null, s_arrays, "--y");
        PlotRun[] with = [.. runs.Where(r => Traces.Measured(r, name.Name).Any())];
        notes.Add([.. runs.Except(with)], runs.Count, $"have no array {name.Name} and are not drawn");
        if (with.Length == 0) throw new ConfigException($"there is nothing to draw: no run has an array {name.Name}");
        var times = with.ToDictionary(static r => r, r => Traces.Some([.. Traces.Measured(r, name.Name)], MostRidges));
        double[] all = [.. with.SelectMany(r => times[r].SelectMany(i => r.Array(name.Name)[i])).Where(double.IsFinite).Order()];
        // A few far away would leave no room for the others: they are counted at the ends.
        var edges = Edges([Aggregate.Quantile(all, Tail), Aggregate.Quantile(all, 1 - Tail)], RidgeBins);
        if (all[0] < edges[0] || all[^1] > edges[^1])
            notes.Add($"entries beyond the quantiles 1/200 and 199/200 of all ({PlotAxis.Short(all[0])} to {PlotAxis.Short(all[^1])}) "
                + "are counted at the ends");
        var ordered = keys.Panels().SelectMany(static p => p.Runs).Where(with.Contains).ToArray();
        if (ordered.Length > 12)
        {
            notes.Add($"{ordered.Length} runs: the first 12 have a panel; --where chooses others");
            ordered = ordered[..12];
        }
        RunColumn[] titled = [.. keys.Facets, .. keys.Rest];
        var (panels, drawn) = (new List<PlotPanel>(), new List<Panel>());
        foreach (var run in ordered)
        {
            var title = ordered.Length == 1 ? "" : keys.Label(titled, run) is { Length: > 0 } words ? words : run.Id;
            var rows = times[run];
            var densities = rows.Select(i => Shares([.. run.Array(name.Name)[i].Where(double.IsFinite)], edges)).ToArray();
            var most = densities.Max(static d => d.Max());
            double[] middles = [.. edges.Zip(edges.Skip(1), static (a, b) => (a + b) / 2)];
            var panel = new Panel(title, new Axis(name.Title), new Axis("", Scale.Linear, 0, rows.Length - 1 + RidgeHeight * 1.05)
            {
                Labels = [.. rows.Select((row, i) => (rows.Length - 1.0 - i, Traces.Time(run, row)))],
            });
            var curves = new List<Curve>();
            for (var i = 0; i < rows.Length; i++)
            {
                var (floor, label) = (rows.Length - 1.0 - i, Traces.Time(run, rows[i]));
                curves.Add(new Curve(label, [.. PlotKeys.Pairs(titled, run), ("observation", label)], run.Id, middles, densities[i], null,
                    null, null));
                panel = panel.With(new Series(label, SeriesMark.Ridge, middles,
                    [.. densities[i].Select(d => floor + RidgeHeight * d / most)])
                {
                    Low = [.. middles.Select(_ => floor)],
                    Tone = rows.Length == 1 ? 0 : i / (rows.Length - 1.0),
                });
            }
            panels.Add(new PlotPanel(title, curves));
            drawn.Add(panel);
        }
        notes.Add("the first observation is on top; heights are shares of the entries, to one scale in a panel");
        return Picture([.. drawn], [.. panels], keys, name, new PlotColumns(name.Name, "share", "low", "high"));
    }

    private PlotPicture Picture(Panel[] drawn, PlotPanel[] panels, PlotKeys keys, PlotName name, PlotColumns columns) => new(
        new Chart(drawn)
        {
            Merged = true,
            Columns = panels.Length == keys.Panels().Count ? keys.Columns : 2,
            Title = PlotWording.Title(config, name.Name, Traces.Clock(runs)),
            Subtitle = PlotWording.Subtitle(config, keys, runs)
        },
        panels, columns, PlotWording.FileName(config, name.Name, "", runs), notes.Notes);

    /// <summary>Edges of bins of one width around all values.</summary>
    internal static double[] Edges(double[] values, int bins)
    {
        var (low, high) = (values.Min(), values.Max());
        if (low == high) (low, high) = (low - Math.Max(Math.Abs(low), 1) / 2, high + Math.Max(Math.Abs(high), 1) / 2);
        return [.. Enumerable.Range(0, bins + 1).Select(i => low + (high - low) * i / bins)];
    }

    /// <summary>The share of the values in each bin; the last one holds its upper edge too.</summary>
    internal static double[] Shares(double[] values, double[] edges)
    {
        var shares = new double[edges.Length - 1];
        var width = (edges[^1] - edges[0]) / shares.Length;
        foreach (var v in values) shares[Math.Clamp((int)((v - edges[0]) / width), 0, shares.Length - 1)] += 1.0 / values.Length;
        return shares;
    }
}
