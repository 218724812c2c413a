namespace Rhoflow.Measures;

/// <summary>Norms of the layers and their balance.</summary>
public static class NormMeasures
{
    private const string Family = "norms";

    public static readonly IReadOnlyList<Measure> All =
    [
        Measure.Single(Family, "log10_rho", "log₁₀ |ρ|, ρ = ∏ρ_k", "T3 §2", static m => m.Snapshot.LogRho / Math.Log(10)),
        Measure.Single(Family, "rho", "ρ = ∏ρ_k, signed", "T3 §2", static m => m.Snapshot.Rho),
        Measure.PerLayer(Family, "rho_k", "ρ_k = ‖W_k‖_F, signed where a flow carries the sign", "T3 §2",
            static depth => [.. Enumerable.Range(1, depth).Select(k => $"rho_{k}")], static s => s.RhoK),
        Measure.PerLayer(Family, "balance", "ρ_{k+1}² − ρ_k², which gradient flow conserves", "T3 eq 60; SQ Lemma 3",
            static depth => [.. Enumerable.Range(1, depth - 1).Select(k => $"balance_{k}")], Balance),
    ];

    private static double[] Balance(Snapshot s)
    {
        var balance = new double[s.RhoK.Length - 1];
        // The difference of squares as a product: no cancellation between two large norms.
        for (var k = 0; k < balance.Length; k++) balance[k] = (s.RhoK[k + 1] - s.RhoK[k]) * (s.RhoK[k + 1] + s.RhoK[k]);
        return balance;
    }
}
