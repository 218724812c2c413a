using Rhoflow.Lab.Config;
using Rhoflow.Lab.Weights;

namespace Rhoflow.Lab.Experiments;

/// <summary>By what the checkpoints of a folder follow one another.</summary>
public enum CheckpointOrder
{
    /// <summary>By the number in the name where names have one, else by the time of the file: the first look decides.</summary>
    AsNamed,

    /// <summary>By the number in the name; a file without one is refused.</summary>
    Step,

    /// <summary>By the time of the file; steps are 1, 2, 3 …</summary>
    Time,
}

/// <summary>A folder into which another program writes checkpoints while it trains, and which of their arrays are which.</summary>
/// <param name="Folder">Absolute path.</param>
/// <param name="Order">How they follow one another.</param>
/// <param name="Arrays">What is said about arrays; its file is replaced by each checkpoint.</param>
public sealed record WatchConfig(string Folder, CheckpointOrder Order, WeightChoice Arrays)
{
    /// <summary>The checkpoint before the first step; null: it is not known.</summary>
    public string? Start { get; init; }

    private static readonly string[] s_orders = ["step", "time"];

    /// <summary>The keys of <c>watch</c>.</summary>
    internal static IReadOnlyList<ConfigKey> Described { get; } =
    [
        new("folder", ConfigForm.Text, "where the checkpoints appear: .safetensors, .pt, .npz or .onnx") { Example = "ckpt" },
        new("order", ConfigForm.Word, "step: by the number in the name; time: by the time of the file, steps are 1, 2, 3 …")
        {
            Words = s_orders,
            Default = "step where names have numbers, else time",
            Example = "time",
        },
        new("start", ConfigForm.Text, "the checkpoint before the first step: then there are the distances of weights from it; read once")
        {
            Example = "ckpt/0.safetensors",
        },
        .. WeightKeys.OfArrays,
    ];

    internal static WatchConfig Read(ConfigNode node)
    {
        var map = node.Map(Described);
        var folder = map.Required("folder", "where the checkpoints appear");
        var path = Path.GetFullPath(folder.Text(), folder.Folder);
        return new WatchConfig(path, map["order"]?.Word(s_orders) switch
        {
            "step" => CheckpointOrder.Step,
            "time" => CheckpointOrder.Time,
            _ => CheckpointOrder.AsNamed,
        }, WeightKeys.ReadArrays(map, new WeightChoice(path) { IsOfFolder = true }))
        {
            Start = map["start"] is { } start ? Path.GetFullPath(start.Text(), start.Folder) : null,
        };
    }

    internal void Write(ConfigWriter writer) => writer.Section("watch", () =>
    {
        writer.Entry("folder", Folder);
        if (Order != CheckpointOrder.AsNamed) writer.Entry("order", Order == CheckpointOrder.Step ? "step" : "time");
        if (Start is not null) writer.Entry("start", Start);
        WeightKeys.WriteArrays(writer, Arrays);
    });
}

/// <summary>When watching ends by itself; it has no influence on what is measured.</summary>
/// <param name="Once">When everything that is there is measured.</param>
/// <param name="Idle">When nothing has appeared for so long; null: never.</param>
public sealed record WatchUntil(bool Once, TimeSpan? Idle)
{
    /// <summary>Measures what is there.</summary>
    public static readonly WatchUntil OnceOnly = new(true, null);
}
