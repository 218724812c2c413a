using Rhoflow.Losses;

namespace Rhoflow.Measures.Equilibrium;

/// <summary>How near a network is to the equilibria of Memo 112.</summary>
internal static class EquilibriumMeasures
{
    private const string Family = "equilibrium";

    /// <summary>The family, in the order of its columns.</summary>
    public static readonly IReadOnlyList<Measure> All =
    [
        new()
        {
            Family = Family,
            Name = "rho_equilibrium",
            Formula = "ρ_eq = Σ⟨t, f̃⟩/(λ/r + Σ‖f̃‖²), the same with λ = 0, ρ/ρ_eq, ρ̇ = −2r[ρΣ‖f̃‖² − Σ⟨t, f̃⟩] − 2λρ, and |ρ̇| over the "
                + "sum of its terms' sizes",
            Reference = "SQ eq. 5, 7, 31; Fig 4",
            Variant = "L = rΣ‖ρf̃ − t‖² + λρ²: r = 1 for a sum, 1/N for a mean; one norm for all layers; classes against the codes of "
                + "the loss",
            Cost = "N C",
            Columns = static _ => ["rho_equilibrium", "rho_equilibrium_undecayed", "rho_over_equilibrium", "rho_rate", "rho_residual"],
            Values = static m =>
            {
                var e = NormOf(m);
                return [e.Rho, e.RhoWithoutDecay, Math.Exp(m.Snapshot.LogRho) / e.Rho, e.Rate(Math.Exp(m.Snapshot.LogRho)),
                    e.Residual(m.Snapshot.LogRho)];
            },
            Refuse = static s => s.Loss is null || !s.Loss.TakesRealTargets
                ? $"the equilibrium norm is that of the square loss; the loss is {s.Loss?.Name ?? "exponential"}" : null,
        },
        Measure.Single(Family, "average_separability", "N⁻¹ Σ⟨t, f̃⟩ (y f̃ for one output): average separability where it is positive",
            "SQ §2", static m => NormOf(m).Correlation / m.Snapshot.Targets.Length, cost: "N C") with
        {
            Refuse = static s => s.Network.Outputs > 1 && s.Loss is not { TakesRealTargets: true } ? "classes have codes t in a square "
                + $"loss only; the loss is {s.Loss?.Name ?? "exponential"}, for which margin_mean says as much" : null,
        },
        new()
        {
            Family = Family,
            Name = "direction_equilibrium",
            Formula = "h_k = Σ c_n ∂f̃_n/∂V_k, c = −∂L/∂f: log₁₀‖V̇_k‖ = log₁₀ ρ‖S_kh_k‖, ‖S_kh_k‖/‖h_k‖ (SQ eq. 36), cos(V_k, "
                + "Σα_n∂f̃_n/∂V_k) and ‖V_k − Σα_n∂f̃_n/∂V_k‖, α_n = c_n/Σc f̃",
            Reference = "SQ eq. 6, 29, 36, 38, 46",
            Variant = "any loss; batch normalization folded into V_k",
            Need = MeasureNeed.Gradients,
            Cost = "1 backward pass",
            Work = static _ => MeasureWork.LossGradient(false),
            Columns = static s => [.. Enumerable.Range(1, s.Depth)
                .SelectMany(static k => (string[])[$"log10_v_rate_{k}", $"v_residual_{k}", $"combination_cosine_{k}",
                $"combination_residual_{k}"])],
            Values = static m => Directions(m),
            Refuse = static s => Scaling.WhyNoDirections(s.Network),
        },
        new()
        {
            Family = Family,
            Name = "example_stationarity",
            Formula = $"‖V_kf̃_n − ∂f̃_n/∂V_k‖/‖∂f̃_n/∂V_k‖, smallest, mean and largest over at most {ExampleStationarity.LargestSample} "
                + "examples at equal distances",
            Reference = "SQ eq. 40, 48",
            Variant = "of several outputs the margin f̃_y − max_{j≠y} f̃_j in place of f̃; examples without a derivative left out",
            Need = MeasureNeed.Gradients,
            Cost = "1000 passes of one example",
            Work = static s => new(Gradients: Math.Min(s.Train?.Count ?? 0, ExampleStationarity.LargestSample)),
            Columns = static s => [.. Enumerable.Range(1, s.Depth)
                .SelectMany(static k => (string[])[$"example_residual_min_{k}", $"example_residual_mean_{k}",
                $"example_residual_max_{k}"])],
            Values = static m => m.Passes is { } p
                ? [.. ExampleStationarity.Of(p, NormalizedWeights.Of(p), Sampling.Even(p.Data.Count, ExampleStationarity.LargestSample),
                m.Setting.HasClasses)
                    .SelectMany(static e => (double[])[e.Smallest, e.Mean, e.Largest])]
                : [.. Enumerable.Repeat(double.NaN, 3 * m.Setting.Depth)],
            Refuse = static s => Scaling.WhyNoDirections(s.Network),
        },
    ];

    private static NormEquilibrium NormOf(MeasureInput m) =>
        NormEquilibrium.Of(m.Snapshot.Outputs, m.Snapshot.Targets, m.Snapshot.Network.Outputs,
        Math.Exp(m.Snapshot.LogReduction), m.Setting.WeightDecay, m.Setting.Loss == Loss.SquareSigns ? -1 : 0);

    private static double[] Directions(MeasureInput m)
    {
        var depth = m.Setting.Depth;
        if (m.Passes is not { } passes) return [.. Enumerable.Repeat(double.NaN, 4 * depth)];
        var weights = NormalizedWeights.Of(passes);
        var h = NormalizedWeights.Descent(passes);
        var average = DirectionEquilibrium.Average(passes.Weights, weights.Outputs(passes));
        var row = new List<double>(4 * depth);
        for (var k = 0; k < depth; k++)
        {
            var layer = passes.Network.Layers[k];
            if (!double.IsFinite(weights.LogRho))
            {
                row.AddRange([double.NaN, double.NaN, double.NaN, double.NaN]);
                continue;
            }
            var e = DirectionEquilibrium.Of(layer.Of(weights.V), layer.Of(h), passes.Network.Exponents[k] * average);
            row.AddRange([(Math.Log(e.Rate) + weights.LogRho + passes.Value.LogScale) / Math.Log(10), e.Residual, e.Cosine,
                e.CombinationResidual]);
        }
        return [.. row];
    }
}
