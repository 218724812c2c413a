using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Rhoflow.Cli;

/// <summary>
/// One line of progress on standard error: live on a terminal, a line now and then elsewhere, nothing if quiet. Work that says nothing for
/// a while is shown with its seconds, by a clock of the line's own.
/// </summary>
internal sealed class ProgressLine : IDisposable
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    private readonly TextWriter _error;
    private readonly bool _quiet, _live;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Lock _lock = new();
    private readonly Timer? _timer;
    private Func<string>? _last;
    private TimeSpan _next, _since;
    private int _shown;
    private bool _ended;

    public ProgressLine(TextWriter error, bool quiet)
    {
        (_error, _quiet) = (error, quiet);
        _live = !quiet && PlainWriter.Is(error, Console.Error) && !Console.IsErrorRedirected;
        _next = TimeSpan.FromSeconds(_live ? 0.5 : 10);
        if (!quiet) _timer = new Timer(_ => Tick(), null, Silence, TimeSpan.FromSeconds(1));
    }

    /// <summary>Says where the work stands, if it is time to.</summary>
    public void Report(Func<string> text)
    {
        if (_quiet) return;
        lock (_lock)
        {
            (_last, _since) = (text, _clock.Elapsed);
            if (_clock.Elapsed >= _next) Show(text());
        }
    }

    /// <summary>Something to keep: a note or the end of a part.</summary>
    public void Say(string text)
    {
        if (_quiet) return;
        Complain(text);
    }

    /// <summary>An error, also if quiet.</summary>
    public void Complain(string text)
    {
        lock (_lock)
        {
            Clear();
            _error.WriteLine($"rhoflow: {text}");
        }
    }

    /// <summary>Writes elsewhere (a row of a table on the same terminal) where the line stood; the next report brings it back.</summary>
    public void Around(Action write)
    {
        lock (_lock)
        {
            Clear();
            write();
        }
    }

    /// <summary>Takes the line away, and shows no more.</summary>
    public void Dispose()
    {
        _timer?.Dispose();
        lock (_lock)
        {
            Clear();
            (_last, _ended) = (null, true);
        }
    }

    // What computes in silence is shown by its last words.
    private void Tick()
    {
        lock (_lock)
        {
            var quiet = _clock.Elapsed - _since;
            if (_last is not { } text || quiet < Silence || _clock.Elapsed < _next) return;
            Show(string.Create(CultureInfo.InvariantCulture, $"{text()} ({quiet.TotalSeconds:0} s)"));
        }
    }

    private void Show(string line)
    {
        if (_ended) return;
        _next = _clock.Elapsed + TimeSpan.FromSeconds(_live ? 0.1 : 10);
        if (!_live)
        {
            _error.WriteLine($"rhoflow: {line}");
            return;
        }
        // A line that wraps could not be taken back.
        var width = Math.Max(20, AnsiConsole.Console.Profile.Width - 1);
        if (line.Length > width) line = line[..(width - 1)] + "…";
        _error.Write("\r" + line.PadRight(_shown));
        _shown = line.Length;
    }

    private void Clear()
    {
        if (_shown > 0) _error.Write("\r" + new string(' ', _shown) + "\r");
        _shown = 0;
    }
}
