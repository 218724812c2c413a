using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Clusters;

/// <summary>The four commands of Slurm that are used: sbatch, squeue, and where there are such sacct and scontrol.</summary>
internal static partial class SlurmCommands
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Slurm's own default of MaxArraySize; one more than the largest index.
    private const int UsualArray = 1001;

    /// <summary>Hands a script to the cluster; the number of its job.</summary>
    /// <param name="script">A file.</param>
    /// <param name="cancellation">sbatch tries again for minutes while the queue is full; this ends it.</param>
    /// <exception cref="SlurmException">It was not taken.</exception>
    public static string Submit(string script, CancellationToken cancellation)
    {
        var (status, output, error) = Run("sbatch", ["--parsable", script], TimeSpan.FromMinutes(5), cancellation);
        // "17" or "17;cluster"
        if (status == 0 && JobPattern().Match(output.Trim()) is { Success: true } job) return job.Groups["job"].Value;
        var why = Sentence(error.Length > 0 ? error : output);
        if (why.Contains("partition", StringComparison.OrdinalIgnoreCase) && Partitions() is { Length: > 0 } all)
            why += $"; partitions here: {string.Join(", ", all)}";
        throw new SlurmException($"sbatch refused: {why}. Nothing was submitted, and what runs have computed is kept",
            RequestPattern().IsMatch(why));
    }

    /// <summary>How the tasks of jobs stand: by job and index. Those that Slurm no longer remembers are missing.</summary>
    /// <exception cref="SlurmException">Slurm does not answer.</exception>
    public static Dictionary<(string Job, int Index), TaskState> States(IReadOnlyCollection<SlurmJob> jobs, CancellationToken cancellation)
    {
        var states = new Dictionary<(string Job, int Index), TaskState>();
        if (jobs.Count == 0) return states;
        var all = string.Join(',', jobs.Select(static j => j.Id));
        bool IsOurs(string id, string name) => jobs.Any(j => j.Id == id && j.Name == name);
        var (status, output, error) = Run("squeue", ["-h", "-r", "-t", "all", "-j", all, "-o", "%F|%K|%T|%r|%j"], Patience, cancellation);
        // A job that has left the queue's memory is an error where it is the only one that is asked for.
        if (status != 0 && !error.Contains("Invalid job id", StringComparison.OrdinalIgnoreCase))
            throw new SlurmException($"squeue: {Sentence(error)}", isRequest: false);
        foreach (var line in status == 0 ? Lines(output) : [])
            if (line.Split('|', 5) is [var job, var index, var word, var reason, var name] && IsOurs(job, name)
                && TryIndex(index, out var i)) states[(job, i)] = TaskState.Of(word, reason);
        if (jobs.All(j => states.Keys.Any(k => k.Job == j.Id))) return states;
        // Accounting remembers longer; many clusters have none.
        var (known, rows, _) = Run("sacct", ["-n", "-P", "-X", "-j", all, "-o", "JobID,State,JobName"], Patience, cancellation);
        foreach (var line in known == 0 ? Lines(rows) : [])
            if (line.Split('|', 3) is [var task, var word, var name] && task.Split('_') is [var job, var index] && IsOurs(job, name)
                && TryIndex(index, out var i)) states.TryAdd((job, i), TaskState.Of(word.Split(' ')[0], ""));
        return states;
    }

    /// <summary>How many tasks one array may have.</summary>
    public static int LargestArray(CancellationToken cancellation)
    {
        var (status, output, _) = Run("scontrol", ["show", "config"], Patience, cancellation);
        return status == 0 && ArrayPattern().Match(output) is { Success: true } m
            && int.TryParse(m.Groups["size"].Value, CultureInfo.InvariantCulture, out var size) && size > 0 ? size : UsualArray;
    }

    /// <summary>Looks whether there is a Slurm here.</summary>
    /// <exception cref="SlurmException">There is none, or it does not answer; the sentence says which.</exception>
    public static void Require(CancellationToken cancellation)
    {
        var (status, _, error) = Run("sinfo", ["-h", "-o", "%R"], Patience, cancellation);
        if (status != 0) throw new SlurmException($"Slurm does not answer: {Sentence(error)}", isRequest: false);
    }

    private static string[] Partitions() => Run("sinfo", ["-h", "-o", "%R"], Patience, CancellationToken.None) is (0, var output, _)
        ? [.. Lines(output).Distinct(StringComparer.Ordinal)] : [];

    private static (int Status, string Output, string Error) Run(
        string program, string[] words, TimeSpan patience, CancellationToken cancellation)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(program, words)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            })!;
        }
        catch (Win32Exception)
        {
            if (program is "sacct" or "scontrol") return (-1, "", "");
            throw new SlurmException($"there is no Slurm on this machine: '{program}' is not among its commands. --on slurm works where "
                + "sbatch does; --on local runs here", isRequest: true);
        }
        using (process)
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
            try
            {
                if (!process.WaitForExitAsync(cancellation).Wait(patience, cancellation))
                    throw new SlurmException(
                        $"{program} has not answered for {patience.TotalSeconds:0} seconds; the controller may be down", isRequest: false);
                return (process.ExitCode, output.Result, error.Result);
            }
            finally
            {
                if (!process.HasExited) process.Kill();
            }
        }
    }

    // "sbatch: error: invalid partition specified: long" without what is in front, and without "Batch job submission failed: …" after it.
    private static string Sentence(string error)
    {
        string[] lines = [.. Lines(error).Select(static l => PrefixPattern().Replace(l, "").Trim().TrimEnd('.'))
            .Where(static l => l.Length > 0 && !l.StartsWith("Try \"", StringComparison.Ordinal))];
        return lines.Length == 0 ? "it gave no reason" : string.Join("; ", lines.Distinct(StringComparer.Ordinal).Take(2));
    }

    private static IEnumerable<string> Lines(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool TryIndex(string text, out int index) => int.TryParse(text, CultureInfo.InvariantCulture, out index);

    /// <summary>Refuses what would be no number.</summary>
    internal static string RequireJob(string text) =>
        JobPattern().IsMatch(text) ? text : throw new ConfigException($"'{text}' is not the number of a job");

    [GeneratedRegex(@"^(?<job>\d+)(;.*)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex JobPattern();

    [GeneratedRegex(@"MaxArraySize\s*=\s*(?<size>\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ArrayPattern();

    [GeneratedRegex(@"^(sbatch|squeue|sinfo|slurm_load_\w+)(: (error|fatal))?:? ?(error: )?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PrefixPattern();

    [GeneratedRegex("invalid|unrecognized|unknown|not available|more processors", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex RequestPattern();
}
