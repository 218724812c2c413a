using Rhoflow.Numerics;
using Rhoflow.Regression;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Regression;

public sealed class PolynomialRegressionTests
{
    private const int Bits = 384;

    private static readonly BigFloat[] Nodes = Samples.Chebyshev(76, Bits);
    private static readonly BigFloat[] Points = Samples.Even(600, Bits);
    private static readonly DegreeSweep Figure6 = new(Nodes, Samples.Sine(4, Nodes), Points, Samples.Sine(4, Points), Bits);

    // T3b Fig 6: exact kernels, and an independent computation in decimal arithmetic of 210 digits.
    [Theory]
    [InlineData(5, .47571, 1.85856)]
    [InlineData(30, 1.0167e-4, 2.20743e9)]
    [InlineData(40, 9.8854e-13, 1.20612e10)]
    [InlineData(74, 3.7477e-56, 1.38095e10)]
    [InlineData(75, 4.1830e-59, 1.38095e10)]
    [InlineData(100, 2.0457e-30, 1.38062e10)]
    [InlineData(150, 1.4544e-17, 1.37512e10)]
    [InlineData(200, 7.5439e-11, 1.36898e10)]
    [InlineData(300, 1.8274e-3, 1.36253e10)]
    public void Figure_6_of_theory_IIIb_has_these_errors_and_norms(int degree, double test, double norm)
    {
        var result = Figure6.At(degree);
        (result.TestError / test).ShouldBe(1, 1e-4);
        (Math.Sqrt(result.NormSquared) / norm).ShouldBe(1, 1e-5);
        if (degree >= 75) result.TrainError.ShouldBeLessThan(1e-150);
        if (degree < 75) result.TrainError.ShouldBeGreaterThan(1e-57);
    }

    [Fact]
    public void The_sweep_and_the_explicit_polynomial_agree()
    {
        var y = Samples.Sine(4, Nodes);
        var values = Samples.Sine(4, Points);
        foreach (var degree in new[] { 30, 90 })
        {
            var p = PolynomialRegression.MinimumNorm(Nodes, y, degree, Bits);
            var result = Figure6.At(degree);
            p.Degree.ShouldBe(degree);
            (p.MeanSquaredError(Points, values).ToDouble() / result.TestError).ShouldBe(1, 1e-13);
            (p.NormSquared.ToDouble() / result.NormSquared).ShouldBe(1, 1e-13);       // w·w against yᵀα
        }
        Figure6.At([30, 90, 76], threads: 2).ShouldBe([Figure6.At(30), Figure6.At(90), Figure6.At(76)]);
    }

    [Fact]
    public void Twice_the_bits_change_nothing()
    {
        const int Wide = 2 * Bits;
        var nodes = Samples.Chebyshev(20, Wide);
        var points = Samples.Even(50, Wide);
        BigFloat[] y = Samples.Sine(1.3, nodes), values = Samples.Sine(1.3, points);
        foreach (var degree in new[] { 7, 19, 60 })
        {
            DegreeResult narrow = new DegreeSweep(nodes, y, points, values, Bits).At(degree), wide =
                new DegreeSweep(nodes, y, points, values, Wide).At(degree);
            (narrow.TestError / wide.TestError).ShouldBe(1, 1e-13);
            (narrow.NormSquared / wide.NormSquared).ShouldBe(1, 1e-13);
        }
    }

    [Fact]
    public void One_node_has_a_closed_form()
    {
        // w_j = y x^j / Σ x^{2i}; at x = 1 the kernel is d + 1.
        foreach (var x in new[] { 0.5, 1, -1, -0.25 })
        {
            var p = PolynomialRegression.MinimumNorm([BigFloat.Of(x, 53)], [BigFloat.Of(3, 53)], 4);
            var k = Enumerable.Range(0, 5).Sum(j => Math.Pow(x, 2 * j));
            for (var j = 0; j <= 4; j++) p.Weights[j].ToDouble().ShouldBe(3 * Math.Pow(x, j) / k, 1e-15);
            p.NormSquared.ToDouble().ShouldBe(9 / k, 1e-15);
        }
        // Both ends among the test points of a node at an end.
        var sweep = new DegreeSweep([BigFloat.Of(1, 53)], [BigFloat.Of(2, 53)], Samples.Even(3, 53),
            [.. new double[] { 1, 2, 3 }.Select(v => BigFloat.Of(v, 53))]);
        // p(x) = 2 (1 + x + x²)/3: 2/3, 2/3, 2
        sweep.At(2).TestError.ShouldBe((1 / 9.0 + 16 / 9.0 + 1) / 3, 1e-15);
    }

