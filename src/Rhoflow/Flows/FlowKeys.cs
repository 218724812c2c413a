namespace Rhoflow.Flows;

/// <summary>Keys that several kinds of flow share, with one meaning in all of them.</summary>
public static class FlowKeys
{
    /// <summary>λ of the penalty λ‖W‖² = λ Σ ρ_k².</summary>
    public static readonly FlowKey<double> WeightDecay =
        FlowKey.NonNegative("weight-decay", "λ of the penalty λ‖W‖², so that Ẇ = −∇L − 2λW (T3b eq. 8, corrected)");

    /// <summary>ρ, or where it starts; the kind says which.</summary>
    public static readonly FlowKey<double?> Rho =
        FlowKey.OptionalPositive("rho", "ρ = ∏ρ_k: constant, or its start; ∏‖W_k‖ of the initial weights unless given");

    /// <summary>The p of the norm ‖·‖_p.</summary>
    public static readonly FlowKey<double> P = FlowKey.Power("p", "p ≥ 1 of the norm ‖·‖_p; ∞ is the maximum norm");

    /// <summary>ρ_k at the start, positive.</summary>
    public static readonly FlowKey<double[]?> StartNorms =
        FlowKey.OptionalNumbers("rho-k", "norms ρ_k", "ρ_k at the start, one number for all layers or one per layer")
        with
        { Check = Positive };

    /// <summary>For <see cref="FlowKind.Check"/>: ρ_k and their product are not given together.</summary>
    public static FlowConflict? RhoOrNorms(FlowSettings settings) => settings.Has("rho-k") && settings.Has("rho")
        ? new FlowConflict("rho-k", "stands beside 'rho'; only one of them can be given")
        : null;

    internal static string? NotZero(double[]? norms) => norms is not null && Array.Exists(norms, static v => v == 0)
        ? "ρ_k = 0 has no direction to move in (its equation divides by ρ_k)"
        : null;

    private static string? Positive(double[]? norms) => norms is not null && Array.Exists(norms, static v => v < 0)
        ? "ρ_k > 0 is needed at the start; ρ_k < 0 is the same W_k with −V_k: turn the sign of the weights instead"
        : NotZero(norms);
}
