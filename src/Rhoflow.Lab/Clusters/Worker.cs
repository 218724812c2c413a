using System.Diagnostics;
using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Extensions;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.Clusters;

/// <summary>
/// A process that makes runs for another: orders come in lines, reports go out in lines. When no more can come, since the other process has
/// ended or wants it, the work is saved and ends.
/// </summary>
/// <param name="output">Where reports go.</param>
internal sealed class Worker(TextWriter output)
{
    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(0.2);

    // One for all orders: it remembers what was seen of locks.
    private readonly RunLauncher _launcher = new("", Resume: true, []);

    /// <summary>Does orders until there are no more.</summary>
    /// <param name="input">A line an order.</param>
    /// <param name="stop">Asks this process to end as Ctrl-C does; called when the input has ended while there is work.</param>
    /// <param name="cancellation">Ends it.</param>
    public void Serve(TextReader input, Action stop, CancellationToken cancellation)
    {
        using var orders = new System.Collections.Concurrent.BlockingCollection<string>();
        var working = 0;
        new Thread(() =>
        {
            while (input.ReadLine() is { } line) orders.Add(line, CancellationToken.None);
            orders.CompleteAdding();
            if (Volatile.Read(ref working) > 0) stop();
        })
        { IsBackground = true, Name = "orders" }.Start();
        foreach (var line in orders.GetConsumingEnumerable(CancellationToken.None))
        {
            Interlocked.Increment(ref working);
            if (orders.IsAddingCompleted || cancellation.IsCancellationRequested) return;
            var order = WorkOrder.Parse(line, "standard input");
            Write(WorkReport.Begun());
            foreach (var group in order.Groups) Say(() => WorkReport.Ended(Do(order, group, cancellation)));
            Interlocked.Decrement(ref working);
        }
    }

    /// <summary>Does the groups of one order; returns how its runs ended, with a sentence for each that did not finish.</summary>
    /// <param name="order">What to do.</param>
    /// <param name="complain">Told the sentences.</param>
    /// <param name="cancellation">Ends it after every state is saved.</param>
    public bool Do(WorkOrder order, Action<string> complain, CancellationToken cancellation)
    {
        var good = true;
        foreach (var group in order.Groups)
        {
            try
            {
                foreach (var o in Do(order, group, cancellation))
                {
                    if (o.Status == RunStatus.Finished) continue;
                    good = false;
                    complain($"{o.Folder.Path}: {o.Error ?? o.Status.ToString().ToLowerInvariant()}");
                }
            }
            catch (Exception e) when (e is ConfigException or DataException or InvalidDataException or RunFolderException)
            {
                good = false;
                complain(e.Message);
            }
            if (cancellation.IsCancellationRequested) return false;
        }
        return good;
    }

    private IReadOnlyList<RunOutcome> Do(WorkOrder order, IReadOnlyList<string> group, CancellationToken cancellation)
    {
        foreach (var file in order.Extensions) ExtensionLoader.Load(file);
        var launcher = _launcher with
        {
            Root = order.Root,
            CommandLine = order.CommandLine,
            Data = order.Folders,
            Wait = order.Wait,
            Said = note => Write(WorkReport.Said(note)),
        };
        var clock = Stopwatch.StartNew();
        var next = TimeSpan.Zero;
        void At(string text)
        {
            lock (clock)
            {
                if (clock.Elapsed < next) return;
                next = clock.Elapsed + BetweenReports;
            }
            Write(WorkReport.At(text));
        }
        try
        {
            return launcher.Launch(WorkOrder.Read(group), order.Threads > 0 ? order.Threads : Environment.ProcessorCount, At, cancellation);
        }
        catch (RunInterruptedException e)
        {
            return e.Outcomes;
        }
    }

    private void Say(Func<string> report)
    {
        try
        {
            Write(report());
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Write(WorkReport.Refused(e));
        }
    }

    private void Write(string line)
    {
        lock (output)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }
}
