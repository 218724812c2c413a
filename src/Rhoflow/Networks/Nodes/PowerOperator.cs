using System.Numerics;

namespace Rhoflow.Networks.Operators;

/// <summary>
/// a = z^p; δ_z = p z^{p−1} δ_a; along a direction ȧ = p z^{p−1} ż and δ̇_z = p z^{p−1} δ̇_a + p(p−1) z^{p−2} ż δ_a.
/// </summary>
internal sealed class PowerOperator<T>(int p, Source<T> source, Slot<T> target) : IOperator<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Forward(in Pass<T> pass)
    {
        var z = source.Slot.Value(pass.Examples);
        var a = target.Value(pass.Examples);
        for (var i = 0; i < z.Length; i++) a[i] = Power(z[i], p);
    }

    public void Backward(in Pass<T> pass)
    {
        if (source.Slot.Moves) TimesSlope(pass, target.Delta(pass.Examples), source.Slot.Delta(pass.Examples), source.Accumulate);
    }

    public void Tangent(in Pass<T> pass) => TimesSlope(pass, source.Slot.ValueDot(pass.Examples), target.ValueDot(pass.Examples), accumulate: false);

    public void BackwardTangent(in Pass<T> pass)
    {
        var n = pass.Examples;
        TimesSlope(pass, target.DeltaDot(n), source.Slot.DeltaDot(n), source.Accumulate);
        if (p == 1) return;
        Span<T> z = source.Slot.Value(n), zDot = source.Slot.ValueDot(n), delta = target.Delta(n), result = source.Slot.DeltaDot(n);
        var factor = T.CreateChecked(p * (p - 1));
        for (var i = 0; i < z.Length; i++) result[i] += factor * Power(z[i], p - 2) * zDot[i] * delta[i];
    }

    private void TimesSlope(in Pass<T> pass, ReadOnlySpan<T> u, Span<T> result, bool accumulate)
    {
        var z = source.Slot.Value(pass.Examples);
        var factor = T.CreateChecked(p);
        for (var i = 0; i < z.Length; i++)
        {
            var v = factor * Power(z[i], p - 1) * u[i];
            result[i] = accumulate ? result[i] + v : v;
        }
    }

    private static T Power(T z, int exponent)
    {
        var result = T.One;
        for (var i = 0; i < exponent; i++) result *= z;
        return result;
    }
}
