using System.Diagnostics;
using System.Numerics;
using Rhoflow.Descents;
using Rhoflow.Losses;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Training;

/// <summary>How long a descent will take, from its first steps.</summary>
public static class TrainingForecast
{
    private static readonly TimeSpan Trial = TimeSpan.FromSeconds(0.5);

    /// <summary>Seconds on one core, observations included.</summary>
    public static double Seconds(PreparedTraining run) => run.Experiment.Precision == Precision.Float32 ? Of<float>(run) : Of<double>(run);

    private static double Of<T>(PreparedTraining run) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var epochs = run.Experiment.Descent!.Epochs;
        var risk = new DataRisk<T>(run.Network, run.Experiment.Loss.Loss, run.Data.Train);
        using var training = new Training<T>(risk, [new ReplicaStart(run.Theta, run.Options)], new TrainingOptions { Threads = 1, Test = run.Data.Test });
        // The first of everything compiles; what comes behind it is timed.
        var history = run.Columns.Start(training.Replicas[0]);
        run.Columns.Observe(training, training.Replicas[0], history, isEnd: false, threads: 1);
        var clock = Stopwatch.StartNew();
        run.Columns.Observe(training, training.Replicas[0], history, isEnd: false, threads: 1);
        var observing = clock.Elapsed.TotalSeconds * run.Experiment.Observe.Epochs!.Count;
        if (epochs == 0) return observing;
        long steps = 0;
        using var stop = new CancellationTokenSource();
        try
        {
            training.Train(epochs, stop.Token, _ =>
            {
                if (steps++ == 0) clock.Restart();
                else if (clock.Elapsed > Trial) stop.Cancel();
            });
        }
        catch (DivergenceException)
        {
            // What the steps before it took says enough.
        }
        return observing + clock.Elapsed.TotalSeconds / Math.Max(1, steps - 1) * training.StepsAnEpoch * epochs;
    }
}
