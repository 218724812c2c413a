using System.CommandLine;
using System.Text.Json.Nodes;
using Rhoflow.Data;
using Rhoflow.Lab.Clusters;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Extensions;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Cli;

/// <summary>The `rhoflow` command: which commands there are, and how their errors reach the user and the shell.</summary>
public static class CommandLine
{
    /// <summary>Does what the arguments say and returns the exit status.</summary>
    /// <param name="args">Without the program's name.</param>
    /// <param name="output">For results; with --json one document and nothing else.</param>
    /// <param name="error">For progress, notes and errors.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    public static int Run(string[] args, TextWriter output, TextWriter error, CancellationToken cancellation = default)
    {
        var json = args.Contains("--json", StringComparer.Ordinal);
        (output, error) = (new PlainWriter(output), new PlainWriter(error));
        try
        {
            var extensions = new Option<string[]>("--with")
            {
                Description = "An assembly of yours that adds flows, losses, layers, optimizers, measures or claims; see "
                    + "docs/extension.md.",
                HelpName = "MyLab.dll",
                Recursive = true,
            };
            var root = Root(extensions);
            if (args is [CompletionCommand.Question, var position, var line])
            {
                CompletionCommand.Answer(root, position, line, output);
                return ExitStatus.Done;
            }
            // help COMMAND is COMMAND --help; only configs have a help of their own.
            if (args is ["help", .. var about] && about is not ["config", ..]) args = [.. about, "--help"];
            if (args.Length > 0 && !args[0].StartsWith('-') && root.Subcommands.All(c => c.Name != args[0]))
                throw new ConfigException(
                    $"'{args[0]}' is not a command{Nearest.Hint(args[0], root.Subcommands.Select(c => c.Name), "commands")}");
            var parsed = root.Parse(args.Length == 0 ? ["--help"] : args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parsed.Errors.Count > 0) throw new ConfigException(Explain(parsed));
            foreach (var file in parsed.GetValue(extensions) ?? []) ExtensionLoader.Load(file);
            var configuration = new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return parsed.InvokeAsync(configuration, cancellation).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is ConfigException or DataException or RunFolderException or InvalidDataException
            or SlurmException)
        {
            return Fail(e.Message, ExitStatus.Of(e));
        }
        catch (OperationCanceledException)
        {
            return Fail("interrupted", ExitStatus.Interrupted);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or StackOverflowException))
        {
            return Fail($"this should not have happened, please report it:{Environment.NewLine}{e}", ExitStatus.Failed);
        }

        int Fail(string message, int status)
        {
            error.WriteLine($"rhoflow: {message}");
            if (json) output.WriteLine(ErrorDocument(message, status));
            return status;
        }
    }

    /// <summary>What was typed, as a page names it.</summary>
    internal static string Words() => string.Join(' ', Environment.GetCommandLineArgs().Skip(1)
        .Select(static w => w.Length > 0 && w.All(static c => char.IsLetterOrDigit(c) || "-_./=,:~+%@".Contains(c)) ? w : $"'{w}'")
            .Prepend("rhoflow"));

    /// <summary>Tells a person at a terminal what Ctrl-C has begun; it stands in the place of the progress line.</summary>
    internal static void SayStopping(string what)
    {
        if (Console.IsErrorRedirected) return;
        ClearLine();
        Console.Error.WriteLine($"rhoflow: {what}");
    }

    // A progress line may stand there.
    private static void ClearLine()
    {
        if (!Console.IsErrorRedirected) Console.Error.Write("\r\u001b[K");
    }

    /// <summary>Says that what is at work is given up (<see cref="Interruption"/>).</summary>
    /// <param name="args">Without the program's name.</param>
    /// <param name="output">For results.</param>
    /// <param name="error">For errors.</param>
    public static void GiveUp(string[] args, TextWriter output, TextWriter error)
    {
        var kept = args is ["run", ..] && !args.Contains("--dry-run", StringComparer.Ordinal)
            ? ". What was saved before is kept, and the same command with --resume goes on from there"
            : args is ["watch", ..] ? ". What was measured before is kept, and the same command goes on with what is new" : "";
        var message = $"interrupted; what was being computed cannot be stopped halfway and is given up{kept}";
        ClearLine();
        error.WriteLine($"rhoflow: {message}");
        if (args.Contains("--json", StringComparer.Ordinal)) output.WriteLine(ErrorDocument(message, ExitStatus.Interrupted));
        error.Flush();
        output.Flush();
    }

    private static string ErrorDocument(string message, int status) => new JsonObject
    {
        ["error"] = new JsonObject
        {
            ["message"] = message,
            ["exit_status"] = status
        }
    }.ToJsonString(Json.Options);

    private static RootCommand Root(Option extensions) => ExampleHelp.On(new RootCommand(
        "Follows the norms ρ_k and directions V_k of deep networks to where gradient descent takes them.")
    {
        ReproduceCommand.Create(),
        RunCommand.Create(),
        ShowCommand.Create(),
        PlotCommand.Create(),
        CompareCommand.Create(),
        ReportCommand.Create(),
        ExportCommand.Create(),
        ListCommand.Create(),
        InspectCommand.Create(),
        OverlapCommand.Create(),
        WatchCommand.Create(),
        DataCommand.Create(),
        BenchCommand.Create(),
        DoctorCommand.Create(),
        HelpCommand.Create(),
        CompletionCommand.Create(),
        extensions,
    });

    // The parser's own words are kept, but for the two that people meet: an option or word that is not there.
    private static string Explain(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens is [var token, ..])
        {
            var options = command.Options.Where(o => !o.Hidden).Select(o => o.Name);
            return token.StartsWith('-')
                ? $"'{token}' is not an option of '{command.Name}'{Nearest.Hint(token, options)}"
                : $"'{token}' is one word too many for '{command.Name}'; see rhoflow {command.Name} --help";
        }
        return $"{string.Join(" ", parsed.Errors.Select(e => e.Message))} See rhoflow "
            + $"{(command is RootCommand ? "" : command.Name + " ")}--help";
    }
}
