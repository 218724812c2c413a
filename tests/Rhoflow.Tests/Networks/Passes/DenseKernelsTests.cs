using FsCheck.Fluent;
using Rhoflow.Networks;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Networks.Passes;

public class DenseKernelsTests
{
    [Fact]
    public void The_fast_products_are_the_triple_loop_for_all_small_shapes() =>
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll(
            Gen.Choose(0, 1_000_000).ToArbitrary(), seed =>
            {
                var random = new Random(seed);
                int rows = random.Next(1, 14), inner = random.Next(1, 14), stride = DenseKernels.Stride(random.Next(1, 40));
                var accumulate = random.Next(2) == 1;
                double[] w = Problems.Normal(random, rows * inner), a = Problems.Normal(random, inner * stride);
                double[] start = Problems.Normal(random, rows * stride), d = Problems.Normal(random, rows * stride);
                double[] gradient = Problems.Normal(random, rows * inner), below = Problems.Normal(random, inner * stride);

                var c = (double[])start.Clone();
                DenseKernels.Multiply(w, inner, 1, rows, inner, a, c, stride, accumulate);
                for (var i = 0; i < rows; i++)
                    for (var n = 0; n < stride; n++)
                        c[i * stride + n].ShouldBe((accumulate ? start[i * stride + n] : 0) + Enumerable.Range(0, inner)
                            .Sum(j => w[i * inner + j] * a[j * stride + n]), 1e-13);

                var t = (double[])below.Clone();
                DenseKernels.Multiply(w, 1, inner, inner, rows, d, t, stride, accumulate);
                for (var j = 0; j < inner; j++)
                    for (var n = 0; n < stride; n++)
                        t[j * stride + n].ShouldBe((accumulate ? below[j * stride + n] : 0) + Enumerable.Range(0, rows)
                            .Sum(i => w[i * inner + j] * d[i * stride + n]), 1e-13);

                var g = (double[])gradient.Clone();
                DenseKernels.Outer(d, rows, a, inner, stride, g, accumulate);
                for (var i = 0; i < rows; i++)
                    for (var j = 0; j < inner; j++)
                        g[i * inner + j].ShouldBe((accumulate ? gradient[i * inner + j] : 0) + Enumerable.Range(0, stride)
                            .Sum(n => d[i * stride + n] * a[j * stride + n]), 1e-13);
            }));
}
