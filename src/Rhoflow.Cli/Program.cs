using Rhoflow.Cli;

using var interruption = new Interruption(() =>
{
    CommandLine.GiveUp(args, Console.Out, Console.Error);
    Environment.Exit(ExitStatus.Interrupted);
});
return CommandLine.Run(args, Console.Out, Console.Error, interruption.Token);
