using System.Diagnostics;
using Rhoflow.Lab.Report;
using Spectre.Console;

namespace Rhoflow.Cli;

/// <summary>Progress on standard error: a live line on a terminal, a plain line now and then elsewhere.</summary>
internal sealed class ReproduceProgress : IDisposable
{
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(5);

    private readonly TextWriter _error;
    private readonly bool _quiet;
    private readonly Lock _lock = new();
    private readonly List<string> _running = [];
    private readonly ManualResetEventSlim _stop = new();
    private readonly Task? _live;
    private long _lastLine;
    private string _status = "";

    public ReproduceProgress(TextWriter error, bool quiet)
    {
        (_error, _quiet) = (error, quiet);
        if (quiet || !ReferenceEquals(error, Console.Error) || Console.IsErrorRedirected) return;
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (!console.Profile.Capabilities.Interactive) return;
        _live = Task.Run(() => console.Status().Start("starting", status =>
        {
            while (!_stop.Wait(120))
            {
                lock (_lock)
                {
                    if (_status.Length > 0) status.Status(Markup.Escape(_status));
                }
            }
        }));
    }

    /// <summary>Takes note of what happened; one call at a time.</summary>
    public void On(ReproductionEvent e)
    {
        if (_quiet) return;
        lock (_lock)
        {
            _running.RemoveAll(r => r == e.Id || r.StartsWith(e.Id + " ", StringComparison.Ordinal));
            if (!e.Ended) _running.Add(e.Text.Length == 0 ? e.Id : $"{e.Id} ({e.Text})");
            _status = $"{e.Done} of {e.Total} done" + (_running.Count == 0 ? "" : $": {string.Join(", ", _running)}");
            if (_live is not null) return;
            if (_lastLine == 0) _lastLine = Stopwatch.GetTimestamp();
            if (Stopwatch.GetElapsedTime(_lastLine) < LineEvery && !(e.Ended && e.Done == e.Total)) return;
            _lastLine = Stopwatch.GetTimestamp();
            _error.WriteLine($"rhoflow: {_status}");
        }
    }

    /// <summary>Ends the live line, so that other text can be written.</summary>
    public void Stop()
    {
        _stop.Set();
        _live?.Wait();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _stop.Dispose();
    }
}
