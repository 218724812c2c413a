using System.Diagnostics;
using System.Globalization;

namespace Rhoflow.Flows;

/// <summary>How fast a trajectory comes on, and what its end will take at that rate: for progress, and for one that gives up.</summary>
internal sealed class Pace
{
    private const long StepsOfRate = 1_000_000, BetweenLooks = 256;
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _then;
    private double _u = double.NaN, _uOfSteps = double.NaN;

    /// <summary>To be called after every step.</summary>
    /// <param name="steps">Steps so far.</param>
    /// <param name="now">Where the last one ended.</param>
    public void Step(long steps, Instant now)
    {
        if (steps % StepsOfRate == 1) _uOfSteps = now.U;
    }

    /// <summary>Every few seconds a sentence, else null.</summary>
    /// <param name="steps">Steps so far.</param>
    /// <param name="now">Where the last one ended.</param>
    /// <param name="goal">Where the trajectory ends; null where a loss or a condition decides.</param>
    public string? Look(long steps, Instant now, Instant? goal)
    {
        if (steps % BetweenLooks != 0 || _clock.Elapsed - _then is var passed && passed < s_interval) return null;
        var (before, elapsed) = (_u, passed.TotalSeconds);
        (_then, _u) = (_clock.Elapsed, now.U);
        var place = string.Create(CultureInfo.InvariantCulture, $"{now} after {steps:N0} steps");
        return goal is { } g && now.U > before && g.U > now.U
            ? $"{place}; at this rate {g} needs {InWords((g.U - now.U) / (now.U - before) * elapsed)} more" : place;
    }

    /// <summary>The same for an error: by steps, so that it does not depend on the machine.</summary>
    /// <inheritdoc cref="Look" path="/param"/>
    public string AtTheEnd(long steps, Instant now, Instant? goal)
    {
        var behind = (steps - 1) % StepsOfRate;
        return goal is { } g && behind > 0 && now.U > _uOfSteps
            ? string.Create(CultureInfo.InvariantCulture,
                $"; at the rate of the last {behind:N0}, {g} would take {(g.U - now.U) / (now.U - _uOfSteps) * behind:g3} more")
            : "";
    }

    private static string InWords(double seconds)
    {
        var (value, unit) = seconds switch
        {
            < 90 => (seconds, "s"),
            < 5400 => (seconds / 60, "min"),
            < 172_800 => (seconds / 3600, "h"),
            < 3e9 => (seconds / 86_400, "days"),
            _ => (seconds / 31_557_600, "years"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{value:g3} {unit}");
    }
}
