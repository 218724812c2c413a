namespace Rhoflow.Flows;

/// <summary>The independent variable that a flow is integrated in.</summary>
public enum ClockKind
{
    /// <summary>u = log(1 + t): dy/du = (1 + t) dy/dt. Regular at 0; every quantity stays O(1) up to t = 1e10000. The default.</summary>
    LogT,

    /// <summary>t itself.</summary>
    T,

    /// <summary>
    /// The loss-rescaled time dτ = L dt, in which exponential-type losses flow at unit speed; t follows from du/dτ = e^{−log L − u}.
    /// </summary>
    Tau,
}

/// <summary>Lists of instants to observe at.</summary>
public static class Clock
{
    /// <summary>t = 10^from, 10^(from+1) … 10^to: the arguments are exponents.</summary>
    /// <remarks><c>DecadesOfT(1, 1000)</c> is t = 1e1, 1e2 … 1e1000.</remarks>
    public static Instant[] DecadesOfT(int from, int to) =>
        [.. Enumerable.Range(from, to - from + 1).Select(e => Instant.FromLog10T(e))];

    /// <summary><paramref name="count"/> instants evenly spaced in log(1 + t), both ends included.</summary>
    public static Instant[] LogSpaced(Instant from, Instant to, int count) => count == 1
        ? [to]
        : [.. Enumerable.Range(0, count).Select(i =>
            i == 0 ? from : i == count - 1 ? to : Instant.FromU(from.U + (to.U - from.U) * i / (count - 1)))];
}
