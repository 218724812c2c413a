using System.Diagnostics;

namespace Rhoflow.Lab.FlowRuns;

/// <summary>About how long following a flow takes, from the cost of its velocity.</summary>
internal static class FlowForecast
{
    // Seen over the flows of the catalogue at relative tolerance 1e-10: a start-up and then so many evaluations per decade of t.
    private const double StartEvaluations = 2000, EvaluationsPerDecade = 60;

    /// <summary>Seconds on one core.</summary>
    public static double Seconds(PreparedFlow run)
    {
        var state = run.Flow.Start(run.Theta);
        var velocity = new double[state.Length];
        var logT = (run.Options.Begin ?? run.Flow.Begin).LogT;
        var work = run.Flow.NewWorkspace();
        work.Velocity(logT, state, velocity);
        var (clock, evaluations) = (Stopwatch.StartNew(), 0);
        for (; clock.Elapsed < TimeSpan.FromMilliseconds(5) && evaluations < 10_000; evaluations++) work.Velocity(logT, state, velocity);
        var decades = Math.Max(0, Math.Max(run.Options.Until.Time?.Log10T ?? 0, run.Instants.Count > 0 ? run.Instants[^1].Log10T : 0));
        return clock.Elapsed.TotalSeconds / evaluations * (StartEvaluations + EvaluationsPerDecade * decades);
    }
}
