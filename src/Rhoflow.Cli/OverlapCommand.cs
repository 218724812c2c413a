using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Inspection;
using Rhoflow.Lab.Models;
using Rhoflow.Lab.Runs;
using Rhoflow.Measures.Overlap;
using Rhoflow.Numerics;

namespace Rhoflow.Cli;

/// <summary><c>rhoflow overlap A B</c>: how far two models, or two checkpoints of one, are the same.</summary>
internal static class OverlapCommand
{
    private const string Help = """
        How far the weights of two models, or of two checkpoints of one, point the same way: matrices matched by name, the distance and
        the cosine of each pair, and the overlap of the subspaces of their r largest singular values, beside that of random subspaces.
        With data also the alignment of their kernels (CKA): of what enters the last layer, and of the gradients by all parameters.

        Examples:
          rhoflow overlap first.safetensors last.safetensors
          rhoflow overlap runs/a/… runs/b/… --rank 3 --json
          rhoflow overlap a.onnx b.onnx --data cifar10 data.transforms=[scale-pixels]
        """;

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var (a, b) = (new Argument<string>("A") { Description = $"A file of weights ({ModelFile.Formats}), or a run: its folder or id." },
            new Argument<string>("B") { Description = "Another." });
        CompletionCommand.OfRuns(a);
        CompletionCommand.OfRuns(b);
        var overrides = new Argument<string[]>("key.sub=value")
        {
            Description = "With --data, of files of weights, what a config would say: data.transforms=[scale-pixels] …",
            Arity = ArgumentArity.ZeroOrMore,
        };
        CompletionCommand.OfKeys(overrides);
        var rank = new Option<int>("--rank")
        {
            Description = "r, the largest singular values whose subspaces are compared; of a smaller matrix at most half of them.",
            DefaultValueFactory = static _ => 10,
        };
        var data = new Option<string?>("--data") { Description = "A set or path: kernels are compared on its training examples." };
        var network = new Option<string?>("--network")
        {
            Description = "With --data, a config whose network: says what files without a graph are the weights of.",
            HelpName = "N.yaml",
        };
        var threads = new Option<int>("-j")
        {
            Description = "Threads; no influence on results.",
            DefaultValueFactory = static _ => Environment.ProcessorCount,
        };
        var root = ShowCommand.RootOption();
        var command = new Command("overlap", Help) { a, b, overrides, rank, data, network, threads, root };
        var standard = StandardOptions.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            string[] words = [parsed.GetValue(a)!, parsed.GetValue(b)!], changes = parsed.GetValue(overrides) ?? [];
            StandardOptions.RequireWords(command, [.. words, .. changes]);
            if (parsed.GetValue(rank) < 1) throw new ConfigException($"--rank {parsed.GetValue(rank)}: at least 1 is needed");
            if (parsed.GetValue(threads) < 1) throw new ConfigException($"-j {parsed.GetValue(threads)}: at least 1 is needed");
            if (parsed.GetValue(data) is null && (parsed.GetValue(network) is not null || changes.Length > 0))
                throw new ConfigException("--network and KEY=VALUE say how data are met; there is no --data");
            using var progress = new ProgressLine(parsed.InvocationConfiguration.Error, parsed.GetValue(standard.Quiet));
            var runs = words.Select(w => File.Exists(w) ? null : Run(w, parsed.GetValue(root)!, progress)).ToArray();
            using ModelFile first = Open(words[0], runs[0]), second = Open(words[1], runs[1]);
            // What a checkpoint says of its run stands in the run's folder.
            foreach (var note in new[] { first, second }.Where((_, i) => runs[i] is null).SelectMany(static m => m.Content.Notes))
                progress.Say($"note: {note}");
            var weights = ModelOverlap.Of(first.Content.Tensors, second.Content.Tensors, parsed.GetValue(rank), parsed.GetValue(threads),
                at => progress.Report(() => at), cancellation);
            var kernels = weights.IsInterrupted || parsed.GetValue(data) is not { } on ? null : Kernels(on);
            progress.Dispose();
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(standard.Json)) output.WriteLine(Document(words, weights, kernels).ToJsonString(Json.Options));
            else Show(weights, kernels, output, parsed.GetValue(standard.Quiet));
            if (!weights.IsInterrupted) return Task.FromResult(ExitStatus.Done);
            parsed.InvocationConfiguration.Error.WriteLine("rhoflow: interrupted; this is what was compared until then");
            return Task.FromResult(ExitStatus.Interrupted);

            FeatureOverlap Kernels(string on)
            {
                var networks = words.Zip(runs).Select(m => Unstoppable.Run(() => m.Second is { } run ? TrainedNetworks.OfRun(run, on)
                    : ModelNetworks.Load(m.First, parsed.GetValue(network), on, changes), cancellation)).ToArray();
                foreach (var note in networks.SelectMany(static n => n.Notes).Distinct(StringComparer.Ordinal))
                    progress.Say($"note: {note}");
                return FeatureOverlap.Of(networks[0], networks[1], parsed.GetValue(threads), at => progress.Report(() => at), cancellation);
            }
        });
        return command;
    }

    private static RunFolder Run(string word, string root, ProgressLine progress)
    {
        var found = RunSelection.Find([word], root, progress.Say);
        return found.Count == 1 ? found[0] : throw (found.Count == 0
            ? new DataException($"{word} is neither a file of weights nor the folder of a run")
            : new ConfigException($"'{word}' holds {found.Count} runs; overlap takes two single ones: "
                + string.Join(", ", found.Take(6).Select(static f => f.Id)) + (found.Count > 6 ? ", …" : "")));
    }

    private static ModelFile Open(string word, RunFolder? run) => ModelFile.Open(run?.File("checkpoint.safetensors") ?? word);

    private static JsonObject Document(string[] words, ModelOverlap weights, FeatureOverlap? kernels) => new()
    {
        ["a"] = words[0],
        ["b"] = words[1],
        ["rank"] = weights.Rank,
        ["layers"] = new JsonArray([.. weights.Matrices.Select(static m => (JsonNode)new JsonObject
        {
            ["name"] = m.Name,
            ["shape"] = new JsonArray(m.Rows, m.Columns),
            ["difference"] = RunDocument.Number(m.Difference),
            ["cosine"] = RunDocument.Number(m.Cosine),
            ["rank"] = m.Rank,
            ["left"] = Document(m.Left),
            ["right"] = Document(m.Right),
            ["gap"] = RunDocument.Number(m.Gap),
        })]),
        ["kernels"] = kernels is null ? null : new JsonObject
        {
            ["data"] = kernels.Data,
            ["examples"] = kernels.Examples,
            ["cka_features"] = RunDocument.Number(kernels.Features),
            ["tangent_examples"] = kernels.TangentExamples,
            ["cka_tangent"] = RunDocument.Number(kernels.Tangent),
        },
        ["not_compared"] = new JsonArray([.. weights.NotCompared.Concat(kernels?.NotCompared ?? [])
            .Select(static n => (JsonNode)new JsonObject { ["what"] = n.What, ["why"] = n.Why })]),
        ["interrupted"] = weights.IsInterrupted,
    };

    private static JsonObject? Document(SubspaceOverlap? of) => of is null ? null : new JsonObject
    {
        ["overlap"] = RunDocument.Number(of.Share),
        ["random"] = RunDocument.Number(of.Random),
        ["angles"] = new JsonArray([.. of.Angles.Select(static t => RunDocument.Number(t))]),
    };

    private static void Show(ModelOverlap weights, FeatureOverlap? kernels, TextWriter output, bool quiet)
    {
        string Share(double value) => double.IsNaN(value) ? "" : value.ToString("0.000", CultureInfo.InvariantCulture);
        string Whole(int value) => value.ToString(CultureInfo.InvariantCulture);
        if (weights.Matrices.Count > 0)
        {
            // Narrow enough for a terminal of 80 columns beside a name.
            var pairs = Terminal.Table(["A beside B", "rows", "columns", "‖B−A‖/‖A‖", "cosine"]);
            foreach (var m in weights.Matrices)
                pairs.Add([m.Name, Whole(m.Rows), Whole(m.Columns), ObservationTable.Number(m.Difference, 3), Share(m.Cosine)]);
            Terminal.On(output).Write(pairs);
            var subspaces = Terminal.Table(["singular subspaces", "r", "left", "chance", "right", "chance", "gap"]);
            foreach (var m in weights.Matrices)
                if (m is { Left: { } left, Right: { } right })
                    subspaces.Add([m.Name, Whole(m.Rank), Share(left.Share), Share(left.Random), Share(right.Share), Share(right.Random),
                        Share(m.Gap)]);
            if (subspaces.Rows.Count > 0) Terminal.On(output).Write(subspaces);
        }
        else output.WriteLine("no matrix is in both");
        if (kernels is not null)
        {
            var table = Terminal.Table([$"kernels on {kernels.Data}", "examples", "CKA"]);
            table.Add(["what enters the last layer", Whole(kernels.Examples), Share(kernels.Features)]);
            if (kernels.TangentExamples > 0)
                table.Add(["gradients by all parameters", Whole(kernels.TangentExamples), Share(kernels.Tangent)]);
            Terminal.On(output).Write(table);
        }
        if (quiet) return;
        // Every one is named; a reason that many have is said once.
        foreach (var reason in weights.NotCompared.Concat(kernels?.NotCompared ?? []).GroupBy(static n => n.Why, StringComparer.Ordinal))
            output.WriteLine($"not compared: {PlainWriter.Plain($"{string.Join(", ", reason.Select(static n => n.What))}: {reason.Key}")}");
    }
}
