using Rhoflow.Measures.Spectra;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Spectra;

/// <summary>Power-law tails against searches and integrals by hand, and against samples whose law is known.</summary>
public class PowerLawTests
{
    private readonly int _seed = Environment.TickCount;

    private Random Fresh()
    {
        TestContext.Current.SendDiagnosticMessage("seed {0}", _seed);
        return new Random(_seed);
    }

    private static double[] Pareto(Random random, int count, double alpha, double start) =>
        [.. Enumerable.Range(0, count).Select(_ => Math.Log(start) - Math.Log(1 - random.NextDouble()) / (alpha - 1)).Order()];

    // Clauset, Shalizi and Newman §3.3 as it is said: every value in turn, every point of the tail.
    private static (double Alpha, double Start, int Count, double Distance) ByHand(double[] logs)
    {
        (double, double, int, double Distance) best = (0, 0, 0, double.PositiveInfinity);
        foreach (var start in logs.Distinct())
        {
            var tail = logs.Where(l => l >= start).Select(static l => Math.Exp(l)).ToArray();
            if (tail.Length < 10) break;
            var least = tail.Min();
            var alpha = 1 + tail.Length / tail.Sum(x => Math.Log(x / least));
            var distance = 0.0;
            foreach (var x in tail)
            {
                var fit = 1 - Math.Pow(x / least, 1 - alpha);
                distance = Math.Max(distance, Math.Abs(fit - tail.Count(v => v <= x) / (double)tail.Length));
                distance = Math.Max(distance, Math.Abs(fit - tail.Count(v => v < x) / (double)tail.Length));
            }
            if (distance < best.Distance) best = (alpha, start, tail.Length, distance);
        }
        return best;
    }

    [Fact]
    public void The_fit_is_that_of_a_search_by_hand()
    {
        var random = Fresh();
        for (var trial = 0; trial < 12; trial++)
        {
            var shape = random.Next(3);
            double[] logs = [.. Enumerable.Range(0, random.Next(20, 150)).Select(_ => shape switch
            {
                0 => -Math.Log(1 - random.NextDouble()) / 2,
                1 => Math.Round(4 * random.NextDouble(), 1),
                _ => 3 * random.NextDouble() * random.NextDouble() - 30,
            }).Order()];
            var fit = PowerLawTail.Of(logs)!.Value;
            var (alpha, start, count, distance) = ByHand(logs);
            fit.Distance.ShouldBe(distance, 1e-11, $"seed {_seed}");
            (fit.LogStart, fit.Count).ShouldBe((start, count), $"seed {_seed}");
            fit.Alpha.ShouldBe(alpha, 1e-9 * alpha);
            fit.Error.ShouldBe((alpha - 1) / Math.Sqrt(count), 1e-9 * alpha);
        }
    }

    // Error bars that hold: α of samples that are a power law from their smallest value on, within five standard errors.
    [Theory]
    [InlineData(1.7)]
    [InlineData(2.5)]
    [InlineData(4.0)]
    public void The_exponent_of_a_sample_is_found_within_its_error(double alpha)
    {
        var fit = PowerLawTail.Of(Pareto(Fresh(), 5000, alpha, 0.03))!.Value;
        // The distance is least by chance somewhere: seldom where few values are left.
        fit.Count.ShouldBeGreaterThan(100, $"seed {_seed}");
        Math.Abs(fit.Alpha - alpha).ShouldBeLessThan(6 * fit.Error, $"seed {_seed}");
    }

    [Fact]
    public void Scaling_the_values_moves_the_start_alone()
    {
        var logs = Pareto(Fresh(), 300, 2.2, 1);
        var (fit, far) = (PowerLawTail.Of(logs)!.Value, PowerLawTail.Of([.. logs.Select(static l => l + 1e3)])!.Value);
        far.Alpha.ShouldBe(fit.Alpha, 1e-9, $"seed {_seed}");
        far.LogStart.ShouldBe(fit.LogStart + 1e3, 1e-9);
        far.Count.ShouldBe(fit.Count);
    }

    [Fact]
    public void Too_few_or_equal_values_have_no_tail()
    {
        PowerLawTail.Of([1, 2, 3, 4, 5, 6, 7, 8, 9]).ShouldBeNull();
        PowerLawTail.Of([.. Enumerable.Repeat(2.0, 50)]).ShouldBeNull();
        PowerLawTail.Of([]).ShouldBeNull();
    }

