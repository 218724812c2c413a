using FsCheck.Fluent;
using Rhoflow.Losses;
using Rhoflow.Measures.Margins;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Margins;

public class MarginTests
{
    // numpy.quantile([3, 1, 4, 1, 5, 9, 2, 6], q)
    [Theory]
    [InlineData(0.1, 1)]
    [InlineData(0.25, 1.75)]
    [InlineData(0.5, 3.5)]
    [InlineData(0.9, 6.9)]
    [InlineData(0, 1)]
    [InlineData(1, 9)]
    public void Quantiles_are_those_of_numpy(double q, double expected) =>
        MarginCurve.Quantile(MarginCurve.Sorted([3, 1, 4, 1, 5, 9, 2, 6]), q).ShouldBe(expected, 1e-15);

    [Fact]
    public void A_long_curve_keeps_its_ends_its_order_and_its_area()
    {
        var sorted = MarginCurve.Sorted(Problems.Normal(new Random(1), 12345));
        var curve = MarginCurve.Thinned(sorted);
        curve.Length.ShouldBe(1000);
        (curve[0], curve[^1]).ShouldBe((sorted[0], sorted[^1]));
        curve.ShouldBeInOrder();
        MarginCurve.Area(curve).ShouldBe(MarginCurve.Area(sorted), 1e-3);
        MarginCurve.Area(sorted).ShouldBe((sorted.Sum() - (sorted[0] + sorted[^1]) / 2) / 12344, 1e-12);
        MarginCurve.Thinned(sorted.AsSpan(0, 7)).ShouldBe(sorted[..7]);
        MarginCurve.Area([2.5]).ShouldBe(2.5);
        MarginCurve.Quantile([2.5], .3).ShouldBe(2.5);
    }

    [Fact]
    public void Histograms_count_every_example_once_in_units_of_the_mean_size()
    {
        var random = new Random(2);
        double[] margins = [.. Problems.Normal(random, 3000).Select(static m => m + 1), -1e9, 1e9];
        var unit = margins.Average(Math.Abs);
        MarginHistogram.Unit(margins).ShouldBe(unit, 1e-9 * unit);
        double[] edges = [double.NegativeInfinity, .. Enumerable.Range(-20, 61).Select(static i => i / 10.0), double.PositiveInfinity];
        double[] expected = [.. Enumerable.Range(0, 62)
            .Select(i => margins.Count(m => m / unit >= edges[i] && m / unit < edges[i + 1]) / 3002.0)];
        MarginHistogram.Shares(margins).ShouldBe(expected);
        // Every edge opens its own bin, rounding or not; a mean of 1 makes the numbers the units.
        for (var i = 1; i < 62; i++)
        {
            var edge = edges[i];
            var shares = MarginHistogram.Shares([edge, 2 - Math.Abs(edge), edge, 2 - Math.Abs(edge)]);
            if (Math.Abs(edge) <= 2) shares[i].ShouldBeGreaterThanOrEqualTo(0.5, $"{edge}");
        }
        MarginHistogram.Shares([0, 0]).ShouldAllBe(static s => double.IsNaN(s));
        // The scale of the outputs does not matter.
        MarginHistogram.Shares([.. margins.Select(static m => m * 1024)]).ShouldBe(MarginHistogram.Shares(margins));
    }

    [Fact]
    public void Ties_and_duplicates_support_together()
    {
        double[] margins = [.5, .25, .25 * (1 + 1e-12), .251, .2526, 3, .25];
        SupportVectors.Of(margins).ShouldBe([1, 6, 2, 3]);
        SupportVectors.Multiplicity(margins).ShouldBe(3);
        SupportVectors.First(margins).ShouldBe(1);
        SupportVectors.Multiplicity([-2, -2, 5]).ShouldBe(2);
        SupportVectors.Multiplicity([0, 0, 1e-300]).ShouldBe(2);
        SupportVectors.Of([-2, -2, 5]).ShouldBeEmpty();
        SupportVectors.Of([0]).ShouldBeEmpty();
        SupportVectors.Of([7]).ShouldBe([0]);
        SupportVectors.Order(margins)[..3].ShouldBe([1, 6, 2]);
    }

    [Fact]
    public void Sets_change_by_what_enters_and_leaves()
    {
        SupportVectors.Change([1, 2, 3], [2, 3, 4, 5]).ShouldBe((1, 2, 0.4));
        SupportVectors.Change([], [1]).ShouldBe((0, 1, 0));
        SupportVectors.Change([], []).Jaccard.ShouldBe(double.NaN);
        var network = Network.Dense(2, 1);
        var before = Observations.At(network, Loss.Logistic, Problems.TwoByTwo, [1, 0]);
        var history = Observations.Start(before.Snapshot);
        (before with { History = history }).Column("support_entered").ShouldBe(1);
        history.Advance(before.Snapshot);
        var now = Observations.At(network, Loss.Logistic, Problems.TwoByTwo, [0, 1]) with { History = history };
        (now.Column("support_entered"), now.Column("support_left"), now.Column("support_jaccard")).ShouldBe((1, 1, 0));
    }

