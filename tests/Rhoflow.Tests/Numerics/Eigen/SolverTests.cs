using FsCheck;
using FsCheck.Fluent;
using Rhoflow.Kernels;
using Rhoflow.Numerics;
using Rhoflow.Numerics.Eigen;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Numerics.Eigen;

public sealed class SolverTests
{
    private static readonly Team One = new();

    public static TheoryData<string> Names => [.. SpectrumCases.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Both_ends_come_with_true_residuals(string name)
    {
        var expected = SpectrumCases.Eigenvalues(name);
        var a = SpectrumCases.Matrix(name, 3);
        var scale = Math.Max(Math.Abs(expected[0]), Math.Abs(expected[^1]));
        foreach (var (top, bottom) in ((int, int)[])[(5, 0), (0, 4), (4, 3), (1, 1), (1000, 0), (3, 1000)])
        {
            var pairs = Lanczos.Solve(a, top, bottom, new EigenOptions { Tolerance = 1e-9 }, One);
            pairs.Converged.ShouldBeTrue();
            var n = a.Size;
            var most = Math.Min(n, top);
            double[] wanted = [.. expected.Reverse().Take(most), .. expected.Take(Math.Min(bottom, n - most)).Reverse()];
            pairs.Values.Length.ShouldBe(wanted.Length);
            for (var i = 0; i < wanted.Length; i++)
                Math.Abs(pairs.Values[i] - wanted[i]).ShouldBeLessThanOrEqualTo(2e-9 * scale, $"{top} + {bottom}, number {i}");
            CheckPairs(a, pairs, 3e-9 * scale);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_block_solver_finds_the_same(string name)
    {
        var a = SpectrumCases.Matrix(name, 4);
        var expected = SpectrumCases.Eigenvalues(name);
        var scale = Math.Max(Math.Abs(expected[0]), Math.Abs(expected[^1]));
        var pairs = Lobpcg.Solve(a, 5, new EigenOptions { Tolerance = 1e-8 }, One);
        pairs.Converged.ShouldBeTrue();
        for (var i = 0; i < pairs.Values.Length; i++)
            Math.Abs(pairs.Values[i] - expected[^(i + 1)]).ShouldBeLessThanOrEqualTo(2e-8 * scale, $"number {i}");
        CheckPairs(a, pairs, 2e-8 * scale);
    }

    // Random spectra with random multiplicities: nothing is missed, and an eigenvalue lies within every residual.
    [Fact]
    public void Solvers_agree_on_random_spectra()
    {
        Prop.ForAll(Gen.Choose(1, 1 << 30).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var n = random.Next(20, 90);
            double[] spectrum = [.. Enumerable.Range(0, n).Select(_ => Math.Round(random.NextDouble() * 12 - 6))];
            var a = SpectrumCases.Matrix(spectrum, seed);
            Array.Sort(spectrum);
            var pairs = Lanczos.Solve(a, 6, 3, new EigenOptions { Tolerance = 1e-8, Seed = seed }, One);
            var block = Lobpcg.Solve(a, 6, new EigenOptions { Tolerance = 1e-8, Seed = seed }, One);
            for (var i = 0; i < 6; i++)
            {
                pairs.Values[i].ShouldBe(spectrum[^(i + 1)], 1e-6);
                block.Values[i].ShouldBe(spectrum[^(i + 1)], 1e-6);
            }
            for (var i = 0; i < 3; i++) pairs.Values[6 + i].ShouldBe(spectrum[2 - i], 1e-6);
            // The dense solver shares nothing with either.
            var all = a.Eigenvalues(One);
            for (var i = 0; i < n; i++) all[i].ShouldBe(spectrum[i], 1e-11);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_loose_tolerance_is_kept_and_bounds_the_error()
    {
        double[] spectrum = [.. Enumerable.Range(0, 400).Select(i => 10 * Math.Exp(-0.05 * i))];
        var a = DenseOperator.Diagonal(spectrum);
        foreach (var scale in Enum.GetValues<ResidualScale>())
        {
            var options = new EigenOptions { Tolerance = 1e-3, Scale = scale };
            var pairs = Lanczos.Solve(a, 20, 0, options, One);
            pairs.Products.ShouldBeLessThan(400);
            for (var i = 0; i < 20; i++)
            {
                pairs.Residuals[i].ShouldBeLessThan(1.5e-3 * (scale == ResidualScale.Norm ? 10 : pairs.Values[i]));
                Math.Abs(pairs.Values[i] - spectrum[i]).ShouldBeLessThanOrEqualTo(pairs.Residuals[i] + 1e-13);
            }
        }
    }

    [Fact]
    public void Runs_repeat_bit_for_bit_on_any_team()
    {
        var a = SpectrumCases.Matrix([.. Enumerable.Range(0, 5000).Take(120).Select(i => Math.Sin(i * i))], 6);
        using var three = new Team(3);
        var options = new EigenOptions { Seed = 9 };
        var first = Lanczos.Solve(a, 5, 2, options, One);
        var second = Lanczos.Solve(a, 5, 2, options, three);
        second.Values.ToArray().ShouldBe(first.Values.ToArray());
        second.Vector(3).ToArray().ShouldBe(first.Vector(3).ToArray());
        second.Products.ShouldBe(first.Products);
    }

    [Fact]
    public void What_cannot_be_done_is_said()
    {
        var a = DenseOperator.Diagonal([1, 2, 3]);
        Should.Throw<ArgumentException>(() => Lanczos.Solve(a, 0, 0, new EigenOptions(), One)).Message.ShouldContain("at least one");
        Should.Throw<ArgumentException>(() => new DenseOperator(new double[5], 2)).Message.ShouldContain("5 were given");
        Should.Throw<ArithmeticException>(() =>
            Lanczos.Solve(DenseOperator.Diagonal([1, double.NaN]), 1, 0, new EigenOptions(), One)).Message.ShouldContain("not finite");
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Should.Throw<OperationCanceledException>(() => Lanczos.Solve(a, 1, 0, new EigenOptions(), One, stop.Token));
        var hard = Lanczos.Solve(DenseOperator.Diagonal([.. Enumerable.Range(0, 500).Select(i => (double)i)]), 2, 0,
            new EigenOptions { Tolerance = 1e-12, MostProducts = 30 }, One);
        hard.Converged.ShouldBeFalse();
        hard.Residuals.ToArray().Max().ShouldBeGreaterThan(1e-6);
    }

    // Residuals are those of the pairs, and vectors are orthonormal.
    private static void CheckPairs(DenseOperator a, EigenPairs pairs, double most)
    {
        var image = new double[a.Size];
        for (var i = 0; i < pairs.Values.Length; i++)
        {
            a.Apply(pairs.Vector(i), image);
            Vectors.Add(-pairs.Values[i], pairs.Vector(i), image);
            var residual = Vectors.Norm(image);
            residual.ShouldBeLessThanOrEqualTo(most);
            Math.Abs(pairs.Residuals[i] - residual).ShouldBeLessThanOrEqualTo(1e-3 * residual + 1e-5 * most);
            for (var j = 0; j <= i; j++) Vectors.Dot(pairs.Vector(i), pairs.Vector(j)).ShouldBe(i == j ? 1 : 0, 1e-11);
        }
    }
}
