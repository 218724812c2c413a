using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.Clusters;

/// <summary>
/// An array that was handed to Slurm, as its folder remembers it: OUT/.slurm/TIME_TOKEN with script.sh, tasks/, logs/ and, once sbatch has
/// taken it, job.json. No process needs to live between two commands.
/// </summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Id">Slurm's number.</param>
/// <param name="Name">Slurm's name of it: numbers begin anew when a cluster is set up again.</param>
/// <param name="Tasks">The ids of the runs of each task.</param>
internal sealed record SlurmJob(string Folder, string Id, string Name, IReadOnlyList<IReadOnlyList<string>> Tasks)
{
    private const string Record = "job.json", Over = "ended.json";

    /// <summary>The folder of all jobs, beside the runs.</summary>
    public static string FolderOf(string root) => Path.Combine(Path.GetFullPath(root), ".slurm");

    /// <summary>All that have not been seen to end.</summary>
    public static IReadOnlyList<SlurmJob> Under(string root) =>
        Directory.Exists(FolderOf(root))
            ? [.. Directory.EnumerateDirectories(FolderOf(root)).Order(StringComparer.Ordinal).Select(Read).OfType<SlurmJob>()] : [];

    /// <summary>Writes tasks and script, and hands them to Slurm.</summary>
    /// <exception cref="SlurmException">It was not taken; nothing of it is left.</exception>
    /// <exception cref="RunFolderException">The folder cannot be written.</exception>
    public static SlurmJob Submit(SlurmArray array, string root, Func<SlurmArray, int, WorkOrder> order, WorkerProgram program, int atATime,
        CancellationToken cancellation)
    {
        var token = Guid.NewGuid().ToString("N")[..4];
        var now = DateTime.Now.ToString("yyyy-MM-dd_HH-mm-ss", CultureInfo.InvariantCulture);
        array = array with { Name = $"{array.Name}-{token}" };
        var folder = Path.Combine(FolderOf(root), $"{now}_{array.Name}");
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "logs"));
            Directory.CreateDirectory(Path.Combine(folder, "tasks"));
            for (var i = 0; i < array.Tasks.Count; i++) File.WriteAllText(SlurmArray.TaskFile(folder, i), order(array, i).ToLine() + "\n");
            var script = Path.Combine(folder, "script.sh");
            File.WriteAllText(script, array.Script(folder, program, atATime));
            var job = new SlurmJob(folder, SlurmCommands.Submit(script, cancellation), $"rhoflow-{array.Name}",
                [.. Enumerable.Range(0, array.Tasks.Count).Select(array.Runs)]);
            AtomicFile.Write(Path.Combine(folder, Record), job.ToJson() + "\n");
            return job;
        }
        catch (SlurmException)
        {
            RunFolder.RemoveBestEffort(folder, recursive: true);
            throw;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw RunFolder.CannotWrite(FolderOf(root), e);
        }
    }

    /// <summary>The last line that a task wrote; null where it wrote none.</summary>
    public string? LastWords(int task)
    {
        try
        {
            return File.ReadLines(SlurmArray.LogFile(Folder, task)).LastOrDefault(static l => !string.IsNullOrWhiteSpace(l))?.Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>No task of it lives any more: it is not asked for again. Its logs stay, unless all its runs are finished.</summary>
    public void End(bool isFinished)
    {
        if (isFinished) RunFolder.RemoveBestEffort(Folder, recursive: true);
        else if (File.Exists(Path.Combine(Folder, Record)))
            File.Move(Path.Combine(Folder, Record), Path.Combine(Folder, Over), overwrite: true);
    }

    private string ToJson() => new JsonObject
    {
        ["job"] = Id,
        ["name"] = Name,
        ["tasks"] = new JsonArray([.. Tasks.Select(static t => (JsonNode)new JsonArray([.. t.Select(static r => (JsonNode)r)]))]),
    }.ToJsonString(JsonLines.Options);

    private static SlurmJob? Read(string folder)
    {
        try
        {
            var o = JsonFile.Parse(File.ReadAllText(Path.Combine(folder, Record)))!.AsObject();
            return new SlurmJob(folder, SlurmCommands.RequireJob((string)o["job"]!), (string)o["name"]!,
                [.. o["tasks"]!.AsArray().Select(static t => (IReadOnlyList<string>)[.. t!.AsArray().Select(static r => (string)r!)])]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException
            or NullReferenceException or FormatException)
        {
            // Ended, never taken, or damaged: the locks of runs keep two tasks apart all the same.
            return null;
        }
    }
}
