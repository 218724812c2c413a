using System.Globalization;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Runs;
using Rhoflow.Lab.Tables;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Tables;

/// <summary>Groups of runs and their aggregates, against sums by hand.</summary>
public sealed class GroupTableTests
{
    [Fact]
    public void Aggregates_are_those_of_a_second_computation()
    {
        var random = new Random();
        for (var i = 0; i < 300; i++)
        {
            double[] x = [.. Enumerable.Range(0, 1 + random.Next(9)).Select(_ => Math.Round(random.NextDouble() * 20 - 10, random.Next(3)))
                .Order()];
            var n = x.Length;
            double Of(string name) => Aggregate.Parse(name)[0].Of(x);
            // The variance by all pairs: Σ_{i<j} (x_i − x_j)² / n(n − 1).
            var pairs = x.Sum(a => x.Sum(b => (a - b) * (a - b))) / 2;
            var sd = n > 1 ? Math.Sqrt(pairs / (n * (n - 1.0))) : double.NaN;
            Of("mean").ShouldBe(x.Aggregate(0.0, static (a, b) => a + b) / n, 1e-12);
            if (n > 1) Of("sd").ShouldBe(sd, 1e-12);
            else Of("sd").ShouldBe(double.NaN);
            if (n > 1) Of("sem").ShouldBe(sd / Math.Sqrt(n), 1e-12);
            (Of("min"), Of("max"), Of("n"), Of("q0"), Of("q100")).ShouldBe((x.Min(), x.Max(), n, x.Min(), x.Max()));
            Of("median").ShouldBe(n % 2 == 1 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2, 1e-12);
            Of("sum").ShouldBe(x.Sum(), 1e-12);
            // The quantile is where the polygon through (i / (n − 1), x_i) stands.
            var p = random.Next(1001) / 1000.0;
            var polygon = n == 1 ? x[0] : Enumerable.Range(0, n - 1).Select(k => (From: k / (n - 1.0), To: (k + 1) / (n - 1.0), k))
                .Where(s => p >= s.From && p <= s.To).Select(s => x[s.k] + (x[s.k + 1] - x[s.k]) * (p - s.From) * (n - 1)).First();
            Of(string.Create(CultureInfo.InvariantCulture, $"q{p * 100:0.#}")).ShouldBe(polygon, 1e-9);
        }
        Aggregate.Parse("mean")[0].Of([double.MaxValue, double.MaxValue]).ShouldBe(double.MaxValue);
        Aggregate.Parse("mean")[0].Of([0.1, 0.1, 0.1]).ShouldBe(0.1);
        Should.Throw<ConfigException>(() => Aggregate.Parse("men")).Message.ShouldContain("nearest: mean");
        Should.Throw<ConfigException>(() => Aggregate.Parse("q101"));
        Should.Throw<ConfigException>(() => Aggregate.Parse("q-1"));
        Should.Throw<ConfigException>(() => Aggregate.Parse(","));
    }

    [Fact]
    public void Groups_agree_in_their_keys_and_say_what_is_missing()
    {
        using var folder = new TemporaryFolder();
        var random = new Random();
        var made = new List<(double Scale, string Loss, double Error)>();
        for (var i = 0; i < 30; i++)
        {
            var (scale, loss) = (random.Next(3), random.Next(2) > 0 ? "square" : "logistic");
            var error = random.Next(5) > 0 ? random.NextDouble() : double.NaN;
            made.Add((scale, loss, error));
            // 1 and 1.0 are one value.
            MadeRuns.Add(folder.Path, "made", MadeRuns.Id(i),
                [("seed", $"{i}"), ("init.scale", random.Next(2) > 0 ? $"{scale}" : $"{scale}.0"), ("loss.name", loss)],
                ["test_error"], [[error]], i == 7 ? "failed" : "finished");
        }
        var runs = RunRecord.Read(RunFolder.Under(folder.Path));
        var columns = new RunColumns(runs);
        var groups = GroupTable.Of(runs, columns.FindAll("init.scale,loss", "--group"), [columns.Find("test_error", "")],
            Aggregate.Parse("mean,n"));
        groups.Columns.ShouldBe(["init.scale", "loss.name", "n", "test_error_mean", "test_error_n"]);
        groups.KeyCount.ShouldBe(2);
        groups.Rows.Count.ShouldBe(made.Select(static m => (m.Scale, m.Loss)).Distinct().Count());
        foreach (var row in groups.Rows)
        {
            var here = made.Where(m => m.Scale == row[0].Number && m.Loss == row[1].Text).ToArray();
            double[] errors = [.. here.Select(static m => m.Error).Where(static e => !double.IsNaN(e))];
            (row[2].Number, row[4].Number).ShouldBe((here.Length, errors.Length));
            if (errors.Length > 0) row[3].Number!.Value.ShouldBe(errors.Average(), 1e-12);
            else row[3].IsNothing.ShouldBeTrue();
        }
        groups.Rows.Select(static r => r[0].Number).ShouldBe(groups.Rows.Select(static r => r[0].Number).Order());
        groups.Members.Sum(static m => m.Count).ShouldBe(30);
        groups.Notes.ShouldBe([.. made.Count(static m => double.IsNaN(m.Error)) is > 0 and var none
            ? [$"{none} of 30 runs have no test_error"] : Array.Empty<string>(),
            "among the runs: 1 failed; --where status=finished leaves them out"]);

        var sorted = groups.Sorted("-test_error");
        double[] means = [.. sorted.Rows.Select(static r => r[3].Number).OfType<double>()];
        means.ShouldBe(means.OrderDescending());
        Should.Throw<ConfigException>(() => groups.Sorted("tset_error_mean")).Message.ShouldContain("nearest: test_error_mean");
        GroupTable.Of(runs, [], [], Aggregate.Parse("mean")).Rows.ShouldHaveSingleItem()[0].Number.ShouldBe(30);
    }
}
