using Rhoflow.Measures.Curvature;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Curvature;

public sealed class ConjugacyTests
{
    // y = h(x) turns x(t) = e^{μt} x(0) into e^{νt} h(x(0)): T3b eq. 47, coordinate by coordinate.
    [Fact]
    public void The_map_turns_one_flow_into_the_other()
    {
        var h = Conjugacy.Between([-3, 2, 0.5, -1], [4, -0.5, -6, 1]);
        h.Mu.ShouldBe([2, 0.5, -1, -3]);
        h.Nu.ShouldBe([4, 1, -0.5, -6]);
        h.Exponents.ShouldBe([2, 2, 0.5, 2]);
        h.IsDifferentiable().ShouldBeFalse();
        double[] start = [0.3, -2, 1.5, -0.1];
        foreach (var t in (double[])[-1, 0.5, 2])
        {
            double[] x = [.. start.Zip(h.Mu, (s, m) => s * Math.Exp(m * t))], expected =
                [.. h.Map(start).Zip(h.Nu, (s, n) => s * Math.Exp(n * t))];
            var y = h.Map(x);
            for (var i = 0; i < 4; i++) y[i].ShouldBe(expected[i], 1e-12 * Math.Abs(expected[i]));
        }
        h.Map([0, 1, -1, 0]).ShouldBe([0, 1, -1, 0]);
    }

    [Fact]
    public void Equal_spectra_are_differentiably_conjugate()
    {
        var h = Conjugacy.Between([1, -2, 3], [3, 1, -2]);
        h.IsDifferentiable().ShouldBeTrue();
        h.Map([5, -6, 7]).ShouldBe([5, -6, 7]);
    }

    [Theory]
    [InlineData(new double[] { 1, 2 }, new double[] { 1 }, "2 and 1 eigenvalues")]
    [InlineData(new double[] { 1, 0 }, new double[] { 1, 2 }, "not hyperbolic")]
    [InlineData(new double[] { 1, 2 }, new double[] { 1, 1e-12 }, "not hyperbolic")]
    [InlineData(new double[] { 1, -2 }, new double[] { 1, 2 }, "stable and unstable")]
    public void What_is_not_conjugate_says_why(double[] mu, double[] nu, string part)
    {
        Conjugacy.Refuse(mu, nu)!.ShouldContain(part);
        Should.Throw<ArgumentException>(() => Conjugacy.Between(mu, nu)).Message.ShouldContain(part);
    }
}
