using MathNet.Numerics.LinearAlgebra;
using Rhoflow.Kernels;
using Rhoflow.Measures.Collapse;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Collapse;

/// <summary>The space of the class means beside the leading singular space of a layer, a second time by full decompositions.</summary>
public class MeanAlignmentTests
{
    private const int Classes = 4;

    private static double Alignment(Cloud cloud, double[] w)
    {
        using var team = new Team(1);
        var means = ClassMeans.Of(cloud.Features, cloud.Labels, team);
        return MeanAlignment.Of(new BetweenScatter(means.Centered(), Classes), w, w.Length / cloud.Width);
    }

    [Theory]
    [InlineData(1, 6, 12)]
    [InlineData(2, 12, 6)]
    [InlineData(3, 8, 8)]
    [InlineData(4, 2, 9)]
    [InlineData(5, 1, 5)]
    public void It_is_the_mean_squared_cosine_of_the_principal_angles(int seed, int rows, int p)
    {
        var random = new Random(seed);
        var cloud = Cloud.Draw(random, Classes, p, 20, .3);
        var w = Problems.Normal(random, rows * p);
        var r = Math.Min(Classes - 1, rows);
        var means = cloud.SigmaB(cloud.MeansMean).Evd(Symmetricity.Symmetric).EigenVectors.SubMatrix(0, p, p - r, r);
        var singular = Matrix<double>.Build.DenseOfRowMajor(rows, p, w).Svd().VT.SubMatrix(0, r, 0, p);
        Alignment(cloud, w).ShouldBe((singular * means).Svd().S.Average(static c => c * c), 1e-10);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    public void It_is_one_for_the_means_themselves_and_zero_for_what_is_orthogonal_to_them(int seed)
    {
        var random = new Random(seed);
        var cloud = Cloud.Draw(random, Classes, 10, 20, .3);
        var global = cloud.MeansMean;
        double[][] means = [.. Enumerable.Range(0, Classes).Select(c => (cloud.Mean(c) - global).ToArray())];
        // Rows in their span, of any size and number; and rows without a part in it.
        double[] inside = [.. Enumerable.Range(0, 6).SelectMany(_ =>
        {
            var mix = Problems.Normal(random, Classes);
            return Enumerable.Range(0, 10).Select(i => 1e3 * Enumerable.Range(0, Classes).Sum(c => mix[c] * means[c][i]));
        })];
        Alignment(cloud, inside).ShouldBe(1, 1e-10);
        var basis = Matrix<double>.Build.DenseOfRows(means).Svd().VT;
        var outside = basis.SubMatrix(Classes - 1, 5, 0, 10);
        Alignment(cloud, [.. outside.ToRowMajorArray()]).ShouldBe(0, 1e-10);
    }

    [Fact]
    public void Subspaces_at_random_have_their_share_of_the_dimensions()
    {
        var random = new Random(8);
        const int P = 30;
        var cloud = Cloud.Draw(random, Classes, P, 20, .3);
        Enumerable.Range(0, 400).Average(_ => Alignment(cloud, Problems.Normal(random, 12 * P))).ShouldBe((Classes - 1.0) / P, .01);
    }

    [Fact]
    public void There_is_none_without_weights_or_without_differences()
    {
        var cloud = Cloud.Draw(new Random(9), Classes, 5, 10, .3);
        Alignment(cloud, new double[15]).ShouldBe(double.NaN);
        Alignment(cloud with { Rows = [.. cloud.Rows.Select(static _ => new double[] { 1, 2, 3, 4, 5 })] },
            Problems.Normal(new Random(10), 15)).ShouldBe(double.NaN);
    }
}
