using Rhoflow.Numerics;

namespace Rhoflow.Measures;

/// <summary>How far a network is from being stationary in direction.</summary>
public static class GradientMeasures
{
    private const string Family = "limits";

    public static readonly IReadOnlyList<Measure> All =
    [
        Measure.Single(Family, "kkt_residual",
            "largest over layers of ‖(I − V_kV_kᵀ) g_k‖/‖g_k‖, g_k = −∂L/∂V_k: 0 where W is a Karush–Kuhn–Tucker direction of max margin with multipliers p_n",
            "T3 eq 11–13, 66; Lyu–Li", static m => KktResidual(m), MeasureNeed.Gradients),
    ];

    private static double KktResidual(MeasureInput m)
    {
        if (m.Risk is null) return double.NaN;
        var s = m.Snapshot;
        var h = new double[s.Network.ParameterCount];
        m.Risk.EvaluateScaled(s.V, s.Rho, h);
        var largest = 0.0;
        foreach (var layer in s.Network.Layers)
        {
            var v = layer.Of(s.V);
            var g = layer.Of(h);
            var norm = Vectors.Norm(g);
            if (norm == 0) continue;
            Vectors.Add(-Vectors.Dot(v, g) / Vectors.Dot(v, v), v, g);
            largest = Math.Max(largest, Vectors.Norm(g) / norm);
        }
        return largest;
    }
}
