using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>
/// Noise on the targets of every minibatch: ± Amplitude (signs), N(0, Amplitude²) (normal), or a share of replaced labels (flips).
/// </summary>
public sealed record LabelNoiseConfig(string Kind, double Amplitude)
{
    /// <summary>The labels as they are.</summary>
    public static readonly LabelNoiseConfig None = new("signs", 0);

    private static readonly string[] Kinds = ["signs", "normal", "flips"];

    internal static LabelNoiseConfig Read(ConfigNode? node)
    {
        if (node is null) return None;
        if (node.IsScalar) return None with { Amplitude = node.NonNegative() };
        var map = node.Map(Kinds);
        var kind = map.OneOf(Kinds);
        return map[kind]!.NonNegative() is > 0 and var amplitude ? new LabelNoiseConfig(kind, amplitude) : None;
    }

    internal void Write(ConfigWriter writer) =>
        writer.Raw("label-noise", Amplitude == 0 ? "0" : $"{{{Kind}: {ConfigWriter.Number(Amplitude)}}}");
}
