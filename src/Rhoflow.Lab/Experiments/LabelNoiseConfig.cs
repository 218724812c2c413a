using Rhoflow.Descents;
using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>
/// Noise on the targets of every minibatch: ± Amplitude (signs), N(0, Amplitude²) (normal), or a share of replaced labels (flips).
/// </summary>
public sealed record LabelNoiseConfig(LabelNoiseKind Kind, double Amplitude)
{
    /// <summary>The labels as they are.</summary>
    public static readonly LabelNoiseConfig None = new(LabelNoiseKind.Signs, 0);

    /// <summary>The words of configs, each with what it stands for.</summary>
    public static IReadOnlyList<(string Word, LabelNoiseKind Kind)> Words { get; } =
        [("signs", LabelNoiseKind.Signs), ("normal", LabelNoiseKind.Normal), ("flips", LabelNoiseKind.Flips)];

    /// <summary>The noise; null: none.</summary>
    public LabelNoise? Build() => Amplitude > 0 ? new LabelNoise(Amplitude, Kind) : null;

    /// <summary>The keys of <c>descent.label-noise</c> where it is a map.</summary>
    internal static IReadOnlyList<ConfigKey> Described { get; } =
    [
        new("signs", ConfigForm.Number, "± that much on every target") { Example = "0.1" },
        new("normal", ConfigForm.Number, "the standard deviation of normal noise") { Example = "0.1" },
        new("flips", ConfigForm.Number, "the share of labels that are replaced") { Example = "0.1" },
    ];

    internal static LabelNoiseConfig Read(ConfigNode? node)
    {
        if (node is null) return None;
        if (node.IsScalar) return None with { Amplitude = node.NonNegative() };
        string[] words = [.. Words.Select(static w => w.Word)];
        var map = node.Map(Described);
        var word = map.OneOf(words);
        return map[word]!.NonNegative() is > 0 and var amplitude
            ? new LabelNoiseConfig(Words.First(w => w.Word == word).Kind, amplitude) : None;
    }

    internal void Write(ConfigWriter writer) => writer.Raw("label-noise",
        Amplitude == 0 ? "0" : $"{{{Words.First(w => w.Kind == Kind).Word}: {ConfigWriter.Number(Amplitude)}}}");
}
