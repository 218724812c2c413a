using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Files;

namespace Rhoflow.Lab.Runs;

/// <summary>A run's folder could not be written or read: where and why. Exit status 1.</summary>
public sealed class RunFolderException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>finished, failed or interrupted as summary.json says; unfinished where there is none (still running, or killed).</summary>
public enum RunStatus
{
    /// <summary>Still running, or killed.</summary>
    Unfinished,

    /// <summary>Stopped by Ctrl-C with its state saved.</summary>
    Interrupted,

    /// <summary>Ended by an error.</summary>
    Failed,

    /// <summary>Ended as its config says.</summary>
    Finished,
}

/// <summary>
/// runs/NAME/yyyy-MM-dd_HH-mm-ss_HASH8: one run. Written append-only; only a summary.json that says so, and as many rows as it
/// counts, make a run finished, so nothing half-written is ever trusted.
/// </summary>
public sealed class RunFolder
{
    private RunFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The run's id: the folder name's last 8 characters.</summary>
    public string Id => Path[^8..];

    /// <summary>The name of the experiment: the folder above.</summary>
    public string Name => System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(Path)!);

    /// <summary>The path of a file of the run.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>A new folder for a run.</summary>
    /// <exception cref="RunFolderException">It cannot be made; what was made of it is removed again.</exception>
    public static RunFolder Create(string root, string name, string id, string config, JsonObject environment, DateTime now)
    {
        var parent = System.IO.Path.GetFullPath(System.IO.Path.Combine(root, name));
        string? path = null;
        try
        {
            // Two runs of one second are told apart by the next free second.
            for (; ; now = now.AddSeconds(1))
            {
                path = System.IO.Path.Combine(parent, $"{now.ToString("yyyy-MM-dd_HH-mm-ss", CultureInfo.InvariantCulture)}_{id}");
                if (Directory.Exists(path)) continue;
                Directory.CreateDirectory(path);
                if (Claim(path)) break;
            }
            var folder = new RunFolder(path);
            AtomicFile.Write(folder.File("config.yaml"), config);
            AtomicFile.Write(folder.File("environment.json"), environment.ToJsonString(Indented) + "\n");
            Directory.CreateDirectory(folder.File("arrays"));
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (path is not null) RemoveBestEffort(path);
            throw new RunFolderException(
                $"the run folder cannot be written under '{parent}': {e.Message.TrimEnd('.')}. Choose another place with --out DIR", e);
        }
    }

    /// <summary>The folder at a path, if it looks like one.</summary>
    public static RunFolder? At(string path)
    {
        var full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        var name = System.IO.Path.GetFileName(full);
        return name.Length == 28 && name[19] == '_' && RunIdentity.IsId(name[^8..]) && Directory.Exists(full) ? new RunFolder(full) : null;
    }

    /// <summary>All run folders of an experiment, oldest first.</summary>
    public static IReadOnlyList<RunFolder> Of(string root, string name)
    {
        var parent = System.IO.Path.Combine(root, name);
        return Directory.Exists(parent)
            ? [.. Directory.EnumerateDirectories(parent).Order(StringComparer.Ordinal).Select(At).OfType<RunFolder>()] : [];
    }

    /// <summary>All run folders under a root, by name and time; the root itself if it is one.</summary>
    public static IReadOnlyList<RunFolder> Under(string root)
    {
        if (At(root) is { } self) return [self];
        if (!Directory.Exists(root)) return [];
        var here = Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal).ToArray();
        return [.. here.Select(At).OfType<RunFolder>(), .. here.Where(d => At(d) is null)
            .SelectMany(d => Directory.EnumerateDirectories(d).Order(StringComparer.Ordinal).Select(At).OfType<RunFolder>())];
    }

    /// <summary>The newest finished run of that id, whose result is as good as a new one.</summary>
    public static RunFolder? FindFinished(string root, string name, string id) =>
        Of(root, name).LastOrDefault(f => f.Id == id && f.Status == RunStatus.Finished);

    /// <summary>The newest run of that id that was interrupted or killed.</summary>
    public static RunFolder? FindResumable(string root, string name, string id) =>
        Of(root, name).LastOrDefault(f => f.Id == id && f.Status is RunStatus.Interrupted or RunStatus.Unfinished
            && System.IO.File.Exists(f.File("config.yaml")));

    /// <summary>summary.json; null where there is none, or none that can be read.</summary>
    public JsonObject? Summary => ReadSummary(out _);

    /// <summary>What is damaged in the folder, in a sentence that names the file; null where nothing is.</summary>
    public string? Damage
    {
        get
        {
            ReadSummary(out var damage);
            if (damage is not null) return damage;
            try
            {
                if (System.IO.File.Exists(File("metrics.csv"))) MetricsFile.Read(File("metrics.csv"));
                return null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                return e.Message;
            }
        }
    }

    private JsonObject? ReadSummary(out string? damage)
    {
        damage = null;
        try
        {
            return SummaryFile.Read(File(SummaryFile.Name));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            damage = e.Message;
            return null;
        }
    }

    /// <summary>How the run stands, by what can be trusted.</summary>
    public RunStatus Status
    {
        get
        {
            var summary = Summary;
            if (summary is null || !Enum.TryParse<RunStatus>((string?)summary["status"], ignoreCase: true, out var status))
                return RunStatus.Unfinished;
            return status != RunStatus.Finished || RowsAgree(summary) ? status : RunStatus.Unfinished;
        }
    }

    /// <summary>A line for log.txt.</summary>
    public void Log(string line) => System.IO.File.AppendAllText(File("log.txt"),
        $"{DateTimeOffset.Now.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}  {line}\n");

    internal static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private bool RowsAgree(JsonObject summary)
    {
        try
        {
            return MetricsFile.Read(File("metrics.csv")).Rows.Count == (int?)summary["observations"];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return false;
        }
    }

    private static bool Claim(string path)
    {
        try
        {
            using var log = new FileStream(System.IO.Path.Combine(path, "log.txt"), FileMode.CreateNew);
            return true;
        }
        catch (IOException) when (System.IO.File.Exists(System.IO.Path.Combine(path, "log.txt")))
        {
            return false;
        }
    }

    private static void RemoveBestEffort(string path)
    {
        try
        {
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without a summary nobody trusts what is left.
        }
    }
}
