using System.Diagnostics;

namespace Rhoflow.Cli;

/// <summary>One line of progress on standard error: live on a terminal, a line now and then elsewhere, nothing if quiet.</summary>
internal sealed class ProgressLine(TextWriter error, bool quiet) : IDisposable
{
    private readonly bool _live = !quiet && PlainWriter.Is(error, Console.Error) && !Console.IsErrorRedirected;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Lock _lock = new();
    private TimeSpan _next;
    private int _shown;

    /// <summary>Says where the work stands, if it is time to.</summary>
    public void Report(Func<string> text)
    {
        if (quiet) return;
        lock (_lock)
        {
            if (_next == default) _next = TimeSpan.FromSeconds(_live ? 0.5 : 10);
            if (_clock.Elapsed < _next) return;
            _next = _clock.Elapsed + TimeSpan.FromSeconds(_live ? 0.1 : 10);
            var line = text();
            if (!_live)
            {
                error.WriteLine($"rhoflow: {line}");
                return;
            }
            error.Write("\r" + line.PadRight(_shown));
            _shown = line.Length;
        }
    }

    /// <summary>Something to keep: a note or the end of a part.</summary>
    public void Say(string text)
    {
        if (quiet) return;
        lock (_lock)
        {
            Clear();
            error.WriteLine($"rhoflow: {text}");
        }
    }

    /// <summary>An error, also if quiet.</summary>
    public void Complain(string text)
    {
        lock (_lock)
        {
            Clear();
            error.WriteLine($"rhoflow: {text}");
        }
    }

    public void Dispose()
    {
        lock (_lock) Clear();
    }

    private void Clear()
    {
        if (_shown > 0) error.Write("\r" + new string(' ', _shown) + "\r");
        _shown = 0;
    }
}
