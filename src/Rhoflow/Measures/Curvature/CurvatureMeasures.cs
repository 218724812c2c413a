using Rhoflow.Numerics;
using Rhoflow.Numerics.Eigen;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Curvature;

/// <summary>
/// Second derivatives of the loss: on all weights, layer by layer, and on the product of unit spheres, where they say whether a direction
/// is a strict minimum. The loss is that of the evaluated network (batch normalization by running statistics) without weight decay, which
/// adds 2λ to every eigenvalue. Numbers named hessian_… are over 10^hessian_log10_scale, since e^s leaves the range of a double where the
/// loss does.
/// </summary>
internal static class CurvatureMeasures
{
    private const string Family = "curvature";

    /// <summary>
    /// Networks with more parameters have no <c>tangent_hessian</c>: its matrix is dense and every eigenvalue is computed.
    /// </summary>
    public const int LargestNetwork = 2000;

    /// <summary>Points of a spectral density.</summary>
    public const int DensityPoints = 201;

    /// <summary>The family, in the order of its columns.</summary>
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
            Values = TangentSigns,
        },
        Of("hessian_ends", "largest and smallest eigenvalue of ∇²L with residuals ‖∇²L x − θx‖, an eigenvalue being within; the share of "
            + "the Gauss–Newton matrix in the largest; "
            + "sharpness λ_max and η λ_max/2, at most 1 where plain gradient descent is stable; arrays: 20 largest and 5 smallest",
            "T3b §12.3", "Lanczos: about 60–300 Hessian products",
            static _ => ["hessian_log10_scale", "hessian_top", "hessian_top_residual", "hessian_bottom", "hessian_bottom_residual",
                "gauss_newton_share", "log10_sharpness", "sharpness_times_rate_over_2"],
            static m => Ends(m, HessianSpectrum.Of(m.Passes!)),
            new MeasureArray("hessian_eigenvalues", static _ => HessianSpectrum.Top + HessianSpectrum.Bottom,
                static m => Padded(m, static e => e.Values.ToArray())),
            new MeasureArray("hessian_residuals", static _ => HessianSpectrum.Top + HessianSpectrum.Bottom,
                static m => Padded(m, static e => e.Residuals.ToArray()))),
        Of("hessian_trace", "tr ∇²L and tr Σ Jᵀ(∂²ℓ/∂f²)J by Hutch++ with standard errors (0 where the rank is at most 20)", "T3b §12.3",
            "60 Hessian products and 60 of Gauss–Newton",
            static _ => ["hessian_trace", "hessian_trace_error", "gauss_newton_trace", "gauss_newton_trace_error"],
            static m => Traces(HessianSpectrum.Of(m.Passes!))),
        Of("hessian_signs", "negative, zero and positive eigenvalues of ∇²L on all weights, the threshold of zero, and the standard error "
            + "of the counts: exact (0) up to 5,000 parameters with "
            + "1e-9 of the largest, above by stochastic Lanczos quadrature with 1e-3", "T3b §12.3, Takeuchi's theorem 4",
            "P products + 4P³/3, or 800 products",
            static _ => ["weights_hessian_negative", "weights_hessian_zero", "weights_hessian_positive", "weights_hessian_threshold",
                "weights_hessian_error"],
            static m =>
            {
                var (negative, zero, positive, threshold, error) = HessianSpectrum.Of(m.Passes!).Signs();
                return [negative, zero, positive, threshold, error];
            }),
        Of("hessian_density", "density of the eigenvalues of ∇²L with a Gaussian kernel of width σ, a hundredth of the spectrum: of all "
            + "of them up to 5,000 parameters, above by stochastic "
            + "Lanczos quadrature with its standard error; arrays: positions, density, error", "T3b §12.3", "shared with hessian_signs",
            static _ => ["hessian_density_width"],
            static m => [HessianSpectrum.Of(m.Passes!).Density(DensityPoints).Width],
            Curve("hessian_density_at", static d => d.At), Curve("hessian_density", static d => d.Density),
                Curve("hessian_density_error", static d => d.Error)),
        Of("layer_hessian", "largest eigenvalue of the diagonal block ∂²L/∂W_k²", "T3b §12.3", "Lanczos for every layer",
            static s => [.. Enumerable.Range(1, s.Depth).Select(static k => $"hessian_top_{k}")],
            static m => LayerTops(m.Passes!)),
        Of("tangent_ends", "largest and smallest eigenvalue of the Hessian of L(ρf(V)) on ‖V_k‖ = 1 with residuals, by products: any "
            + "network", "PNAS Lemma 1, 6; T3 §13", "Lanczos: about 30–100 Hessian products",
            static _ => ["tangent_top", "tangent_top_residual", "tangent_bottom", "tangent_bottom_residual"],
            static m => TangentEnds(m.Passes!)),
    ];

    private static Measure Of(string name, string formula, string reference, string cost, Func<MeasureSetting, string[]> columns,
        Func<MeasureInput, double[]> values, params MeasureArray[] arrays) => new()
        {
            Family = Family,
            Name = name,
            Formula = formula,
            Reference = reference,
            Need = MeasureNeed.Curvature,
            Cost = cost,
            Columns = columns,
            Values = m => m.Passes is null
                || !double.IsFinite(m.Passes.Value.LogScale) ? [.. columns(m.Setting).Select(static _ => double.NaN)] : values(m),
            Refuse = static s => s.Loss is null ? "the scalar equations have no network whose loss could be differentiated" : null,
            Arrays = [.. arrays.Select(static a => a with { Values = m => m.Passes is null || !double.IsFinite(m.Passes.Value.LogScale)
            ? [.. Enumerable.Repeat(double.NaN, a.Length(m.Setting))] : a.Values(m) })],
        };

    private static MeasureArray Curve(string name, Func<(double[] At, double[] Density, double[] Error, double Width), double[]> part) =>
        new(name, static _ => DensityPoints, m => part(HessianSpectrum.Of(m.Passes!).Density(DensityPoints)));

    private static double[] Ends(MeasureInput m, HessianSpectrum spectrum)
    {
        var ends = spectrum.Ends;
        var top = ends.Values[0];
        var logSharpness = top > 0 ? spectrum.LogScale + Math.Log(top) : double.NaN;
        return [spectrum.LogScale / Math.Log(10), top, ends.Residuals[0], ends.Values[^1], ends.Residuals[^1], spectrum.GaussNewtonShare(),
            logSharpness / Math.Log(10), m.LearningRate / 2 * Math.Exp(logSharpness)];
    }

    private static double[] Padded(MeasureInput m, Func<EigenPairs, double[]> part)
    {
        var row = new double[HessianSpectrum.Top + HessianSpectrum.Bottom];
        row.AsSpan().Fill(double.NaN);
        part(HessianSpectrum.Of(m.Passes!).Ends).CopyTo(row, 0);
        return row;
    }

    private static double[] Traces(HessianSpectrum spectrum)
    {
        TraceEstimate hessian = spectrum.Trace(CurvatureKind.Hessian), gaussNewton = spectrum.Trace(CurvatureKind.GaussNewton);
        return [hessian.Value, hessian.StandardError, gaussNewton.Value, gaussNewton.StandardError];
    }

    private static double[] LayerTops(Linearization passes)
    {
        var hessian = new CurvatureOperator(passes, CurvatureKind.Hessian);
        return [.. passes.Network.Layers.Select(l => Lanczos.Solve(new LayerBlock(hessian, l), 1, 0,
            new EigenOptions { Tolerance = HessianSpectrum.Tolerance }, passes.Team).Values[0])];
    }

    private static double[] TangentEnds(Linearization passes)
    {
        if (!TangentOperator.Exists(passes)) return [double.NaN, double.NaN, double.NaN, double.NaN];
        var ends = Lanczos.Solve(new TangentOperator(passes), 1, 1, new EigenOptions { Tolerance = HessianSpectrum.Tolerance },
            passes.Team);
        return [ends.Values[0], ends.Residuals[0], ends.Values[^1], ends.Residuals[^1]];
    }

    private static double[] TangentSigns(MeasureInput m)
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
