using System.Diagnostics;
using System.Globalization;

namespace Rhoflow.Peers;

/// <summary>A line on standard input, a line in answer, as peers/protocol.py has it.</summary>
internal static class Protocol
{
    // Seconds.
    private const double LongestTrial = 1;

    /// <summary>Answers until standard input ends.</summary>
    /// <param name="libraries">Which there are.</param>
    /// <param name="works">"NAME LIBRARY" to what makes the work.</param>
    /// <param name="answer">Answers lines that begin with "{".</param>
    public static void Serve(string[] libraries, IReadOnlyDictionary<string, Func<Action>> works, Func<string, string>? answer = null)
    {
        var made = new Dictionary<string, Action>();
        while (Console.ReadLine() is { } line)
        {
            string reply;
            try
            {
                reply = line == "libraries" ? string.Join(' ', libraries)
                    : line.StartsWith('{') && answer is not null ? answer(line)
                    : Seconds(line.Trim(), works, made).ToString("R", CultureInfo.InvariantCulture);
            }
            catch (Exception e)
            {
                // A peer that fails is reported as absent, never as slow.
                reply = "failed " + e.Message.ReplaceLineEndings(" ");
            }
            Console.WriteLine(reply);
        }
    }

    /// <summary>The fastest of several versions of a work here.</summary>
    public static Action Fastest(params IEnumerable<Action> candidates)
    {
        (double Seconds, Action Work)? best = null;
        foreach (var work in candidates)
        {
            work();
            var times = new List<double>();
            while (times.Count < 2 || (times.Count < 7 && times.Sum() < LongestTrial))
            {
                var begin = Stopwatch.GetTimestamp();
                work();
                times.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
            }
            if (best is not { } b || times.Min() < b.Seconds) best = (times.Min(), work);
        }
        return best!.Value.Work;
    }

    private static double Seconds(string line, IReadOnlyDictionary<string, Func<Action>> works, Dictionary<string, Action> made)
    {
        var space = line.LastIndexOf(' ');
        var (name, repeats) = (line[..space], int.Parse(line.AsSpan(space + 1), CultureInfo.InvariantCulture));
        if (!made.TryGetValue(name, out var work)) made[name] = work = works[name]();
        var begin = Stopwatch.GetTimestamp();
        for (var i = 0; i < repeats; i++) work();
        return Stopwatch.GetElapsedTime(begin).TotalSeconds / repeats;
    }
}
