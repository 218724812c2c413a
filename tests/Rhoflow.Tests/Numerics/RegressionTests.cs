using FsCheck.Fluent;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Numerics;

public class RegressionTests
{
    // Anscombe's first quartet (1973): slope .500, intercept 3.00, r² .667.
    private static readonly double[] s_x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
    private static readonly double[] s_y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];

    [Fact]
    public void Anscombes_first_quartet()
    {
        var line = LinearRegression.Of(s_x, s_y);
        line.Slope.ShouldBe(0.5000909, 1e-7);
        line.Intercept.ShouldBe(3.0000909, 1e-7);
        line.R.ShouldBe(0.8164205, 1e-7);
        (line.Deviation * line.Deviation * 11).ShouldBe(13.7626900, 1e-6);
        line.Count.ShouldBe(11);
        RankCorrelation.Spearman(s_x, s_y).ShouldBe(0.8181818, 1e-7);
    }

    // Spearman without ties is 1 − 6Σd²/(n³ − n), and does not see monotone maps; with ties the ranks are means.
    [Fact]
    public void Ranks_and_their_correlation()
    {
        RankCorrelation.Ranks([3, 1, 3, 2, 3]).ShouldBe([4, 1, 4, 2, 4]);
        RankCorrelation.Spearman([1, 2, 2, 3], [1, 2, 3, 4]).ShouldBe(0.9486832980505138, 1e-14);
        RankCorrelation.Spearman([1, 2, 3], [5, 5, 5]).ShouldBe(double.NaN);
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(60),
            Prop.ForAll(Gen.Choose(0, 1 << 20).ToArbitrary(), static seed =>
        {
            var random = new Random(seed);
            var n = random.Next(2, 40);
            double[] x = Problems.Normal(random, n), y = Problems.Normal(random, n);
            var squares = RankCorrelation.Ranks(x).Zip(RankCorrelation.Ranks(y), static (a, b) => (a - b) * (a - b)).Sum();
            var expected = 1 - 6 * squares / ((double)n * n * n - n);
            return Math.Abs(RankCorrelation.Spearman(x, y) - expected) < 1e-12
                && Math.Abs(RankCorrelation.Spearman([.. x.Select(Math.Exp)], [.. y.Select(static v => -v * v * v)]) + expected) < 1e-12;
        }));
    }

    // Losses that all are ln 10 − 1e-9: centred sums keep what the plain ones lose.
    [Fact]
    public void Lines_through_points_far_from_the_origin()
    {
        double[] x = [.. s_x.Select(static v => 1e6 + v * 1e-3)], y = [.. x.Select(static v => 2 * v - 7)];
        var line = LinearRegression.Of(x, y);
        line.Slope.ShouldBe(2, 1e-6);
        line.R.ShouldBe(1, 1e-12);
        LinearRegression.Of([1, 2], [4, 4]).R.ShouldBe(double.NaN);
        LinearRegression.Of([1, 2], [4, 4]).Slope.ShouldBe(0);
    }

    [Fact]
    public void Bad_points_are_named()
    {
        Should.Throw<ArgumentException>(static () => LinearRegression.Of([1], [2])).Message.ShouldContain("at least two");
        Should.Throw<ArgumentException>(static () => LinearRegression.Of([1, 1], [2, 3])).Message.ShouldContain("above each other");
        Should.Throw<ArgumentException>(static () => RankCorrelation.Spearman([1, double.NaN], [2, 3])).Message.ShouldContain("point 1");
        Should.Throw<ArgumentException>(static () => LinearRegression.Of([1, 2, 3], [2, 3])).Message.ShouldContain("3 values of x and 2");
    }
}
