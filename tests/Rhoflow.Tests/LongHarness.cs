using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Xunit;

namespace Rhoflow.Tests;

/// <summary>
/// A harness that is repeated with fresh random inputs: some times in the ordinary suite, and for hours under `./test --long MINUTES`,
/// where a test with <c>[Fact(Explicit = true)]</c> calls the same body. The minutes are shared evenly by all such tests. How often each
/// was done stands in the file that <c>RHOFLOW_LONG_FIGURES</c> names: one that was ended before its number was reached goes on with it.
/// </summary>
internal static class LongHarness
{
    private static readonly Lazy<int> Harnesses = new(static () => typeof(LongHarness).Assembly.GetTypes()
        .SelectMany(static t => t.GetMethods()).Count(static m => m.GetCustomAttribute<FactAttribute>() is { Explicit: true }));

    /// <summary>Whether this is `./test --long`.</summary>
    public static bool IsLong => Minutes > 0;

    /// <summary>How long one harness may go on.</summary>
    public static TimeSpan Share => TimeSpan.FromMinutes(Minutes / Math.Max(1, Harnesses.Value));

    private static double Minutes => double.TryParse(
        Environment.GetEnvironmentVariable("RHOFLOW_LONG_MINUTES"), CultureInfo.InvariantCulture, out var minutes) ? minutes : 0;

    /// <summary>
    /// Repeats a body until it was done <paramref name="most"/> times or the minutes are over, but once at least, and prints how often. A
    /// failure names the seed: with <c>RHOFLOW_SEED=seed</c> the first is that one again.
    /// </summary>
    /// <param name="name">What is repeated, for the figures that are printed.</param>
    /// <param name="most">At most so many times.</param>
    /// <param name="body">Told a random source of its own each time.</param>
    public static int Repeat(string name, int most, Action<Random> body)
    {
        var clock = Stopwatch.StartNew();
        var (before, minutes) = IsLong ? LongFigures.Of(name, most) : default;
        var (done, written, began, seed) = (0, TimeSpan.Zero, 0L, 0);
        // What never returns is told by its seed.
        using var watchdog = IsLong ? new Timer(_ =>
        {
            if (Volatile.Read(ref seed) is var at && Stopwatch.GetElapsedTime(Volatile.Read(ref began)) is { TotalSeconds: > 20 } so)
                Console.WriteLine($"long: {name}: seed {at} has not returned for {so.TotalSeconds:0} s");
        }, null, 20_000, 20_000) : null;
        while (before + done < most && (done == 0 || !IsLong || clock.Elapsed < Share))
        {
            seed = int.TryParse(Environment.GetEnvironmentVariable("RHOFLOW_SEED"), out var given) && done == 0 ? given
                : Random.Shared.Next();
            began = Stopwatch.GetTimestamp();
            try
            {
                body(new Random(seed));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{name}, seed {seed}, after {before + done} that went well: {e.Message}", e);
            }
            done++;
            if (!IsLong || clock.Elapsed - written < TimeSpan.FromSeconds(5)) continue;
            written = clock.Elapsed;
            LongFigures.Write(name, before + done, minutes + written.TotalMinutes);
        }
        if (!IsLong) return done;
        LongFigures.Write(name, before + done, minutes + clock.Elapsed.TotalMinutes);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"long: {name}: {before + done} times in "
            + $"{minutes + clock.Elapsed.TotalMinutes:0.0} min, {done / clock.Elapsed.TotalSeconds:0} a second"));
        return done;
    }
}
