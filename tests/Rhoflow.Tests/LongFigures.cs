using System.Globalization;

namespace Rhoflow.Tests;

/// <summary>
/// How often each long harness was done and in how many minutes, over all its runs: rows name,times,minutes of the file that
/// <c>RHOFLOW_LONG_FIGURES</c> names; without it nothing is kept.
/// </summary>
internal static class LongFigures
{
    private static readonly Lock s_gate = new();

    private static string? Path => Environment.GetEnvironmentVariable("RHOFLOW_LONG_FIGURES") is { Length: > 0 } path ? path : null;

    /// <summary>What an earlier run left; nothing where it reached its number, which then begins anew.</summary>
    public static (int Times, double Minutes) Of(string name, int most)
    {
        lock (s_gate) return Read().TryGetValue(name, out var row) && row.Times < most ? row : default;
    }

    /// <summary>Replaces the row of a harness.</summary>
    public static void Write(string name, int times, double minutes)
    {
        if (Path is not { } path) return;
        lock (s_gate)
        {
            var rows = Read();
            rows[name] = (times, minutes);
            File.WriteAllLines(path + ".new", rows.Select(static r => string.Create(CultureInfo.InvariantCulture,
                $"{r.Key},{r.Value.Times},{r.Value.Minutes:0.000}")));
            File.Move(path + ".new", path, overwrite: true);
        }
    }

    private static SortedDictionary<string, (int Times, double Minutes)> Read()
    {
        var rows = new SortedDictionary<string, (int, double)>(StringComparer.Ordinal);
        if (Path is not { } path || !File.Exists(path)) return rows;
        foreach (var line in File.ReadAllLines(path))
            if (line.Split(',') is [var name, var times, var minutes])
                rows[name] = (int.Parse(times, CultureInfo.InvariantCulture), double.Parse(minutes, CultureInfo.InvariantCulture));
        return rows;
    }
}
