using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Norms;

/// <summary>Norms of the layers, their balance, and how far the weights are from where they began.</summary>
internal static class NormMeasures
{
    private const string Family = "norms";

    /// <summary>The family, in the order of its columns.</summary>
    public static readonly IReadOnlyList<Measure> All =
    [
        Measure.Single(Family, "log10_rho", "log₁₀ |ρ|, ρ = ∏ρ_k", "T3 §2", static m => m.Snapshot.LogRho / Math.Log(10)),
        Measure.Single(Family, "rho", "ρ = ∏ρ_k, signed", "T3 §2", static m => m.Snapshot.Rho),
        Measure.PerLayer(Family, "rho_k", "ρ_k = ‖W_k‖_F, signed where a flow carries the sign", "T3 §2",
            static depth => [.. Enumerable.Range(1, depth).Select(k => $"rho_{k}")], static s => s.RhoKArray) with
        {
            Variant = "batch normalization is folded into W_k here and in V_k, so that f = ρ f̃ up to shifts; rho_raw_k is of W_k itself",
        },
        Raw("rho_raw", "‖W_k‖_F of the weights as they are trained, batch normalization not folded in", static (m, layer) =>
            Vectors.Norm(layer.Of(m.Snapshot.Weights()))),
        Measure.PerLayer(Family, "balance", "ρ_{k+1}² − ρ_k², which gradient flow conserves", "T3 eq. 60; SQ Lemma 3",
            static depth => [.. Enumerable.Range(1, depth - 1).Select(k => $"balance_{k}")], LayerBalance) with
        {
            Refuse = static s => s.Depth > 1 ? null : "a single layer has no neighbour to balance",
        },
        new()
        {
            Family = Family,
            Name = "matrix_balance",
            Formula = "‖D_k‖_F, D_k = W_{k+1}ᵀW_{k+1} − W_kW_kᵀ, which gradient flow conserves for linear neighbours, and ‖D_k − D_k(0)‖_F",
            Reference = "T3 eq. 60",
            Cost = "n² (columns of W_k + rows of W_{k+1}), n units between them",
            Columns = static s => [.. LinearPairs(s.Network)
                .SelectMany(static k => (string[])[$"matrix_balance_{k + 1}", $"matrix_balance_drift_{k + 1}"])],
            Values = static m => [.. LinearPairs(m.Setting.Network).SelectMany(k => MatrixBalance(m, k))],
            Refuse = static s => BatchNorm(s) ?? (LinearPairs(s.Network).Any() ? null
                : "no two full matrices follow each other directly: after ReLUs only unit_balance is conserved"),
        },
        new()
        {
            Family = Family,
            Name = "unit_balance",
            Formula = "d_i = ‖w_i^in‖² − p‖w_i^out‖² for every unit i (a map of a convolution) between W_k and W_{k+1}, which gradient "
                + "flow conserves, p = 1 for ReLU: max |d_i|, root mean square of d_i, and max |d_i − d_i(0)|",
            Reference = "T3 eq. 60",
            Cost = "P",
            Columns = static s => [.. UnitPairs(s.Network).SelectMany(static k =>
                (string[])[$"unit_balance_max_{k + 1}", $"unit_balance_rms_{k + 1}", $"unit_balance_drift_{k + 1}"])],
            Values = static m => [.. UnitPairs(m.Setting.Network).SelectMany(k => UnitBalance(m, k))],
            Refuse = static s => BatchNorm(s)
                ?? (UnitPairs(s.Network).Any() ? null : "no two layers are joined by units of their own alone"),
        },
        Distance("start_distance", "‖W_k − W_k(0)‖_F", static (distance, _) => distance),
        Distance("start_distance_relative", "‖W_k − W_k(0)‖_F/‖W_k(0)‖_F",
            static (distance, start) => start > 0 ? distance / start : double.NaN),
        Raw("start_distance_raw", "‖W_k − W_k(0)‖_F of the weights as they are trained, batch normalization not folded in",
            static (m, layer) => m.History is { } h
                ? Vectors.Distance(layer.Of(m.Snapshot.Weights()), layer.Of(h.StartWeightsArray)) : double.NaN),
        Raw("start_distance_relative_raw", "‖W_k − W_k(0)‖_F/‖W_k(0)‖_F of the weights as they are trained", static (m, layer) =>
            m.History is { } h && Vectors.Norm(layer.Of(h.StartWeightsArray)) is > 0 and var start
                ? Vectors.Distance(layer.Of(m.Snapshot.Weights()), layer.Of(h.StartWeightsArray)) / start : double.NaN),
    ];

