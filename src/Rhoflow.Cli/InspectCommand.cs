using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Inspection;
using Rhoflow.Lab.Models;
using Rhoflow.Lab.Runs;
using Rhoflow.Measures.Catalog;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Cli;

/// <summary><c>rhoflow inspect MODEL</c>: every measure of one trained network, or what a file of weights says by itself.</summary>
internal static class InspectCommand
{
    // Measures that take longer are asked for by their family.
    private const double Longest = 10;

    public static Command Create()
    {
        var model = new Argument<string>("MODEL")
        {
            Description = "A run folder (runs/NAME/…): the network that the run ended with; or a file of weights: "
                + $"{ModelFile.Formats}.",
        };
        CompletionCommand.OfRuns(model);
        var overrides = new Argument<string[]>("key.sub=value")
        {
            Description = "For a file of weights, what a config would say: data.transforms=[scale-pixels], loss=square, data.test=2000 …",
            Arity = ArgumentArity.ZeroOrMore,
        };
        CompletionCommand.OfKeys(overrides);
        var layers = new Option<string?>("--network")
        {
            Description = "For a file of weights without a graph: a config whose network: says what they are the weights of.",
            HelpName = "N.yaml",
        };
        var data = new Option<string?>("--data")
        {
            Description = "A set or path to measure on: of a file of weights, and of a run instead of its own data; then it is prepared "
                + "by what the run learned of its own: classes by name, means, scales.",
        };
        var families = new Option<string[]>("--measures")
        {
            Description = $"Families ({string.Join(", ", MeasureCatalog.Families)}), or all. Unless given, all measures that take at most "
                + $"about {Longest:0} s each; those left out are named.",
            AllowMultipleArgumentsPerToken = true,
        };
        var examples = new Option<int>("--curvature-examples")
        {
            Description = "Curvature is that of the loss on the first so many training examples.",
            DefaultValueFactory = static _ => 2000,
        };
        var replicates = new Option<int>("--tail-replicates")
        {
            Description = "Replicates of the bootstrap that tests power laws of spectra: p is good to 1/(2√replicates).",
            DefaultValueFactory = static _ => 100,
        };
        var batchNorm = new Option<string?>("--batch-norm")
        {
            Description = "By which statistics batch normalization goes, as observe.batch-norm: batch, running or whole-set.",
        };
        var threads = new Option<int>("-j")
        {
            Description = "Threads; no influence on results.",
            DefaultValueFactory = static _ => Environment.ProcessorCount,
        };
        var root = ShowCommand.RootOption();
        var command = new Command("inspect", "Every measure of one trained network.")
        {
            model, overrides, data, layers, families, examples, replicates, batchNorm, threads, root,
        };
        var standard = StandardOptions.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var wanted = Families(parsed.GetValue(families));
            using var progress = new ProgressLine(parsed.InvocationConfiguration.Error, parsed.GetValue(standard.Quiet));
            if (parsed.GetValue(examples) < 1)
                throw new ConfigException($"--curvature-examples {parsed.GetValue(examples)}: at least 1 is needed");
            if (parsed.GetValue(replicates) < 0)
                throw new ConfigException($"--tail-replicates {parsed.GetValue(replicates)}: at least 0 is needed");
            if (parsed.GetValue(threads) < 1) throw new ConfigException($"-j {parsed.GetValue(threads)}: at least 1 is needed");
            var isFile = File.Exists(parsed.GetValue(model));
            string[] changes = parsed.GetValue(overrides) ?? [];
            if (!isFile && (parsed.GetValue(layers) is not null || changes.Length > 0))
                throw new ConfigException("--network and KEY=VALUE are for a file of weights; a run has its own config");
            if (isFile && parsed.GetValue(data) is null && parsed.GetValue(layers) is null && changes.Length == 0)
            {
                foreach (var idle in new Option[] { examples, batchNorm }.Where(o => parsed.GetResult(o) is { Implicit: false }))
                    progress.Say($"note: {idle.Name} says nothing of a file of weights, which are looked at without data");
                return Task.FromResult(OfFile(parsed.GetValue(model)!));
            }
            var curvature = wanted.Length == 0 || wanted.Any(static f => f is "all" or "curvature");
            if (!curvature && parsed.GetResult(examples) is { Implicit: false })
                progress.Say("note: --curvature-examples says nothing here: no measure of curvature is asked for");
            var run = isFile ? null : Find(parsed.GetValue(model)!, parsed.GetValue(root)!, progress.Say);
            progress.Report(static () => "reading and preparing the data");
            var network = Unstoppable.Run(() => run is not null ? TrainedNetworks.OfRun(run, parsed.GetValue(data))
                : ModelNetworks.Load(parsed.GetValue(model)!, parsed.GetValue(layers), parsed.GetValue(data), changes), cancellation);
            if (parsed.GetValue(batchNorm) is { } by) network = network with { BatchNorm = BatchNormWords.Parse("--batch-norm", by) };
            cancellation.ThrowIfCancellationRequested();
            var watch = new InspectionWatch(at => progress.Report(() => at), progress.Say, Longest);
            var inspection = NetworkInspection.Of(network, wanted, parsed.GetValue(examples), parsed.GetValue(threads), cancellation,
                watch, parsed.GetValue(replicates));
            progress.Dispose();
            // The work has stopped: what is left is to show it.
            using var showing = cancellation.IsCancellationRequested ? SavedStates.Saving() : null;
            if (parsed.GetValue(standard.Json))
                parsed.InvocationConfiguration.Output.WriteLine(Document(network, inspection).ToJsonString(Json.Options));
            else Show(network, inspection, parsed.InvocationConfiguration.Output, parsed.GetValue(standard.Quiet));
            if (!inspection.IsInterrupted) return Task.FromResult(ExitStatus.Done);
            parsed.InvocationConfiguration.Error.WriteLine("rhoflow: interrupted; this is what was measured until then");
            return Task.FromResult(ExitStatus.Interrupted);

            int OfFile(string path) => ModelInspection.Run(path, ModelInspection.Families(path, wanted), parsed.GetValue(threads),
                new InspectionWatch(at => progress.Report(() => at), progress.Say, Longest), parsed.InvocationConfiguration.Output,
                parsed.GetValue(standard.Json), parsed.GetValue(standard.Quiet), progress.Dispose, cancellation,
                parsed.GetValue(replicates));
        });
        return command;
    }

    private static string[] Families(string[]? given)
    {
        string[] words = [.. (given ?? [])
            .SelectMany(static w => w.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        foreach (var word in words)
            if (word != "all" && !MeasureCatalog.Families.Contains(word))
                throw new ConfigException(
                    $"--measures: '{word}' is not a family{Nearest.Hint(word, [.. MeasureCatalog.Families, "all"], "families")}");
        return words.Contains("all") ? ["all"] : words;
    }

    private static RunFolder Find(string model, string root, Action<string> note)
    {
        var runs = RunSelection.Find([model], root, note);
        return runs.Count switch
        {
            1 => runs[0],
            0 => throw new DataException($"{model} is not the folder of a run (runs/NAME/yyyy-MM-dd_HH-mm-ss_ID), and holds none"),
            _ => throw new ConfigException(string.Create(CultureInfo.InvariantCulture, $"{model} holds {runs.Count} runs: ")
                + string.Join(", ", runs.Take(8).Select(static r => r.Id)) + (runs.Count > 8 ? ", …" : "")
                + "; name one of them (`rhoflow show` lists them)"),
        };
    }

    private static JsonObject Document(TrainedNetwork n, NetworkInspection inspection)
    {
        var homogeneity = Homogeneity.Of(n.Network);
        var document = new JsonObject
        {
            ["model"] = new JsonObject
            {
                ["source"] = n.Source,
                ["network"] = n.Network.ToString(),
                ["parameters"] = n.Network.ParameterCount,
                ["inputs"] = n.Network.Inputs,
                ["outputs"] = n.Network.Outputs,
                ["loss"] = n.Loss.Name,
                ["data"] = n.Train.Name,
                ["examples"] = n.Train.Count,
                ["test_examples"] = n.Test?.Count,
                ["homogeneity_degree"] = homogeneity.Degree,
                ["homogeneity_reason"] = homogeneity.Reason,
                ["notes"] = new JsonArray([.. n.Notes.Select(static note => (JsonNode)note)]),
            },
        };
        foreach (var (key, value) in inspection.ToJson()) document[key] = value?.DeepClone();
        return document;
    }

    private static void Show(TrainedNetwork n, NetworkInspection inspection, TextWriter output, bool quiet)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{n.Network}: {n.Network.ParameterCount} parameters, {n.Loss.Name} loss, {n.Train.Count} training examples of "
            + $"{n.Train.Name}{(n.Test is { } test ? $", {test.Count} test examples" : "")}"));
        foreach (var note in n.Notes) output.WriteLine($"note: {note}");
        var columns = inspection.Layers.SelectMany(static l => l.Values.Keys).Distinct().ToArray();
        var layers = Terminal.Table(["layer", .. inspection.Layers.Select(static l => $"{l.Name} {l.Kind} {string.Join("×", l.Shape)}")]);
        foreach (var column in columns)
            layers.Add([column, .. inspection.Layers.Select(l => l.Values.TryGetValue(column, out var v) ? ObservationTable.Number(v)
                : "")]);
        Terminal.On(output).Write(layers);
        foreach (var family in inspection.Measures.Where(static m => !double.IsNaN(m.Value)).GroupBy(static m => m.Family))
        {
            var table = Terminal.Table([family.Key, "value"]);
            foreach (var (_, column, value) in family) table.Add([column, ObservationTable.Number(value)]);
            Terminal.On(output).Write(table);
        }
        if (quiet) return;
        foreach (var note in inspection.Notes) output.WriteLine($"note: {note}");
        foreach (var (what, why) in inspection.NotMeasured.Where(static m => m.Why != "interrupted"))
            output.WriteLine($"not measured: {what}: {why}");
        foreach (var left in inspection.NotMeasured.Where(static m => m.Why == "interrupted").GroupBy(static m => m.What.Split('/')[0]))
            output.WriteLine($"interrupted before: {left.Key}: {string.Join(", ", left.Select(static m => m.What.Split('/')[1]))}");
        foreach (var family in inspection.Dear.GroupBy(static d => d.Measure.Family, StringComparer.Ordinal))
            output.WriteLine($"left out, since it takes long: {family.Key}: "
                + string.Join(", ", family.Select(static d => $"{d.Measure.Name} (about {Durations.Text(d.Seconds)})"))
                + $"; --measures {family.Key}, or all");
    }
}
