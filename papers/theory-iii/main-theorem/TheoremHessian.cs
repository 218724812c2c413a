using Rhoflow.Limits;
using Rhoflow.Measures.Curvature;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Signs of the eigenvalues of the Riemannian Hessian of L at stationary points of (A).</summary>
internal static class TheoremHessian
{
    /// <summary>
    /// Where log N/(ρη) has come down to this the eigenvalues are counted: at larger ρ float64 would take soft directions for flat.
    /// </summary>
    public const double Bound = .05;

    /// <summary>Eigenvalues up to this times the largest count as zero.</summary>
    public const double Zero = 1e-8;

    /// <summary>At the first ρ of the sweep with log N/(ρη) ≤ <see cref="Bound"/>; null where a unit is on its kink there.</summary>
    public static Signature? At(TheoremSetting setting, TheoremRuns.Start start)
    {
        var trace = start[Dynamics.FixedRho];
        var i = Enumerable.Range(0, trace.At.Count).FirstOrDefault(
            i => setting.Bound(Math.Exp(trace.LogRho[i]), trace.Directions[i]) is > 0 and <= Bound, trace.At.Count - 1);
        var v = trace.Directions[i];
        if (ClarkeGradients.Of(setting.Network, v, setting.Data, TheoremKkt.Kink).Gradients.Count > setting.Data.Count) return null;
        var hessian = TangentHessian.At(setting.Risk(), Math.Exp(trace.LogRho[i]), v);
        return hessian.TangentGradient <= 1e-6 ? hessian.Signature(Zero) : null;
    }
}
