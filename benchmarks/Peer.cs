using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Rhoflow.Benchmarks;

/// <summary>
/// A process (Python) that does the same work with the libraries that our users come from. It stays alive, so that ours and theirs
/// alternate in one run. It is ended, with what it has started, at a limit and at an interruption.
/// </summary>
internal sealed class Peer : IDisposable
{
    private readonly Process _process;
    private readonly Lock _lock = new();
    private bool _disposed;

    public Peer(Process process)
    {
        _process = process;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
    }

    /// <summary>Whether it answers no more.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>CPU time that it has used, of all its threads; NaN where the system does not tell it.</summary>
    public double CpuSeconds
    {
        get
        {
            lock (_lock)
            {
                if (_disposed) return double.NaN;
                try
                {
                    _process.Refresh();
                    return _process.TotalProcessorTime.TotalSeconds;
                }
                catch (Exception e) when (e is InvalidOperationException or NotSupportedException or Win32Exception)
                {
                    return double.NaN;
                }
            }
        }
    }

    /// <summary>Seconds of one repetition, or why there are none.</summary>
    public (double? Seconds, string Why) Seconds(string work, int repeats, TimeLimit limit)
    {
        var (line, why) = Answer(string.Create(CultureInfo.InvariantCulture, $"{work} {repeats}"), limit);
        if (line is null) return (null, why);
        return double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) ? (seconds, "") : (null, line);
    }

    /// <summary>The line that it answers a line with; null where it has ended or been ended, and then why.</summary>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    public (string? Line, string Why) Answer(string line, TimeLimit limit)
    {
        limit.ThrowIfInterrupted();
        try
        {
            using var registration = limit.Token.Register(End);
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
            if (_process.StandardOutput.ReadLine() is { } answer) return (answer, "");
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or ObjectDisposedException)
        {
            // It has ended: said below.
        }
        limit.ThrowIfInterrupted();
        HasEnded = true;
        return (null, limit.IsOver || limit.Token.IsCancellationRequested ? $"over {limit.Words}" : "failed its process ended");
    }

    /// <summary>Ends it at once, with the processes that it has started.</summary>
    public void End()
    {
        lock (_lock)
        {
            HasEnded = true;
            if (_disposed) return;
            try
            {
                _process.Kill(entireProcessTree: true);
            }
            catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
            {
                // It has ended already.
            }
        }
    }

    public void Dispose()
    {
        End();
        lock (_lock)
        {
            if (_disposed) return;
            _disposed = true;
            _process.Dispose();
        }
    }
}
