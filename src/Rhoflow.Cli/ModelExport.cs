using System.Globalization;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Inspection;
using Rhoflow.Lab.Models.Writing;
using Rhoflow.Lab.Runs;
using Rhoflow.Numerics;

namespace Rhoflow.Cli;

/// <summary>`export RUN --to safetensors|onnx|npz`: the network that a run ended with, for PyTorch, ONNX Runtime and NumPy.</summary>
internal static class ModelExport
{
    /// <summary>Writes it and says what is to be known of it.</summary>
    /// <param name="given">What was named on the command line.</param>
    /// <param name="folders">The runs that this means.</param>
    /// <param name="form">One of <see cref="ModelWriter.Formats"/>.</param>
    /// <param name="place">--out.</param>
    /// <param name="precision">--precision; null: not given.</param>
    /// <param name="output">Where the document goes.</param>
    /// <param name="json">Whether one is wanted.</param>
    /// <param name="say">Takes notes.</param>
    public static int Run(IReadOnlyList<string> given, IReadOnlyList<RunFolder> folders, string form, string? place, string? precision,
        TextWriter output, bool json, Action<string> say)
    {
        if (folders.Count != 1)
            throw new ConfigException(string.Create(CultureInfo.InvariantCulture, $"--to {form}: a file holds the network of one run; ")
                + (folders.Count == 0 ? $"there is none in {string.Join(", ", given)}" : $"{folders.Count} are named, "
                    + $"{string.Join(", ", folders.Take(8).Select(static f => f.Id))}{(folders.Count > 8 ? ", …" : "")}"));
        var file = place is null ? throw new ConfigException("--out is missing: where the file is to be written")
            : Directory.Exists(place) ? Path.Combine(place, $"{folders[0].Id}.{form}") : place;
        var network = TrainedNetworks.OfRun(folders[0], data: null);
        var isDouble = precision switch
        {
            null => network.Precision == Precision.Float64 && form != "onnx",
            "float64" => true,
            "float32" => false,
            _ => throw new ConfigException($"--precision {precision}: float32 or float64"),
        };
        var data = Experiment.Load(folders[0].File("config.yaml"), []).Data;
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["rhoflow.run"] = folders[0].Id,
            ["rhoflow.network"] = network.Network.ToString(),
            ["rhoflow.transforms"] = $"[{string.Join(", ", data?.Transforms ?? [])}]",
        };
        var arrays = Places.Writing(file, () =>
        {
            if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder) Directory.CreateDirectory(folder);
            return ModelWriter.Write(file, form, network.Network, network.Theta.Span, network.Statistics.Span, isDouble, metadata);
        });
        var notes = Notes(network, form, isDouble, data?.Transforms ?? []);
        if (json)
            output.WriteLine(new JsonObject
            {
                ["to"] = form,
                ["out"] = Path.GetFullPath(file),
                ["run"] = folders[0].Id,
                ["precision"] = isDouble ? "float64" : "float32",
                ["arrays"] = new JsonArray([.. arrays.Select(static a => (JsonNode)new JsonObject
                {
                    ["name"] = a.Name,
                    ["shape"] = new JsonArray([.. a.Shape.Select(static s => (JsonNode)s)]),
                })]),
                ["notes"] = new JsonArray([.. notes.Select(static n => (JsonNode)n)]),
            }.ToJsonString(Json.Options));
        else
        {
            say(string.Create(CultureInfo.InvariantCulture, $"{arrays.Count} arrays, {arrays.Sum(static a => (long)a.Values.Length)} ")
                + $"numbers of {(isDouble ? "float64" : "float32")}: {Places.Show(Path.GetFullPath(file))}");
            foreach (var note in notes) say($"note: {note}");
        }
        return ExitStatus.Done;
    }

    private static List<string> Notes(TrainedNetwork network, string form, bool isDouble, IReadOnlyList<string> transforms)
    {
        var notes = new List<string>();
        if (!isDouble && network.Precision == Precision.Float64)
            notes.Add("the run's numbers are float64 and are rounded to float32"
                + (form == "onnx" ? ", in which ONNX Runtime convolves; --precision float64 keeps them" : ""));
        if (!network.Network.Input.IsVector)
            notes.Add($"images are channel, row, column in the file's order: N × {network.Network.Input.Channels} × "
                + $"{network.Network.Input.Height} × {network.Network.Input.Width}");
        if (transforms.Count > 0)
            notes.Add($"its inputs are to be prepared as in the run: {string.Join(", ", transforms)}");
        return notes;
    }
}