    // p is uniform for power laws, and small for what is none: half of a normal law, whose tail falls faster than any power.
    [Fact]
    public void The_bootstrap_accepts_power_laws_and_refuses_a_uniform_law()
    {
        var random = Fresh();
        var p = Enumerable.Range(0, 20).Select(_ => P(Pareto(random, 200, 2.5, 1))).ToArray();
        // P(p ≤ 0.05) is 1/20 each: 8 of 20 or more have probability 2e-6.
        p.Count(static v => v <= 0.05).ShouldBeLessThan(8, $"seed {_seed}");
        p.Average().ShouldBeInRange(0.15, 0.9, $"seed {_seed}");
        double[] bounded = [.. Enumerable.Range(0, 4000).Select(i => Math.Log(1 + i / 4000.0))];
        var refused = P(bounded);
        refused.ShouldBeLessThanOrEqualTo(0.1);
        P(bounded).ShouldBe(refused);
        TailBootstrap.Probability(bounded, PowerLawTail.Of(bounded)!.Value, 0, 0).ShouldBe(double.NaN);

        static double P(double[] logs) => TailBootstrap.Probability(logs, PowerLawTail.Of(logs)!.Value, 40, 0);
    }

    [Fact]
    public void The_exponential_ratio_is_the_sum_of_the_densities_by_hand()
    {
        var logs = Pareto(Fresh(), 60, 3, 2);
        var x = logs.Select(static l => Math.Exp(l)).ToArray();
        var alpha = 1 + x.Length / x.Sum(v => Math.Log(v / x[0]));
        var rate = 1 / (x.Average() - x[0]);
        double[] d = [.. x.Select(v => Math.Log((alpha - 1) / x[0] * Math.Pow(v / x[0], -alpha))
            - Math.Log(rate * Math.Exp(-rate * (v - x[0]))))];
        var variance = d.Sum(v => (v - d.Average()) * (v - d.Average())) / d.Length;
        var of = TailRivals.Exponential(logs, alpha);
        of.LogRatio.ShouldBe(d.Sum(), 1e-9 * d.Sum(Math.Abs), $"seed {_seed}");
        // erfc(z/√2) by Simpson's rule on the normal density.
        var z = Math.Abs(d.Sum()) / Math.Sqrt(d.Length * variance);
        of.Probability.ShouldBe(1 - 2 * Simpson(t => Math.Exp(-t * t / 2) / Math.Sqrt(2 * Math.PI), 0, z), 1e-9);
    }

    // The likeliest of all cut-off lognormals, looked for on a grid of (μ, s) with its constant by integration.
    [Theory]
    [InlineData(0.4)]
    [InlineData(1.0)]
    public void The_lognormal_is_the_likeliest_there_is(double s)
    {
        var random = Fresh();
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        double[] logs = [.. Enumerable.Range(0, 400).Select(_ => Normal() * s).Where(static v => v > -0.2).Order()];
        var (n, y) = (logs.Length, logs.Select(l => l - logs[0]).ToArray());
        var exponent = n / y.Sum();
        var power = n * Math.Log(exponent) - exponent * y.Sum();
        var lognormal = power - TailRivals.Lognormal(logs, 1 + exponent).LogRatio;
        double Likelihood(double m, double width) => -y.Sum(v => (v - m) * (v - m)) / (2 * width * width)
            - n * Math.Log(Simpson(v => Math.Exp(-(v - m) * (v - m) / (2 * width * width)), 0, Math.Max(m, 0) + 14 * width));
        var best = double.NegativeInfinity;
        for (var m = -1.5; m <= 1.5; m += 0.1)
            for (var width = 0.2; width < 2; width += 0.05) best = Math.Max(best, Likelihood(m, width));
        lognormal.ShouldBeGreaterThan(best - 1e-6, $"seed {_seed}");
        lognormal.ShouldBeLessThan(best + 1, $"seed {_seed}");
        TailRivals.Lognormal(logs, 1 + exponent).LogRatio.ShouldBeLessThanOrEqualTo(0);
    }

    [Fact]
    public void A_tail_heavier_than_every_lognormal_is_the_power_law_itself()
    {
        // Variance of y above its mean squared.
        double[] logs = [.. Enumerable.Range(0, 30).Select(static i => (double)i * i * i)];
        TailRivals.Lognormal(logs, 2).ShouldBe(new TailComparison(0, 1));
    }

    private static double Simpson(Func<double, double> f, double from, double to)
    {
        const int Steps = 2000;
        var (h, sum) = ((to - from) / Steps, 0.0);
        for (var i = 0; i <= Steps; i++) sum += f(from + i * h) * (i is 0 or Steps ? 1 : i % 2 == 1 ? 4 : 2);
        return sum * h / 3;
    }
}
