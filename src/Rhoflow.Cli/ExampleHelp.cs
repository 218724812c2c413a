using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Rhoflow.Cli;

/// <summary>A command whose --help ends with examples.</summary>
/// <param name="name">Its name.</param>
/// <param name="description">A sentence.</param>
/// <param name="examples">Lines that can be typed, and what they do.</param>
internal sealed class CommandWithExamples(string name, string description, string examples) : Command(name, description)
{
    /// <summary>What stands below its options.</summary>
    public string Examples => examples;
}

/// <summary>The help as it was, and below it the command's examples.</summary>
/// <param name="inner">The help as it was.</param>
internal sealed class ExampleHelp(SynchronousCommandLineAction inner) : SynchronousCommandLineAction
{
    /// <summary>Puts it in the place of the usual one.</summary>
    public static RootCommand On(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new ExampleHelp((SynchronousCommandLineAction)help.Action!);
        NameArguments(root);
        return root;
    }

    // An argument without a name for help is shown as the list of all its completions, which may be hundreds.
    private static void NameArguments(Command command)
    {
        foreach (var argument in command.Arguments) argument.HelpName ??= argument.Name;
        foreach (var part in command.Subcommands) NameArguments(part);
    }

    /// <inheritdoc/>
    public override bool ClearsParseErrors => inner.ClearsParseErrors;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var status = inner.Invoke(parseResult);
        if (parseResult.CommandResult.Command is CommandWithExamples { Examples: var examples })
            parseResult.InvocationConfiguration.Output.WriteLine($"Examples:\n{examples}\n");
        return status;
    }
}
