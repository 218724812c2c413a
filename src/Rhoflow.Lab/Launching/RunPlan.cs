using System.Diagnostics;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.DescentRuns;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.FlowRuns;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.Launching;

/// <summary>A run before it is made: whether it is done already, and what it would cost.</summary>
/// <param name="Experiment">What is to be run.</param>
/// <param name="Id">The identity by which a finished run is found again.</param>
/// <param name="Done">A finished run lies in the folder.</param>
/// <param name="Unknowns">Coordinates of the flow, or weights.</param>
/// <param name="Examples">Training examples; null where there are none.</param>
/// <param name="Observations">How often it is looked at.</param>
/// <param name="Seconds">About how long it takes on one core, from its first steps.</param>
/// <param name="Notes">What its measures have to say.</param>
public sealed record RunPlan(Experiment Experiment, string Id, bool Done, int Unknowns, int? Examples, int Observations, double Seconds, IReadOnlyList<string> Notes)
{
    // Seen over the flows of the catalogue at relative tolerance 1e-10: a start-up and then so many evaluations a decade of t.
    private const double StartEvaluations = 2000, EvaluationsPerDecade = 60;

    /// <summary>The plans of experiments; of replicas, which differ in seed and start only, one is timed for all.</summary>
    /// <param name="experiments">What is to be run.</param>
    /// <param name="root">The folder of the runs.</param>
    /// <exception cref="ConfigException">A config cannot be run.</exception>
    public static IReadOnlyList<RunPlan> Of(IReadOnlyList<Experiment> experiments, string root) => [.. ReplicaGroups.Of(experiments).SelectMany(g => Plans(g, root))];

    private static IEnumerable<RunPlan> Plans(IReadOnlyList<Experiment> group, string root)
    {
        bool Done(Experiment e, string id) => RunFolder.FindFinished(root, e.Name, id) is not null;
        if (group[0].Descent is null)
        {
            var run = PreparedFlow.From(group[0]);
            return [new RunPlan(group[0], run.Id, Done(group[0], run.Id), run.Flow.Dimension, run.Train?.Count, run.Instants.Count, Estimate(run), run.Columns.Notes)];
        }
        var prepared = PreparedDescent.From(group);
        var seconds = DescentForecast.Seconds(prepared[0]);
        return [.. prepared.Select(t => new RunPlan(t.Experiment, t.Id, Done(t.Experiment, t.Id), t.Network.ParameterCount, t.Columns.Examples, t.Experiment.Observe.Epochs!.Count, seconds, t.Columns.Notes))];
    }

    private static double Estimate(PreparedFlow run)
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
