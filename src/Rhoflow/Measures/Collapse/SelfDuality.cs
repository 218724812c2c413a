using Rhoflow.Kernels;
using Rhoflow.Numerics;

namespace Rhoflow.Measures.Collapse;

/// <summary>
/// NC3: how far the last layer is from the class means that it separates. With C outputs W is C × p, M its C × p counterpart of rows μ_c −
/// μ_G; one output is a row w compared with μ₊ − μ₋ (SQ App. G). Scales of W and of the features do not matter; all numbers are NaN where
/// one of the two is 0.
/// </summary>
internal sealed record SelfDuality
{
    /// <summary>
    /// ‖W/‖W‖_F − M/‖M‖_F‖_F, μ_G the mean of the class means (Papyan, Han and Donoho 2020, Fig. 5, who square it). One output: of w and μ₊
    /// − μ₋.
    /// </summary>
    public required double Distance { get; init; }

    /// <summary>⟨W, M⟩/(‖W‖_F ‖M‖_F): cos(w, μ₊ − μ₋) for one output (SQ App. G). Distance² = 2 − 2 Cosine.</summary>
    public required double Cosine { get; init; }

    /// <summary>
    /// ‖WMᵀ/‖WMᵀ‖_F − (I − 11ᵀ/C)/√(C−1)‖_F, μ_G the mean of all examples (Zhu et al. 2021, their NC3). NaN for one output.
    /// </summary>
    public required double FrameDistance { get; init; }

    /// <param name="w">C × p, or 1 × p for two classes.</param>
    /// <exception cref="ArgumentException">W has another size.</exception>
    public static SelfDuality Of(ClassMeans means, ReadOnlySpan<double> w)
    {
        var (classes, p) = (means.Classes, means.Width);
        var one = w.Length == p && classes == 2;
        if (!one && w.Length != classes * p)
            throw new ArgumentException($"the last layer has {w.Length} weights; {classes} classes of {p} features need {classes} × "
                + $"{p}{(classes == 2 ? $" or 1 × {p}" : "")}");
        var m = means.Centered();
        if (one)
        {
            // μ₊ − μ₋ is twice the centred μ₊.
            var (cosine, distance) = Compare(w, m.AsSpan(p));
            return new SelfDuality { Distance = distance, Cosine = cosine, FrameDistance = double.NaN };
        }
        var whole = Compare(w, m);
        var products = new double[classes * classes];
        using var team = new Team();
        Gemm.Multiply(GemmForm.NT, classes, classes, p, w, p, means.Centered(overExamples: true), p, products, classes, accumulate: false,
            team);
        return new SelfDuality
        {
            Distance = whole.Distance,
            Cosine = whole.Cosine,
            FrameDistance = SimplexFrame.DistanceToFrame(products, classes)
        };
    }

    private static (double Cosine, double Distance) Compare(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double[] u = a.ToArray(), v = b.ToArray();
        Vectors.Scale(1 / Vectors.Norm(a), u, u);
        Vectors.Scale(1 / Vectors.Norm(b), v, v);
        return (Vectors.Dot(u, v), Vectors.Distance(u, v));
    }
}
