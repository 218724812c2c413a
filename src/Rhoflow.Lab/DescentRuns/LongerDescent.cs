using System.Globalization;
using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.DescentRuns;

/// <summary>
/// A descent that differs from one that lies there in its number of epochs only, and in nothing that the shorter one has done: its folder
/// is begun with the shorter one's rows, arrays and state, and resumed like an interrupted run. The bits are those of a run that was never
/// stopped.
/// </summary>
internal static class LongerDescent
{
    // What may differ: the end, and observations after it.
    private static bool MayDiffer(string key) => key == "descent.epochs" || key.StartsWith("observe.at.", StringComparison.Ordinal);

    /// <summary>The longest shorter run with a state to go on from; null: there is none.</summary>
    /// <param name="e">The longer one.</param>
    /// <param name="root">The folder of all runs.</param>
    public static (RunFolder Folder, DescentExperiment Experiment)? Find(DescentExperiment e, string root)
    {
        var wanted = RunKeys.Read(e.ToYaml());
        (RunFolder, DescentExperiment Experiment)? best = null;
        foreach (var folder in RunFolder.Of(root, e.Name))
        {
            if (folder.Status is RunStatus.Failed or RunStatus.Running || !File.Exists(folder.File(DescentCheckpoint.Name))) continue;
            try
            {
                var text = File.ReadAllText(folder.File("config.yaml"));
                var keys = RunKeys.Read(text);
                if (wanted.Keys.Union(keys.Keys).Any(k => !MayDiffer(k) && wanted.GetValueOrDefault(k) != keys.GetValueOrDefault(k)))
                    continue;
                // The id says also that data files and the version of the mathematics are the same.
                if (Experiment.Read(ConfigSource.Parse(text)) is DescentExperiment there && RunIdentity.Id(there) == folder.Id
                    && there.Descent.Epochs < e.Descent.Epochs && there.Descent.Epochs >= (best?.Experiment.Descent.Epochs ?? 0))
                    best = (folder, there);
            }
            catch (Exception why) when (why is IOException or UnauthorizedAccessException or ConfigException or DataException)
            {
                // What cannot be read cannot be gone on with.
            }
        }
        return best;
    }

    /// <summary>Begins the longer run's folder with what the shorter one has done, and returns at which epoch it stands.</summary>
    /// <param name="e">The longer one.</param>
    /// <param name="shorter">From <see cref="Find"/>.</param>
    /// <param name="root">The folder of all runs.</param>
    /// <param name="folders">Where data sets lie.</param>
    /// <param name="commandLine">For environment.json.</param>
    /// <exception cref="ConfigException">The longer one would have done otherwise so far; the sentence says what.</exception>
    /// <exception cref="DataException">The shorter run's state is damaged.</exception>
    /// <exception cref="RunFolderException">The folder cannot be written.</exception>
    public static double Begin(DescentExperiment e, (RunFolder Folder, DescentExperiment Experiment) shorter, string root,
        DataFolders? folders, IReadOnlyList<string> commandLine)
    {
        var (from, there) = shorter;
        ConfigException Otherwise(string why) => new($"--resume cannot go on with the run of {there.Descent.Epochs} epochs in {from.Path}: "
            + $"{why}. Without --resume the run of {e.Descent.Epochs} epochs starts from its beginning");
        if (e.Descent.Schedule.Kind == RateKind.Cosine)
            throw Otherwise("its learning rate falls to the last epoch (schedule: cosine), so it has taken other steps from its first on");
        if ((string?)from.Summary?["ended_by"] is { } ended)
            throw Otherwise($"it ended by itself ({ended}), and more epochs change nothing");
        var state = DescentCheckpoint.Read(from)!;
        var prepared = PreparedDescent.From(e, folders);
        var batches = Math.Max(1, Math.Ceiling((double)prepared.Data.Train.Count / Math.Max(1, e.Descent.Batch)));
        var position = state.Moment.Epoch + (e.Descent.Batch > 0 ? state.Moment.Step / batches : 0);
        int[] seen = [.. there.Observe.Epochs.Take(state.Observed)], wanted = [.. e.Observe.Epochs.TakeWhile(n => n <= position)];
        if (wanted.Length > state.Observed || !wanted.AsSpan().SequenceEqual(seen))
            throw Otherwise($"it was observed at the epochs {Some(seen)}, and the longer run is to be observed at {Some(wanted)}"
                + (there.Observe.Every > 0 && there.Descent.Epochs % there.Observe.Every == 0
                    ? $"; observe.at.every={there.Observe.Every} is what both can have" : ""));
        try
        {
            var to = RunFolder.Create(root, e.Name, prepared.Id, e.ToYaml(), RunEnvironment.Describe(commandLine), DateTime.Now);
            foreach (var file in Directory.EnumerateFiles(from.File("arrays")))
                File.Copy(file, to.File(Path.Combine("arrays", Path.GetFileName(file))));
            File.Copy(from.File("metrics.csv"), to.File("metrics.csv"));
            ForgetTheEnd(prepared, to, state.Observed, position >= there.Descent.Epochs);
            to.Log($"goes on from epoch {position.ToString(CultureInfo.InvariantCulture)} of {from.Path}, which ended at epoch "
                + there.Descent.Epochs.ToString(CultureInfo.InvariantCulture));
            // Last: without it the folder would start from its beginning.
            DescentCheckpoint.Copy(from, to);
            return position;
        }
        catch (Exception why) when (why is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new RunFolderException($"the run in {from.Path} cannot be gone on with: {why.Message}", why);
        }
    }

    // The last row of the shorter run was an end, where more is measured than in between.
    private static void ForgetTheEnd(PreparedDescent run, RunFolder folder, int rows, bool ended)
    {
        if (!ended || rows < 2) return;
        var detail = run.Experiment.Observe.Detail;
        var table = run.Columns.Table;
        var gone = table.Taken.Where(t => !detail.IsDue(t.Measure.Need, isEnd: false)).ToArray();
        if (gone.Length == 0) return;
        var (columns, all) = MetricsFile.Read(folder.File("metrics.csv"));
        var last = (double[])all[rows - 1].Clone();
        foreach (var column in gone.SelectMany(static t => t.Columns)) last[Array.IndexOf(columns, column)] = double.NaN;
        using (var metrics = MetricsFile.Append(folder.File("metrics.csv"), columns, rows - 1)) metrics.Add(last);
        foreach (var array in gone.SelectMany(static t => t.Measure.Arrays))
        {
            var file = folder.File(Path.Combine("arrays", array.Name + ".npy"));
            var width = Npy.Read(file)[rows - 1].Length;
            using var npy = Npy.Append(file, width, rows - 1);
            npy.Add(Enumerable.Repeat(double.NaN, width).ToArray());
        }
    }

    private static string Some(int[] epochs) => epochs.Length <= 8 ? string.Join(", ", epochs)
        : $"{string.Join(", ", epochs[..6])}, …, {epochs[^1]}";
}
