using System.Runtime.InteropServices;
using Rhoflow.Cli;

// The first Ctrl-C (or SIGTERM) asks the running work to save its state and stop; a second one ends at once.
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
};
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
});
return CommandLine.Run(args, Console.Out, Console.Error, stop.Token);
