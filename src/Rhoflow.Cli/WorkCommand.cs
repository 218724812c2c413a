using System.Text;
using Rhoflow.Lab.Clusters;
using Rhoflow.Lab.Config;

namespace Rhoflow.Cli;

/// <summary>
/// <c>rhoflow work [TASK.json]</c>, which other processes of this program start: makes the runs of a task of a cluster, or of what comes on
/// standard input. People do not type it, so no help shows it.
/// </summary>
internal static class WorkCommand
{
    // What Slurm says to its tasks about the processors that they were given.
    private static readonly string[] s_processors = ["SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE"];

    /// <summary>Returns the exit status.</summary>
    public static int Run(string[] args, Interruption interruption)
    {
        try
        {
            return args is [var file] ? Task(file, interruption.Token) : Serve(interruption);
        }
        catch (Exception e) when (e is ConfigException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"rhoflow: {e.Message}");
            return ExitStatus.Of(e);
        }
        catch (OperationCanceledException)
        {
            return ExitStatus.Interrupted;
        }
    }

    private static int Serve(Interruption interruption)
    {
        using var input = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
        using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        new Worker(output).Serve(input, interruption.Ask, interruption.Token);
        return interruption.Token.IsCancellationRequested ? ExitStatus.Interrupted : ExitStatus.Done;
    }

    private static int Task(string file, CancellationToken cancellation)
    {
        var order = WorkOrder.Parse(File.ReadAllText(file), file);
        if (s_processors.Select(static v => int.TryParse(Environment.GetEnvironmentVariable(v), out var n) ? n : 0)
            .FirstOrDefault(static n => n > 0) is > 0 and var threads) order = order with { Threads = threads };
        var good = new Worker(TextWriter.Null).Do(order, static sentence => Console.Error.WriteLine($"rhoflow: {sentence}"), cancellation);
        return cancellation.IsCancellationRequested ? ExitStatus.Interrupted : good ? ExitStatus.Done : ExitStatus.Failed;
    }
}
