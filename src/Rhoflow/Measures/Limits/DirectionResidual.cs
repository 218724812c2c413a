using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Measures.Limits;

/// <summary>
/// max_k ‖(I − V_kV_kᵀ) g_k‖/‖g_k‖, g_k = −∂L/∂V_k: 0 where W is a Karush–Kuhn–Tucker direction of maximum margin with the multipliers that
/// the loss itself gives, p_n ∝ −ℓ'_n (T3 eq. 11, 12, 13, 66; PNAS eq. 6, 8, 9, 13; SQ eq. 47). <see cref="MaxMarginKkt"/> asks for the
/// best multipliers instead.
/// </summary>
internal static class DirectionResidual
{
    public static double Of(MeasureInput m)
    {
        var s = m.Snapshot;
        if (m.Risk is not null)
        {
            var h = new double[s.Network.ParameterCount];
            m.Risk.EvaluateScaled(s.V, s.Rho, h);
            return Largest(s.Network, s.VArray, h);
        }
        if (m.Passes is not { } passes) return double.NaN;
        var weights = NormalizedWeights.Of(passes);
        return double.IsFinite(weights.LogRho) ? Largest(s.Network, weights.V, [.. NormalizedWeights.Descent(passes)]) : double.NaN;
    }

    private static double Largest(Network network, double[] v, double[] h)
    {
        var largest = 0.0;
        foreach (var layer in network.Layers)
        {
            var vk = layer.Of(v);
            var g = layer.Of(h);
            var norm = Vectors.Norm(g);
            if (norm == 0) continue;
            Vectors.Add(-Vectors.Dot(vk, g) / Vectors.Dot(vk, vk), vk, g);
            largest = Math.Max(largest, Vectors.Norm(g) / norm);
        }
        return largest;
    }
}
