using MathNet.Numerics.LinearAlgebra;
using Rhoflow.Measures.Spectra;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Spectra;

/// <summary>Marchenko and Pastur's law against integrals and moments, and bulks against matrices that are drawn.</summary>
public class RandomMatrixTests
{
    private readonly int _seed = Environment.TickCount;

    private Random Fresh()
    {
        TestContext.Current.SendDiagnosticMessage("seed {0}", _seed);
        return new Random(_seed);
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static Matrix<double> Noise(Random random, int rows, int columns, double deviation) =>
        Matrix<double>.Build.Dense(rows, columns, (_, _) => deviation * Normal(random));

    private static double[] Values(Matrix<double> w) => [.. w.Svd(false).S];

    // λ = 1 + c − 2√c cos φ takes the roots at both edges away: what is integrated is smooth.
    private static double Integral(double c, double to, Func<double, double> of)
    {
        const int Steps = 20_000;
        var sum = 0.0;
        var last = Math.Acos(Math.Clamp((1 + c - to) / (2 * Math.Sqrt(c)), -1, 1));
        for (var i = 0; i < Steps; i++)
        {
            var phi = last * (i + 0.5) / Steps;
            var lambda = 1 + c - 2 * Math.Sqrt(c) * Math.Cos(phi);
            var sine = 2 * Math.Sqrt(c) * Math.Sin(phi);
            sum += of(lambda) * sine * sine / (2 * Math.PI * c * lambda) * last / Steps;
        }
        return sum;
    }

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.3)]
    [InlineData(0.75)]
    [InlineData(1.0)]
    public void The_law_is_its_integrals_and_moments(double c)
    {
        var law = new MarchenkoPastur(c);
        Integral(c, law.Upper, static _ => 1).ShouldBe(1, 1e-7);
        Integral(c, law.Upper, static l => l).ShouldBe(1, 1e-7);
        Integral(c, law.Upper, static l => l * l).ShouldBe(1 + c, 1e-7);
        foreach (var share in new[] { 0.01, 0.2, 0.5, 0.9, 0.999 })
        {
            var at = law.Lower + share * (law.Upper - law.Lower);
            law.Cumulative(at).ShouldBe(Integral(c, at, static _ => 1), 1e-7);
            // The density is the derivative.
            ((law.Cumulative(at + 1e-6) - law.Cumulative(at - 1e-6)) / 2e-6).ShouldBe(law.Density(at), 1e-4 * law.Density(at));
        }
        law.Cumulative(law.Median).ShouldBe(0.5, 1e-12);
        law.Cumulative(law.Lower - 1).ShouldBe(0);
        law.Cumulative(law.Upper).ShouldBe(1);
        law.Density(law.Upper + 1e-9).ShouldBe(0);
    }

    [Fact]
    public void A_square_matrix_has_a_closed_median()
    {
        // c = 1: σ of variance-1 entries over √n follow a quarter circle, F(s) = (s√(4 − s²) + 4 asin(s/2))/(2π).
        var s = Math.Sqrt(new MarchenkoPastur(1).Median);
        ((s * Math.Sqrt(4 - s * s) + 4 * Math.Asin(s / 2)) / (2 * Math.PI)).ShouldBe(0.5, 1e-12);
    }

    [Theory]
    [InlineData(200, 300)]
    [InlineData(300, 200)]
    [InlineData(240, 240)]
    public void Noise_is_found_to_be_noise(int rows, int columns)
    {
        var random = Fresh();
        var deviation = Math.Exp(4 * random.NextDouble() - 2);
        var values = Values(Noise(random, rows, columns, deviation));
        var bulk = RandomMatrixBulk.Of(values, rows, columns)!.Value;
        bulk.Deviation.ShouldBe(deviation, 0.03 * deviation, $"seed {_seed}");
        bulk.NaiveDeviation.ShouldBe(Math.Sqrt(values.Sum(static v => v * v) / rows / columns), 1e-12 * deviation);
        bulk.Edge.ShouldBe(bulk.Deviation * (Math.Sqrt(rows) + Math.Sqrt(columns)), 1e-12 * bulk.Edge);
        values[0].ShouldBe(bulk.Edge, 0.05 * bulk.Edge, $"seed {_seed}");
        bulk.Distance.ShouldBeLessThan(0.03, $"seed {_seed}");
    }

    // The threshold is one that noise passes once in a hundred matrices: 8 of 60 have probability 1e-7.
    [Fact]
    public void Noise_has_spikes_once_in_a_hundred_matrices()
    {
        var random = Fresh();
        Enumerable.Range(0, 60).Count(_ => RandomMatrixBulk.Of(Values(Noise(random, 60, 90, 1)), 60, 90)!.Value.Spikes > 0)
            .ShouldBeLessThan(8, $"seed {_seed}");
    }

    // Baik, Ben Arous and Péché: W/√n = noise + θuvᵀ has an outlier σ² = (θ² + 1)(θ² + c)/θ² where θ⁴ > c, and none below.
    [Fact]
    public void Planted_spikes_are_found_above_their_threshold_and_not_below()
    {
        var random = Fresh();
        const int Rows = 200, Columns = 320;
        const double C = (double)Rows / Columns;
        double[] strengths = [4, 2.5, 1.8, 0.5];
        var w = Noise(random, Rows, Columns, 1 / Math.Sqrt(Columns));
        var left = Noise(random, Rows, 4, 1).QR(MathNet.Numerics.LinearAlgebra.Factorization.QRMethod.Thin).Q;
        var right = Noise(random, Columns, 4, 1).QR(MathNet.Numerics.LinearAlgebra.Factorization.QRMethod.Thin).Q;
        for (var r = 0; r < 4; r++) w += strengths[r] * left.Column(r).OuterProduct(right.Column(r));
        var values = Values(w);
        var bulk = RandomMatrixBulk.Of(values, Rows, Columns)!.Value;
        bulk.Spikes.ShouldBeInRange(3, 4, $"seed {_seed}");
        bulk.SpikeShare.ShouldBe(values.Take(bulk.Spikes).Sum(static v => v * v) / values.Sum(static v => v * v), 1e-12);
        for (var r = 0; r < 3; r++)
        {
            var square = strengths[r] * strengths[r];
            (values[r] * values[r]).ShouldBe((square + 1) * (square + C) / square, 0.25 * square, $"seed {_seed}");
        }
        (Math.Sqrt(Columns) * bulk.Deviation).ShouldBe(1, 0.05, $"seed {_seed}");
        bulk.NaiveDeviation.ShouldBeGreaterThan(1.04 * bulk.Deviation, $"seed {_seed}");
    }

    [Fact]
    public void Without_a_bulk_there_is_none()
    {
        double[] few = [.. Enumerable.Range(0, 40).Select(static i => i < 12 ? 3.0 - i * 0.1 : 0)];
        RandomMatrixBulk.Of(few, 40, 50).ShouldBeNull();
        var laws = new SpectrumLaws(few, 40, 50);
        laws.WhyNoBulk!.ShouldContain("at least half");
        laws.WhyNoTail!.ShouldContain("12 singular values above");
        laws.Bulk().ShouldAllBe(static v => double.IsNaN(v));
    }

    [Fact]
    public void Log_norms_are_those_of_the_definitions_whatever_the_scale()
    {
        var random = Fresh();
        var values = Values(Noise(random, 30, 40, 1));
        foreach (var scale in new[] { 1, 1e-180, 1e160 })
        {
            var laws = new SpectrumLaws([.. values.Select(v => v * scale)], 30, 40);
            var (alpha, of) = (laws.PowerLaw()[0], laws.LogNorms());
            var shift = 2 * Math.Log10(scale);
            of[0].ShouldBe(Math.Log10(values.Sum(static v => v * v)) + shift, 1e-10, $"seed {_seed}");
            of[1].ShouldBe(2 * Math.Log10(values[0]) + shift, 1e-10);
            of[2].ShouldBe(alpha * of[1], 1e-9 * Math.Abs(of[2]));
            of[3].ShouldBe(Math.Log10(values.Sum(v => Math.Pow(v * v, alpha))) + alpha * shift, 1e-6 * alpha * (1 + Math.Abs(shift)));
            laws.Probability(20, CancellationToken.None).ShouldBeInRange(0, 1);
        }
        new SpectrumLaws(new double[30], 30, 40).WhyNoTail.ShouldBe("it is 0");
        new SpectrumLaws([.. Enumerable.Repeat(1.0, 30)], 30, 30).WhyNoTail!.ShouldContain("equal");
        new SpectrumLaws(new double[10], 10, 40).WhyNoTail.ShouldBe(
            "10 × 40 has 10 singular values; laws of spectra are looked for in 20 or more");
    }
}
