using System.Text.Json.Nodes;
using Rhoflow.Lab.Clusters;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Launching;

namespace Rhoflow.Cli;

/// <summary>`run --dry-run`: the resolved configs, which of them are done, and what the rest would cost.</summary>
internal static class DryRun
{
    /// <summary>Returns the exit status: 1 if some of the runs are refused.</summary>
    public static int Show(RunRequest request, TextWriter output)
    {
        if (request.Sweep) request = request with { Runs = SweepPlan.Check(request.Runs, request.Data, request.FailFast) };
        var order = new Dictionary<Experiment, int>(ReferenceEqualityComparer.Instance);
        foreach (var e in request.Experiments) order[e] = order.Count;
        RunPlan[] plans = [.. RunPlan.Of(request.Experiments, request.Root, request.Data).OrderBy(p => order[p.Experiment])];
        var refused = request.Runs.Where(static r => r.Refusal is not null).ToArray();
        var status = refused.Length > 0 ? ExitStatus.Failed : ExitStatus.Done;
        var total = plans.Where(static p => !p.Done).Sum(static p => p.Seconds);
        var arrays = request.Slurm ? SlurmSweep.Plan(RunGroups.Of(request.Experiments), request.Root) : null;
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
                ["refused"] = new JsonArray([.. refused.Select(r => (JsonNode)new JsonObject
                {
                    ["values"] = r.Values(request.Varied),
                    ["error"] = r.Refusal!.Message,
                })]),
                ["seconds_estimated"] = Math.Round(total, 3),
                ["slurm"] = arrays is null ? null : new JsonArray([.. arrays.Select(a => (JsonNode)new JsonObject
                {
                    ["script"] = a.Script(SlurmFolder(request), Runner.Program, request.Jobs),
                    ["tasks"] = new JsonArray([.. Enumerable.Range(0, a.Tasks.Count).Select(i =>
                        (JsonNode)new JsonArray([.. a.Runs(i).Select(static r => (JsonNode)r)]))]),
                })]),
            }.ToJsonString(Json.Options));
            return status;
        }
        var planned = request.Runs.Where(static r => r.Experiment is not null).ToArray();
        foreach (var (p, run) in plans.Zip(planned))
        {
            var values = run.Values(request.Varied);
            output.WriteLine($"# {p.Id}: {values}{(values.Length > 0 ? ": " : "")}{p.Unknowns} unknowns"
                + $"{(p.Examples is { } n ? $", {n} examples" : "")}, {p.Observations} "
                + "observations, "
                + (p.Done ? "finished already" : $"about {Durations.Text(p.Seconds)}"));
            foreach (var note in p.Notes) output.WriteLine($"# {note}");
            output.WriteLine(p.Experiment.ToYaml());
        }
        foreach (var r in refused) output.WriteLine($"# refused: {r.Values(request.Varied)}: {r.Refusal!.Message}");
        output.WriteLine($"# {plans.Length} run{(plans.Length == 1 ? "" : "s")}, {plans.Count(static p => p.Done)} finished already; the "
            + $"rest about {Durations.Text(total)} on one core, longer where a flow is stiff or has many kinks"
            + $"{(refused.Length > 0 ? $"; {refused.Length} refused" : "")}");
        foreach (var array in arrays ?? []) ShowArray(array, request, output);
        return status;
    }

    private static void ShowArray(SlurmArray array, RunRequest request, TextWriter output)
    {
        output.WriteLine();
        output.Write(array.Script(SlurmFolder(request), Runner.Program, request.Jobs));
        for (var i = 0; i < array.Tasks.Count; i++) output.WriteLine($"# task {i}: {string.Join(' ', array.Runs(i))}");
    }

    // The time of the submission, and a token, take the place of the dots.
    private static string SlurmFolder(RunRequest request) => Path.Combine(SlurmJob.FolderOf(request.Root), "...");
}
