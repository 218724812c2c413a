using System.Diagnostics;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Runs;
using Rhoflow.Lab.Training;

namespace Rhoflow.Cli;

/// <summary>`run --dry-run`: the resolved configs, which of them are done, and what the rest would cost.</summary>
internal static class DryRun
{
    // Seen over the flows of the catalogue at relative tolerance 1e-10: a start-up and then so many evaluations a decade of t.
    private const double StartEvaluations = 2000, EvaluationsPerDecade = 60;

    public static int Show(RunRequest request, TextWriter output)
    {
        Plan[] plans = [.. ReplicaGroups.Of(request.Experiments).SelectMany(g => Plans(g, request.Root))];
        var total = plans.Where(static p => !p.Done).Sum(static p => p.Seconds);
        if (request.Json)
        {
            output.WriteLine(new JsonObject
            {
                ["runs"] = new JsonArray([.. plans.Select(static p => (JsonNode)new JsonObject
                {
                    ["name"] = p.Experiment.Name,
                    ["id"] = p.Id,
                    ["finished"] = p.Done,
                    ["unknowns"] = p.Unknowns,
                    ["examples"] = p.Examples,
                    ["observations"] = p.Observations,
                    ["seconds_estimated"] = Math.Round(p.Seconds, 3),
                    ["notes"] = new JsonArray([.. p.Notes.Select(static n => (JsonNode)n)]),
                    ["config"] = p.Experiment.ToYaml(),
                })]),
                ["seconds_estimated"] = Math.Round(total, 3),
            }.ToJsonString(Json.Options));
            return ExitStatus.Done;
        }
        foreach (var p in plans)
        {
            output.WriteLine($"# {p.Id}: {p.Unknowns} unknowns{(p.Examples is { } n ? $", {n} examples" : "")}, {p.Observations} observations, "
                + (p.Done ? "finished already" : $"about {Duration(p.Seconds)}"));
            foreach (var note in p.Notes) output.WriteLine($"# {note}");
            output.WriteLine(p.Experiment.ToYaml());
        }
        output.WriteLine($"# {plans.Length} run{(plans.Length == 1 ? "" : "s")}, {plans.Count(static p => p.Done)} finished already; the rest about {Duration(total)} on one core, longer where a flow is stiff or has many kinks");
        return ExitStatus.Done;
    }

    private sealed record Plan(Experiment Experiment, string Id, bool Done, int Unknowns, int? Examples, int Observations, double Seconds, IReadOnlyList<string> Notes);

    private static IEnumerable<Plan> Plans(IReadOnlyList<Experiment> group, string root)
    {
        bool Done(Experiment e, string id) => RunFolder.FindFinished(root, e.Name, id) is not null;
        if (group[0].Descent is null)
        {
            var run = PreparedRun.From(group[0]);
            return [new Plan(group[0], run.Id, Done(group[0], run.Id), run.Flow.Dimension, run.Train?.Count, run.Instants.Count, Estimate(run), run.Columns.Notes)];
        }
        var prepared = PreparedTraining.From(group);
        var seconds = TrainingForecast.Seconds(prepared[0]);
        return [.. prepared.Select(t => new Plan(t.Experiment, t.Id, Done(t.Experiment, t.Id), t.Network.ParameterCount, t.Columns.Examples, t.Experiment.Observe.Epochs!.Count, seconds, t.Columns.Notes))];
    }

    private static double Estimate(PreparedRun run)
    {
        var state = run.Flow.Start(run.Theta);
        var velocity = new double[state.Length];
        var logT = (run.Options.Begin ?? run.Flow.Begin).LogT;
        run.Flow.Velocity(logT, state, velocity);
        var (clock, evaluations) = (Stopwatch.StartNew(), 0);
        for (; clock.Elapsed < TimeSpan.FromMilliseconds(5) && evaluations < 10_000; evaluations++) run.Flow.Velocity(logT, state, velocity);
        var decades = Math.Max(0, Math.Max(run.Options.Until.Time?.Log10T ?? 0, run.Instants.Count > 0 ? run.Instants[^1].Log10T : 0));
        return clock.Elapsed.TotalSeconds / evaluations * (StartEvaluations + EvaluationsPerDecade * decades);
    }

    private static string Duration(double seconds) => seconds switch
    {
        < 1 => "a second or less",
        < 120 => $"{seconds:0} s",
        < 7200 => $"{seconds / 60:0} min",
        _ => $"{seconds / 3600:0.#} h",
    };
}
