namespace Rhoflow.Numerics;

/// <summary>
/// Inner products carried in twice the working precision (error-free products and sums), rounded once at the end: what
/// residuals need so that refining a solution with them really refines it.
/// </summary>
internal static class Compensated
{
    /// <summary>⟨a, b⟩ + c, as if computed in about 32 digits and rounded.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b, double c = 0)
    {
        var (high, low) = DotPair(a, b, c);
        return high + low;
    }

    /// <summary>⟨a, b⟩ + c as an unevaluated sum high + low.</summary>
    public static (double High, double Low) DotPair(ReadOnlySpan<double> a, ReadOnlySpan<double> b, double c = 0)
    {
        double high = c, low = 0;
        for (var i = 0; i < a.Length; i++)
        {
            var product = a[i] * b[i];
            var productError = Math.FusedMultiplyAdd(a[i], b[i], -product);
            var sum = high + product;
            var part = sum - high;
            var sumError = (high - (sum - part)) + (product - part);
            high = sum;
            low += productError + sumError;
        }
        return (high, low);
    }
}
