using Rhoflow.Losses;

namespace Rhoflow.Lab.Config;

/// <summary>ℓ, and whether L is Σ_n ℓ_n or its mean (the default).</summary>
public sealed record LossConfig(Loss Loss, Reduction Reduction)
{
    internal static LossConfig Read(ConfigNode? node, Reduction reduction)
    {
        if (node is null) return new LossConfig(Loss.Exponential, reduction);
        if (node.IsScalar) return new LossConfig(ReadName(node), reduction);
        var map = node.Map("name", "reduction");
        return new LossConfig(ReadName(map.Required("name", "exponential, logistic or square")),
            map["reduction"]?.Word("sum", "mean") switch { "sum" => Reduction.Sum, "mean" => Reduction.Mean, _ => reduction });
    }

    internal void Write(ConfigWriter writer) => writer.Section("loss", () =>
    {
        writer.Entry("name", Loss.Name);
        writer.Entry("reduction", Reduction == Reduction.Sum ? "sum" : "mean");
    });

    private static Loss ReadName(ConfigNode node)
    {
        var name = node.Word([.. Loss.Binary.Select(l => l.Name)],
            static w => w == "cross-entropy" ? "is not available for flows, whose networks have one output; logistic is its binary form" : null);
        return Loss.Binary.First(l => l.Name == name);
    }
}
