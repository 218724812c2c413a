using Rhoflow.Lab.Claims;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Claims;

/// <summary>Fisher's interval against sampling: it holds the true correlation in 95 of 100 draws, and agrees with permutations.</summary>
public class CorrelationIntervalTests
{
    [Fact]
    public void It_is_the_interval_of_the_tables()
    {
        // artanh .42 ± 1.96 √(1.06/13), and Student's bound of significance, r = .497 at n = 16.
        var ranks = CorrelationInterval.OfSpearman(.42, 16);
        ranks.Low.ShouldBe(-.112, .002);
        ranks.High.ShouldBe(.765, .002);
        CorrelationInterval.OfPearson(.497, 16).Low.ShouldBe(0, .005);
        CorrelationInterval.OfPearson(-.3, 50).Low.ShouldBe(-CorrelationInterval.OfPearson(.3, 50).High, 1e-15);
        CorrelationInterval.OfPearson(1, 10).ToString().ShouldBe("between 1 and 1 with 95 % confidence, 10 pairs");
        Should.Throw<ArgumentException>(() => CorrelationInterval.OfPearson(.5, 3)).Message.ShouldContain("at least 4");
        Should.Throw<ArgumentException>(() => CorrelationInterval.OfPearson(1.5, 9)).Message.ShouldContain("no correlation");
        double.IsNaN(CorrelationInterval.OfPearson(double.NaN, 9).Low).ShouldBeTrue();
    }

    // Normal pairs of a known correlation, drawn anew at every run. Of 4,000 intervals 95 % hold it, with a standard deviation of .34 %;
    // six of these and half a per cent for Fisher's approximation at n = 16.
    [Theory]
    [InlineData(0)]
    [InlineData(.5)]
    [InlineData(-.8)]
    public void It_holds_the_correlation_of_the_population_in_95_of_100_draws(double truth)
    {
        const int draws = 4000, pairs = 16;
        var random = new RandomStream(Random.Shared.NextInt64());
        double pearson = 0, spearman = 0;
        // Spearman's correlation of normal pairs.
        var ranked = 6 / Math.PI * Math.Asin(truth / 2);
        double[] x = new double[pairs], y = new double[pairs];
        for (var draw = 0; draw < draws; draw++)
        {
            for (var i = 0; i < pairs; i++)
            {
                x[i] = random.NextNormal();
                y[i] = truth * x[i] + Math.Sqrt(1 - truth * truth) * random.NextNormal();
            }
            if (Holds(CorrelationInterval.OfPearson(LinearRegression.Correlation(x, y), pairs), truth)) pearson++;
            if (Holds(CorrelationInterval.OfSpearman(RankCorrelation.Spearman(x, y), pairs), ranked)) spearman++;
        }
        (pearson / draws).ShouldBe(.95, 6 * .0034 + .005);
        // Spearman's variance is that of moderate correlations; at −.8 the interval is a little narrow.
        (spearman / draws).ShouldBe(.95, 6 * .0034 + .02);
    }

    // Of independent pairs: the interval is away from 0 where few permutations of y have as large a correlation.
    [Fact]
    public void It_straddles_zero_where_permutations_do()
    {
        var random = new RandomStream(Random.Shared.NextInt64());
        const int pairs = 16, permutations = 4000;
        double[] x = [.. Enumerable.Range(0, pairs).Select(_ => random.NextNormal())];
        double[] y = [.. x.Select(v => .5 * v + random.NextNormal())];
        var shuffled = Enumerable.Range(0, permutations).Select(_ =>
            Math.Abs(LinearRegression.Correlation(x, [.. random.Permutation(pairs).Select(i => y[i])]))).Order().ToArray();
        var critical = shuffled[(int)(.95 * permutations)];
        // The 5 % level of the permutations of one sample is near that of the interval; samples differ in their tails.
        CorrelationInterval.OfPearson(critical, pairs).Low.ShouldBe(0, .1);
    }

    [Theory]
    [InlineData(.42, null)]
    [InlineData(.95, true)]
    [InlineData(-.2, false)]
    [InlineData(double.NaN, null)]
    public void A_check_is_open_where_the_interval_straddles_its_bound(double r, bool? passed)
    {
        var judge = new Judge();
        judge.Printed.AtLeast("correlation", CorrelationInterval.OfPearson(r, 16), .5);
        judge.Outcome().Checks.Single().Passed.ShouldBe(passed);
        var mirrored = new Judge();
        mirrored.Printed.AtMost("correlation", CorrelationInterval.OfPearson(-r, 16), -.5);
        mirrored.Outcome().Checks.Single().Passed.ShouldBe(passed);
        var wide = new Judge();
        wide.Printed.AtLeast("correlation", CorrelationInterval.OfPearson(r, 16), lenient: .5, strict: .99);
        wide.Outcome().Checks.Single().Passed.ShouldBe(passed == false ? false : null);
    }

    [Fact]
    public void What_few_pairs_leave_open_is_said()
    {
        var judge = new Judge();
        judge.Printed.AtLeast("rank correlation", CorrelationInterval.OfSpearman(.42, 16), .5);
        judge.Outcome(open: "More networks would tell.").Why.ShouldBe("Not decided, because so few pairs leave the answer open: rank "
            + "correlation = 0.42 (expected ≥ 0.5; between −0.112 and 0.765 with 95 % confidence, 16 pairs). More networks would tell.");
    }

    private static bool Holds(CorrelationInterval interval, double value) => interval.Low <= value && value <= interval.High;
}
