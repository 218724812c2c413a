using System.Globalization;
using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>
/// A positive function of time, α(t) or ρ(t), that is prescribed instead of learned (T3 eq. 81, T3 §13.1, T3 §17, T3 Fig. 7; SQ §6.1).
/// Given and evaluated through logarithms, so that it exists where t overflows.
/// </summary>
public sealed class Schedule
{
    private readonly Func<double, double> _logValue;

    private Schedule(string name, double smallestT, Func<double, double> logValue) =>
        (Name, SmallestT, _logValue) = (name, smallestT, logValue);

    /// <summary>As in configs: log-t, log-log-t, inverse-log-t, exp-t, or the expression.</summary>
    public string Name { get; }

    /// <summary>
    /// The schedule is positive for t &gt; SmallestT only (1 for log t, e for log log t); 0 where <see cref="IsDefinedAt"/> decides.
    /// </summary>
    public double SmallestT { get; }

    /// <summary>ρ(t) = log t, t &gt; 1.</summary>
    public static readonly Schedule LogT = new("log-t", 1, static u => Math.Log(u));

    /// <summary>ρ(t) = log log t, t &gt; e.</summary>
    public static readonly Schedule LogLogT = new("log-log-t", Math.E, static u => Math.Log(Math.Log(u)));

    /// <summary>ρ(t) = 1/log t, t &gt; 1.</summary>
    public static readonly Schedule InverseLogT = new("inverse-log-t", 1, static u => -Math.Log(u));

    /// <summary>ρ(t) = e^t.</summary>
    public static readonly Schedule ExpT = new("exp-t", 0, static u => Math.Exp(u));

    /// <summary>The schedules of T3 Fig. 7, by name.</summary>
    public static readonly IReadOnlyList<Schedule> All = [LogT, LogLogT, InverseLogT, ExpT];

    /// <summary>log ρ(t) for a given log t, both natural; NaN where ρ(t) is not positive. +∞ only where log ρ itself overflows.</summary>
    public double LogValue(double logT) => _logValue(logT);

    /// <summary>ρ(t); +∞ or 0 where a double cannot hold it.</summary>
    public double Value(double logT) => Math.Exp(LogValue(logT));

    /// <summary>True if the schedule is a positive number at that time.</summary>
    public bool IsDefinedAt(double logT) => LogValue(logT) > double.NegativeInfinity;

    /// <summary>ρ(t) = c for all t.</summary>
    public static Schedule Constant(double c) => Parse(c.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>A name from <see cref="All"/>, or an <see cref="Expression"/> in t.</summary>
    /// <exception cref="FormatException">Neither; the message says where and what is allowed.</exception>
    public static Schedule Parse(string text)
    {
        foreach (var known in All)
            if (known.Name == text.Trim()) return known;
        var expression = Expression.Parse(text);
        return new Schedule(text.Trim(), 0, expression.LogAt);
    }

    /// <summary>Where a flow with this schedule begins: t = 3 for the schedules that need t &gt; e or t &gt; 1, t = 0 otherwise.</summary>
    public Instant Begin => Instant.FromT(SmallestT > 0 ? 3 : 0);

    /// <summary>The name, or the expression.</summary>
    public override string ToString() => Name;

    /// <summary>
    /// Beyond this norm the products ρ f lose all meaning in double precision: e^{−ρf} is 0 for every separated example, and the
    /// directions stand still.
    /// </summary>
    internal const double Frozen = 1e15;

    /// <summary>A velocity of 0, beyond <see cref="Frozen"/>.</summary>
    internal static double Freeze(Span<double> velocity)
    {
        velocity.Clear();
        return 0;
    }
}
