using Rhoflow.Networks;

namespace Rhoflow.Measures.Bounds;

/// <summary>What the theorems behind bounds ask of a network: null where it holds, or a sentence.</summary>
internal static class BoundAssumptions
{
    /// <summary>Layers one behind the other.</summary>
    public static string? Sequential(Network network)
    {
        for (var i = 0; i < network.Nodes.Count; i++)
            if (network.Nodes[i] is SumNode sum) return $"the bound is proved for layers one behind the other; node {i + 1} ({sum}) adds branches";
        return null;
    }

    /// <summary>Units with |σ(a) − σ(b)| ≤ |a − b| and σ(ca) = cσ(a).</summary>
    public static string? Lipschitz(Network network)
    {
        foreach (var node in network.Nodes.OfType<ActivationNode>())
            if (node.Activation.Degree != 1 || node.Activation.Kind == ActivationKind.LeakyReLU && Math.Abs(node.Activation.Parameter) > 1)
                return $"the bound is proved for positively homogeneous 1-Lipschitz units; {node.Activation} is not one";
        return null;
    }

    /// <summary>Both.</summary>
    public static string? Chain(Network network) => Sequential(network) ?? Lipschitz(network);

    /// <summary>Nothing but linear maps and such units, so that what is proved holds to the letter.</summary>
    public static string? Literal(Network network)
    {
        if (network.StatisticsCount > 0) return "the bound is proved for networks without biases; batch normalization shifts by running means";
        if (network.Nodes.Any(static n => n is PoolingNode { Pooling: PoolingKind.Max })) return "the bound is proved for linear maps and elementwise units; a maximum of a window is neither";
        return Chain(network);
    }

    /// <summary>Training data with classes.</summary>
    public static string? Classes(MeasureSetting setting) =>
        setting.Train is null ? "the bound needs training examples; the scalar equations have none" : setting.HasClasses ? null : "regression targets have no margins";
}
