namespace Rhoflow.Lab.Config;

/// <summary>Noise on the targets of every minibatch: ± Amplitude (signs), N(0, Amplitude²) (normal), or a share of replaced labels (flips).</summary>
public sealed record LabelNoiseConfig(string Kind, double Amplitude)
{
    /// <summary>The labels as they are.</summary>
    public static readonly LabelNoiseConfig None = new("signs", 0);

    private static readonly string[] Kinds = ["signs", "normal", "flips"];

    internal static LabelNoiseConfig Read(ConfigNode? node)
    {
        if (node is null) return None;
        if (node.IsScalar) return new LabelNoiseConfig("signs", node.NonNegative());
        var map = node.Map(Kinds);
        var kind = map.OneOf(Kinds);
        return new LabelNoiseConfig(kind, map[kind]!.NonNegative());
    }

    internal void Write(ConfigWriter writer) => writer.Raw("label-noise", $"{{{Kind}: {ConfigWriter.Number(Amplitude)}}}");
}
