using Rhoflow.Measures;

namespace MyLab;

/// <summary>
/// A measure: how many weights of a layer share its norm, 1/Σ_i v_i⁴ with V_k = W_k/‖W_k‖. It is 1 where one weight has all of it, and the
/// number of weights where all are equally large.
/// </summary>
public static class EffectiveWeights
{
    /// <summary>In configs: <c>observe.measures: [default, sparsity]</c>.</summary>
    public static Measure Measure { get; } = new()
    {
        Family = "sparsity",
        Name = "effective_weights",
        Formula = "1/Σ_i v_i⁴, V_k = W_k/‖W_k‖",
        Reference = "participation ratio",
        Cost = "P",
        Columns = static setting => [.. Enumerable.Range(1, setting.Depth).Select(static k => $"effective_weights_{k}")],
        Values = static input =>
        {
            var v = input.Snapshot.V.ToArray();
            return [.. input.Setting.Network.Layers.Select(layer => 1 / layer.Of(v).ToArray().Sum(static x => x * x * x * x))];
        },
        Units = new Dictionary<string, string>(StringComparer.Ordinal) { ["effective_weights_k"] = "weights" },
    };
}
