using FsCheck;
using FsCheck.Fluent;
using Rhoflow.Numerics;
using Rhoflow.Tests.Kernels;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Numerics;

public sealed class PreciseTests
{
    [Fact]
    public void Dots_are_summed_in_float64()
    {
        Prop.ForAll(Gen.Choose(0, 300).ToArbitrary(), length =>
        {
            var random = new Random(length);
            float[] x = Reference.Random<float>(length, random), y = Reference.Random<float>(length, random);
            double[] xd = [.. x], yd = [.. y];
            var expected = x.Zip(y, (a, b) => (double)a * b).Sum();
            Precise.Dot<float>(x, y).ShouldBe(expected, 1e-11);
            Precise.Dot<double>(xd, yd).ShouldBe(expected, 1e-11);
            Precise.SumOfSquares<float>(x).ShouldBe(x.Sum(a => (double)a * a), 1e-11);
        }).QuickCheckThrowOnFailure();
        // A float sum of squares would stop growing at 2²⁴.
        Precise.SumOfSquares<float>([4096, .. Enumerable.Repeat(1f, 1000)]).ShouldBe(16777216.0 + 1000);
    }
}
