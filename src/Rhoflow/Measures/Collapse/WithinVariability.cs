namespace Rhoflow.Measures.Collapse;

/// <summary>
/// NC1, how much features vary within classes relative to the distances between class means, in the four definitions that are in use. All
/// are invariant to rotations, shifts and the scale of the features. With Σ_W = (1/N) Σ_n (h_n − μ_{c(n)})(h_n − μ_{c(n)})ᵀ:
/// </summary>
/// <remarks>
/// All are NaN where all class means are equal, and 0 where features do not vary within classes: also with one example per class.
/// </remarks>
internal sealed record WithinVariability
{
    /// <summary>
    /// tr(Σ_W Σ_B⁺)/C, Σ_B = (1/C) Σ_c (μ_c − μ_G)(μ_c − μ_G)ᵀ with μ_G the mean of the class means (Papyan, Han and Donoho 2020, Fig. 6).
    /// </summary>
    public required double PapyanHanDonoho { get; init; }

    /// <summary>
    /// The same with μ_G the mean of all examples (Zhu et al. 2021, their NC1, for unconstrained features): another number only where
    /// classes have different numbers of examples.
    /// </summary>
    public required double Zhu { get; init; }

    /// <summary>tr Σ_W / tr Σ_B, μ_G the mean of the class means (SQ App. G).</summary>
    public required double TraceRatio { get; init; }

    /// <summary>
    /// The class-distance normalized variance (Galanti, György and Hutter 2022): (Var_c + Var_d)/(2‖μ_c − μ_d‖²), Var_c = Ave ‖h − μ_c‖²,
    /// averaged over all pairs of classes. +∞ where two class means coincide and one of the two varies.
    /// </summary>
    public required double ClassDistance { get; init; }
}
