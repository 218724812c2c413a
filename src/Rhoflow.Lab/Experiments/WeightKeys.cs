using Rhoflow.Lab.Config;
using Rhoflow.Lab.Models;
using Rhoflow.Lab.Weights;

namespace Rhoflow.Lab.Experiments;

/// <summary>
/// <c>init.weights</c> where it is a file: its path, or a map {file, names, normalizations, layout, preparation}. The folder of a run
/// stands
/// for the weights that the run ended with.
/// </summary>
internal static class WeightKeys
{
    private const string Checkpoint = "checkpoint.safetensors";
    private static readonly string s_flow = Path.Combine("arrays", "W.npy");
    private static readonly string[] s_layouts = ["nchw", "nhwc"];
    private static readonly string[] s_preparations = ["run", "new"];

    /// <summary>The keys that say which arrays of a file are which.</summary>
    internal static IReadOnlyList<ConfigKey> OfArrays { get; } =
    [
        new("names", ConfigForm.List, "the arrays of W_1 … W_K, in this order")
        {
            Default = "by the numbers in their names and by their shapes",
            Example = "[fc1.weight, fc2.weight]",
        },
        new("normalizations", ConfigForm.List, "the names under which normalizations have their arrays, in order of the network")
        {
            Default = "by names and shapes",
            Example = "[bn1, bn2]",
        },
        new("layout", ConfigForm.Word, "of the images that the first layer was trained on")
        {
            Words = s_layouts,
            Default = "that of the data",
            Example = "nchw",
        },
    ];

    /// <summary>The keys of <c>init.weights</c>.</summary>
    internal static IReadOnlyList<ConfigKey> Described { get; } =
    [
        new("file", ConfigForm.Text, "a file of weights (.safetensors, .pt, .npz, .onnx), or the folder of a run")
        {
            Example = "model.safetensors",
        },
        .. OfArrays,
        new("preparation", ConfigForm.Word, "weights of a run: whether data are prepared by what that run learned, or anew")
        {
            Words = s_preparations,
            Default = "run",
            Example = "new",
        },
    ];

    /// <exception cref="ConfigException">Not a file of weights, or keys that have no meaning.</exception>
    public static (WeightChoice File, bool PreparesAnew) Read(ConfigNode node)
    {
        if (node.IsScalar) return (new WeightChoice(ReadPath(node)) { Given = node.Text() }, false);
        var map = node.Map(Described);
        var file = map.Required("file", "a file of weights (.safetensors, .pt, .npz, .onnx), or the folder of a run");
        var choice = ReadArrays(map, new WeightChoice(ReadPath(file)) { Given = file.Text() });
        if (map["preparation"] is { } preparation && PreparationOf(choice) is null)
            throw preparation.Error("has a meaning for the weights of a run only, which knows how its data were prepared");
        return (choice, map["preparation"]?.Word(s_preparations) == "new");
    }

    /// <summary>The choice with what <see cref="OfArrays"/> say.</summary>
    public static WeightChoice ReadArrays(ConfigMap map, WeightChoice choice)
    {
        string[]? Names(string key) => map[key] is { } list ? [.. list.List("names of arrays").Select(static n => n.Text())] : null;
        return choice with
        {
            Names = Names("names"),
            Normalizations = Names("normalizations"),
            Layout = map["layout"]?.Word(s_layouts),
        };
    }

    /// <summary>Writes <see cref="OfArrays"/> back.</summary>
    public static void WriteArrays(ConfigWriter writer, WeightChoice file)
    {
        if (file.Names is { } names) writer.Entry("names", names);
        if (file.Normalizations is { } normalizations) writer.Entry("normalizations", normalizations);
        if (file.Layout is { } layout) writer.Entry("layout", layout);
    }

    public static void Write(ConfigWriter writer, WeightChoice file, bool anew)
    {
        if (file is { Names: null, Normalizations: null, Layout: null } && !anew)
        {
            writer.Entry("weights", file.File);
            return;
        }
        writer.Section("weights", () =>
        {
            writer.Entry("file", file.File);
            WriteArrays(writer, file);
            if (anew) writer.Entry("preparation", "new");
        });
    }

    /// <summary>Where the run that keeps these weights would keep what it learned of its data; null: they are not those of a run.</summary>
    public static string? PreparationOf(WeightChoice? choice)
    {
        if (choice is null) return null;
        var folder = choice.File.EndsWith(Path.DirectorySeparatorChar + s_flow, StringComparison.Ordinal)
            ? choice.File[..^(s_flow.Length + 1)]
            : Path.GetFileName(choice.File) is Checkpoint or "best.safetensors" ? Path.GetDirectoryName(choice.File) : null;
        return folder is null ? null : Path.Combine(folder, FittedPreparation.FileName);
    }

    private static string ReadPath(ConfigNode node)
    {
        var given = node.Text();
        var path = Path.GetFullPath(given, node.Folder);
        if (Directory.Exists(path))
        {
            if (KeptIn(path) is { } kept) return kept;
            // A folder of runs means its only run.
            string[] runs = [.. Directory.EnumerateDirectories(path).Order(StringComparer.Ordinal).Select(KeptIn).OfType<string>()];
            return runs.Length switch
            {
                1 => runs[0],
                0 => throw node.Error($"the folder '{given}' has neither {Checkpoint} nor {s_flow}: it is no run that kept its weights"),
                _ => throw node.Error($"the folder '{given}' holds {runs.Length} runs that kept their weights; give the folder of one of "
                    + "them"),
            };
        }
        return ModelFile.IsNamed(given)
            || path.EndsWith(Path.DirectorySeparatorChar + s_flow, StringComparison.Ordinal)
            ? path : throw node.Error($"'{given}' is not a .safetensors file; weights are given as such a file, as a .pt, .npz or "
                + ".onnx file, as the folder of a run, or as a list of matrices, one a layer (rows = outputs)");
    }

    // The file of the last weights in the folder of a run.
    private static string? KeptIn(string folder) =>
        Path.Combine(folder, Checkpoint) is var descent && File.Exists(descent) ? descent
        : Path.Combine(folder, s_flow) is var flow && File.Exists(flow) ? flow : null;
}
