using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Numerics;

public class VectorsTests
{
    [Theory]
    [InlineData(1e-200)]
    [InlineData(1e-310)]
    [InlineData(1)]
    [InlineData(1e200)]
    [InlineData(2e307)]
    public void A_norm_neither_overflows_nor_underflows(double scale)
    {
        Vectors.Norm([3 * scale, -4 * scale, 0]).ShouldBe(5 * scale, 1e-13 * 5 * scale);
        Vectors.Distance([3 * scale, 0], [0, 4 * scale]).ShouldBe(5 * scale, 1e-13 * 5 * scale);
    }

    [Fact]
    public void Norms_at_the_edges()
    {
        Vectors.Norm([]).ShouldBe(0);
        Vectors.Norm([0, 0]).ShouldBe(0);
        Vectors.Distance([2, 1], [2, 1]).ShouldBe(0);
        double.IsNaN(Vectors.Norm([double.NaN, 1])).ShouldBeTrue();
        Vectors.Norm([double.PositiveInfinity, 1]).ShouldBe(double.PositiveInfinity);
    }

    [Theory]
    [InlineData(new double[0], double.NegativeInfinity)]
    [InlineData(new[] { -3.5 }, -3.5)]
    [InlineData(new[] { -1e9, -1e9 }, -1e9 + 0.6931471805599453)]
    [InlineData(new[] { 1e300, 0.0 }, 1e300)]
    [InlineData(new[] { double.NegativeInfinity, double.NegativeInfinity }, double.NegativeInfinity)]
    [InlineData(new[] { double.NegativeInfinity, 2.0 }, 2.0)]
    [InlineData(new[] { double.PositiveInfinity, 2.0 }, double.PositiveInfinity)]
    public void The_logarithm_of_a_sum_of_exponentials_at_its_extremes(double[] a, double expected) =>
        (Vectors.LogSumExp(a) == expected).ShouldBeTrue();

    [Fact]
    public void The_logarithm_of_a_sum_of_exponentials_shifts_with_its_arguments()
    {
        var a = Problems.Normal(new Random(1), 20);
        var plain = Math.Log(a.Sum(Math.Exp));
        Vectors.LogSumExp(a).ShouldBe(plain, 1e-14);
        Vectors.LogSumExp([.. a.Select(v => v - 2000)]).ShouldBe(plain - 2000, 1e-12);
    }

    [Theory]
    [InlineData(1e-300)]
    [InlineData(1e-200)]
    [InlineData(1e-17)]
    [InlineData(1e-8)]
    [InlineData(0.3)]
    [InlineData(1.5707963)]
    [InlineData(3.0)]
    public void An_angle_keeps_its_digits_however_small(double angle)
    {
        // sin and cos of the angle exactly known: (1, tan) against (1, 0), and turned into another plane by a permutation.
        double[] a = [7 * Math.Cos(angle), 0, 7 * Math.Sin(angle)];
        Vectors.Angle(a, [2, 0, 0]).ShouldBe(angle, 1e-15 * angle + (angle > 1e-3 ? 1e-15 : 0));
        Vectors.Angle([2e-160, 0, 0], a).ShouldBe(angle, 1e-15 * angle + (angle > 1e-3 ? 1e-15 : 0));
        Vectors.Distance([0, 0, 0], [0, 0, angle]).ShouldBe(angle);
    }

    [Fact]
    public void Opposite_directions_stand_at_pi() => Vectors.Angle([1, 2], [-2, -4]).ShouldBe(Math.PI, 1e-15);
}
