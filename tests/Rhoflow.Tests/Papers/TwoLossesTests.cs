using Rhoflow.Papers.SetUps;
using Rhoflow.Papers.SquareLoss;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>What the claims on two losses are computed with, a second way.</summary>
public class TwoLossesTests
{
    private sealed class Columns(Dictionary<string, double[]> columns) : IObservations
    {
        public double[] this[string column] => columns[column];

        public double Last(string column) => columns[column][^1];
    }

    private static LossCurves Drawn(Random random, int seeds, int count) => new([.. Enumerable.Range(0, seeds).Select(_ =>
        new Columns(new Dictionary<string, double[]>
        {
            ["epoch"] = [.. Enumerable.Range(0, count).Select(static i => (double)(1 << i))],
            ["test_error"] = [.. Enumerable.Range(0, count).Select(_ => random.NextDouble())],
            ["log10_test_loss"] = [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 1)],
        }))]);

    [Theory]
    [InlineData(1)]
    [InlineData(null)]
    public void A_seed_is_stopped_by_the_others_alone(int? seed)
    {
        var curves = Drawn(new Random(seed ?? Random.Shared.Next()), 5, 9);
        for (var s = 0; s < 5; s++)
        {
            int best = 0;
            double least = double.PositiveInfinity;
            for (var i = 0; i < 9; i++)
            {
                var sum = 0.0;
                for (var other = 0; other < 5; other++)
                    if (other != s) sum += curves.Seeds[other]["test_error"][i];
                if (sum < least) (best, least) = (i, sum);
            }
            curves.StopOf(s).ShouldBe(best);
            curves.Gain[s].ShouldBe(curves.Seeds[s].Last("test_error") - curves.Seeds[s]["test_error"][best], 1e-15);
            curves.LossRise[s].ShouldBe(
                curves.Seeds[s]["log10_test_loss"].Max(l => Math.Pow(10, curves.Seeds[s].Last("log10_test_loss") - l)), 1e-12);
        }
        // What the seed itself does changes nothing in where it is stopped.
        var changed = new LossCurves([new Columns(new() { ["epoch"] = curves.Epochs, ["test_error"] = new double[9] }),
            .. curves.Seeds.Skip(1)]);
        changed.StopOf(0).ShouldBe(curves.StopOf(0));
    }

    [Fact]
    public void Epochs_to_a_good_error_are_the_first_or_none()
    {
        var curves = new LossCurves([.. new double[][] { [.9, .4, .5, .1], [.9, .8, .7, .6] }.Select(static e =>
            new Columns(new() { ["epoch"] = [0, 1, 3, 9], ["test_error"] = e }))]);
        curves.EpochsTo(.4).ShouldBe([1, double.NaN]);
        curves.EpochsTo(.6).ShouldBe([1, 9]);
        curves.Best.ShouldBe(.35, 1e-15);
    }

    // t_{.975} of 1, 4 and 9 degrees of freedom from tables.
    [Theory]
    [InlineData(2, 12.7062047)]
    [InlineData(5, 2.7764451)]
    [InlineData(10, 2.2621572)]
    public void A_mean_of_pairs_has_students_interval(int pairs, double t)
    {
        var random = new Random(Random.Shared.Next());
        double[] a = [.. Enumerable.Range(0, pairs).Select(_ => random.NextDouble())], b = [.. a.Select(_ => random.NextDouble())];
        var mean = (a.Sum() - b.Sum()) / pairs;
        var squares = Enumerable.Range(0, pairs).Sum(i => Math.Pow(a[i] - b[i], 2)) - pairs * mean * mean;
        var difference = PairedDifference.Of(a, b);
        difference.Mean.ShouldBe(mean, 1e-14);
        difference.Half.ShouldBe(t * Math.Sqrt(squares / (pairs - 1) / pairs), 1e-6);
        Should.Throw<ArgumentException>(() => PairedDifference.Of(a, b[1..]));
    }

    [Theory]
    [InlineData("mnist-square")]
    [InlineData("mnist-cross-entropy-rates")]
    public void A_table_of_several_runs_falls_into_them(string name)
    {
        var table = KeptRun.Find(TwoLosses.Config, name)!;
        var runs = table.By("seed");
        runs.Select(static r => r["seed"].Distinct().Single()).ShouldBe(table["seed"].Distinct());
        runs.Sum(static r => r["test_error"].Sum()).ShouldBe(table["test_error"].Sum(), 1e-9);
        Should.Throw<ArgumentException>(() => table.By("speed")).Message.ShouldContain("no column 'speed'");
    }

    // The least of the means over two seeds of the least errors, rate by rate, from the rows themselves.
    [Theory]
    [InlineData(TwoLosses.Square)]
    [InlineData(TwoLosses.CrossEntropy)]
    public void The_rate_is_the_one_with_the_least_error_on_other_seeds(string loss)
    {
        foreach (var set in TwoLosses.All)
        {
            var table = KeptRun.Find(TwoLosses.Config, $"{set.Key}-{loss}-rates")!;
            double[] rate = table["rate"], seed = table["seed"], error = table["test_error"], epoch = table["epoch"];
            var rows = Enumerable.Range(0, rate.Length).ToArray();
            var means = rate.Distinct().Where(r => seed.Distinct().All(s => rows.Where(i => rate[i] == r && seed[i] == s)
                    .Max(i => epoch[i]) == epoch.Max()))
                .ToDictionary(static r => r,
                    r => seed.Distinct().Average(s => rows.Where(i => rate[i] == r && seed[i] == s).Min(i => error[i])));
            means.Count.ShouldBeGreaterThan(4);
            means[set.Rate(loss)].ShouldBe(means.Values.Min(), 1e-15);
            seed.ShouldNotContain(static s => s < 5);
        }
    }
}
