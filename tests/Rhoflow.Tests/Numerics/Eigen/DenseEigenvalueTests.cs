using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Kernels;
using Rhoflow.Numerics.Eigen;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Numerics.Eigen;

public sealed class DenseEigenvalueTests
{
    public static TheoryData<string> Names => [.. SpectrumCases.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Known_spectra_come_back(string name)
    {
        var expected = SpectrumCases.Eigenvalues(name);
        var values = SpectrumCases.Matrix(name, 1).Eigenvalues(new Team());
        var scale = Math.Max(Math.Abs(expected[0]), Math.Abs(expected[^1]));
        for (var i = 0; i < expected.Length; i++)
            Math.Abs(values[i] - expected[i]).ShouldBeLessThanOrEqualTo(1e-13 * expected.Length * scale);
    }

    // Sizes around the blocks' edges; the reduction keeps trace and sum of squares, and a general library's eigenvalues agree.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(47)]
    [InlineData(48)]
    [InlineData(49)]
    [InlineData(97)]
    [InlineData(150)]
    public void Random_matrices_agree_with_a_general_library(int n)
    {
        var random = new Random(n);
        var a = DenseOperator.Of(new DenseOperator(Problems.Normal(random, n * n), n));
        using var team = new Team(2);
        var values = a.Eigenvalues(team);
        var expected = DenseMatrix.Create(n, n, (i, j) => a.Matrix[i * n + j])
            .Evd(Symmetricity.Symmetric).EigenValues.Select(static e => e.Real).Order().ToArray();
        values.ShouldBe(expected, 1e-12 * n);
        values.ShouldBe(a.Eigenvalues(new Team()));
        var (d, e) = TridiagonalReduction.Of((double[])a.Matrix.Clone(), n, team);
        (d.Sum(static x => x * x) + 2 * e.Sum(static x => x * x)).ShouldBe(a.Matrix.Sum(static x => x * x), 1e-10 * n * n);
        foreach (var x in (double[])[-3, -0.5, 0, 1.25, 4]) Tridiagonal.CountBelow(d, e, x).ShouldBe(values.Count(v => v < x));
    }

    // 2 − 2 cos(kπ/(n+1)) and eigenvectors √(2/(n+1)) sin(ikπ/(n+1)).
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(50)]
    [InlineData(501)]
    public void The_second_difference_has_its_closed_form(int n)
    {
        double[] d = [.. Enumerable.Repeat(2.0, n)], e = [.. Enumerable.Repeat(-1.0, n - 1)];
        var values = Tridiagonal.Eigenvalues(d, e);
        var (nodes, weights) = Tridiagonal.Quadrature(d, e);
        for (var k = 1; k <= n; k++)
        {
            var expected = 2 - 2 * Math.Cos(k * Math.PI / (n + 1));
            values[k - 1].ShouldBe(expected, 1e-13);
            nodes[k - 1].ShouldBe(expected, 1e-13);
            weights[k - 1].ShouldBe(2.0 / (n + 1) * Math.Pow(Math.Sin(k * Math.PI / (n + 1)), 2), 1e-13);
            Tridiagonal.CountBelow(d, e, expected + 1e-9).ShouldBe(k);
        }
    }

    [Fact]
    public void A_matrix_that_falls_apart_is_no_special_case()
    {
        Tridiagonal.Eigenvalues([3, 1, 2, 2], [0, 0, 1]).ShouldBe([1, 1, 3, 3], 1e-14);
        Tridiagonal.Eigenvalues([0, 0, 0], [0, 0]).ShouldBe([0, 0, 0]);
        Tridiagonal.CountBelow([0, 0], [1], 0).ShouldBe(1);
        Should.Throw<ArithmeticException>(() => Tridiagonal.Eigenvalues([1, double.NaN], [1])).Message.ShouldContain("finite");
        Should.Throw<ArgumentException>(() => Tridiagonal.Eigenvalues([1, 2, 3], [1]));
    }
}
