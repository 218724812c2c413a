using System.Diagnostics;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Cli;

/// <summary>`run --dry-run`: the resolved configs, which of them are done, and what the rest would cost.</summary>
internal static class DryRun
{
    // Seen over the flows of the catalogue at relative tolerance 1e-10: a start-up and then so many evaluations a decade of t.
    private const double StartEvaluations = 2000, EvaluationsPerDecade = 60;

    public static int Show(RunRequest request, TextWriter output)
    {
        var plans = request.Experiments.Select(e => (Experiment: e, Run: PreparedRun.From(e))).Select(p => (p.Experiment, p.Run,
            Done: RunFolder.FindFinished(request.Root, p.Experiment.Name, p.Run.Id) is not null, Seconds: Estimate(p.Run))).ToArray();
        var total = plans.Where(p => !p.Done).Sum(p => p.Seconds);
        if (request.Json)
        {
            output.WriteLine(new JsonObject
            {
                ["runs"] = new JsonArray([.. plans.Select(p => (JsonNode)new JsonObject
                {
                    ["name"] = p.Experiment.Name,
                    ["id"] = p.Run.Id,
                    ["finished"] = p.Done,
                    ["unknowns"] = p.Run.Flow.Dimension,
                    ["examples"] = p.Run.Train?.Count,
                    ["observations"] = p.Run.Instants.Count,
                    ["seconds_estimated"] = Math.Round(p.Seconds, 3),
                    ["config"] = p.Experiment.ToYaml(),
                })]),
                ["seconds_estimated"] = Math.Round(total, 3),
            }.ToJsonString(Json.Options));
            return ExitStatus.Done;
        }
        foreach (var p in plans)
        {
            output.WriteLine($"# {p.Run.Id}: {p.Run.Flow.Dimension} unknowns{(p.Run.Train is { } t ? $", {t.Count} examples" : "")}, {p.Run.Instants.Count} observations, "
                + (p.Done ? "finished already" : $"about {Duration(p.Seconds)}"));
            output.WriteLine(p.Experiment.ToYaml());
        }
        output.WriteLine($"# {plans.Length} run{(plans.Length == 1 ? "" : "s")}, {plans.Count(p => p.Done)} finished already; the rest about {Duration(total)} on one core, longer where a flow is stiff or has many kinks");
        return ExitStatus.Done;
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
