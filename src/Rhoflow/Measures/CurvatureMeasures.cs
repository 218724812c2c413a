using Rhoflow.Numerics;

namespace Rhoflow.Measures;

/// <summary>The second derivative of the loss on the product of unit spheres: is the direction a strict minimum?</summary>
public static class CurvatureMeasures
{
    private const string Family = "curvature";

    /// <summary>Networks with more parameters are not measured: the matrix is dense.</summary>
    public const int LargestNetwork = 2000;

    public static readonly IReadOnlyList<Measure> All =
    [
        new()
        {
            Family = Family,
            Name = "tangent_hessian",
            Formula = "signs of the eigenvalues of the Hessian of L(ρf(V)) on ‖V_k‖ = 1 (zero: below 1e-9 of the largest), and ‖P∇L‖/‖∇L‖",
            Reference = "PNAS Lemma 1, 6; T3 §13",
            Need = MeasureNeed.Curvature,
            Cost = "P Hessian products + P³",
            Columns = static _ => ["hessian_negative", "hessian_zero", "hessian_positive", "tangent_gradient"],
            Values = Values,
        },
    ];

    private static double[] Values(MeasureInput m)
    {
        var s = m.Snapshot;
        var missing = m.Risk is null || s.Network.ParameterCount > LargestNetwork || !double.IsFinite(s.Rho)
            || s.Network.Layers.Any(l => Vectors.Norm(l.Of(s.V)) == 0);
        if (missing) return [double.NaN, double.NaN, double.NaN, double.NaN];
        var hessian = TangentHessian.At(m.Risk!, s.Rho, s.V);
        var signs = hessian.Signature();
        return [signs.Negative, signs.Zero, signs.Positive, hessian.TangentGradient];
    }
}
