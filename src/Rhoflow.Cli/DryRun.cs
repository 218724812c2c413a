using System.Text.Json.Nodes;
using Rhoflow.Lab.Launching;

namespace Rhoflow.Cli;

/// <summary>`run --dry-run`: the resolved configs, which of them are done, and what the rest would cost.</summary>
internal static class DryRun
{
    public static int Show(RunRequest request, TextWriter output)
    {
        var plans = RunPlan.Of(request.Experiments, request.Root, request.Data);
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
            output.WriteLine($"# {p.Id}: {p.Unknowns} unknowns{(p.Examples is { } n ? $", {n} examples" : "")}, {p.Observations} "
                + "observations, "
                + (p.Done ? "finished already" : $"about {Durations.Text(p.Seconds)}"));
            foreach (var note in p.Notes) output.WriteLine($"# {note}");
            output.WriteLine(p.Experiment.ToYaml());
        }
        output.WriteLine($"# {plans.Count} run{(plans.Count == 1 ? "" : "s")}, {plans.Count(static p => p.Done)} finished already; the "
            + $"rest about {Durations.Text(total)} on one core, longer where a flow is stiff or has many kinks");
        return ExitStatus.Done;
    }
}
