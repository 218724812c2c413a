using Rhoflow.Cli;

using var interruption = new Interruption(() =>
{
    CommandLine.GiveUp(args, Console.Out, Console.Error);
    Environment.Exit(ExitStatus.Interrupted);
}, CommandLine.SayStopping);
return args is [Rhoflow.Lab.Clusters.WorkerProgram.Command, ..] ? WorkCommand.Run(args[1..], interruption)
    : CommandLine.Run(args, Console.Out, Console.Error, interruption.Token);
