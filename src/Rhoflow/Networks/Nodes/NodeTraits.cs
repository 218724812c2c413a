namespace Rhoflow.Networks;

/// <summary>
/// What measures and the theorems that they rest on ask of a node. Every kind answers everything: the members are required. A sentence is
/// the
/// reason for "does not apply, because …"; null means that the node is no obstacle.
/// </summary>
internal sealed record NodeTraits
{
    /// <summary>Why the network is not layers one after the other; how "node i (…)" goes on.</summary>
    public required string? WhyNotSequential { get; init; }

    /// <summary>
    /// The unit that is not positively homogeneous and 1-Lipschitz, |σ(a) − σ(b)| ≤ |a − b| and σ(ca) = cσ(a), in words. Weights and folded
    /// batch normalization, whose norms the bounds count, are none.
    /// </summary>
    public required string? NotLipschitz { get; init; }

    /// <summary>Why it is neither linear nor elementwise.</summary>
    public required string? WhyNotElementwise { get; init; }

    /// <summary>Why it shifts its output by something that is no multiple of its input, as a bias does.</summary>
    public required string? WhyShifted { get; init; }

    /// <summary>Why there is no path norm: how "the path norm adds up paths of piecewise linear units; …" goes on.</summary>
    public required string? WhyNoPaths { get; init; }

    /// <summary>Whether its output is piecewise linear in what it reads (for fixed statistics).</summary>
    public required bool IsPiecewiseLinear { get; init; }

    /// <summary>
    /// p, if every unit (channel) goes through it by itself with σ(cz) = c^p σ(z) and nothing else happens, so that gradient flow conserves
    /// ‖w_i^in‖² − p‖w_i^out‖² across it; null otherwise.
    /// </summary>
    public required int? UnitDegree { get; init; }

    /// <summary>
    /// Whether channel c of its output belongs to channel c of its only source, so that layers on both sides can be compared.
    /// </summary>
    public required bool KeepsChannels { get; init; }

    /// <summary>
    /// Whether the scale of what it reads, of every example by itself, does not reach its output: the norms ρ_k below are then no factors
    /// of f.
    /// (Batch normalization counts as folded into the weights, with its scale in ρ_k.)
    /// </summary>
    public required bool RemovesScale { get; init; }
}
