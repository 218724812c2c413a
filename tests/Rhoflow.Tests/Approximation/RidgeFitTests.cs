using Rhoflow.Approximation;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Approximation;

public sealed class RidgeFitTests
{
    private static readonly LocalFunction H = static x => Math.Sin(1.5 * x[0] + x[1] - .7 * x[0] * x[1]);

    // Against the normal equations, solved by elimination.
    [Fact]
    public void Pivoted_qr_solves_least_squares_and_leaves_out_dependent_columns()
    {
        var seed = Random.Shared.Next();
        var random = new RandomStream(seed);
        const int Rows = 30, Columns = 6;
        double[][] a = [.. Enumerable.Range(0, Columns).Select(_ => ApproximationError.Points(Rows, 1, random))];
        // The fourth is the sum of the first two.
        for (var i = 0; i < Rows; i++) a[3][i] = a[0][i] + a[1][i];
        var y = ApproximationError.Points(Rows, 1, random);
        var qr = new PivotedQr([.. a.Select(static c => c.ToArray())], 1e-12);
        qr.Rank.ShouldBe(Columns - 1, $"seed {seed}");
        var c = qr.Solve(y);
        double[] rest = [.. y];
        for (var j = 0; j < Columns; j++) Vectors.Add(-c[j], a[j], rest);
        foreach (var column in a) Vectors.Dot(column, rest).ShouldBe(0, 1e-10, $"seed {seed}");
        double[] projected = [.. y];
        qr.Project(projected);
        Vectors.Distance(projected, rest).ShouldBeLessThan(1e-10, $"seed {seed}");
        Should.Throw<ArgumentException>(() => new PivotedQr([[1], [2]], 1e-12)).Message.ShouldContain("1 × 2");
    }

    [Theory]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1.0)]
    [InlineData(7.5)]
    public void A_profile_is_its_formula_and_its_slope_the_difference_quotient(double sharpness)
    {
        var profile = new RidgeProfile(sharpness);
        double[] z = [-60, -2, -.3, .01, .4, 3, 200], h = [.. z], slopes = new double[z.Length];
        profile.Apply(h, new double[z.Length]);
        profile.Slopes(h, slopes);
        for (var i = 0; i < z.Length; i++)
        {
            var formula = double.IsInfinity(sharpness) ? Math.Max(0, z[i])
                : sharpness * z[i] > 300 ? z[i] : Math.Log(1 + Math.Exp(sharpness * z[i])) / sharpness;
            h[i].ShouldBe(formula, 1e-14);
            profile.At(z[i]).ShouldBe(formula, 1e-14);
            slopes[i].ShouldBe((profile.At(z[i] + 1e-6) - profile.At(z[i] - 1e-6)) / 2e-6, 1e-7);
        }
    }

    [Fact]
    public void A_function_of_the_ridges_is_found_again_and_others_better_with_more()
    {
        var fit = RidgeFit.OnSquare(4, new RidgeProfile(2));
        LocalFunction ridge = s => 2 * fit.Ridges.Profile.At(s[0] * fit.Ridges.Direction(5)[0] + s[1] * fit.Ridges.Direction(5)[1]
            + fit.Ridges.Offset(5));
        var (network, theta) = fit.Compose(new CompositionalFunction(2, [new Constituent([0, 1], ridge)]));
        network.At(theta, [.3, -.8]).ShouldBe(ridge([.3, -.8]), 1e-9);
        network.ParameterCount.ShouldBe(4 * 16);

        var tree = CompositionalFunction.BinaryTree(4, _ => H);
        double[] sup = [.. new[] { 4, 6, 9 }.Select(d =>
        {
            var (net, t) = RidgeFit.OnSquare(d, new RidgeProfile(d / 2.0)).Compose(tree);
            return new SupNorm { Samples = 300, Starts = 4 }.Of(new NetworkDifference(net, t, tree).At, 4, new RandomStream(1)).Maximum;
        })];
        sup[1].ShouldBeLessThan(sup[0] / 4);
        sup[2].ShouldBeLessThan(sup[1] / 4);
        Should.Throw<ArgumentException>(() => fit.Compose(new CompositionalFunction(3, [new Constituent([0, 1, 2], H)])))
            .Message.ShouldContain("2 variables");
    }

    [Fact]
    public void A_dense_network_contains_the_tree()
    {
        var seed = Random.Shared.Next();
        var tree = RidgeNetwork.Like(CompositionalFunction.BinaryTree(8, _ => H), 3, new RidgeProfile(2));
        var theta = tree.Start(new RandomStream(seed));
        var (dense, same) = DenseRival.Of(tree, theta);
        dense.ParameterCount.ShouldBe((int)DenseRival.Parameters(8, 3));
        var points = ApproximationError.Points(20, 8, new RandomStream(seed, 1));
        for (var i = 0; i < 20; i++)
        {
            var x = points.AsSpan(8 * i, 8).ToArray();
            dense.At(same, x).ShouldBe(tree.At(theta, x), 1e-12, $"seed {seed}");
        }
    }

    // 6 − x₁² − 3(x₂ − .37)² + .5 x₃ has its maximum on a face.
    [Fact]
    public void The_search_finds_a_maximum_that_no_point_is_near()
    {
        static void F(double[][] x, Memory<double> errors)
        {
            for (var i = 0; i < errors.Length; i++)
                errors.Span[i] = 6 - x[0][i] * x[0][i] - 3 * Math.Pow(x[1][i] - .37, 2) + .5 * x[2][i];
        }
        var (points, maximum) = new SupNorm { Samples = 50, Starts = 4, Resolution = 1e-4 }.Of(F, 3, new RandomStream(3));
        maximum.ShouldBe(6.5, 1e-6);
        points.Sup.ShouldBeLessThan(6.49);
    }

    [Fact]
    public void Widths_are_semi_axes_in_order_and_fall_like_their_law()
    {
        double[] axes = [.. (from a in Enumerable.Range(0, 40) from b in Enumerable.Range(0, 40)
            select SobolevWidths.SemiAxis(a * a + b * b, 2)).OrderDescending()];
        double[] counts = [1, 7, 100, 400];
        SobolevWidths.Of(2, 2, counts).ShouldBe([.. counts.Select(n => axes[(int)n])], 1e-15);
        SobolevWidths.Counts(3, 7).ShouldBe([1, 3, 3, 1, 3, 6, 3]);
        double[] many = [1e6, 1e8];
        ApproximationError.Exponent(many, SobolevWidths.Of(4, 3, many)).ShouldBe(-.75, .05);
    }

    [Fact]
    public void The_worst_function_is_no_better_than_the_width_and_no_worse_than_the_first_axis_left_out()
    {
        double[] smoothness = [1, 2];
        var ridges = RidgeDictionary.Plane(5, new RidgeProfile(2.5));
        var errors = WorstFunction.Errors(ridges, smoothness);
        for (var i = 0; i < 2; i++)
        {
            errors[i].ShouldBeGreaterThan(SobolevWidths.Of(2, smoothness[i], [25])[0]);
            errors[i].ShouldBeLessThan(SobolevWidths.SemiAxis(1, smoothness[i]));
        }
    }
}