    // Without float64 noise in the way: the same example twice is a tie, on any network.
    [Fact]
    public void A_duplicated_example_doubles_the_multiplicity()
    {
        var network = Observations.Convolutional(3);
        var data = Observations.Classes(4, 12, network.Inputs, 3);
        var theta = Initialization.Kaiming(network, new RandomStream(1));
        var single = Observations.At(network, Loss.CrossEntropy, data, theta);
        single.Column("support_multiplicity").ShouldBe(1);
        var first = (int)single.Column("support_first");
        var twice = Observations.At(network, Loss.CrossEntropy, data.Choose([.. Enumerable.Range(0, 12), first]), theta);
        twice.Column("support_multiplicity").ShouldBe(2);
        twice.Column("margin_min").ShouldBe(single.Column("margin_min"));
    }

    [Fact]
    public void Spectral_norms_are_those_of_the_decomposition() =>
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(60),
            Prop.ForAll(Gen.Choose(0, 1 << 20).ToArbitrary(), static seed =>
        {
            var random = new Random(seed);
            int rows = random.Next(1, 40), columns = random.Next(1, 40);
            var a = Problems.Normal(random, rows * columns);
            // Low rank, clustered and huge matrices among them.
            if (seed % 3 == 0)
                for (var i = columns; i < a.Length; i++) a[i] = a[i % columns] * (1 + i / columns % 2);
            var scale = seed % 5 == 0 ? 1e200 : 1;
            var expected = scale * MathNet.Numerics.LinearAlgebra.Double.DenseMatrix.OfColumnMajor(columns, rows, [.. a]).Svd(false).S[0];
            Vectors.Scale(scale, a, a);
            return Math.Abs(SpectralNorm.Of(rows, columns, a) - expected) <= 1e-12 * expected;
        }));

    [Fact]
    public void Spectral_norms_of_structured_matrices()
    {
        // A start along the longest row would never see the second direction.
        SpectralNorm.Of(3, 2, [1, 0, 0, .9, 0, .9]).ShouldBe(.9 * Math.Sqrt(2), 1e-14);
        double[] identity = new double[90 * 90];
        for (var i = 0; i < 90; i++) identity[i * 91] = 2;
        SpectralNorm.Of(90, 90, identity).ShouldBe(2, 1e-14);
        SpectralNorm.Of(2, 3, new double[6]).ShouldBe(0);
        // 200 × 300 with singular values 1, .999, …: rotated by reflections.
        double[] u = Problems.Normal(new Random(1), 200), v = Problems.Normal(new Random(2), 300), a = new double[200 * 300];
        Vectors.Scale(1 / Vectors.Norm(u), u, u);
        Vectors.Scale(1 / Vectors.Norm(v), v, v);
        for (var i = 0; i < 200; i++)
            for (var j = 0; j < 300; j++)
                for (var k = 0; k < 200; k++)
                    a[i * 300 + j] += 7 * Math.Pow(.999, k) * ((i == k ? 1 : 0) - 2 * u[i] * u[k]) * ((j == k ? 1 : 0) - 2 * v[j] * v[k]);
        SpectralNorm.Of(200, 300, a).ShouldBe(7, 1e-9);
    }

    [Fact]
    public void Margins_over_other_norms_do_not_see_the_scale_of_layers()
    {
        var network = Network.Dense(3, Activation.Power(2), 4, 1);
        var data = Problems.Separable(3, 8, 3, .2);
        var theta = Initialization.Kaiming(network, new RandomStream(8));
        var input = Observations.At(network, Loss.Logistic, data, theta);
        double[] scaled = [.. theta];
        Vectors.Scale(3, network.Layers[0].Of(scaled), network.Layers[0].Of(scaled));
        Vectors.Scale(.1, network.Layers[1].Of(scaled), network.Layers[1].Of(scaled));
        var other = Observations.At(network, Loss.Logistic, data, scaled);
        foreach (var column in (string[])["spectral_margin_min", "linf_margin_mean", "l1_margin_min", "row_margin_mean", "margin_min"])
            other.Column(column).ShouldBe(input.Column(column), 1e-12 * (1 + Math.Abs(input.Column(column))));
        // By the definitions, from f itself: the first layer counts twice.
        double[][] w1 = network.Layers[0].Matrix(theta), w2 = network.Layers[1].Matrix(theta);
        var f = Enumerable.Range(0, 8).Min(n => data.Y[n] * input.Passes!.Outputs[n]);
        double Norm(double[][] w, Func<double[][], double> of) => of(w);
        static double Sum(double[][] w) => w.Sum(static r => r.Sum(Math.Abs));
        static double Max(double[][] w) => w.Max(static r => r.Max(Math.Abs));
        static double Row(double[][] w) => w.Max(static r => r.Sum(Math.Abs));
        input.Column("l1_margin_min").ShouldBe(f / (Norm(w1, Sum) * Norm(w1, Sum) * Norm(w2, Sum)), 1e-13);
        input.Column("linf_margin_min").ShouldBe(f / (Max(w1) * Max(w1) * Max(w2)), 1e-12);
        input.Column("row_margin_min").ShouldBe(f / (Row(w1) * Row(w1) * Row(w2)), 1e-13);
        var sigma = MathNet.Numerics.LinearAlgebra.Double.DenseMatrix.OfRowArrays(w1).Svd(false).S[0];
        input.Column("spectral_margin_min").ShouldBe(f / (sigma * sigma * Vectors.Norm(w2[0])), 1e-12);
    }
}