    [Fact]
    public void Least_squares_and_interpolation_meet_where_the_degree_is_N_minus_1()
    {
        // Interpolation by Lagrange's formula shares nothing with either.
        var x = Samples.Chebyshev(8, Bits);
        var y = Samples.Sine(0.7, x);
        var p = PolynomialRegression.MinimumNorm(x, y, 7, Bits);
        var q = PolynomialRegression.LeastSquares(x, y, 7);
        var t = BigFloat.Of(0.3, Bits);
        var lagrange = BigFloat.Of(0, Bits);
        for (var i = 0; i < 8; i++)
        {
            var term = y[i];
            for (var j = 0; j < 8; j++)
                if (j != i) term = term * (t - x[j]) / (x[i] - x[j]);
            lagrange += term;
        }
        Math.Abs((p.At(t) - lagrange).ToDouble()).ShouldBeLessThan(1e-100);
        Math.Abs((q.At(t) - lagrange).ToDouble()).ShouldBeLessThan(1e-90);
    }

    [Fact]
    public void Ridge_goes_to_the_minimum_norm()
    {
        var x = Samples.Chebyshev(9, Bits);
        var y = Samples.Sine(4, x);
        foreach (var degree in new[] { 5, 20 })
        {
            var limit = PolynomialRegression.MinimumNorm(x, y, degree, Bits);
            double Distance(double lambda)
            {
                var ridge = PolynomialRegression.Ridge(x, y, degree, BigFloat.Of(lambda, 53), Bits);
                return Enumerable.Range(0, degree + 1).Max(j => Math.Abs((ridge.Weights[j] - limit.Weights[j]).ToDouble()));
            }
            // Linear in λ: w_λ − w = −λ (…) y + O(λ²)
            (Distance(1e-20) / Distance(1e-30)).ShouldBe(1e10, 1e-3 * 1e10);
            Distance(1e-30).ShouldBeLessThan(1e-20);
        }
    }

    [Fact]
    public void Double_precision_is_limited_by_rounding()
    {
        double[] x = Samples.ToDouble(Nodes), y = Samples.ToDouble(Samples.Sine(4, Nodes)), t = Samples.ToDouble(Points), values =
            Samples.ToDouble(Samples.Sine(4, Points));
        double Error(int degree, double tolerance)
        {
            var w = FeatureModes.Of(FeatureModes.Monomials(x, degree), tolerance).MinimumNorm(y);
            return FeatureModes.Monomials(t, degree).Select((row, i) => Math.Pow(Vectors.Dot(row, w) - values[i], 2)).Average();
        }
        Error(100, 1e-15).ShouldBeInRange(1e-13, 1e-5);       // exact: 2e-30
        Error(300, 1e-15).ShouldBe(.117, .02);                // exact: .0018
    }

    [Fact]
    public void Mistakes_are_named()
    {
        BigFloat[] two = [BigFloat.Of(.5, 53), BigFloat.Of(.5, 53)];
        Should.Throw<ArgumentException>(() =>
            PolynomialRegression.MinimumNorm(two, two, 3)).Message.ShouldContain("nodes 1 and 2 are the same number, 0.5");
        Should.Throw<ArgumentException>(() =>
            PolynomialRegression.MinimumNorm(two, [two[0]], 3)).Message.ShouldContain("2 nodes were given with 1 targets");
        Should.Throw<ArgumentException>(() =>
            PolynomialRegression.Ridge([two[0]], [two[0]], 3, BigFloat.Of(0, 53))).Message.ShouldContain("positive");
        Should.Throw<ArithmeticException>(() =>
            PolynomialRegression.MinimumNorm(Nodes, Samples.Sine(4, Nodes), 80, 64)).Message.ShouldContain("more bits");
    }

    [Fact]
    public void Nodes_and_points_are_what_they_are_called()
    {
        for (var i = 0; i < 76; i++) Nodes[i].ToDouble().ShouldBe(Math.Cos((2 * (76 - i) - 1) * Math.PI / 152), 1e-15);
        (Points[0].ToDouble(), Points[^1].ToDouble(), Points[300].ToDouble()).ShouldBe((-1, 1, 1 / 599.0));
    }
}
