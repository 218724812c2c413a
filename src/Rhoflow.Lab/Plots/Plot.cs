using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Figures;
using Rhoflow.Lab.Runs;
using Rhoflow.Lab.Tables;

namespace Rhoflow.Lab.Plots;

/// <summary>Makes a figure of runs.</summary>
internal static class Plot
{
    /// <summary>A figure as its description says.</summary>
    /// <param name="config">The description.</param>
    /// <param name="records">The runs; those that do not satisfy its conditions are left out.</param>
    /// <exception cref="ConfigException">A name that the runs do not have, a condition or law that cannot be read, or nothing to
    /// draw.</exception>
    /// <exception cref="RunFolderException">A run cannot be read.</exception>
    public static PlotPicture Of(PlotConfig config, IReadOnlyList<RunRecord> records)
    {
        if (config.Spread != BandSpread.Quartiles && config.Band.Count == 0)
            throw new ConfigException("--spread says what a band shows, and there is no --band");
        var notes = new Notebook();
        var runs = Chosen(config, records, notes);
        var names = new PlotNames(runs);
        return config.Kind switch
        {
            PlotKind.Line or PlotKind.Sorted or PlotKind.Spectrum => new LinePlot(config, names, runs, notes).Make(),
            PlotKind.Points => new PointPlot(config, names, runs, notes).Make(),
            PlotKind.Heat => new HeatPlot(config, names, runs, notes).Make(),
            _ => new DistributionPlot(config, names, runs, notes).Make(),
        };
    }

    private static IReadOnlyList<PlotRun> Chosen(PlotConfig config, IReadOnlyList<RunRecord> records, Notebook notes)
    {
        if (records.Count == 0) throw new ConfigException("there are no runs to draw");
        var columns = new RunColumns(records);
        foreach (var where in config.Where)
        {
            var filter = RunFilter.Parse(where, columns);
            foreach (var missing in filter.Missing(records)) notes.Add(missing);
            records = [.. records.Where(filter.Holds)];
        }
        if (records.Count == 0) throw new ConfigException($"no run satisfies --where {string.Join(" and ", config.Where)}");
        // One run made twice counts once: the newest.
        var distinct = records.Reverse().DistinctBy(static r => (r.Folder.Name, r.Folder.Id)).Reverse().ToArray();
        if (distinct.Length < records.Count) notes.Add($"{records.Count - distinct.Length} of {records.Count} run folders repeat "
            + "another's run; the newest of each is drawn");
        PlotRun[] all = [.. distinct.AsParallel().AsOrdered().Select(PlotRun.Read)];
        notes.Add([.. all.Where(static r => r.Rows.Count == 0)], all.Length, "have observed nothing and are not drawn");
        foreach (var group in all.Where(static r => r.Rows.Count > 0 && r.Record.StatusWord != "finished")
            .GroupBy(static r => r.Record.StatusWord, StringComparer.Ordinal))
            notes.Add([.. group], all.Length, $"are {group.Key}");
        return all.Any(static r => r.Rows.Count > 0) ? [.. all.Where(static r => r.Rows.Count > 0)]
            : throw new ConfigException("none of these runs has an observation to draw yet");
    }

    /// <summary>Whether an axis is asked to be logarithmic; null: as its values are.</summary>
    public static bool? Log(PlotConfig config, char axis) => config.Log switch
    {
        null => null,
        "none" => false,
        var axes => axes.Contains(axis),
    };

    /// <summary>An axis for chart panels that show one range, with a little room around it; as it is where there is one panel.</summary>
    public static Axis Shared(PlotAxis axis, string title, IEnumerable<double> values, bool several)
    {
        double[] drawn = [.. values.Where(v => double.IsFinite(v) && (axis.Scale != Scale.Log || v > 0))];
        if (!several || drawn.Length == 0) return new Axis(title, axis.Scale);
        var (low, high) = (drawn.Min(), drawn.Max());
        if (axis.Scale == Scale.Log) return new Axis(title, axis.Scale, low / Math.Pow(high / low, 0.02),
            high * Math.Pow(high / low, 0.02));
        var room = 0.02 * (high - low);
        return room > 0 ? new Axis(title, axis.Scale, low - room, high + room) : new Axis(title, axis.Scale);
    }
}
