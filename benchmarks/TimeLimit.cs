using System.Diagnostics;
using System.Globalization;

namespace Rhoflow.Benchmarks;

/// <summary>How long a row may take, the peer's side included, and the interruption that ends it sooner.</summary>
internal sealed class TimeLimit : IDisposable
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly CancellationTokenSource _end;
    private readonly CancellationToken _interruption;
    private readonly double _seconds;

    /// <param name="seconds">From now.</param>
    /// <param name="words">What is over then: "the limit of 60 s".</param>
    /// <param name="interruption">Ends it sooner.</param>
    public TimeLimit(double seconds, string words, CancellationToken interruption)
    {
        (_seconds, Words, _interruption) = (seconds, words, interruption);
        _end = CancellationTokenSource.CreateLinkedTokenSource(interruption);
        // What a timer can hold: 24 days.
        if (seconds < 2e6) _end.CancelAfter(TimeSpan.FromSeconds(Math.Max(0, seconds)));
    }

    public TimeLimit(double seconds, CancellationToken interruption)
        : this(seconds, string.Create(CultureInfo.InvariantCulture, $"the limit of {seconds:0.###} s"), interruption)
    {
    }

    /// <summary>Cancelled at the limit and at an interruption.</summary>
    public CancellationToken Token => _end.Token;

    /// <summary>Seconds left; negative when it is over.</summary>
    public double Left => _seconds - _clock.Elapsed.TotalSeconds;

    /// <summary>What runs out: "the limit of 60 s".</summary>
    public string Words { get; }

    /// <summary>Whether it has run out.</summary>
    public bool IsOver => Left <= 0;

    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    public void ThrowIfInterrupted() => _interruption.ThrowIfCancellationRequested();

    public void Dispose() => _end.Dispose();
}
