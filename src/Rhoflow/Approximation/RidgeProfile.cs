using System.Numerics.Tensors;
using Rhoflow.Numerics;

namespace Rhoflow.Approximation;

/// <summary>
/// σ_β(z) = log(1 + e^{βz})/β, a ReLU that is smoothed over a width 1/β (PNAS §2C wants σ infinitely differentiable and no polynomial);
/// β = ∞ is the ReLU itself. Since σ_β(z) = σ_1(βz)/β, networks of any β are networks of one σ, with other weights.
/// </summary>
/// <param name="Sharpness">β &gt; 0, or ∞.</param>
internal readonly record struct RidgeProfile(double Sharpness)
{
    /// <summary>z ↦ max(z, 0).</summary>
    public static RidgeProfile Relu { get; } = new(double.PositiveInfinity);

    /// <summary>Whether it has a kink.</summary>
    public bool IsRelu => double.IsPositiveInfinity(Sharpness);

    /// <summary>σ(z).</summary>
    public double At(double z) =>
        IsRelu ? Math.Max(z, 0) : Math.Max(z, 0) + double.LogP1(Math.Exp(-Sharpness * Math.Abs(z))) / Sharpness;

    /// <summary>z ← σ(z).</summary>
    /// <param name="scratch">As long as z.</param>
    public void Apply(Span<double> z, Span<double> scratch)
    {
        if (!IsRelu)
        {
            TensorPrimitives.Abs<double>(z, scratch);
            TensorPrimitives.Multiply(scratch, -Sharpness, scratch);
            Vectors.ExpOfNegatives(scratch);
            TensorPrimitives.LogP1<double>(scratch, scratch);
            TensorPrimitives.Multiply(scratch, 1 / Sharpness, scratch);
        }
        TensorPrimitives.Max(z, 0.0, z);
        if (!IsRelu) TensorPrimitives.Add<double>(z, scratch, z);
    }

    /// <summary>slope ← σ′(z) from h = σ(z): 1 where a ReLU is active, 1 − e^{−βh} for a smooth one.</summary>
    public void Slopes(ReadOnlySpan<double> h, Span<double> slope)
    {
        if (IsRelu)
        {
            for (var i = 0; i < h.Length; i++) slope[i] = h[i] > 0 ? 1 : 0;
            return;
        }
        TensorPrimitives.Multiply(h, -Sharpness, slope);
        Vectors.ExpOfNegatives(slope);
        TensorPrimitives.Subtract(1.0, slope, slope);
    }
}
