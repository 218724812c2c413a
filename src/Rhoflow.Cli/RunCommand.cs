using System.CommandLine;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Launching;
using Rhoflow.Numerics;

namespace Rhoflow.Cli;

/// <summary><c>rhoflow run CONFIG [key.sub=value …]</c>: one run, or with -m the product of them.</summary>
internal static class RunCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var config = new Argument<string>("CONFIG") { Description = "A YAML file: what to follow, from where, how far." };
        var overrides = new Argument<string[]>("key.sub=value")
        {
            Description = "Changes to the config; KEY=null or ~KEY takes a key away. With -m lists (1,2,5) and ranges: 0..9, "
                + "0..8..2, log:1e-4..1e-1..4, lin:0..1..5.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        CompletionCommand.OfKeys(overrides);
        var sweep = new Option<bool>("-m", "--multirun")
        {
            Description = "Run the product of all values given.",
            Arity = ArgumentArity.Zero,
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show the resolved configs and a cost estimate; run nothing." };
        var folder = new Option<string>("--out")
        {
            Description = "The folder of all runs.",
            HelpName = "DIR",
            DefaultValueFactory = _ => "runs",
        };
        var resume = new Option<bool>("--resume")
        {
            Description = "Go on with the interrupted run of this config, or from one of fewer epochs.",
        };
        var failFast = new Option<bool>("--fail-fast")
        {
            Description = "Stop a sweep at the first failure, or at the first run that is refused.",
        };
        var force = new Option<bool>("--force") { Description = "Try also what memory, disk or a month cannot hold." };
        var on = new Option<string>("--on")
        {
            Description = "Where to run: local, or slurm (job arrays through sbatch; see docs/cluster.md).",
            HelpName = "local|slurm",
            DefaultValueFactory = _ => "local",
        };
        var jobs = new Option<int>("--jobs", "-j")
        {
            Description = "With -m: N processes make the runs (0: one per processor core), and what ends one of them ends one run only. "
                + "Without -j this process makes them all. On slurm: N tasks at a time.",
            HelpName = "N",
        };
        var slurm = new Option<string[]>("--slurm")
        {
            Description = "An option of sbatch for every task (partition=long, time=30, cpus=4, memory=8G, …), over what the config has "
                + "under slurm:; groups-per-task=K makes longer tasks.",
            HelpName = "KEY=VALUE",
        };
        var noWait = new Option<bool>("--no-wait") { Description = "On slurm: submit, and end; the same command shows how it stands." };
        var dataFolder = DataCommand.FolderOption();
        var command = new Command("run", "Follows a flow as a config describes it and writes its run folder.") { config, overrides, sweep,
            dryRun, folder, resume, failFast, force, on, jobs, slurm, noWait, dataFolder };
        var standard = StandardOptions.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var given = parsed.GetValue(overrides) ?? [];
            StandardOptions.RequireWords(command, given);
            var onSlurm = IsSlurm(parsed.GetValue(on)!);
            var asked = parsed.GetValue(slurm) ?? [];
            if (!onSlurm && (asked.Length > 0 || parsed.GetValue(noWait)))
                throw new ConfigException($"{(asked.Length > 0 ? "--slurm" : "--no-wait")} means something with --on slurm only");
            if (parsed.GetValue(jobs) is < 0 and var j)
                throw new ConfigException($"-j {j}: a number ≥ 0 is needed (0 = one per processor core)");
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var quiet = parsed.GetValue(standard.Quiet);
            void Note(string text)
            {
                if (!quiet) error.WriteLine($"rhoflow: {text}");
            }
            if (!onSlurm && !parsed.GetValue(sweep))
            {
                string[] idle = [.. parsed.GetResult(jobs) is { Implicit: false } ? ["-j"] : Array.Empty<string>(),
                    .. parsed.GetValue(failFast) ? ["--fail-fast"] : Array.Empty<string>()];
                if (idle.Length > 0)
                    Note($"note: {string.Join(" and ", idle)} tell how a sweep is made; without -m there is one run, which takes all "
                        + "cores");
            }
            foreach (var twice in given.Select(static w => w.Split('=')[0].TrimStart('~')).GroupBy(static k => k, StringComparer.Ordinal)
                .Where(static g => g.Count() > 1))
                Note($"note: {twice.Key} is given {twice.Count()} times; the last counts");
            if (parsed.GetValue(dataFolder) is { Length: > 0 } place && !Directory.Exists(place))
                Note($"note: there is no folder --data-dir {place}");
            var limits = parsed.GetValue(force) ? RunLimits.None : RunLimits.Here(parsed.GetValue(folder)!);
            // A node has other memory than the host that submits.
            if (onSlurm && limits != RunLimits.None) limits = limits with { MemoryBytes = double.PositiveInfinity };
            var request = new RunRequest
            {
                Runs = [.. (parsed.GetValue(sweep) ? SweepPlan.Of(parsed.GetValue(config)!, given, limits, Note)
                    : [Load(parsed.GetValue(config)!, given, limits)]).Select(r => Asking(r, asked))],
                Sweep = parsed.GetValue(sweep) || onSlurm,
                Root = parsed.GetValue(folder)!,
                Data = DataFolders.Of(parsed.GetValue(dataFolder)),
                Resume = parsed.GetValue(resume),
                FailFast = parsed.GetValue(failFast),
                Jobs = parsed.GetValue(jobs),
                Processes = parsed.GetResult(jobs) is { Implicit: false },
                Slurm = onSlurm,
                Wait = !parsed.GetValue(noWait),
                Json = parsed.GetValue(standard.Json),
                Quiet = quiet,
            };
            return Task.FromResult(parsed.GetValue(dryRun) ? Estimated(request, output, error, cancellation)
                : Runner.Run(request, output, error, cancellation));
        });
        return command;
    }

    // What is timed for it is thrown away, so nothing waits for its end.
    private static int Estimated(RunRequest request, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(error, request.Quiet);
        progress.Report(() => $"preparing {request.Runs.Count} run{(request.Runs.Count == 1 ? "" : "s")}, and timing first steps");
        var shown = new StringWriter();
        var status = Unstoppable.Run(() => DryRun.Show(request, shown), cancellation);
        progress.Dispose();
        output.Write(shown);
        return status;
    }

    private static PlannedRun Load(string file, IReadOnlyList<string> overrides, RunLimits limits)
    {
        var assignments = Overrides.Expand(overrides, sweep: false)[0];
        var experiment = Experiment.Load(file, assignments);
        limits.Require(experiment);
        return new PlannedRun(assignments, experiment, null);
    }

    private static PlannedRun Asking(PlannedRun run, string[] slurm) => run.Experiment is { } e
        ? run with { Experiment = e with { Slurm = slurm.Aggregate(e.Slurm, static (options, word) => options.With(word)) } } : run;

    private static bool IsSlurm(string where) => where switch
    {
        "local" => false,
        "slurm" => true,
        _ => throw new ConfigException($"--on {where}: not known{Nearest.Hint(where, ["local", "slurm"])}"),
    };
}
