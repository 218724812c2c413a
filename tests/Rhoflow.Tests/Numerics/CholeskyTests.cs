using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Kernels;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Numerics;

/// <summary>The blocked factor against the library's dense one, on sizes below, at and above a block of columns.</summary>
public class CholeskyTests
{
    private static double[] Normal(Random random, int count) => [.. Enumerable.Range(0, count)
        .Select(_ => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))];

    // AAᵀ + I with A of n × n: its condition number stays below some thousand.
    private static DenseMatrix PositiveDefinite(Random random, int n)
    {
        var a = new DenseMatrix(n, n, Normal(random, n * n));
        return (DenseMatrix)(a.TransposeAndMultiply(a) + DenseMatrix.CreateIdentity(n));
    }

    [Fact]
    public void Solutions_are_those_of_a_dense_solver() => Prop.ForAll(Gen.Choose(0, 10_000).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        var n = random.Next(1, 150);
        var rows = random.Next(1, 4);
        var s = PositiveDefinite(random, n);
        var b = Normal(random, rows * n);
        using var team = new Team(2);
        var x = Cholesky.Of(s.Values, n, team)!.Solve(b, rows);
        var expected = s.Cholesky().Solve(new DenseMatrix(n, rows, b)).ToColumnMajorArray();
        for (var i = 0; i < x.Length; i++) x[i].ShouldBe(expected[i], 1e-9);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_smallest_share_of_a_pivot_is_what_is_left_of_it_and_threads_do_not_change_a_bit()
    {
        // L = [[2, 0], [3, 1]]: S = [[4, 6], [6, 10]], and of the 10 only 1 is left.
        using var one = new Team(1);
        var factor = Cholesky.Of([4, 6, 6, 10], 2, one)!;
        factor.SmallestPivotShare.ShouldBe(0.1, 1e-15);
        factor.Solve([4, 6], 1).ShouldBe([1.0, 0.0], 1e-14);
        var s = PositiveDefinite(new Random(3), 200).Values;
        using var three = new Team(3);
        var b = Normal(new Random(4), 200);
        Cholesky.Of(s, 200, three)!.Solve(b, 1).ShouldBe(Cholesky.Of(s, 200, one)!.Solve(b, 1));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(130)]
    public void A_matrix_that_is_not_positive_definite_has_none(int n)
    {
        var s = PositiveDefinite(new Random(n), n);
        s[n - 1, n - 1] = -1;
        using var team = new Team(1);
        Cholesky.Of(s.Values, n, team).ShouldBeNull();
        Cholesky.Of(new double[n * n], n, team).ShouldBeNull();
    }
}
