using System.Diagnostics;
using System.Globalization;
using Rhoflow.Measures;
using Rhoflow.Observations;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// Says where the measuring of an observation stands: which measure, which part of it, how long it will take. Measures compute in silence,
/// so it speaks by a clock of its own.
/// </summary>
internal sealed class MeasureWatch : IDisposable
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1), Between = TimeSpan.FromSeconds(0.5);

    private readonly Action<string> _say;
    private readonly Timer _timer;
    private readonly Dictionary<Measure, double> _seconds = new(ReferenceEqualityComparer.Instance);
    private readonly List<(Measure, double)> _took = [];
    private readonly Lock _lock = new();
    private readonly Stopwatch _clock = new();
    private MeasureForecast? _forecast;
    private IReadOnlyList<Measure> _all = [];
    private Linearization? _passes;
    private Measure? _now;
    private string _part = "";
    private int _at, _productsBefore;
    private long _products;

    /// <param name="say">Receives a sentence about every half second, from a thread of its own.</param>
    public MeasureWatch(Action<string> say)
    {
        _say = say;
        _timer = new Timer(_ => Speak());
    }

    /// <summary>What is to come, where it is known.</summary>
    public MeasureForecast? Forecast
    {
        get => _forecast;
        set
        {
            lock (_lock) _forecast = value;
        }
    }

    /// <summary>What each measure took so far, in seconds.</summary>
    public IReadOnlyList<(Measure Measure, double Seconds)> Took => _took;

    /// <summary>An observation begins.</summary>
    /// <param name="all">The measures that are due, in their order.</param>
    public void Begin(IReadOnlyList<Measure> all)
    {
        lock (_lock)
        {
            (_all, _at, _now) = (all, 0, null);
            _seconds.Clear();
            foreach (var (measure, seconds) in _forecast?.Of(all) ?? []) _seconds[measure] = seconds;
            _clock.Restart();
        }
        _timer.Change(First, Between);
    }

    /// <summary>A measure begins.</summary>
    /// <param name="measure">The next of those that are due.</param>
    public void Begin(Measure measure)
    {
        lock (_lock)
        {
            if (_now is { } before) _took.Add((before, _clock.Elapsed.TotalSeconds));
            (_now, _part, _passes) = (measure, "", null);
            _at++;
            _clock.Restart();
        }
    }

    /// <summary>Its derivatives are there: their products are counted.</summary>
    public void Takes(Linearization? passes)
    {
        lock (_lock)
        {
            (_passes, _productsBefore) = (passes, passes?.Products ?? 0);
            _products = _now is { Need: MeasureNeed.Curvature } now && _forecast is { } forecast ? forecast.Products(now) : 0;
        }
    }

    /// <summary>A part of it begins.</summary>
    public void Part(string words)
    {
        lock (_lock) _part = words;
    }

    /// <summary>The observation is over.</summary>
    public void End()
    {
        _timer.Change(Timeout.Infinite, Timeout.Infinite);
        lock (_lock)
        {
            if (_now is { } before) _took.Add((before, _clock.Elapsed.TotalSeconds));
            (_now, _passes) = (null, null);
        }
    }

    /// <summary>Says no more.</summary>
    public void Dispose() => _timer.Dispose();

    /// <summary>"measuring structure/spectral (12 of 40), layer 2 of 3, 12 s, about 30 s left".</summary>
    public override string ToString()
    {
        lock (_lock)
        {
            if (_now is not { } now) return "measuring";
            var words = string.Create(CultureInfo.InvariantCulture, $"measuring {now.Family}/{now.Name} ({_at} of {_all.Count})");
            if (_part.Length > 0) words += $", {_part}";
            if ((_passes?.Products ?? 0) - _productsBefore is > 0 and var products)
                words += string.Create(CultureInfo.InvariantCulture, $", product {products}")
                    + (_products > 0 ? string.Create(CultureInfo.InvariantCulture, $" of about {Math.Max(_products, products)}") : "");
            var here = _clock.Elapsed.TotalSeconds;
            var after = _all.Skip(_at).Sum(m => _seconds.GetValueOrDefault(m));
            var left = Math.Max(0, _seconds.GetValueOrDefault(now) - here) + after;
            return words + (left >= 1 ? $", about {Words(left)} left" : here >= 1 ? $", {Words(here)} so far" : "");
        }
    }

    /// <summary>Seconds as people say them.</summary>
    internal static string Words(double seconds) => seconds switch
    {
        < 120 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
        < 7200 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.#} h"),
    };

    private void Speak()
    {
        lock (_lock)
        {
            if (_now is null) return;
        }
        _say(ToString());
    }
}
