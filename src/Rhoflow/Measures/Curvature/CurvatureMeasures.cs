using Rhoflow.Numerics;
using Rhoflow.Numerics.Eigen;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Curvature;

/// <summary>
/// Second derivatives of the loss: on all weights, layer by layer, and on the product of unit spheres, where they say whether a direction
/// is a strict minimum. The loss is the one that is descended, without weight decay, which adds 2λ to every eigenvalue: batch normalization
/// goes by the statistics of the examples, and derivatives go through them, unless observe.batch-norm asks for others. Numbers are
/// themselves wherever a double holds them; where the loss leaves its range they are NaN, and their logarithms and signs are there.
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
            + "sharpness λ_max and η λ_max/2, at most 1 where plain gradient descent is stable; the loss whose curvature this is; arrays: "
            + "20 largest and 5 smallest, over 10^hessian_log10_scale, which is 0 wherever a double holds λ_max",
            "T3b §12.3", "Lanczos: about 60–300 Hessian products",
            static _ => ["curvature_log10_loss", "hessian_log10_scale", .. Sizes.Names("hessian_top"), "hessian_top_residual",
                .. Sizes.Names("hessian_bottom"), "hessian_bottom_residual",
                "gauss_newton_share", "log10_sharpness", "sharpness_times_rate_over_2"],
            static m => Ends(m, HessianSpectrum.Of(m.Passes!)),
            new MeasureArray("hessian_eigenvalues", static _ => HessianSpectrum.Top + HessianSpectrum.Bottom,
                static m => Padded(m, static e => e.Values.ToArray())),
            new MeasureArray("hessian_residuals", static _ => HessianSpectrum.Top + HessianSpectrum.Bottom,
                static m => Padded(m, static e => e.Residuals.ToArray()))),
        Of("hessian_trace", "tr ∇²L and tr Σ Jᵀ(∂²ℓ/∂f²)J by Hutch++ with standard errors (0 where the rank is at most 20)", "T3b §12.3",
            "60 Hessian products and 60 of Gauss–Newton",
            static _ => [.. Sizes.Names("hessian_trace"), "hessian_trace_error", "gauss_newton_trace", "log10_gauss_newton_trace",
                "gauss_newton_trace_error"],
            static m => Traces(HessianSpectrum.Of(m.Passes!))),
        Of("hessian_signs", "negative, zero and positive eigenvalues of ∇²L on all weights, the threshold of zero, and the standard error "
            + "of the counts: exact (0) up to 5,000 parameters with "
            + "1e-9 of the largest, above by stochastic Lanczos quadrature with 1e-3", "T3b §12.3, Takeuchi's theorem 4",
            "P products + 4P³/3, or 800 products",
            static _ => ["weights_hessian_negative", "weights_hessian_zero", "weights_hessian_positive", "weights_hessian_threshold",
                "log10_weights_hessian_threshold", "weights_hessian_error"],
            static m =>
            {
                var spectrum = HessianSpectrum.Of(m.Passes!);
                var (negative, zero, positive, threshold, error) = spectrum.Signs();
                return [negative, zero, positive, .. Sizes.Of(threshold, spectrum.LogScale)[..2], error];
            }),
        Of("hessian_density", "density of the eigenvalues of ∇²L with a Gaussian kernel of width σ, a hundredth of the spectrum: of all "
            + "of them up to 5,000 parameters, above by stochastic "
            + "Lanczos quadrature with its standard error; arrays: positions (over 10^hessian_log10_scale, as the eigenvalues are), "
            + "density, error", "T3b §12.3", "shared with hessian_signs",
            static _ => ["hessian_density_width", "log10_hessian_density_width"],
            static m => HessianSpectrum.Of(m.Passes!) is var spectrum
                ? Sizes.Of(spectrum.Density(DensityPoints).Width, spectrum.LogScale)[..2] : [],
            Curve("hessian_density_at", static d => d.At, 1), Curve("hessian_density", static d => d.Density, -1),
                Curve("hessian_density_error", static d => d.Error, -1)),
        Of("layer_hessian", "largest eigenvalue of the diagonal block ∂²L/∂W_k²", "T3b §12.3", "Lanczos for every layer",
            static s => [.. Enumerable.Range(1, s.Depth).Select(static k => $"hessian_top_{k}"),
                .. Enumerable.Range(1, s.Depth).Select(static k => $"log10_hessian_top_{k}")],
            static m => LayerTops(m.Passes!, m.Part)),
        Of("tangent_ends", "largest and smallest eigenvalue of the Hessian of L(ρf(V)) on ‖V_k‖ = 1 with residuals, by products: any "
            + "network", "PNAS Lemma 1, 6; T3 §13", "Lanczos: about 30–100 Hessian products",
            static _ => [.. Sizes.Names("tangent_top"), "tangent_top_residual", .. Sizes.Names("tangent_bottom"),
                "tangent_bottom_residual"],
            static m => TangentEnds(m.Passes!)),
    ];

    private static Measure Of(string name, string formula, string reference, string cost, Func<MeasureSetting, string[]> columns,
        Func<MeasureInput, double[]> values, params MeasureArray[] arrays) => new()
        {
            Family = Family,
            Name = name,
            Formula = formula,
            Reference = reference,
            Variant = "of the descended loss; with batch normalization by the statistics of the examples and through them "
                + "(observe.batch-norm: running and batch give the others), W_k as it is trained",
            GoesThroughStatistics = true,
            Need = MeasureNeed.Curvature,
            Cost = cost,
            Columns = columns,
            Values = m => m.Passes is null
                || !double.IsFinite(m.Passes.Value.LogScale) ? [.. columns(m.Setting).Select(static _ => double.NaN)] : values(m),
            Refuse = static s => s.Loss is null ? "the scalar equations have no network whose loss could be differentiated" : null,
            Arrays = [.. arrays.Select(static a => a with { Values = m => m.Passes is null || !double.IsFinite(m.Passes.Value.LogScale)
            ? [.. Enumerable.Repeat(double.NaN, a.Length(m.Setting))] : a.Values(m) })],
        };

    // A curve of numbers in units of an eigenvalue to some power.
    private static MeasureArray Curve(string name, Func<(double[] At, double[] Density, double[] Error, double Width), double[]> part,
        int power) => new(name, static _ => DensityPoints, m => HessianSpectrum.Of(m.Passes!) is var spectrum
            ? [.. part(spectrum.Density(DensityPoints)).Select(v => v * Math.Exp(power * spectrum.LogOfArrays))] : []);

    private static double[] Ends(MeasureInput m, HessianSpectrum spectrum)
    {
        var ends = spectrum.Ends;
        double top = ends.Values[0], s = spectrum.LogScale;
        var logSharpness = top > 0 ? s + Math.Log(top) : double.NaN;
        return [m.Passes!.Value.LogLoss / Math.Log(10), (s - spectrum.LogOfArrays) / Math.Log(10), .. Sizes.Of(top, s),
            Sizes.Times(ends.Residuals[0], s), .. Sizes.Of(ends.Values[^1], s), Sizes.Times(ends.Residuals[^1], s),
            spectrum.GaussNewtonShare(), logSharpness / Math.Log(10), m.LearningRate / 2 * Math.Exp(logSharpness)];
    }

    private static double[] Padded(MeasureInput m, Func<EigenPairs, double[]> part)
    {
        var row = new double[HessianSpectrum.Top + HessianSpectrum.Bottom];
        row.AsSpan().Fill(double.NaN);
        var spectrum = HessianSpectrum.Of(m.Passes!);
        var values = part(spectrum.Ends);
        for (var i = 0; i < values.Length; i++) row[i] = values[i] * Math.Exp(spectrum.LogOfArrays);
        return row;
    }

    private static double[] Traces(HessianSpectrum spectrum)
    {
        TraceEstimate hessian = spectrum.Trace(CurvatureKind.Hessian), gaussNewton = spectrum.Trace(CurvatureKind.GaussNewton);
        var s = spectrum.LogScale;
        return [.. Sizes.Of(hessian.Value, s), Sizes.Times(hessian.StandardError, s), .. Sizes.Of(gaussNewton.Value, s)[..2],
            Sizes.Times(gaussNewton.StandardError, s)];
    }

    private static double[] LayerTops(Linearization passes, Action<string>? part)
    {
        var hessian = new CurvatureOperator(passes, CurvatureKind.Hessian);
        var tops = new double[passes.Network.Depth];
        for (var k = 0; k < tops.Length; k++)
        {
            part?.Invoke($"layer {k + 1} of {tops.Length}");
            tops[k] = Lanczos.Solve(new LayerBlock(hessian, passes.Network.Layers[k]), 1, 0,
                new EigenOptions { Tolerance = HessianSpectrum.Tolerance }, passes.Team, passes.Cancellation).Values[0];
        }
        return [.. tops.Select(t => Sizes.Times(t, hessian.LogScale)),
            .. tops.Select(t => t > 0 ? Sizes.Log10(t, hessian.LogScale) : double.NaN)];
    }

    private static double[] TangentEnds(Linearization passes)
    {
        if (!TangentOperator.Exists(passes)) return [.. Enumerable.Repeat(double.NaN, 8)];
        var tangent = new TangentOperator(passes);
        var ends = Lanczos.Solve(tangent, 1, 1, new EigenOptions { Tolerance = HessianSpectrum.Tolerance }, passes.Team,
            passes.Cancellation);
        var s = tangent.LogScale;
        return [.. Sizes.Of(ends.Values[0], s), Sizes.Times(ends.Residuals[0], s), .. Sizes.Of(ends.Values[^1], s),
            Sizes.Times(ends.Residuals[^1], s)];
    }

    private static double[] TangentSigns(MeasureInput m)
    {
        var s = m.Snapshot;
        var missing = m.Risk is null || s.Network.ParameterCount > LargestNetwork || !double.IsFinite(s.Rho)
            || s.Network.Layers.Any(l => Vectors.Norm(l.Of(s.V)) == 0);
        if (missing) return [double.NaN, double.NaN, double.NaN, double.NaN];
        var hessian = TangentHessian.At(m.Risk!, s.Rho, s.V, m.Cancellation);
        var signs = hessian.Signature();
        return [signs.Negative, signs.Zero, signs.Positive, hessian.TangentGradient];
    }
}