    // Where nothing can be folded in, the columns without _raw are these.
    private static Measure Raw(string name, string formula, Func<MeasureInput, Layer, double> value) => new()
    {
        Family = Family,
        Name = name,
        Formula = formula,
        Reference = "SQ App. A",
        Variant = "networks with batch normalization; without it the column without _raw is this",
        Cost = "P",
        Columns = s => s.Network.StatisticsCount == 0 ? [] : [.. Enumerable.Range(1, s.Depth).Select(k => $"{name}_{k}")],
        Values = m => m.Setting.Network.StatisticsCount == 0 ? [] : [.. m.Setting.Network.Layers.Select(l => value(m, l))],
    };

    private static double[] LayerBalance(Snapshot s)
    {
        var balance = new double[s.RhoK.Length - 1];
        // The difference of squares as a product: no cancellation between two large norms.
        for (var k = 0; k < balance.Length; k++) balance[k] = (s.RhoK[k + 1] - s.RhoK[k]) * (s.RhoK[k + 1] + s.RhoK[k]);
        return balance;
    }

    // The norms here are those of folded weights, which no flow balances.
    private static string? BatchNorm(MeasureSetting s) =>
        s.Network.StatisticsCount > 0 ? "batch normalization is folded into the weights, whose balance is not conserved then"
        : s.Train is null ? "the scalar equations have no matrices" : null;

    private static IEnumerable<int> LinearPairs(Network network) =>
        Enumerable.Range(0, network.Depth - 1).Where(k => Balance.IsLinear(network, k));

    private static IEnumerable<int> UnitPairs(Network network) =>
        Enumerable.Range(0, network.Depth - 1).Where(k => Balance.Degree(network, k) is not null);

    private static double[] MatrixBalance(MeasureInput m, int k)
    {
        var now = Balance.Matrix(m.Setting.Network, k, m.Snapshot.RhoK, m.Snapshot.V);
        return [Vectors.Norm(now), m.History is { } h ? Vectors.Distance(now, Balance.Matrix(m.Setting.Network, k, h.StartRhoK, h.StartV))
            : double.NaN];
    }

    private static double[] UnitBalance(MeasureInput m, int k)
    {
        var degree = Balance.Degree(m.Setting.Network, k)!.Value;
        var now = Balance.Units(m.Setting.Network, k, m.Snapshot.RhoK, m.Snapshot.V, degree);
        double largest = now.Max(Math.Abs), drift = double.NaN;
        if (m.History is { } h)
            drift = now.Zip(Balance.Units(m.Setting.Network, k, h.StartRhoK, h.StartV, degree), static (a, b) => Math.Abs(a - b)).Max();
        return [largest, Vectors.Norm(now) / Math.Sqrt(now.Length), drift];
    }

    private static Measure Distance(string name, string formula, Func<double, double, double> value) => new()
    {
        Family = Family,
        Name = name,
        Formula = formula + ", W_k(0) at the start of the run, batch normalization folded into both",
        Reference = "T3 §2",
        Cost = "P",
        Columns = s => [.. Enumerable.Range(1, s.Depth).Select(k => $"{name}_{k}")],
        Values = m => [.. Enumerable.Range(0, m.Setting.Depth).Select(k => m.History is { } h
            ? value(FromStart(m.Snapshot, h, k), Math.Abs(h.StartRhoK[k]) * Vectors.Norm(m.Setting.Network.Layers[k].Of(h.StartV)))
            : double.NaN)],
    };

    private static double FromStart(Snapshot now, History history, int k)
    {
        var layer = now.Network.Layers[k];
        double[] w = layer.Of(now.V).ToArray(), start = layer.Of(history.StartV).ToArray();
        Vectors.Scale(now.RhoK[k], w, w);
        Vectors.Scale(history.StartRhoK[k], start, start);
        return Vectors.Distance(w, start);
    }
}
