using Rhoflow.Networks;

namespace Rhoflow.Measures.Bounds;

/// <summary>What the theorems of bounds ask of a network: null where it holds, or a sentence.</summary>
internal static class BoundAssumptions
{
    /// <summary>Layers in sequence, without branches.</summary>
    public static string? Sequential(Network network)
    {
        for (var i = 0; i < network.Nodes.Count; i++)
            if (network.Nodes[i].Traits.WhyNotSequential is { } why)
                return $"the bound is proved for layers in sequence; node {i + 1} ({network.Nodes[i]}) {why}";
        return null;
    }

    /// <summary>Units with |σ(a) − σ(b)| ≤ |a − b| and σ(ca) = cσ(a).</summary>
    public static string? Lipschitz(Network network)
    {
        return network.Nodes.Select(static n => n.Traits.NotLipschitz).FirstOrDefault(static t => t is not null) is { } unit
            ? $"the bound is proved for positively homogeneous 1-Lipschitz units; {unit} is not one"
            : null;
    }

    /// <summary>Both.</summary>
    public static string? Chain(Network network) => Sequential(network) ?? Lipschitz(network);

    /// <summary>Nothing but linear maps and such units, so that what is proved holds to the letter.</summary>
    public static string? Literal(Network network)
    {
        if (network.Nodes.Select(static n => n.Traits.WhyShifted).FirstOrDefault(static t => t is not null) is { } shift)
            return $"the bound is proved for networks without biases; {shift}";
        if (network.Nodes.Select(static n => n.Traits.WhyNotElementwise).FirstOrDefault(static t => t is not null) is { } why)
            return $"the bound is proved for linear maps and elementwise units; {why}";
        return Chain(network);
    }

    /// <summary>Training data with classes.</summary>
    public static string? Classes(MeasureSetting setting) =>
        setting.Train is null ? "the bound needs training examples; the scalar equations have none" : setting.HasClasses ? null
            : "regression targets have no margins";
}
