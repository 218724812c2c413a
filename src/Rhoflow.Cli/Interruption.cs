using System.Runtime.InteropServices;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Cli;

/// <summary>
/// Ctrl-C and SIGTERM. The first asks the work to save its state and stop. What cannot be stopped halfway (a decomposition of a large
/// matrix) is given up after <see cref="Grace"/>: nothing is written then but states that were being saved, and earlier ones are kept. A
/// second one ends the program at once. Both are said.
/// </summary>
internal sealed class Interruption : IDisposable
{
    /// <summary>How long work may take to stop by itself.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(0.7);

    // What is over sooner needs no words.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(0.2);

    // A large state on a slow disk takes its time.
    private static readonly TimeSpan LongestSave = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration _interrupt, _terminate;
    private readonly Action _giveUp;
    private readonly Action<string> _say;
    private int _signals;
    private int _asked;

    /// <param name="giveUp">Ends the program; called once, on another thread, if the work has not ended by then.</param>
    /// <param name="say">Writes a line for the user.</param>
    public Interruption(Action giveUp, Action<string> say)
    {
        (_giveUp, _say) = (giveUp, say);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Does what the first signal does: for a process that others ask to end in another way.</summary>
    public void Ask()
    {
        if (Interlocked.Exchange(ref _asked, 1) != 0) return;
        new Thread(Watch) { IsBackground = true, Name = "interruption" }.Start();
        _stop.Cancel();
    }

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref _signals) > 1)
        {
            _say("ended at once; what was saved before is kept");
            return;
        }
        context.Cancel = true;
        Ask();
    }

    private void Watch()
    {
        Thread.Sleep(Quiet);
        _say(SavedStates.IsSaving ? "stopping, and saving; a second Ctrl-C ends at once" : "stopping; a second Ctrl-C ends at once");
        Thread.Sleep(Grace - Quiet);
        for (var waited = Grace; SavedStates.IsSaving && waited < LongestSave; waited += TimeSpan.FromSeconds(0.05))
            Thread.Sleep(TimeSpan.FromSeconds(0.05));
        _giveUp();
    }
}
