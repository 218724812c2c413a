using Rhoflow.Lab.Config;
using Rhoflow.Losses;

namespace Rhoflow.Lab.Experiments;

/// <summary>ℓ, and whether L is Σ_n ℓ_n or its mean (the default).</summary>
public sealed record LossConfig(Loss Loss, Reduction Reduction)
{
    /// <summary>The keys of <c>loss</c> where it is a map.</summary>
    internal static IReadOnlyList<ConfigKey> Described { get; } =
    [
        new("name", ConfigForm.Word, "ℓ (`rhoflow list losses`)")
        {
            Words = [.. Loss.All.Select(static l => l.Name)],
            Example = "logistic",
        },
        new("reduction", ConfigForm.Word, "whether L is Σ_n ℓ_n or its mean")
        {
            Words = ["sum", "mean"],
            Default = "mean",
            Example = "sum",
        },
    ];

    /// <param name="node">The key 'loss'; null: the exponential loss.</param>
    /// <param name="reduction">Where the config says nothing.</param>
    /// <param name="allowed">Flows: those that differ on one output.</param>
    internal static LossConfig Read(ConfigNode? node, Reduction reduction, IReadOnlyList<Loss> allowed)
    {
        if (node is null) return new LossConfig(Loss.Exponential, reduction);
        if (node.IsScalar) return new LossConfig(ReadName(node, allowed), reduction);
        var map = node.Map(Described);
        return new LossConfig(ReadName(map.Required("name", string.Join(", ", allowed.Select(static l => l.Name))), allowed),
            map["reduction"]?.Word("sum", "mean") switch { "sum" => Reduction.Sum, "mean" => Reduction.Mean, _ => reduction });
    }

    internal void Write(ConfigWriter writer) => writer.Section("loss", () =>
    {
        writer.Entry("name", Loss.Name);
        writer.Entry("reduction", Reduction == Reduction.Sum ? "sum" : "mean");
    });

    private static Loss ReadName(ConfigNode node, IReadOnlyList<Loss> allowed)
    {
        var name = node.Word([.. allowed.Select(static l => l.Name)], w => Loss.All.Any(l => l.Name == w)
            ? "is not available for flows, whose networks have one output; logistic and square are the binary forms" : null);
        return allowed.First(l => l.Name == name);
    }
}
