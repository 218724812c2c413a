using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Papers.SetUps;

/// <summary>What a run wrote, read back from its folder: the columns of metrics.csv and its arrays, one row an observation.</summary>
internal sealed class MeasuredRun : IObservations
{
    private readonly RunFolder _folder;
    private readonly string[] _columns;
    private readonly IReadOnlyList<double[]> _rows;

    private MeasuredRun(Experiment experiment, RunFolder folder)
    {
        (Experiment, _folder) = (experiment, folder);
        (_columns, _rows) = MetricsFile.Read(folder.File("metrics.csv"));
    }

    /// <summary>What was run.</summary>
    public Experiment Experiment { get; }

    /// <summary>Observations.</summary>
    public int Count => _rows.Count;

    /// <summary>A column, one number per observation; NaN = not measured there.</summary>
    public double[] this[string column] => Array.IndexOf(_columns, column) is >= 0 and var i
        ? [.. _rows.Select(r => r[i])]
        : throw new ArgumentException($"{_folder.Path} has no column '{column}'", nameof(column));

    /// <summary>The last number of a column.</summary>
    public double Last(string column) => this[column][^1];

    /// <summary>The rows of arrays/NAME.npy.</summary>
    public double[][] Rows(string array) => Npy.Read(_folder.File(Path.Combine("arrays", array + ".npy")));

    /// <summary>
    /// The runs that a config beside a figure describes, with a sweep of overrides; finished ones are found again, interrupted ones
    /// resumed.
    /// </summary>
    /// <param name="config">Paper key and file: <c>square-loss/figure-06</c>.</param>
    /// <param name="overrides">As on the command line: <c>init.frobenius=0.1,1,5</c>.</param>
    /// <exception cref="InvalidOperationException">A run failed; its own sentence says why.</exception>
    public static IReadOnlyList<MeasuredRun> Of(StudyContext context, string config, params string[] overrides) =>
        Launched.Of(context, new Sweep(config, overrides));

    /// <summary>The experiments that <see cref="Of"/> runs.</summary>
    public static IReadOnlyList<Experiment> Experiments(string config, params string[] overrides) =>
        [.. Overrides.Expand(overrides, sweep: true).Select(set => FigureConfig.Read(config, set))];

    private static readonly SharedResults<Sweep, MeasuredRun[]> Launched =
        new((context, sweep) => Launch(context, sweep.Config, sweep.Overrides));

    // What was typed for a sweep: the same words are the same runs.
    private sealed record Sweep(string Config, string[] Overrides)
    {
        public bool Equals(Sweep? other) => other is not null && Config == other.Config
            && Overrides.AsSpan().SequenceEqual(other.Overrides);

        public override int GetHashCode() => HashCode.Combine(Config, string.Join(' ', Overrides));
    }

    private static MeasuredRun[] Launch(StudyContext context, string config, string[] overrides)
    {
        var experiments = Experiments(config, overrides);
        var launcher = new RunLauncher(context.RunsFolder, Resume: true, ["reproduce", config, .. overrides]) { Data = context.Data };
        var runs = new Dictionary<Experiment, MeasuredRun>();
        foreach (var group in RunGroups.Of(experiments))
        {
            var outcomes = launcher.Launch(group, context.Full ? Environment.ProcessorCount : 1, context.Progress, context.Cancellation);
            for (var i = 0; i < group.Count; i++)
            {
                if (outcomes[i].Error is { } error) throw new InvalidOperationException($"{outcomes[i].Folder.Path}: {error}");
                runs[group[i]] = new MeasuredRun(group[i], outcomes[i].Folder);
            }
        }
        return [.. experiments.Select(e => runs[e])];
    }
}
