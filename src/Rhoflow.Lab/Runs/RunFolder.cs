using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Files;

namespace Rhoflow.Lab.Runs;

/// <summary>A run's folder could not be written or read: where and why. Exit status 1.</summary>
public sealed class RunFolderException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>As summary.json says; where there is none running, if a process is at work, or else unfinished.</summary>
public enum RunStatus
{
    /// <summary>Killed: no process is at work, and none has said how it ended.</summary>
    Unfinished,

    /// <summary>A process is at work in the folder.</summary>
    Running,

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

    /// <summary>The right to write here; null for a folder that is only read.</summary>
    internal RunLock? Lock { get; private init; }

    /// <summary>A new folder for a run. It appears with all its files or not at all.</summary>
    /// <exception cref="RunFolderException">It cannot be made; what was made of it is removed again.</exception>
    public static RunFolder Create(string root, string name, string id, string config, JsonObject environment, DateTime now) =>
        Create(root, name, id, config, environment, now, locked: false);

    /// <summary>The same; this process is at work there from the beginning, if it is to be locked.</summary>
    internal static RunFolder Create(string root, string name, string id, string config, JsonObject environment, DateTime now, bool locked)
    {
        var parent = System.IO.Path.GetFullPath(System.IO.Path.Combine(root, name));
        var began = !Directory.Exists(parent);
        var temporary = System.IO.Path.Combine(parent, Beginning + Guid.NewGuid().ToString("N"));
        RunLock? held = null;
        try
        {
            Directory.CreateDirectory(temporary);
            RemoveAbandoned(parent);
            string New(string file) => System.IO.Path.Combine(temporary, file);
            AtomicFile.Write(New("config.yaml"), config);
            AtomicFile.Write(New("environment.json"), environment.ToJsonString(Indented) + "\n");
            System.IO.File.WriteAllText(New("log.txt"), "");
            Directory.CreateDirectory(New("arrays"));
            if (locked) held = RunLock.Begin(temporary);
            FolderSync.Flush(temporary);
            var path = Settle(temporary, parent, id, now);
            held?.MovedTo(path);
            FolderSync.Flush(parent);
            return new RunFolder(path) { Lock = held };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            RemoveBestEffort(temporary, recursive: true);
            if (began) RemoveBestEffort(parent, recursive: false);
            throw CannotWrite(parent, e);
        }
    }

