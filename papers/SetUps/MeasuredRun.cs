using Rhoflow.Descents;
using Rhoflow.Kernels;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Inspection;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Observations;

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

    /// <summary>Whether there is such a column.</summary>
    public bool Has(string column) => _columns.Contains(column);

    /// <summary>The last number of a column.</summary>
    public double Last(string column) => this[column][^1];

    /// <summary>The rows of arrays/NAME.npy.</summary>
    public double[][] Rows(string array) => Npy.Read(_folder.File(Path.Combine("arrays", array + ".npy")));

    /// <summary>
    /// sin ∠(W_L, ∂L/∂W_L) at the end of training, over all training examples and by running statistics: 0 where the last layer's direction
    /// rests.
    /// </summary>
    public double LastLayerResidual(StudyContext context)
    {
        var trained = TrainedNetworks.OfRun(_folder, null, context.Data);
        using var passes = Linearization.Of<double>(trained.Network, trained.Loss, trained.Train, trained.Reduction, trained.Theta,
            trained.Statistics, threads: 1);
        var descent = new double[trained.Network.ParameterCount];
        passes.Gradient(descent);
        var last = trained.Network.Layers[^1];
        return Math.Abs(Math.Sin(Vectors.Angle(last.Of(descent), last.Of(trained.Theta.ToArray()))));
    }

    /// <summary>The outputs of the trained network on its test examples, N × C, by running statistics, and their targets.</summary>
    public (double[] Outputs, double[] Targets, int Classes) TestOutputs(StudyContext context)
    {
        var trained = TrainedNetworks.OfRun(_folder, null, context.Data);
        var test = trained.Test ?? throw new InvalidOperationException($"{_folder.Path} has no test examples");
        var outputs = new double[test.Count * trained.Network.Outputs];
        using var team = new Team(1);
        new GraphPasses<double>(trained.Network, Math.Min(test.Count, 250), team)
            .Evaluate(trained.Theta.Span, test.X, trained.Statistics.Span, outputs);
        return (outputs, test.Y.ToArray(), trained.Network.Outputs);
    }

    /// <summary>
    /// The runs that a config beside a figure describes, with a sweep of overrides; finished ones are found again, interrupted ones
    /// resumed.
    /// </summary>
    /// <param name="config">Paper key and file: <c>square-loss/figure-06</c>.</param>
    /// <param name="overrides">As on the command line: <c>init.frobenius=0.1,1,5</c>.</param>
    /// <exception cref="InvalidOperationException">A run failed; its own sentence says why.</exception>
    public static IReadOnlyList<MeasuredRun> Of(StudyContext context, string config, params string[] overrides) =>
        Of(context, new TrainingSweep(config, overrides));

    /// <inheritdoc cref="Of(StudyContext, string, string[])"/>
    public static IReadOnlyList<MeasuredRun> Of(StudyContext context, TrainingSweep sweep) => Launched.Of(context, sweep);

    /// <summary>The experiments that <see cref="Of(StudyContext, string, string[])"/> runs.</summary>
    public static IReadOnlyList<Experiment> Experiments(string config, params string[] overrides) =>
        new TrainingSweep(config, overrides).Experiments();

    private static readonly SharedResults<TrainingSweep, MeasuredRun[]> Launched = new(Launch);

    private static MeasuredRun[] Launch(StudyContext context, TrainingSweep sweep)
    {
        var experiments = sweep.Experiments();
        var launcher = new RunLauncher(context.RunsFolder, Resume: true, ["reproduce", sweep.Config, .. sweep.Overrides])
        {
            Data = context.Data,
        };
        var runs = new Dictionary<Experiment, MeasuredRun>();
        foreach (var group in RunGroups.Of(experiments))
        {
            var outcomes = launcher.Launch(group, context.Full ? Environment.ProcessorCount : 1, context.Progress, context.Cancellation);
            for (var i = 0; i < group.Count; i++)
            {
                var mayEndSo = sweep.MayDiverge && outcomes[i].Cause is DivergenceException;
                if (!mayEndSo && outcomes[i].Error is { } error)
                    throw new InvalidOperationException($"{outcomes[i].Folder.Path}: {error}");
                runs[group[i]] = new MeasuredRun(group[i], outcomes[i].Folder);
            }
        }
        return [.. experiments.Select(e => runs[e])];
    }
}
