using System.Diagnostics;
using System.Numerics;
using Rhoflow.Descents;
using Rhoflow.Losses;
using Rhoflow.Measures;
using Rhoflow.Measures.Curvature;
using Rhoflow.Numerics;
using Rhoflow.Observations;

namespace Rhoflow.Lab.DescentRuns;

/// <summary>How long a descent will take, from its first steps.</summary>
internal static class DescentForecast
{
    private static readonly TimeSpan Trial = TimeSpan.FromSeconds(0.5);
    private const int TrialExamples = 128;

    /// <summary>Seconds on one core, observations included.</summary>
    public static double Seconds(PreparedDescent run) => run.Experiment.Precision == Precision.Float32 ? Of<float>(run) : Of<double>(run);

    private static double Of<T>(PreparedDescent run) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var epochs = run.Experiment.Descent.Epochs;
        var risk = new DataRisk<T>(run.Network, run.Experiment.Loss.Loss, run.Data.Train);
        using var training = new Training<T>(risk, [new ReplicaStart(run.Theta, run.Options)],
            new TrainingOptions { Threads = 1, Test = run.Data.Test });
        // The first of everything compiles; what comes after it is timed.
        var observing = Observing(run, training);
        var clock = Stopwatch.StartNew();
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
        catch (Exception e) when (e is DivergenceException or OperationCanceledException)
        {
            // What the steps until then took says enough.
        }
        return observing + clock.Elapsed.TotalSeconds / Math.Max(1, steps - 1) * training.StepsPerEpoch * epochs;
    }

    // Every observation, those with gradients, and those with curvature, whose products are timed on some examples.
    private static double Observing<T>(PreparedDescent run, Training<T> training) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var observe = run.Experiment.Observe;
        var history = run.Columns.Start(training.Replicas[0]);
        double Time(Func<MeasureNeed, bool> isDue)
        {
            // The first of everything compiles.
            run.Columns.Observe(training, training.Replicas[0], history, isDue, threads: 1);
            var clock = Stopwatch.StartNew();
            run.Columns.Observe(training, training.Replicas[0], history, isDue, threads: 1);
            return clock.Elapsed.TotalSeconds;
        }
        int Due(bool always) => always ? observe.Epochs!.Count : Math.Min(2, observe.Epochs!.Count);
        var plain = Time(static need => need < MeasureNeed.Gradients);
        var seconds = plain * observe.Epochs!.Count;
        if (run.Columns.Table.Needs(MeasureNeed.Gradients))
            seconds += Math.Max(0, Time(static need => need < MeasureNeed.Curvature) - plain) * Due(observe.Detail.Gradients);
        if (run.Columns.Curvature is { Products: > 0 } forecast)
            seconds += forecast.Seconds(Gigaflops(run, training.Replicas[0].State.Statistics.ToArray())) * Due(observe.Detail.Curvature);
        return seconds;
    }

    private static double Gigaflops(PreparedDescent run, ReadOnlyMemory<double> statistics)
    {
        var some = run.Columns.Curved.Choose([.. Enumerable.Range(0, Math.Min(TrialExamples, run.Columns.Curved.Count))]);
        using var passes = Linearization.Of<double>(run.Network, run.Experiment.Loss.Loss, some, Reduction.Mean, run.Theta, statistics,
            threads: 1);
        double[] direction = [.. run.Theta], product = new double[run.Theta.Length];
        passes.HessianVectorProduct(direction, product);
        var clock = Stopwatch.StartNew();
        passes.HessianVectorProduct(direction, product);
        return CurvatureForecast.Of(run.Columns.Table.Setting, ["hessian_ends"], some.Count).LayerFlops.Sum() / clock.Elapsed.TotalSeconds
            / 1e9;
    }
}
