using Rhoflow.Descents;
using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>W += Amplitude · s · N(0, 1) at chosen epochs, with s the spread of the layer's weights, ‖∇L‖, or 1 (T3b §6).</summary>
public sealed record PerturbationConfig(IReadOnlyList<int> At, int Every, double Amplitude, PerturbationScale RelativeTo)
{
    /// <summary>The words of configs for what the amplitude is relative to; the first where none is given.</summary>
    public static IReadOnlyList<(string Word, PerturbationScale Scale)> Words { get; } =
        [("weights", PerturbationScale.LayerDeviation), ("gradient", PerturbationScale.GradientNorm),
            ("nothing", PerturbationScale.Absolute)];

    /// <summary>The perturbation.</summary>
    public Perturbation Build() => new(RateConfig.EpochsOf(At, Every), Amplitude, RelativeTo);

    /// <summary>The keys of <c>descent.perturb</c>.</summary>
    internal static IReadOnlyList<ConfigKey> Described { get; } =
    [
        new("at", ConfigForm.List, "the epochs where it happens") { Example = "[50, 100]" },
        new("every", ConfigForm.Whole, "or: the distance of these epochs") { Example = "50" },
        new("amplitude", ConfigForm.Number, "how large, relative to relative-to") { Example = "0.1" },
        new("relative-to", ConfigForm.Word, "what the amplitude is relative to")
        {
            Words = [.. Words.Select(static w => w.Word)],
            Default = "weights",
            Example = "gradient",
        },
    ];

    internal static PerturbationConfig Read(ConfigNode node)
    {
        var map = node.Map(Described);
        var every = map.OneOf("at", "every") == "every";
        var epochs = every ? [] : RateConfig.Epochs(map["at"]!);
        var step = every ? map["every"]!.Count(1) : 0;
        var amplitude = map.Required("amplitude", "how large the perturbation is, relative to 'relative-to'").NonNegative();
        var word = map["relative-to"]?.Word([.. Words.Select(static w => w.Word)]) ?? Words[0].Word;
        return new PerturbationConfig(epochs, step, amplitude, Words.First(w => w.Word == word).Scale);
    }

    internal void Write(ConfigWriter writer) => writer.Raw("perturb",
        $"{{{RateConfig.Text(At, Every)}, amplitude: {ConfigWriter.Number(Amplitude)}, relative-to: "
        + $"{Words.First(w => w.Scale == RelativeTo).Word}}}");
}
