using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using Rhoflow.Descents;

namespace Rhoflow.Lab.DescentRuns;

/// <summary>Where a training stands, how fast it goes and how long it will take.</summary>
internal sealed class DescentClock<T>(Training<T> training, int epochs, Action<string>? progress, Action<long>? afterStep)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // The rate is that of the last half minute to minute: machines are shared.
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private (TimeSpan At, long Steps) _from = (TimeSpan.Zero, Steps(training)), _since = (TimeSpan.Zero, Steps(training));
    private TimeSpan _next;

    /// <summary>Called after every step; speaks ten times a second at most.</summary>
    public void Report(Training<T> _)
    {
        afterStep?.Invoke(Steps(training));
        if (progress is null || _clock.Elapsed < _next) return;
        _next = _clock.Elapsed + TimeSpan.FromSeconds(0.1);
        var done = Steps(training);
        if (_clock.Elapsed - _since.At > Window) (_from, _since) = (_since, (_clock.Elapsed, done));
        var rate = (done - _from.Steps) / (_clock.Elapsed - _from.At).TotalSeconds;
        var left = rate > 0 ? TimeSpan.FromSeconds(((long)epochs * training.StepsPerEpoch - done) / rate) : TimeSpan.Zero;
        var loss = training.Replicas.Where(static r => r.Failure is null).Select(static r => r.State.LogLoss / Math.Log(10))
            .DefaultIfEmpty(double.NaN).First();
        progress(string.Create(CultureInfo.InvariantCulture,
            $"epoch {training.Epoch + 1} of {epochs}, {rate / training.StepsPerEpoch:g3} epochs/s ({rate:g3} steps/s), log10 L {loss:f3}, "
            + $"{Words(left)} left"));
    }

    /// <summary>Does what takes time but is no training: it does not count in the rate.</summary>
    public void Observe(Action observe)
    {
        progress?.Invoke($"epoch {training.Epoch} of {epochs}, measuring");
        _clock.Stop();
        observe();
        _clock.Start();
    }

    private static long Steps(Training<T> training)
    {
        var state = training.Replicas.FirstOrDefault(static r => r.Failure is null && !r.State.IsStopped)?.State;
        return state is null ? 0 : (long)state.Epoch * training.StepsPerEpoch + state.StepInEpoch;
    }

    private static string Words(TimeSpan t) => t.TotalHours >= 1 ? $"{(int)t.TotalHours} h {t.Minutes} min"
        : t.TotalMinutes >= 1 ? $"{t.Minutes} min {t.Seconds} s"
        : $"{t.Seconds} s";
}
