using System.Text.Json;
using System.Text.Json.Nodes;
using Rhoflow.Data;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Experiments;

/// <summary>
/// What the preparation of a run's data learned from its training examples: which classes have which numbers, the means that were taken
/// off, the value of a full pixel. Whatever other examples the trained network meets are prepared by this. Kept as preparation.json.
/// </summary>
public sealed record FittedPreparation
{
    internal FittedPreparation(FittedTransforms transforms) => Transforms = transforms;

    /// <summary>The name of the file in a run folder.</summary>
    public const string FileName = "preparation.json";

    private const string Format = "rhoflow preparation 1";

    /// <summary>The names of the classes before any was chosen, in the order of their numbers; null where labels are numbers.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Whether labels without names are −1 and +1, not targets of any size.</summary>
    public bool HasSigns { get; init; }

    /// <summary>The names of the input columns of the data file, in order; empty where it names none.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>The name of the column of the labels; null where the file names none.</summary>
    public string? LabelName { get; init; }

    /// <summary>The names of the transforms, in order.</summary>
    public IReadOnlyList<string> TransformNames { get; init; } = [];

    /// <summary>What identifies the content of the data file ("sha256-…"); null for sets that are no file of the user's.</summary>
    public string? Content { get; init; }

    /// <summary>d of the examples before the transforms.</summary>
    public int Inputs => Transforms.Inputs;

    /// <summary>The shape of an example as the network sees it, after the transforms.</summary>
    public TensorShape Input
    {
        get
        {
            var constants = Transforms.Steps.Count(static s => s.Kind == Transform.ConstantInput);
            return Transforms.Shape is { } s ? s with { Channels = s.Channels + constants } : TensorShape.Vector(Inputs + constants);
        }
    }

    internal FittedTransforms Transforms { get; }

    /// <summary>preparation.json.</summary>
    public string ToJson() => new JsonObject
    {
        ["format"] = Format,
        ["classes"] = ClassNames is { } names ? new JsonArray([.. names.Select(static n => (JsonNode)n)]) : null,
        ["signs"] = HasSigns,
        ["columns"] = new JsonArray([.. Columns.Select(static c => (JsonNode)c)]),
        ["label"] = LabelName,
        ["inputs"] = Inputs,
        ["shape"] = Transforms.Shape is { } s ? new JsonArray(s.Height, s.Width, s.Channels) : null,
        ["transforms"] = new JsonArray([.. TransformNames.Select(static t => (JsonNode)t)]),
        ["pixel_maximum"] = Transforms.PixelMaximum,
        ["means"] = new JsonArray(
            [.. Transforms.Means.Select(static m => (JsonNode)new JsonArray([.. m.Select(static v => (JsonNode)v)]))]),
        ["content"] = Content,
    }.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";

    /// <summary>Reads preparation.json; null where there is none.</summary>
    /// <exception cref="DataException">It cannot be read, or its parts do not fit each other.</exception>
    public static FittedPreparation? Read(string path)
    {
        if (!File.Exists(path)) return null;
        try
        {
            var node = JsonNode.Parse(File.ReadAllText(path), null, new JsonDocumentOptions { AllowDuplicateProperties = false })!;
            if ((string?)node["format"] is var format && format != Format)
                throw new DataException($"{path}: its format is '{format}'; '{Format}' was expected");
            string[] names = [.. node["transforms"]!.AsArray().Select(static t => (string)t!)];
            int[]? shape = node["shape"] is { } sides ? [.. sides.AsArray().Select(static v => (int)v!)] : null;
            var transforms = new FittedTransforms([.. names.Select(Preparation.StepOf)], (int)node["inputs"]!,
                shape is null ? null : new TensorShape(shape[0], shape[1], shape[2]), (double)node["pixel_maximum"]!,
                [.. node["means"]!.AsArray().Select(static m => m!.AsArray().Select(static v => (double)v!).ToArray())]);
            var fitted = new FittedPreparation(transforms)
            {
                ClassNames = node["classes"] is { } classes ? [.. classes.AsArray().Select(static c => (string)c!)] : null,
                HasSigns = (bool)node["signs"]!,
                Columns = node["columns"] is { } columns ? [.. columns.AsArray().Select(static c => (string)c!)] : [],
                LabelName = (string?)node["label"],
                TransformNames = names,
                Content = (string?)node["content"],
            };
            return fitted.WhyNot() is { } why ? throw new DataException($"{path}: {why}; the file is damaged") : fitted;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or NullReferenceException
            or ArgumentException or IndexOutOfRangeException or OverflowException or IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: what the run learned of its data cannot be read: {e.Message}", e);
        }
    }

    private string? WhyNot()
    {
        var (shape, means, sizes) = (Transforms.Shape, Transforms.Means, Transforms.CenteredInputs);
        return Inputs < 1 ? $"{Inputs} inputs"
            : shape is { } s && (s.Height < 1 || s.Width < 1 || s.Channels < 1 || (long)s.Height * s.Width * s.Channels != Inputs)
                ? $"images of {s} do not have {Inputs} inputs"
            : !(Transforms.PixelMaximum > 0) ? $"a full pixel of {Transforms.PixelMaximum}"
            : means.Count != sizes.Count ? $"{means.Count} means for {sizes.Count} centerings"
            : Enumerable.Range(0, sizes.Count).FirstOrDefault(k => means[k].Length != sizes[k], -1) is >= 0 and var bad
                ? $"a mean of {means[bad].Length} numbers for {sizes[bad]} inputs"
            : ClassNames is { } names && (names.Count == 0 || names.Distinct(StringComparer.Ordinal).Count() != names.Count)
                ? "names of classes that are missing or stand twice"
            : null;
    }
}
