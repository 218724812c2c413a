using System.CommandLine;
using Rhoflow.Lab.Runs;
using Rhoflow.Lab.Tables;

namespace Rhoflow.Cli;

/// <summary><c>rhoflow show [DIR…|ID…]</c>: a table of runs or of groups of them; of one run, its observations.</summary>
internal static class ShowCommand
{
    private const string Examples = """
          rhoflow show                                             all runs, the newest last
          rhoflow show 3fa2                                        the run whose id begins so
          rhoflow show runs/conv --where "init.scale<2 and loss=cross-entropy" --sort -test_error
          rhoflow show --where "test_error>train_error and not seed in (0, 1)" --columns id,seed,test_error
          rhoflow show runs/conv --group init.scale --agg mean,sd,median,q25,n
          rhoflow show runs/conv --group init.scale,loss --csv     comma-separated, all digits

        Conditions compare a column (a key of configs, a quantity of the last observation, name, id, status, started, seconds) by
        = != < <= > >= or in (…) with a number, a text, null or another quantity; and, or, not, parentheses. A text with blanks stands in
        quotes. The last part of a key's name is enough where it is not ambiguous, and loss is loss.name, flow is flow.kind.
        """;

    public static Command Create()
    {
        var words = new Argument<string[]>("DIR|ID")
        {
            Description = "Run folders, folders of them (runs, runs/NAME), names of experiments, ids or their beginnings; runs unless "
                + "given.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        CompletionCommand.OfRuns(words);
        var root = RootOption();
        var where = WhereOption();
        var group = new Option<string?>("--group")
        {
            Description = "A row for the runs that agree in these keys; needs no --agg, which then is mean,sd.",
            HelpName = "KEY,KEY,…",
        };
        var aggregates = new Option<string?>("--agg")
        {
            Description = "What is said of a group's quantities: mean, sd, sem, median, min, max, n, sum, q25, q97.5.",
            HelpName = "NAME,NAME,…",
        };
        var sort = new Option<string?>("--sort")
        {
            Description = "In the order of a column; -KEY: the largest first.",
            HelpName = "[-]KEY"
        };
        var columns = new Option<string?>("--columns")
        {
            Description = "Exactly these columns; with --group these quantities.",
            HelpName = "KEY,KEY,…",
        };
        var csv = new Option<bool>("--csv") { Description = "Comma-separated, every quantity, all digits." };
        var command = new CommandWithExamples("show",
            "A table of runs, with the keys in which they differ; of a single run, its observations.", Examples)
        {
            words, where, group, aggregates, sort, columns, csv, root,
        };
        var standard = StandardOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            var given = parsed.GetValue(words) ?? [];
            StandardOptions.RequireWords(command, given);
            new ShowRequest(given, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error)
            {
                Root = parsed.GetValue(root)!,
                Where = parsed.GetValue(where) ?? [],
                Group = parsed.GetValue(group),
                Aggregates = parsed.GetValue(aggregates),
                Sort = parsed.GetValue(sort),
                Columns = parsed.GetValue(columns),
                Csv = parsed.GetValue(csv),
                Json = parsed.GetValue(standard.Json),
                Quiet = parsed.GetValue(standard.Quiet),
            }.Show();
            return ExitStatus.Done;
        });
        return command;
    }

    /// <summary>--where of every command that chooses runs.</summary>
    public static Option<string[]> WhereOption() => new("--where")
    {
        Description = "Only runs for which this holds: \"init.scale<2 and (loss=square or status=finished)\"; several must all hold.",
        HelpName = "CONDITION",
    };

    /// <summary>--runs of every command that finds runs by their ids.</summary>
    public static Option<string> RootOption() => new("--runs")
    {
        Description = "The folder of all runs, where ids and names are looked up.",
        HelpName = "DIR",
        DefaultValueFactory = static _ => "runs",
    };

    /// <summary>The runs among some for which every condition holds; of columns that some do not have a note says so.</summary>
    public static IReadOnlyList<RunRecord> Chosen(IReadOnlyList<RunRecord> runs, IReadOnlyList<string> where, Action<string> note)
    {
        var columns = new RunColumns(runs);
        RunFilter[] filters = [.. where.Select(w => RunFilter.Parse(w, columns))];
        foreach (var missing in filters.SelectMany(f => f.Missing(runs)).Distinct(StringComparer.Ordinal)) note($"note: {missing}");
        return [.. runs.Where(r => filters.All(f => f.Holds(r)))];
    }

    /// <summary>
    /// The sound ones of some runs; a damaged run does not hide the others, and is named. So is one whose observations are lost.
    /// </summary>
    /// <exception cref="RunFolderException">There is one only, and it is damaged.</exception>
    public static IReadOnlyList<RunRecord> Sound(IReadOnlyList<RunFolder> folders, Action<string> note)
    {
        var all = RunRecord.Read(folders);
        if (all is [{ Damage: { } only }]) throw new RunFolderException(only);
        foreach (var run in all.Where(static r => r.Damage is not null)) note($"left out: {run.Damage}");
        foreach (var run in all.Where(static r => r.Lost is not null)) note(run.Lost!);
        return [.. all.Where(static r => r.Damage is null)];
    }
}
