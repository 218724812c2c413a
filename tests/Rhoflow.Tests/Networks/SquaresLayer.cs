using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Tests.Networks;

/// <summary>z_i = w_i² a_i²: a layer of weights that is linear in nothing, and what may be wrong with one.</summary>
internal sealed class SquaresLayer(TensorShape shape, string fault = "") : WeightLayer
{
    public static WeightLayerKind Definition { get; } = new("squares", "z_i = w_i² a_i²", [], static (s, _) => new SquaresLayer(s));

    public override WeightLayerKind Kind => Definition;

    public override TensorShape Output => fault == "output" ? TensorShape.Vector(0) : shape;

    public override int Rows => fault == "rows" ? 0 : shape.Count;

    public override int Columns => 1;

    public override int? WeightDegree => fault == "weight degree" ? 1 : 2;

    public override int? InputDegree => fault == "input degree" ? 1 : fault == "no degree" ? null : 2;

    public override bool IsPiecewiseLinear => false;

    public override void Forward<T>(ReadOnlySpan<T> w, ReadOnlySpan<T> a, Span<T> z)
    {
        if (fault == "throws") throw new NotSupportedException("this pass is not there yet");
        for (var i = 0; i < a.Length; i++) z[i] = (fault == "overwrites" ? T.Zero : z[i]) + w[i] * w[i] * a[i] * a[i];
    }

    public override void VectorJacobianProduct<T>(
        ReadOnlySpan<T> w, ReadOnlySpan<T> a, ReadOnlySpan<T> delta, Span<T> below, Span<T> gradient)
    {
        var two = T.CreateTruncating(2);
        for (var i = 0; i < a.Length; i++)
        {
            if (fault != "no derivative by the input") below[i] += two * w[i] * w[i] * a[i] * delta[i];
            gradient[i] += (fault == "half a gradient" ? T.One : two) * w[i] * a[i] * a[i] * delta[i];
        }
    }

    public override void JacobianVectorProduct<T>(
        ReadOnlySpan<T> w, ReadOnlySpan<T> a, ReadOnlySpan<T> wDot, ReadOnlySpan<T> aDot, Span<T> zDot)
    {
        var two = T.CreateTruncating(2);
        for (var i = 0; i < a.Length; i++)
            zDot[i] += two * w[i] * a[i] * (a[i] * wDot[i] + (fault == "no direction of the input" ? T.Zero : w[i] * aDot[i]));
    }

    public override void SecondDerivative<T>(ReadOnlySpan<T> w, ReadOnlySpan<T> a, ReadOnlySpan<T> wDot, ReadOnlySpan<T> aDot,
        ReadOnlySpan<T> delta, Span<T> below, Span<T> gradient)
    {
        if (fault == "no second derivative") return;
        T two = T.CreateTruncating(2), four = T.CreateTruncating(4);
        for (var i = 0; i < a.Length; i++)
        {
            below[i] += delta[i] * (four * w[i] * a[i] * wDot[i] + two * w[i] * w[i] * aDot[i]);
            gradient[i] += delta[i] * (two * a[i] * a[i] * wDot[i] + four * w[i] * a[i] * aDot[i]);
        }
    }
}
