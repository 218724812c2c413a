using System.CommandLine;
using System.Globalization;
using Rhoflow.Benchmarks;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Cli;

/// <summary><c>rhoflow bench [NAME…]</c>: the benchmarks, compared with the peers where those are installed and fair.</summary>
internal static class BenchCommand
{
    // Of a processor, which one thread has on a quiet machine.
    private const double Undisturbed = 0.9;

    private const string Examples = """
          rhoflow bench                                  all rows but those that take minutes, in under 6 minutes
          rhoflow bench gemm fc --pairs 21               these rows, by more pairs
          rhoflow bench --full --out bench.csv           every row
          rhoflow bench gradients                        derivatives beside PyTorch's
          RHOFLOW_PYTHON=venv/bin/python rhoflow bench   the peers that this Python has, and no others
        """;

    public static Command Create()
    {
        var names = new Argument<string[]>("NAME")
        {
            Description = "Rows by their name or its beginning; none: all.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        names.CompletionSources.Add(static _ => Known().Select(static n => new System.CommandLine.Completions.CompletionItem(n)));
        var full = new Option<bool>("--full") { Description = "Rows that take minutes too (a named row is run without it)." };
        var limit = new Option<double?>("--limit")
        {
            Description = string.Create(CultureInfo.InvariantCulture,
                $"The time of a row, its peer's included, after which the peer is ended and there is no ratio; "
                + $"{SuiteOptions.DefaultLimit:0} s, with --full {SuiteOptions.FullLimit:0} s."),
            HelpName = "SECONDS",
        };
        var pairs = new Option<int>("--pairs")
        {
            Description = "Alternating pairs of our work and the peer's, at most; the ratio is their median.",
            HelpName = "N",
            DefaultValueFactory = static _ => SuiteOptions.DefaultPairs,
        };
        var place = new Option<string?>("--out")
        {
            Description = "Where the rows are kept, written anew after each: .csv (the rows of times), or the document of --json. Unless "
                + "given, bench/DATE_TIME.json.",
            HelpName = "FILE",
        };
        var command = new CommandWithExamples("bench", "Times our work and the peers' (numpy, scipy, PyTorch, LibTorch, "
            + "ONNX Runtime where installed) in "
            + "alternating pairs, and compares derivatives with PyTorch's (gradients-…).", Examples)
        {
            names, full, limit, pairs, place,
        };
        var standard = StandardOptions.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var chosen = parsed.GetValue(names) ?? [];
            StandardOptions.RequireWords(command, chosen);
            foreach (var name in chosen.Where(n => !Known().Any(s => s.StartsWith(n, StringComparison.Ordinal))))
                throw new ConfigException($"'{name}' is not a benchmark{Nearest.Hint(name, [.. Known()], "benchmarks")}");
            var seconds = parsed.GetValue(limit) ?? (parsed.GetValue(full) ? SuiteOptions.FullLimit : SuiteOptions.DefaultLimit);
            if (!(seconds > 0) || double.IsInfinity(seconds))
                throw new ConfigException(string.Create(CultureInfo.InvariantCulture, $"--limit {seconds}: a number of seconds > 0"));
            if (parsed.GetValue(pairs) < 1) throw new ConfigException($"--pairs {parsed.GetValue(pairs)}: at least 1 is needed");
            var options = new SuiteOptions
            {
                Names = chosen,
                Full = parsed.GetValue(full),
                Limit = seconds,
                Pairs = parsed.GetValue(pairs),
            };
            return Task.FromResult(Run(options, parsed.GetValue(place), parsed.GetValue(standard.Json), parsed.GetValue(standard.Quiet),
                parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellation));
        });
        return command;
    }

    /// <summary>Runs it; a test's own rows and peers come in the options.</summary>
    internal static int Run(SuiteOptions options, string? place, bool json, bool quiet, TextWriter output, TextWriter error,
        CancellationToken cancellation)
    {
        var results = new BenchResults(place is not null && Directory.Exists(place) ? Path.Combine(place, Dated()) : place
            ?? Path.Combine("bench", Dated()));
        using var progress = new ProgressLine(error, quiet);
        using var suite = new Suite(options, what => progress.Report(() => what), cancellation);
        var table = new BenchTable(options.Works, Terminal.Width(output));
        var compares = GradientCheck.Names.Any(options.Chooses);
        // One document on standard output, if asked for: the rows are told on the other one then.
        void Tell(string line) => progress.Around(() =>
        {
            if (json && quiet) return;
            (json ? error : output).WriteLine(line);
            (json ? error : output).Flush();
        });
        void Save() => results.Save(place is null ? progress.Say : null);
        try
        {
            Save();
            Measure();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            results.IsInterrupted = true;
        }
        // What is left is to write and to show; the peers end meanwhile.
        using var showing = results.IsInterrupted ? SavedStates.Saving() : null;
        suite.Dispose();
        results.LeftOut = [.. suite.LeftOut, .. suite.TooLate];
        Save();
        progress.Dispose();
        if (json) output.WriteLine(results.Document().ToJsonString(Json.Options));
        else Close(results, suite, table, compares, options, output);
        if (!results.IsInterrupted) return ExitStatus.Done;
        error.WriteLine($"rhoflow: interrupted; {Count(results)} finished"
            + (results.File is { } file ? $" and kept in {Places.Show(Path.GetFullPath(file))}" : ""));
        return ExitStatus.Interrupted;

        void Measure()
        {
            if (!quiet) Tell($"{RunEnvironment.Processor}, SIMD {RunEnvironment.Simd}");
            foreach (var report in suite.LookAtPeers())
            {
                results.Peers.Add(report);
                if (!quiet) Tell(report.Text);
            }
            foreach (var remedy in results.Peers.Where(p => !p.IsFair && !quiet).GroupBy(static p => p.Remedy, StringComparer.Ordinal))
                Tell($"no ratio to {string.Join(", ", remedy.Select(static p => p.Library).Distinct())}. {remedy.Key}");
            foreach (var library in suite.Missing.Where(_ => !quiet)) Tell(PeerSource.Missing(library));
            foreach (var row in suite.Rows())
            {
                if (results.Rows.Count == 0) Tell(table.Head);
                results.Rows.Add(row);
                Tell(table.Line(row));
                Save();
            }
            if (!compares || suite.Gradients() is not { } gradients) return;
            results.Gradients = [];
            foreach (var row in gradients)
            {
                if (results.Gradients.Count == 0) Tell(GradientTable.Head);
                results.Gradients.Add(row);
                Tell(GradientTable.Line(row));
                Save();
            }
        }
    }

    // What the table does not say.
    private static void Close(BenchResults results, Suite suite, BenchTable table, bool compares, SuiteOptions options, TextWriter output)
    {
        if (results.Gradients is { Count: > 0 }) output.WriteLine(GradientTable.Caption);
        else if (compares && results is { IsInterrupted: false, Gradients: null })
            output.WriteLine("gradients: PyTorch (python3-torch) is not installed, so they are not compared.");
        if (results.Rows.Any(static r => r.Ratio is not null))
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"ratio: the median over at most {options.Pairs} alternating pairs of the peer's time over ours; above 1 we are faster. ")
                + "In CPU time: the same of what both processes used, in which other programs do not count.");
        if (results.Rows.Any(static r => r.PeakShare is not null))
            output.WriteLine("of peak: of fused multiply-adds in registers, measured here with as many threads; in CPU time, so that other "
                + "programs do not count.");
        double[] got = [.. results.Rows.Where(static r => r is { Threads: 1, CpuShare: not null }).Select(static r => r.CpuShare!.Value)];
        if (got.Length > 0 && Numbers.Median(got) < Undisturbed)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"The machine was busy: where one thread was timed it had {100 * Numbers.Median(got):0} % of a processor (median of ")
                + "the rows). Times and ratios are those of a busy machine, most of all with several threads; try again on a quiet one.");
        if (results.Rows.Count > 0 && table.LeftOut.Count > 0)
            output.WriteLine($"too narrow for: {string.Join(", ", table.LeftOut)}");
        if (suite.LeftOut.Count > 0)
            output.WriteLine($"left out, since it takes minutes: {string.Join(", ", suite.LeftOut)}; --full, or its name");
        if (suite.TooLate.Count > 0)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"left out, since {options.Whole:0} s were over: ")
                + $"{string.Join(", ", suite.TooLate)}; --full, or their names");
        if (results.File is { } file && !results.IsInterrupted)
            output.WriteLine($"{Count(results)} in {Places.Show(Path.GetFullPath(file))}");
    }

    private static string Count(BenchResults results)
    {
        var count = results.Rows.Count + (results.Gradients?.Count ?? 0);
        return count == 1 ? "1 row" : string.Create(CultureInfo.InvariantCulture, $"{count} rows");
    }

    private static IEnumerable<string> Known() => [.. Suite.Names, .. GradientCheck.Names];

    private static string Dated() => DateTime.Now.ToString("yyyy-MM-dd_HH-mm-ss", CultureInfo.InvariantCulture) + ".json";
}
