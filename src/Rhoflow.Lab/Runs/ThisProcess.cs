using System.Diagnostics;
using System.Globalization;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// What tells this process from all others, and whether another one lives. From Linux's /proc; elsewhere the number and the start of a
/// process have to do.
/// </summary>
internal static class ThisProcess
{
    /// <summary>The installation's own name.</summary>
    public static readonly string Machine = OperatingSystem.IsLinux() ? ReadLine("/etc/machine-id") : Environment.MachineName;

    /// <summary>The name of this start of the system.</summary>
    public static readonly string Boot =
        OperatingSystem.IsLinux() ? ReadLine("/proc/sys/kernel/random/boot_id") : Environment.MachineName;

    /// <summary>The namespace in which its number counts.</summary>
    public static readonly string Namespace = OperatingSystem.IsLinux() ? ReadLink("/proc/self/ns/pid") : "all";

    /// <summary>When it started; 0 where /proc shows the processes of another namespace, or none.</summary>
    public static readonly long Started = OperatingSystem.IsLinux()
        ? Stat("self") is { } stat && stat.Number == Environment.ProcessId ? stat.Started : 0
        : Process.GetCurrentProcess().StartTime.ToUniversalTime().Ticks;

    /// <summary>Whether a process of this namespace lives that has that number and that start; null: it cannot be known.</summary>
    public static bool? Lives(int number, long started)
    {
        if (Started == 0) return null;
        if (OperatingSystem.IsLinux() && Stat(number.ToString(CultureInfo.InvariantCulture)) is { } stat)
            return stat.Started == started && stat.State is not ('Z' or 'X');
        try
        {
            using var process = Process.GetProcessById(number);
            // On Linux: other users' processes may be hidden.
            return OperatingSystem.IsLinux() ? null : process.StartTime.ToUniversalTime().Ticks == started;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    // "4711 (any name) S 1 …": the state is the first field after the name, the start the twentieth.
    private static (int Number, char State, long Started)? Stat(string process)
    {
        var text = ReadLine($"/proc/{process}/stat");
        var name = text.LastIndexOf(')');
        if (name < 0 || !int.TryParse(text.AsSpan(0, Math.Max(0, text.IndexOf(' ', StringComparison.Ordinal))),
            CultureInfo.InvariantCulture, out var number)) return null;
        var fields = text[(name + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 19 && long.TryParse(fields[19], CultureInfo.InvariantCulture, out var started)
            ? (number, fields[0][0], started) : null;
    }

    private static string ReadLine(string file)
    {
        try
        {
            return File.ReadLines(file).FirstOrDefault("").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string ReadLink(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
