using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Figures;

namespace Rhoflow.Lab.Plots;

/// <summary>Takes what a figure draws out of runs: columns over columns, and arrays in their order.</summary>
internal static class Traces
{
    /// <summary>Observations of a run whose arrays are drawn, at most.</summary>
    private const int MostTimes = 8;

    /// <summary>The observations that a figure takes.</summary>
    public static IReadOnlyList<(PlotRun Run, int Row)> Rows(IReadOnlyList<PlotRun> runs, bool lastOnly) =>
        [.. runs.SelectMany(r => lastOnly ? r.Rows.Count > 0 ? [(r, r.Rows.Count - 1)] : [] : Enumerable.Range(0, r.Rows.Count)
            .Select(i => (r, i)))];

    /// <summary>y over x of each run; what cannot be drawn is left out and said.</summary>
    public static IReadOnlyList<Trace> Of(IReadOnlyList<PlotRun> runs, PlotAxis x, PlotAxis y, bool lastOnly, Notebook notes)
    {
        var (traces, without) = (new List<Trace>(), new List<PlotRun>());
        var (all, missing, infinite, offLog, unplaced) = (0, 0, 0, 0, 0);
        foreach (var run in runs)
        {
            var kept = new List<(double X, double Y, int Row)>();
            foreach (var (_, row) in Rows([run], lastOnly))
            {
                var (a, b) = (x.Of(run, row), y.Of(run, row));
                all++;
                if (double.IsNaN(b)) missing++;
                else if (double.IsNaN(a)) unplaced++;
                else if (OffLog(x, a) || OffLog(y, b)) offLog++;
                else if (double.IsInfinity(a) || double.IsInfinity(b)) infinite++;
                else kept.Add((a, b, row));
            }
            if (kept.Count == 0) without.Add(run);
            else traces.Add(new Trace(run, [.. kept.Select(static k => k.X)], [.. kept.Select(static k => k.Y)],
                [.. kept.Select(static k => k.Row)]));
        }
        notes.Add(without, runs.Count, $"have no {y.Name.Name} over {x.Name.Name} and are not drawn");
        // A measure that is taken at some observations only is no news; a run without any was said.
        missing -= without.Sum(r => Enumerable.Range(0, r.Rows.Count).Count(i => double.IsNaN(y.Of(r, i))));
        Say(missing, $"{y.Name.Name} is nan, not measured, at {missing} of {all} observations");
        Say(unplaced, $"{x.Name.Name} is nan at {unplaced} of {all} observations, which are left out");
        Say(infinite, $"{infinite} of {all} observations are infinite and left out");
        Say(offLog, $"{offLog} of {all} observations have no place on a logarithmic axis ({Nonpositive(x, y)} ≤ 0) and are left out; "
            + "--log none shows them");
        return traces;

        void Say(int count, string what)
        {
            if (count > 0) notes.Add(what);
        }
    }

    /// <summary>An array of each run: of its last observation, or of several where there is one run.</summary>
    public static IReadOnlyList<Trace> OfArray(IReadOnlyList<PlotRun> runs, PlotName array, PlotKind kind, bool several, Notebook notes)
    {
        var (traces, without) = (new List<Trace>(), new List<PlotRun>());
        foreach (var run in runs)
        {
            int[] rows = [.. Measured(run, array.Name)];
            if (rows.Length == 0) without.Add(run);
            else if (!several) traces.Add(Ordered(run, run.Array(array.Name)[rows[^1]], rows[^1], kind));
            else
            {
                int[] some = Some(rows, MostTimes);
                traces.AddRange(some.Select((row, i) => Ordered(run, run.Array(array.Name)[row], row, kind) with
                {
                    Label = Time(run, row),
                    Tone = some.Length == 1 ? 0 : i / (some.Length - 1.0),
                }));
            }
        }
        notes.Add(without, runs.Count, $"have no array {array.Name} and are not drawn");
        return traces;
    }

    /// <summary>The observations of a run at which an array is measured.</summary>
    public static IEnumerable<int> Measured(PlotRun run, string array)
    {
        var table = run.Array(array);
        return Enumerable.Range(0, Math.Min(table.Length, run.Rows.Count)).Where(i => table[i].Any(double.IsFinite));
    }

    /// <summary>At most so many of them, evenly, with the first and the last.</summary>
    public static int[] Some(int[] of, int most) => of.Length <= most ? of
        : [.. Enumerable.Range(0, most).Select(i => of[(int)Math.Round(i * (of.Length - 1.0) / (most - 1))]).Distinct()];

    /// <summary>When an observation was made: t = 1e3, epoch 10, step 500.</summary>
    public static string Time(PlotRun run, int row)
    {
        if (double.IsFinite(run.At(row, "epoch"))) return $"epoch {PlotAxis.Short(run.At(row, "epoch"))}";
        var exponent = run.At(row, "log10_t");
        if (!double.IsFinite(run.At(row, "t")) && !double.IsFinite(exponent) && double.IsFinite(run.At(row, "step")))
            return $"step {PlotAxis.Short(run.At(row, "step"))}";
        return double.IsFinite(exponent) ? $"t = {new PlotAxis(new PlotName("t", PlotSource.Column), Scale.Exponent).Text(exponent)}"
            : $"t = {PlotAxis.Short(run.At(row, "t"))}";
    }

    /// <summary>What runs are followed by: epochs where all count them, steps where nothing else is, else t.</summary>
    public static string Clock(IReadOnlyList<PlotRun> runs) => Counts(runs, "epoch") ? "epoch"
        : runs.All(static r => !Counts([r], "t") && !Counts([r], "log10_t")) && Counts(runs, "step") ? "step"
            : runs.Any(static r => r.Has("t") || r.Has("log10_t")) ? "t"
            : runs.SelectMany(static r => r.Columns).FirstOrDefault() ?? throw new ConfigException("these runs have observed nothing yet");

    private static bool Counts(IReadOnlyList<PlotRun> runs, string clock) =>
        runs.All(r => r.Rows.Count == 0 || double.IsFinite(r.At(r.Rows.Count - 1, clock)));

    private static Trace Ordered(PlotRun run, double[] values, int row, PlotKind kind)
    {
        double[] ascending = [.. values.Where(double.IsFinite).Order()];
        double[] y = kind == PlotKind.Sorted ? ascending : [.. ascending.Reverse()];
        return new Trace(run, [.. y.Select((_, i) => kind == PlotKind.Sorted ? (i + 0.5) / y.Length : i + 1)], y,
            [.. y.Select(_ => row)]);
    }

    private static bool OffLog(PlotAxis axis, double v) => axis.Scale switch
    {
        Scale.Log => v <= 0,
        Scale.Exponent => double.IsNegativeInfinity(v),
        _ => false,
    };

    private static string Nonpositive(PlotAxis x, PlotAxis y) => string.Join(" or ",
        ((PlotAxis[])[x, y]).Where(static a => a.Scale != Scale.Linear).Select(static a => a.Name.Name));
}
