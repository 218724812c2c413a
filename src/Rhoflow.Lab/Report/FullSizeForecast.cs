using Rhoflow.Data;
using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Launching;

namespace Rhoflow.Lab.Report;

/// <summary>What the training runs of full size will take, before hours are spent on them.</summary>
/// <param name="Left">Runs to be made, each counted with the first study that asks for it.</param>
/// <param name="Done">Runs that are found finished.</param>
/// <param name="Studies">What takes how many seconds on one core, the longest first.</param>
/// <param name="Missing">What cannot be forecast, nor run, because its data are not there, and why.</param>
public sealed record FullSizeForecast(int Left, int Done, IReadOnlyList<(string Id, double Seconds)> Studies,
    IReadOnlyList<(string Id, string Why)> Missing)
{
    /// <summary>Seconds on one core in all.</summary>
    public double Seconds => Studies.Sum(static s => s.Seconds);

    /// <summary>
    /// The forecast of the runs that <paramref name="selection"/> needs in <paramref name="runs"/>, from the first steps of each.
    /// </summary>
    /// <param name="selection">What is to be reproduced.</param>
    /// <param name="runs">The folder of the runs.</param>
    /// <param name="folders">Where data sets lie; null: where RHOFLOW_DATA says, or the user's cache.</param>
    /// <param name="begins">Told the id of each study before its first steps are timed, which takes seconds a run.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    public static FullSizeForecast Of(Selection selection, string runs, DataFolders? folders = null, Action<string>? begins = null,
        CancellationToken cancellation = default)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var studies = new List<(string, double)>();
        var missing = new List<(string, string)>();
        var (left, done) = (0, 0);
        foreach (var study in selection.Studies.Where(static s => s.FullRuns is not null))
        {
            cancellation.ThrowIfCancellationRequested();
            begins?.Invoke(study.Id);
            List<RunPlan> plans;
            try
            {
                plans = [.. RunPlan.Of(study.FullRuns!(), runs, folders).Where(p => seen.Add(p.Id))];
            }
            catch (DataException e)
            {
                missing.Add((study.Id, e.Message));
                continue;
            }
            left += plans.Count(static p => !p.Done);
            done += plans.Count(static p => p.Done);
            if (plans.Where(static p => !p.Done).Sum(static p => p.Seconds) is > 0 and var seconds) studies.Add((study.Id, seconds));
        }
        return new FullSizeForecast(left, done, [.. studies.OrderByDescending(static s => s.Item2)], missing);
    }
}
