using System.Globalization;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Cli;

/// <summary>One run's observations as a table, read from its folder.</summary>
internal static class ObservationTable
{
    private const int MostRows = 30;
    private static readonly string[] Preferred =
        ["log10_loss", "rho", "margin_min", "margin_mean", "smoothed_margin", "train_error", "test_error", "direction_error"];

    // Which matter most, where there is no room for all.
    private static readonly string[] Ranks =
        ["log10_loss", "rho", "log10_rho", "train_error", "test_error", "margin_min", "direction_error", "smoothed_margin", "margin_mean"];

    /// <param name="folder">The run.</param>
    /// <param name="output">Where to.</param>
    /// <param name="reused">It was asked for again, and had finished before.</param>
    public static void Show(RunFolder folder, TextWriter output, bool reused = false)
    {
        var (columns, rows) = Read(folder);
        var summary = folder.Summary;
        int At(string name) => Array.IndexOf(columns, name);
        bool Measured(string name) => At(name) is >= 0 and var i && rows.Any(r => !double.IsNaN(r[i]));
        // Where ρ leaves the range of a double its logarithm takes its place.
        var chosen = Preferred.Where(Measured).Select(c =>
            c == "rho" && At("log10_rho") >= 0 && rows.Any(r => double.IsInfinity(r[At(c)])) ? "log10_rho" : c)
            .ToArray();
        if (rows.Count > 0)
        {
            // A descent is followed by epochs, a flow by t, checkpoints by step.
            var epochs = Measured("epoch") && summary?["checkpoints"] is null;
            var shown = Thin(rows).ToArray();
            var table = new FittedTable();
            if (epochs) table.Add("epoch", 0, shown.Select(r => Number(r[At("epoch")])));
            else if (!Measured("log10_t") && Measured("step")) table.Add("step", 0, shown.Select(r => Number(r[At("step")], 12)));
            else if (At("t") >= 0 && At("log10_t") >= 0) table.Add("t", 0, shown.Select(r => Time(r[At("t")], r[At("log10_t")])));
            // Another kind of run, or a header that was damaged.
            else table.Add("row", 0, Thin([.. rows.Select(static (_, i) => new double[] { i })]).Select(static r => Number(r[0])));
            for (var i = 0; i < chosen.Length; i++)
            {
                var column = At(chosen[i]);
                table.Add(chosen[i], 1 + Array.IndexOf(Ranks, chosen[i]), shown.Select(r => Number(r[column])));
            }
            if (table.Show(output) is { Count: > 0 } leftOut) output.WriteLine($"no room for {string.Join(", ", leftOut)}: in metrics.csv");
        }
        if (rows.Count > MostRows) output.WriteLine($"{MostRows} of {rows.Count} observations; all of them in metrics.csv");
        var seconds = (double?)summary?["seconds"];
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{folder.Name} {folder.Id} {folder.Status.ToString().ToLowerInvariant()}"
            + $"{(reused ? $" before, on {folder.FinishedAt:yyyy-MM-dd HH:mm}," : "")}"
            + $"{(seconds is { } s ? $" in {s:g3} s ({Work(summary!)})" : "")}: {Places.Show(folder.Path)}"));
        if (folder.Status == RunStatus.Running && folder.AtWork is { } owner) output.WriteLine($"at work: {owner}");
        if (RunRecord.Read(folder) is { Status: RunStatus.Finished, Reached: false })
            output.WriteLine($"{folder.Name} ended before its until was reached (see the events in summary.json)");
        if ((string?)summary?["ended_by"] is { } ended) output.WriteLine($"ended: {ended}");
        foreach (var note in summary?["notes"]?.AsArray() ?? []) output.WriteLine($"note: {note}");
    }

    private static string Work(System.Text.Json.Nodes.JsonObject summary) =>
        (long?)summary["checkpoints"] is { } n ? $"{n} checkpoint{(n == 1 ? "" : "s")}" : $"{(long?)summary["steps"]} steps";

    /// <summary>Six digits, or nothing where a quantity was not measured.</summary>
    public static string Number(double value, int digits = 6) => double.IsNaN(value) ? ""
        : value.ToString(string.Create(CultureInfo.InvariantCulture, $"G{digits}"), CultureInfo.InvariantCulture).Replace('E', 'e');

    /// <summary>t, or a power of ten where no double holds it.</summary>
    public static string Time(double t, double log10T) =>
        double.IsFinite(t) && (t is 0 or < 1e7) ? t.ToString("G6", CultureInfo.InvariantCulture)
            : $"1e{log10T.ToString("G6", CultureInfo.InvariantCulture)}";

    private static (string[], IReadOnlyList<double[]>) Read(RunFolder folder)
    {
        try
        {
            return MetricsFile.Read(folder.File("metrics.csv"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new RunFolderException($"the run folder '{folder.Path}' cannot be read: {e.Message}", e);
        }
    }

    private static IEnumerable<double[]> Thin(IReadOnlyList<double[]> rows) => rows.Count <= MostRows
        ? rows
        : Enumerable.Range(0, MostRows).Select(i => rows[(int)((long)i * (rows.Count - 1) / (MostRows - 1))]);
}
