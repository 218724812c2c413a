using System.Globalization;
using System.Text;
using Rhoflow.Lab.Experiments;

namespace Rhoflow.Lab.Clusters;

/// <summary>A job array: tasks that ask the cluster for the same, and the script that starts them.</summary>
/// <param name="Name">Of the experiment.</param>
/// <param name="Options">What its tasks ask for.</param>
/// <param name="Tasks">The groups of each task.</param>
internal sealed record SlurmArray(string Name, SlurmOptions Options, IReadOnlyList<IReadOnlyList<IReadOnlyList<Experiment>>> Tasks)
{
    /// <summary>The file of a task, in the array's folder.</summary>
    public static string TaskFile(string folder, int task) =>
        Path.Combine(folder, "tasks", string.Create(CultureInfo.InvariantCulture, $"{task}.json"));

    /// <summary>What a task wrote on its two streams.</summary>
    public static string LogFile(string folder, int task) =>
        Path.Combine(folder, "logs", string.Create(CultureInfo.InvariantCulture, $"{task}.log"));

    /// <summary>The ids of the runs that a task makes.</summary>
    public IReadOnlyList<string> Runs(int task) => [.. Tasks[task].SelectMany(static g => g).Select(RunIdentity.Id)];

    /// <summary>Arrays for groups: one for each set of options, none larger than the cluster takes.</summary>
    /// <param name="groups">Runs that are trained together stay in one task.</param>
    /// <param name="largest">Tasks in one array.</param>
    public static IReadOnlyList<SlurmArray> Of(IReadOnlyList<IReadOnlyList<Experiment>> groups, int largest) =>
    [
        .. groups.GroupBy(static g => g[0].Slurm).SelectMany(same => same.Chunk(same.Key.GroupsATask)
            .Select(static task => (IReadOnlyList<IReadOnlyList<Experiment>>)task).Chunk(largest)
            .Select(tasks => new SlurmArray(tasks[0][0][0].Name, same.Key, tasks))),
    ];

    /// <summary>The script. The program takes the shell's place, so that it gets the signal that asks it to save its state.</summary>
    /// <param name="folder">Where tasks and logs lie.</param>
    /// <param name="program">What a task starts.</param>
    /// <param name="atATime">So many tasks run at once; 0: as many as the cluster likes.</param>
    public string Script(string folder, WorkerProgram program, int atATime)
    {
        var text = new StringBuilder("#!/bin/bash\n");
        void Option(string line) => text.Append("#SBATCH ").Append(line).Append('\n');
        var limit = atATime > 0 ? string.Create(CultureInfo.InvariantCulture, $"%{atATime}") : "";
        Option($"--job-name=rhoflow-{Name}");
        Option(string.Create(CultureInfo.InvariantCulture, $"--array=0-{Tasks.Count - 1}{limit}"));
        // %a is the index of the task; a percent sign of the path is written twice.
        Option($"--output=\"{Path.Combine(folder, "logs").Replace("%", "%%", StringComparison.Ordinal)}/%a.log\"");
        Option("--open-mode=append");
        Option("--requeue");
        foreach (var line in Options.Lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)) Option(line);
        var words = string.Join(' ', program.Words().Select(Quoted));
        text.Append(CultureInfo.InvariantCulture, $"exec {words} {Quoted(Path.Combine(folder, "tasks"))}/\"$SLURM_ARRAY_TASK_ID\".json\n");
        return text.ToString();
    }

    private static string Quoted(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
