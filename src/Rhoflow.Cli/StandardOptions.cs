using System.CommandLine;
using Rhoflow.Lab.Config;

namespace Rhoflow.Cli;

/// <summary>The options that every command has.</summary>
internal sealed record StandardOptions(Option<bool> Json, Option<bool> Quiet)
{
    /// <summary>Adds --json and --quiet to a command.</summary>
    public static StandardOptions AddTo(Command command)
    {
        var options = new StandardOptions(
            new Option<bool>("--json") { Description = "One JSON document on standard output, nothing else there." },
            new Option<bool>("--quiet", "-q") { Description = "No progress and no notes." });
        command.Add(options.Json);
        command.Add(options.Quiet);
        return options;
    }

    /// <summary>Words that a list argument swallowed although they look like options.</summary>
    /// <exception cref="ConfigException">There is one; the nearest options are named.</exception>
    public static void RequireWords(Command command, IEnumerable<string> words)
    {
        if (words.FirstOrDefault(w => w.StartsWith('-')) is { } option)
            throw new ConfigException(
                $"'{option}' is not an option of '{command.Name}'{Nearest.Hint(option, command.Options.Select(o => o.Name))}");
    }
}
