using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Export;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Models.Writing;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Cli;

/// <summary>
/// <c>rhoflow export RUN… --to parquet|csv|tensorboard</c>: the observations of runs as other programs read them;
/// <c>--to safetensors|onnx|npz</c>: the network of one.
/// </summary>
internal static class ExportCommand
{
    private const string Examples = """
          rhoflow export runs/conv --to parquet --out conv.parquet            one long table: run, name, row, keys, quantities
          rhoflow export runs/conv --to csv --where "test_error<0.1" > good.csv
          rhoflow export 3fa2 81c0 --to parquet --arrays --config --out two.parquet
          rhoflow export runs/conv --to tensorboard --out boards              then: tensorboard --logdir boards
          rhoflow export 3fa2 --to onnx --out conv.onnx                       the network itself, for ONNX Runtime and others
          rhoflow export 3fa2 --to safetensors --out conv.safetensors         its weights, named as PyTorch names them
        """;

    private static readonly string[] s_forms = ["parquet", "csv", "tensorboard", .. ModelWriter.Formats];

    public static Command Create()
    {
        var words = new Argument<string[]>("RUN")
        {
            Description = "Run folders, folders of them, names of experiments, ids or their beginnings.",
            Arity = ArgumentArity.OneOrMore,
        };
        CompletionCommand.OfRuns(words);
        var to = new Option<string?>("--to")
        {
            Description = "parquet, csv, or tensorboard: observations; safetensors, onnx, or npz: the network of a run. Unless given, "
                + "what the name of --out ends with.",
            HelpName = "FORM",
        };
        var place = new Option<string?>("--out")
        {
            Description = "The file; for tensorboard a folder. Csv without it goes to standard output.",
            HelpName = "FILE|DIR",
        };
        var where = ShowCommand.WhereOption();
        var columns = new Option<string?>("--columns")
        {
            Description = "Only these keys, quantities and arrays, beside run, name and row.",
            HelpName = "KEY,KEY,…",
        };
        var config = new Option<bool>("--config") { Description = "All keys of the configs, not only those in which the runs differ." };
        var arrays = new Option<bool>("--arrays") { Description = "Margins, spectra, weights … as lists (parquet)." };
        var precision = new Option<string?>("--precision")
        {
            Description = "The numbers of a network's file; as the run computed, but float32 in ONNX, unless given.",
            HelpName = "float32|float64",
        };
        var root = ShowCommand.RootOption();
        var command = new CommandWithExamples("export", "Writes the observations of runs as one long table, or for TensorBoard; or the "
            + "network of a run for PyTorch and ONNX.", Examples)
        {
            words, to, place, where, columns, config, arrays, precision, root,
        };
        var standard = StandardOptions.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var given = parsed.GetValue(words)!;
            StandardOptions.RequireWords(command, given);
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var (json, quiet) = (parsed.GetValue(standard.Json), parsed.GetValue(standard.Quiet));
            using var progress = new ProgressLine(error, quiet);
            void Note(string text) => progress.Say(text);
            var form = Form(parsed.GetValue(to), parsed.GetValue(place));
            if (ModelWriter.Formats.Contains(form))
            {
                Option[] ofTables = [where, columns, config, arrays];
                if (Array.Find(ofTables, o => parsed.GetResult(o) is { Implicit: false }) is { } other)
                    throw new ConfigException($"{other.Name} is for tables; {form} holds the network of a run");
                return Task.FromResult(ModelExport.Run(given, RunSelection.Find(given, parsed.GetValue(root)!, Note), form,
                    parsed.GetValue(place), parsed.GetValue(precision), output, json, Note));
            }
            if (parsed.GetValue(precision) is not null)
                throw new ConfigException($"--precision is for the network of a run; {form} is a table");
            var file = Target(form, parsed.GetValue(place), json);
            if (parsed.GetValue(arrays) && form != "parquet")
                throw new ConfigException($"--arrays: {form} has no lists; --to parquet has, and the arrays lie as .npy in the "
                    + "run folders");
            progress.Report(static () => "reading the runs");
            var folders = RunSelection.Find(given, parsed.GetValue(root)!, Note);
            var sound = ShowCommand.Sound(folders, progress.Complain);
            var runs = ShowCommand.Chosen(SweepOrder.Of(sound), parsed.GetValue(where) ?? [], Note);
            if (runs.Count == 0)
                throw new ConfigException($"no runs in {string.Join(", ", given)} to export"
                    + (parsed.GetValue(where) is { Length: > 0 } w ? $" with {string.Join(" and ", w)}" : ""));
            if (runs.All(static r => r.Observations == 0))
                throw new RunFolderException($"there are no observations in {string.Join(", ", given)} to export");
            var names = parsed.GetValue(columns);
            // A key that all runs share has no column unless it is asked for.
            var table = ExportTable.Of(runs, parsed.GetValue(config) || names is not null, parsed.GetValue(arrays));
            if (names is not null) table = table.With(names, "--columns");
            if (runs.Count(static r => r.Observations == 0) is > 0 and var without)
                Note(string.Create(CultureInfo.InvariantCulture, $"note: {without} of {runs.Count} runs have no observations"));
            table.Reading = i =>
            {
                cancellation.ThrowIfCancellationRequested();
                progress.Report(() => string.Create(CultureInfo.InvariantCulture, $"writing run {i + 1} of {runs.Count}"));
            };
            var rows = Write(table, form, file, output);
            progress.Dispose();
            if (json)
                output.WriteLine(new JsonObject
                {
                    ["to"] = form,
                    ["out"] = Path.GetFullPath(file!),
                    ["runs"] = runs.Count,
                    ["rows"] = rows,
                    ["columns"] = new JsonArray([.. table.Columns.Select(static c => (JsonNode)c.Name)]),
                }.ToJsonString(Json.Options));
            else Note(string.Create(CultureInfo.InvariantCulture, $"{runs.Count} run{(runs.Count == 1 ? "" : "s")}, {rows} row")
                + string.Create(CultureInfo.InvariantCulture, $"{(rows == 1 ? "" : "s")}, {table.Columns.Count} columns: ")
                + (file is null ? "standard output" : Places.Show(Path.GetFullPath(file))));
            return Task.FromResult(ExitStatus.Done);
        });
        return command;
    }

    private static string Form(string? to, string? place)
    {
        var form = to ?? Path.GetExtension(place ?? "").TrimStart('.').ToLowerInvariant();
        if (s_forms.Contains(form)) return form;
        throw new ConfigException(to is null ? $"--to is missing; allowed: {string.Join(", ", s_forms)}"
            : $"--to {to} is not known{Nearest.Hint(to, s_forms)}");
    }

    // null: standard output.
    private static string? Target(string form, string? place, bool json)
    {
        if (place is null)
            return form == "csv" && !json ? null
                : throw new ConfigException($"--out is missing: where the {(form == "tensorboard" ? "folder" : "file")} is to be written");
        if (form == "tensorboard")
            return File.Exists(place) ? throw new ConfigException($"--out {place}: is a file; tensorboard wants a folder") : place;
        return Directory.Exists(place) ? Path.Combine(place, $"runs.{form}") : place;
    }

    private static long Write(ExportTable table, string form, string? file, TextWriter output)
    {
        if (file is null) return CsvExport.Write(table, output);
        return Places.Writing(file, () =>
        {
            if (form == "tensorboard") return TensorBoardExport.Write(table, file);
            if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder) Directory.CreateDirectory(folder);
            var rows = 0L;
            AtomicFile.Write(file, stream =>
            {
                if (form == "parquet")
                {
                    rows = ParquetExport.Write(table, stream);
                    return;
                }
                using var writer = new StreamWriter(stream, leaveOpen: true);
                rows = CsvExport.Write(table, writer);
            });
            return rows;
        });
    }
}
