using Rhoflow.Kernels;
using Rhoflow.Numerics.Eigen;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Numerics.Eigen;

public sealed class TraceTests
{
    private static readonly Team One = new();

    [Fact]
    public void A_low_rank_is_exact()
    {
        var a = SpectrumCases.Matrix([5, -3, 2, 1, .. new double[60]], 1);
        var trace = TraceEstimate.HutchPlusPlus(a, 18, seed: 2, One);
        trace.Value.ShouldBe(5, 1e-10);
        trace.StandardError.ShouldBeLessThan(1e-10);
        trace.Products.ShouldBeLessThanOrEqualTo(18);
    }

    [Fact]
    public void A_sketch_as_large_as_the_matrix_is_exact()
    {
        var a = SpectrumCases.Matrix([4, 3, 2, 1], 1);
        var trace = TraceEstimate.HutchPlusPlus(a, 60, 2, One);
        trace.Value.ShouldBe(10, 1e-12);
        trace.StandardError.ShouldBe(0);
        TraceEstimate.HutchPlusPlus(DenseOperator.Diagonal(new double[20]), 12, 2, One).Value.ShouldBe(0);
        // Signs see a diagonal exactly.
        var diagonal = TraceEstimate.Hutchinson(DenseOperator.Diagonal([1, 2, 4]), 5, 1);
        (diagonal.Value, diagonal.StandardError).ShouldBe((7, 0));
    }

    // Over many seeds: the mean error is within the error of the mean, and the standard errors are those that are seen.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Estimates_are_unbiased_and_know_their_error(bool plus)
    {
        double[] spectrum = [.. Enumerable.Range(0, 80).Select(i => 10 * Math.Pow(0.9, i) - 1)];
        var a = SpectrumCases.Matrix(spectrum, 3);
        const int Runs = 400;
        TraceEstimate[] estimates = [.. Enumerable.Range(0, Runs)
            .Select(seed => plus ? TraceEstimate.HutchPlusPlus(a, 30, seed, One) : TraceEstimate.Hutchinson(a, 30, seed))];
        double[] errors = [.. estimates.Select(e => e.Value - spectrum.Sum())];
        var spread = Math.Sqrt(errors.Average(static e => e * e));
        Math.Abs(errors.Average()).ShouldBeLessThan(4 * spread / Math.Sqrt(Runs));
        var claimed = Math.Sqrt(estimates.Average(static e => e.StandardError * e.StandardError));
        (claimed / spread).ShouldBeInRange(0.85, 1.15);
    }

    [Fact]
    public void Deflation_pays()
    {
        double[] spectrum = [.. Enumerable.Range(1, 90).Select(i => 1.0 / (i * i))];
        var a = SpectrumCases.Matrix(spectrum, 3);
        double Error(Func<int, TraceEstimate> estimate) =>
            Math.Sqrt(Enumerable.Range(0, 50).Average(seed => Math.Pow(estimate(seed).Value - spectrum.Sum(), 2)));
        Error(seed => TraceEstimate.HutchPlusPlus(a, 30, seed, One))
            .ShouldBeLessThan(0.3 * Error(seed => TraceEstimate.Hutchinson(a, 30, seed)));
    }

    [Fact]
    public void Quadrature_with_every_step_is_exact_for_every_probe()
    {
        double[] spectrum = [.. Enumerable.Range(0, 40).Select(i => Math.Sin(i))];
        var a = SpectrumCases.Matrix(spectrum, 4);
        var exact = SpectralQuadrature.Of(a, 40, 30, 1, One);
        exact.Largest.ShouldBe(spectrum.Max(), 1e-10);
        exact.Smallest.ShouldBe(spectrum.Min(), 1e-10);
        // Polynomials of degree ≤ 2m − 1 are exact on every probe: the spread is that of the probes alone, none for φ = 1.
        exact.Mean(static _ => 1).Value.ShouldBe(1, 1e-12);
        exact.Mean(static _ => 1).Error.ShouldBe(0, 1e-12);
        var few = SpectralQuadrature.Of(a, 4, 30, 1, One);
        var cubic = (double x) => 1 + x - 2 * x * x + 0.5 * x * x * x;
        few.Mean(cubic).Value.ShouldBe(exact.Mean(cubic).Value, 1e-10);
        few.Products.ShouldBe(120);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Densities_and_counts_lie_within_a_few_errors(int seed)
    {
        double[] spectrum = [.. Enumerable.Range(0, 30).Select(i => -2 + 0.02 * i), .. new double[60],
            .. Enumerable.Range(0, 60).Select(i => 1 + 0.05 * i)];
        var a = SpectrumCases.Matrix(spectrum, seed);
        var estimate = SpectralQuadrature.Of(a, 60, 40, seed, One);
        Check(estimate.Count(double.NegativeInfinity, -0.1), 30);
        Check(estimate.Count(-0.1, 0.1), 60);
        Check(estimate.Count(0.1, double.PositiveInfinity), 60);
        foreach (var x in (double[])[-1.7, 0, 0.5, 2, 3.3])
        {
            const double Width = 0.2;
            var expected = spectrum.Average(l => Math.Exp(-(x - l) * (x - l) / (2 * Width * Width)) / (Width * Math.Sqrt(2 * Math.PI)));
            Check(estimate.Density(x, Width), expected);
        }

        void Check((double Value, double Error) found, double expected) =>
            Math.Abs(found.Value - expected).ShouldBeLessThan(5 * found.Error + 1e-6 * (1 + expected));
    }

    [Fact]
    public void Zero_and_one_number_have_their_quadrature()
    {
        var zero = SpectralQuadrature.Of(DenseOperator.Diagonal(new double[20]), 10, 3, 1, One);
        (zero.Smallest, zero.Largest, zero.Products).ShouldBe((0, 0, 3));
        zero.Count(-1e-9, 1e-9).ShouldBe((20, 0));
        SpectralQuadrature.Of(DenseOperator.Diagonal([3]), 10, 3, 1, One).Mean(static x => x).Value.ShouldBe(3, 1e-14);
    }
}
