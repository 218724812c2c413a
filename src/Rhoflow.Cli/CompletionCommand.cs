using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Runs;
using Rhoflow.Papers.Catalog;

namespace Rhoflow.Cli;

/// <summary>
/// <c>rhoflow completion SHELL</c>: a script after which a shell completes commands, options, keys of configs, claims and runs. It asks the
/// program itself, <c>rhoflow [complete] POSITION LINE</c>, so that it knows what this version has.
/// </summary>
internal static class CompletionCommand
{
    /// <summary>The first word by which scripts ask.</summary>
    public const string Question = "[complete]";

    private static readonly (string Shell, string Install, string Script)[] s_shells =
    [
        ("bash", "source <(rhoflow completion bash)   # in ~/.bashrc", """
            _rhoflow() {
                local IFS=$'\n'
                COMPREPLY=($(compgen -W "$(rhoflow '[complete]' "$COMP_POINT" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
                [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
            }
            complete -o default -F _rhoflow rhoflow
            """),
        ("zsh", "source <(rhoflow completion zsh)   # in ~/.zshrc, after compinit", """
            _rhoflow() {
                local -a found
                found=("${(@f)$(rhoflow '[complete]' "${#${(j: :)words[1,CURRENT]}}" "${(j: :)words[1,CURRENT]}" 2>/dev/null)}")
                compadd -Q -S '' -a found || _files
            }
            compdef _rhoflow rhoflow
            """),
        ("fish", "rhoflow completion fish > ~/.config/fish/completions/rhoflow.fish", """
            complete -c rhoflow -a "(rhoflow '[complete]' (string length -- (commandline -cp)) (commandline -cp) 2>/dev/null)"
            """),
        ("pwsh", "rhoflow completion pwsh | Out-String | Invoke-Expression   # in $PROFILE", """
            Register-ArgumentCompleter -Native -CommandName rhoflow -ScriptBlock {
                param($word, $line, $position)
                rhoflow '[complete]' $position "$line" 2>$null |
                    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
            }
            """),
    ];

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = string.Join(", ", s_shells.Select(static s => s.Shell)) };
        shell.CompletionSources.Add(static _ => s_shells.Select(static s => new CompletionItem(s.Shell)));
        var command = new Command("completion", "A script by which a shell completes commands, options, keys, claims and runs.") { shell };
        command.SetAction(parsed =>
        {
            var word = parsed.GetValue(shell)!;
            var (name, install, script) = s_shells.FirstOrDefault(s => s.Shell == word);
            if (name is null)
                throw new ConfigException($"'{word}' is not a shell{Nearest.Hint(word, s_shells.Select(static s => s.Shell), "shells")}");
            parsed.InvocationConfiguration.Output.WriteLine($"# {install}\n{script}");
            return ExitStatus.Done;
        });
        return command;
    }

    /// <summary>Writes what may stand at a position of a line, a word each.</summary>
    /// <param name="root">All commands.</param>
    /// <param name="position">In the line, in characters.</param>
    /// <param name="line">As far as it is typed, with the program's name.</param>
    /// <param name="output">Where to.</param>
    public static void Answer(RootCommand root, string position, string line, TextWriter output)
    {
        var begin = line.TakeWhile(static c => !char.IsWhiteSpace(c)).Count();
        if (!int.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out var at)) at = line.Length;
        var words = line[begin..Math.Clamp(at, begin, line.Length)].TrimStart();
        var parsed = root.Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null });
        foreach (var item in parsed.GetCompletions(words.Length).Select(static i => i.InsertText ?? i.Label)
            .Where(static i => i is not ("-?" or "/?" or "/h")).Distinct(StringComparer.Ordinal))
            output.WriteLine(item);
    }

    /// <summary>Keys of configs, KEY=.</summary>
    public static void OfKeys(Argument argument) => argument.CompletionSources.Add(static context => ConfigGuide.All
        .Where(static k => k.Key.Keys.Count == 0).Select(static k => k.Path + "=")
        .Where(k => k.StartsWith(context.WordToComplete, StringComparison.Ordinal)).Select(static k => new CompletionItem(k)));

    /// <summary>Claims, figures and papers.</summary>
    public static void OfStudies(Argument argument) => argument.CompletionSources.Add(static context =>
        PapersCatalog.Claims.Select(static c => c.Id).Concat(PapersCatalog.Figures.Select(static f => f.Id))
        .Concat(PapersCatalog.Papers.Select(static p => p.Key))
        .Where(id => id.StartsWith(context.WordToComplete, StringComparison.Ordinal)).Select(static id => new CompletionItem(id)));

    /// <summary>The lists of <c>list</c>.</summary>
    public static void OfLists(Argument argument) => argument.CompletionSources.Add(static context => Lists.All.Select(static l => l.Name)
        .Where(n => n.StartsWith(context.WordToComplete, StringComparison.Ordinal)).Select(static n => new CompletionItem(n)));

    /// <summary>Ids and names of the runs below runs/.</summary>
    public static void OfRuns(Argument argument) => argument.CompletionSources.Add(static context =>
        RunFolder.Under("runs").SelectMany(static r => (string[])[r.Id, r.Name]).Distinct(StringComparer.Ordinal)
        .Where(n => n.StartsWith(context.WordToComplete, StringComparison.Ordinal)).Select(static n => new CompletionItem(n)));
}
