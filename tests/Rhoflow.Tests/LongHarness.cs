using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Xunit;

namespace Rhoflow.Tests;

/// <summary>
/// A harness that is repeated with fresh random inputs: some times in the ordinary suite, and for hours under `./test --long MINUTES`,
/// where a test with <c>[Fact(Explicit = true)]</c> calls the same body. The minutes are shared evenly by all such tests.
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
        var done = 0;
        while (done < most && (done == 0 || !IsLong || clock.Elapsed < Share))
        {
            var seed = int.TryParse(Environment.GetEnvironmentVariable("RHOFLOW_SEED"), out var given) && done == 0 ? given
                : Random.Shared.Next();
            try
            {
                body(new Random(seed));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{name}, seed {seed}, after {done} that went well: {e.Message}", e);
            }
            done++;
        }
        if (IsLong)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"long: {name}: {done} times in {clock.Elapsed.TotalMinutes:0.0} min"));
        return done;
    }
}
