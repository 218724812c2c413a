using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using Rhoflow.Numerics;

namespace Rhoflow.Descents;

/// <summary>
/// The papers' four steps of a V on the unit sphere by g (for a descent g = −η∇L). They agree with the tangent flow to first order in g.
/// Each ends with a division by the norm: it makes the step of <see cref="Coefficient"/> and <see cref="Tangent"/>, and takes rounding
/// away from the other two, which keep the norm by themselves. Inner products are carried in float64.
/// </summary>
internal static class Spheres
{
    /// <summary>V ← (V + g)/‖V + g‖ (T3 eq. 49). Null, or why the step does not exist.</summary>
    public static string? Coefficient<T>(Span<T> v, ReadOnlySpan<T> g) where T : unmanaged, IFloatingPointIeee754<T>
    {
        // ‖V + g‖² = 1 + 2V·g + ‖g‖²: only g = −V leaves no direction.
        if (!(1 + 2 * Precise.Dot<T>(v, g) + Precise.SumOfSquares(g) > 0)) return "the step g = −V leaves no direction V + g";
        TensorPrimitives.Add(v, g, v);
        Normalize(v);
        return null;
    }

    /// <summary>V ← αV + g, α = √(1 − ‖g‖² + (V·g)²) − V·g (T3 eq. 45, 46, 47, 48). Null, or why the step does not exist.</summary>
    public static string? Lagrange<T>(Span<T> v, ReadOnlySpan<T> g) where T : unmanaged, IFloatingPointIeee754<T>
    {
        double along = Precise.Dot<T>(v, g), square = Precise.SumOfSquares(g), root = 1 - square + along * along;
        if (!(root >= 0))
            return string.Create(CultureInfo.InvariantCulture,
                $"no α has ‖αV + g‖ = 1: the Lagrange step needs ‖g‖² ≤ 1 + (V·g)², and ‖g‖² = {square:g4}, (V·g)² = {along * along:g4}")
                + "; a smaller learning rate has a solution";
        TensorPrimitives.MultiplyAdd(v, T.CreateTruncating(Math.Sqrt(root) - along), g, v);
        Normalize(v);
        return null;
    }

    /// <summary>V ← V + (I − VVᵀ)g, divided by its norm √(1 + ‖(I − VVᵀ)g‖²) (T3 eq. 50). g is overwritten.</summary>
    public static string? Tangent<T>(Span<T> v, Span<T> g) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Project(v, g);
        TensorPrimitives.Add(v, g, v);
        Normalize(v);
        return null;
    }

    /// <summary>V ← V cos‖h‖ + (h/‖h‖) sin‖h‖, h = (I − VVᵀ)g (the true gradient of T3 §10). g is overwritten.</summary>
    public static string? Geodesic<T>(Span<T> v, Span<T> g) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Project(v, g);
        var angle = Precise.Norm<T>(g);
        if (angle == 0) return null;
        Scale(g, Math.Sin(angle) / angle, g);
        TensorPrimitives.MultiplyAdd(v, T.CreateTruncating(Math.Cos(angle)), g, v);
        Normalize(v);
        return null;
    }

    /// <summary>‖(I − VVᵀ)h‖² for ‖V‖ = 1, without the cancellation of ‖h‖² − (V·h)².</summary>
    /// <param name="along">V·h.</param>
    internal static double TangentialSquare<T>(ReadOnlySpan<T> v, ReadOnlySpan<T> h, double along)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var sum = 0.0;
        for (var i = 0; i < v.Length; i++)
        {
            var part = double.CreateTruncating(h[i]) - along * double.CreateTruncating(v[i]);
            sum += part * part;
        }
        return sum;
    }

    internal static void Normalize<T>(Span<T> v) where T : unmanaged, IFloatingPointIeee754<T> => Scale(v, 1 / Precise.Norm<T>(v), v);

    internal static void Scale<T>(ReadOnlySpan<T> x, double factor, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T> =>
        TensorPrimitives.Multiply(x, T.CreateTruncating(factor), y);

    // g ← (I − VVᵀ)g, twice: once is exact only as far as ‖V‖ = 1 is.
    private static void Project<T>(ReadOnlySpan<T> v, Span<T> g) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (var pass = 0; pass < 2; pass++) TensorPrimitives.MultiplyAdd(v, T.CreateTruncating(-Precise.Dot<T>(v, g)), g, g);
    }
}
