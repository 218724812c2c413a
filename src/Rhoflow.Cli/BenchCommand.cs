using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Rhoflow.Benchmarks;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Cli;

/// <summary><c>rhoflow bench [NAME…]</c>: the benchmarks, compared with the peers where those are installed.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var names = new Argument<string[]>("NAME")
        {
            Description = "Rows by their name or its beginning; none: all.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("bench", "Times our work and the peers' (numpy, scipy, PyTorch where installed) in alternating pairs, "
            + "and compares derivatives with PyTorch's (gradients-…).") { names };
        var standard = StandardOptions.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var chosen = parsed.GetValue(names) ?? [];
            StandardOptions.RequireWords(command, chosen);
            string[] known = [.. Suite.Names, .. GradientCheck.Names];
            foreach (var name in chosen.Where(n => !known.Any(s => s.StartsWith(n, StringComparison.Ordinal))))
                throw new ConfigException($"'{name}' is not a benchmark{Nearest.Hint(name, known, "benchmarks")}");
            var compares = chosen.Length == 0 || chosen.Any(n => GradientCheck.Names.Any(s => s.StartsWith(n, StringComparison.Ordinal)));
            var output = parsed.InvocationConfiguration.Output;
            using var progress = new ProgressLine(parsed.InvocationConfiguration.Error, parsed.GetValue(standard.Quiet));
            var rows = Suite.Run(chosen, what => progress.Report(() => what), cancellation).ToArray();
            if (compares) progress.Report(static () => "gradients against torch");
            var gradients = compares ? GradientCheck.Run(chosen, cancellation) : [];
            progress.Dispose();
            if (parsed.GetValue(standard.Json))
            {
                var document = Document(rows);
                document["gradients"] = GradientTable.Document(gradients);
                output.WriteLine(document.ToJsonString(Json.Options));
                return Task.FromResult(ExitStatus.Done);
            }
            if (rows.Length > 0) Show(rows, output);
            if (compares) GradientTable.Show(gradients, output);
            return Task.FromResult(ExitStatus.Done);
        });
        return command;
    }

    private static JsonObject Document(IEnumerable<Row> rows)
    {
        var environment = RunEnvironment.Describe(Environment.GetCommandLineArgs()[1..]);
        environment["peers"] = Suite.PeerDescription();
        return new JsonObject
        {
            ["environment"] = environment,
            ["rows"] = new JsonArray([.. rows.Select(r => (JsonNode)new JsonObject
            {
                ["name"] = r.Name,
                ["threads"] = r.Threads,
                ["ours"] = r.Ours,
                ["peer"] = r.Peer,
                ["peer_name"] = r.PeerName,
                ["unit"] = r.Unit,
                ["ratio"] = r.Ratio,
                ["ratio_min"] = r.RatioMin,
                ["ratio_max"] = r.RatioMax,
                ["peak_share"] = r.PeakShare,
                ["cost"] = r.Cost,
                ["cost_of"] = r.CostOf,
                ["target"] = r.Target,
                ["reached"] = r.Reached,
                ["bound"] = r.Bound,
            })]),
        };
    }

    private static void Show(IReadOnlyList<Row> rows, TextWriter output)
    {
        var table = Terminal.Table(
            ["name", "target", "threads", "ours", "peer", "ratio", "from … to", "of peak", "reached", "held back by"], leftAligned: 2);
        foreach (var r in rows)
            table.Add(r.Name, r.Target ?? "", r.Threads.ToString(CultureInfo.InvariantCulture), $"{Number(r.Ours)} {r.Unit}",
                r.Peer is { } p ? $"{r.PeerName} {Number(p)} {r.Unit}" : r.HasPeer ? "no answer" : "none",
                r.Ratio is { } q ? Number(q) : "",
                r.RatioMin is { } low ? $"{Number(low)} … {Number(r.RatioMax!.Value)}" : "",
                r.PeakShare is { } share ? $"{100 * share:0} %" : "",
                r.Reached switch { true => "yes", false => "no", null => "" },
                r.Cost is { } cost ? $"{r.Bound}; {Number(cost)} × {r.CostOf}" : r.Bound);
        Terminal.On(output).Write(table);
        output.WriteLine($"{RunEnvironment.Processor}, SIMD {RunEnvironment.Simd}; peers: {Suite.PeerDescription()} (no answer: not "
            + "installed, or it stopped). Medians of alternating pairs; a ratio above 1 means that we are faster.");
    }

    private static string Number(double value) =>
        value >= 1e5 ? value.ToString("#,0,.# k", CultureInfo.InvariantCulture) : value.ToString("G4", CultureInfo.InvariantCulture);
}
