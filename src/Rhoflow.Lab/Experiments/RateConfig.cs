using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>How the learning rate changes.</summary>
public sealed record RateConfig
{
    /// <summary>The same rate always.</summary>
    public static readonly RateConfig Constant = new();

    /// <summary>constant, step, cosine, loss-based or normalized.</summary>
    public string Kind { get; init; } = "constant";

    /// <summary>step: the epochs where the rate changes.</summary>
    public IReadOnlyList<int> At { get; init; } = [];

    /// <summary>step: what it is multiplied by there.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>cosine: the rate at the last epoch.</summary>
    public double Final { get; init; }

    private static readonly string[] Kinds = ["constant", "step", "cosine", "loss-based", "normalized"];

    internal static RateConfig Read(ConfigNode? node)
    {
        if (node is null) return Constant;
        if (node.IsScalar)
        {
            var word = node.Word(Kinds);
            return word != "step" ? new RateConfig { Kind = word }
                : throw node.Error("'step' needs its epochs: {step: {at: [100, 200], factor: 0.1}}");
        }
        var map = node.Map("step", "cosine");
        if (map.OneOf("step", "cosine") == "cosine")
            return new RateConfig { Kind = "cosine", Final = map["cosine"]!.Map("final")["final"]?.NonNegative() ?? 0 };
        var step = map["step"]!.Map("at", "factor");
        var at = Epochs(step.Required("at", "the epochs where the rate changes"));
        return new RateConfig { Kind = "step", At = at, Factor = step["factor"]?.Positive() ?? 0.1 };
    }

    internal void Write(ConfigWriter writer) => writer.Raw("schedule", Kind switch
    {
        "step" => $"{{step: {{at: {Text(At)}, factor: {ConfigWriter.Number(Factor)}}}}}",
        "cosine" => $"{{cosine: {{final: {ConfigWriter.Number(Final)}}}}}",
        _ => Kind,
    });

    internal static string Text(IEnumerable<int> epochs) => ConfigWriter.List(epochs.Select(static e => ConfigWriter.Number(e)));

    // Increasing epochs, one or a list.
    internal static int[] Epochs(ConfigNode node)
    {
        int[] epochs = node.IsList ? [.. node.List("epochs").Select(static n => n.Count(0))] : [node.Count(0)];
        for (var i = 1; i < epochs.Length; i++)
            if (epochs[i] <= epochs[i - 1]) throw node.Error($"epochs must increase; {epochs[i]} follows {epochs[i - 1]}");
        return epochs;
    }
}