    internal static RunFolderException CannotWrite(string parent, Exception why) =>
        new($"the run folder cannot be written under '{parent}': {why.Message.TrimEnd('.')}. Choose another place with --out DIR", why);

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
        return [.. here.Select(At).OfType<RunFolder>(), .. here.Where(d => At(d) is null && System.IO.Path.GetFileName(d)[0] != '.')
            .SelectMany(d => Directory.EnumerateDirectories(d).Order(StringComparer.Ordinal).Select(At).OfType<RunFolder>())];
    }

    /// <summary>The newest finished run of that id, whose result is as good as a new one.</summary>
    public static RunFolder? FindFinished(string root, string name, string id) =>
        Of(root, name).LastOrDefault(f => f.Id == id && f.Status == RunStatus.Finished);

    /// <summary>The newest run of that id that was interrupted or killed.</summary>
    public static RunFolder? FindResumable(string root, string name, string id) =>
        FindLeft(root, name, id, static f => f.AtWork is not null);

    /// <summary>The same, by what has been seen of its lock.</summary>
    internal static RunFolder? FindResumable(string root, string name, string id, LockWatch watch) =>
        FindLeft(root, name, id, f => f.Holder(watch) is not null);

    private static RunFolder? FindLeft(string root, string name, string id, Func<RunFolder, bool> atWork) =>
        Of(root, name).LastOrDefault(f => f.Id == id && (f.Said is RunStatus.Interrupted or RunStatus.Unfinished || f.HasCrashed)
            && System.IO.File.Exists(f.File("config.yaml")) && !atWork(f));

    /// <summary>The folder with the right to write in it; null if another process is at work there.</summary>
    /// <param name="atWork">Which one.</param>
    /// <exception cref="RunFolderException">It cannot be written.</exception>
    internal RunFolder? TryLock(LockWatch watch, out RunOwner? atWork)
    {
        try
        {
            return RunLock.TryTake(File(RunLock.Name), watch, out atWork) is { } held ? new RunFolder(Path) { Lock = held } : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunFolderException($"the run folder '{Path}' cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Who holds the folder's lock, unless it is known to be gone; null: nobody.</summary>
    internal RunOwner? Holder(LockWatch watch)
    {
        try
        {
            var path = File(RunLock.Name);
            return LockFile.Read(path) is { } there && !watch.IsStale(path, there) ? RunLock.OwnerOf(there) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunFolderException($"the lock of the run folder '{Path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Who is at work in the folder, as far as one look tells; null: nobody.</summary>
    public RunOwner? AtWork
    {
        get
        {
            try
            {
                return LockFile.Read(File(RunLock.Name)) is { Owner: { } owner } there && LockWatch.SeemsAtWork(there) ? owner : null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    /// <summary>Before anything is written: that nobody has taken the folder away, or over.</summary>
    /// <exception cref="RunFolderException">Somebody has.</exception>
    internal void RequireOurs()
    {
        if (Lock is null || Lock.IsOurs(out var now)) return;
        throw new RunFolderException(!Directory.Exists(Path)
            ? $"the run folder '{Path}' was deleted or moved while its run went on; the run is ended, and what it computed since is lost"
            : $"the run folder '{Path}' is no longer this run's: "
            + (now?.Owner is { } other ? $"{other}, has taken it over, since this process had stood still" : "its lock was removed")
            + ". This run is ended; nothing was written since");
    }

    /// <summary>summary.json; null where there is none, or none that can be read.</summary>
    public JsonObject? Summary
    {
        get
        {
            try
            {
                return SummaryFile.Read(File(SummaryFile.Name));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                return null;
            }
        }
    }

    /// <summary>What is damaged in the folder, in a sentence that names the file; null where nothing is.</summary>
    public string? Damage => RunContent.Read(this).Damage;

    /// <summary>How the run stands, by what its files were seen to say; whether anybody is at work is looked up now.</summary>
    internal RunStatus StatusBy(JsonObject? summary, bool rowsAgree)
    {
        var said = SaidBy(summary, _ => rowsAgree);
        return said != RunStatus.Finished && AtWork is not null ? RunStatus.Running : said;
    }

    /// <summary>How the run stands, by what can be trusted.</summary>
    public RunStatus Status => Said is var said && said != RunStatus.Finished && AtWork is not null ? RunStatus.Running : said;

    /// <summary>The key of summary.json that says that the process of a failed run was ended from outside.</summary>
    internal const string CrashedKey = "crashed";

    private bool HasCrashed => Summary?[CrashedKey]?.GetValueKind() == JsonValueKind.True;

    // As its summary says, which may be of an earlier part.
    internal RunStatus Said => SaidBy(Summary, RowsAgree);

    private static RunStatus SaidBy(JsonObject? summary, Func<JsonObject, bool> rowsAgree)
    {
        if (summary is null || !Enum.TryParse<RunStatus>((string?)summary["status"], ignoreCase: true, out var status))
            return RunStatus.Unfinished;
        return status != RunStatus.Finished || rowsAgree(summary) ? status : RunStatus.Unfinished;
    }

    /// <summary>When its summary was written, in local time.</summary>
    public DateTime FinishedAt => System.IO.File.GetLastWriteTime(File("summary.json"));

    /// <summary>A line for log.txt.</summary>
    public void Log(string line) => System.IO.File.AppendAllText(File("log.txt"),
        $"{DateTimeOffset.Now.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}  {line}\n");

    internal static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private bool RowsAgree(JsonObject summary)
    {
        try
        {
            return MetricsFile.Count(File("metrics.csv")) == (int?)summary["observations"];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return false;
        }
    }

    private const string Beginning = ".new-";

    // Two runs of one second are told apart by the next free second.
    private static string Settle(string temporary, string parent, string id, DateTime now)
    {
        for (; ; now = now.AddSeconds(1))
        {
            var path = System.IO.Path.Combine(parent, $"{now.ToString("yyyy-MM-dd_HH-mm-ss", CultureInfo.InvariantCulture)}_{id}");
            try
            {
                if (Directory.Exists(path)) continue;
                Directory.Move(temporary, path);
                return path;
            }
            catch (IOException) when (Directory.Exists(path))
            {
                // Another process was faster.
            }
        }
    }

    // What a process left that was killed while it made a folder.
    private static void RemoveAbandoned(string parent)
    {
        foreach (var left in Directory.EnumerateDirectories(parent, Beginning + "*"))
            if (DateTime.UtcNow - Directory.GetLastWriteTimeUtc(left) > TimeSpan.FromHours(1)) RemoveBestEffort(left, recursive: true);
    }

    internal static void RemoveBestEffort(string path, bool recursive)
    {
        try
        {
            if (Directory.Exists(path)) Directory.Delete(path, recursive);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without a summary nobody trusts what is left.
        }
    }
}
