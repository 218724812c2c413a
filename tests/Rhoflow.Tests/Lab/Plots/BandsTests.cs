using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Plots;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Plots;

/// <summary>Middles and edges of bands, held against a second computation of each.</summary>
public sealed class BandsTests
{
    [Fact]
    public void Medians_quantiles_means_and_deviations_agree_with_a_second_computation()
    {
        var random = new Random();
        for (var trial = 0; trial < 60; trial++)
        {
            var (runs, points) = (random.Next(1, 12), random.Next(1, 9));
            double[] x = [.. Enumerable.Range(0, points).Select(i => (double)i)];
            (double[] X, double[] Y)[] traces =
                [.. Enumerable.Range(0, runs).Select(_ => (x, x.Select(_ => Math.Exp(3 * random.NextDouble()) - 5).ToArray()))];
            foreach (var spread in Enum.GetValues<BandSpread>())
            {
                var band = Bands.Of(traces, spread);
                band.X.ShouldBe(x);
                band.Interpolated.ShouldBeFalse();
                for (var i = 0; i < points; i++)
                {
                    double[] values = [.. traces.Select(t => t.Y[i])];
                    var (middle, low, high) = Reference(values, spread);
                    band.Middle[i].ShouldBe(middle, 1e-12 * Math.Max(1, Math.Abs(middle)));
                    band.Low[i].ShouldBe(low, 1e-10);
                    band.High[i].ShouldBe(high, 1e-10);
                    band.Counts[i].ShouldBe(runs);
                }
            }
        }
    }

    [Fact]
    public void A_run_counts_where_it_reaches_and_is_interpolated_between_its_observations()
    {
        var band = Bands.Of([([0, 2, 4], [0, 2, 4]), ([0, 1, 2], [10, 11, 12]), ([1, 4], [1, 7])], BandSpread.Range);
        band.X.ShouldBe([0, 1, 2, 4]);
        band.Counts.ShouldBe([2, 3, 3, 2]);
        band.Interpolated.ShouldBeTrue();
        // At 2 the third run is a third of the way from 1 to 7.
        band.Low.ShouldBe([0, 1, 2, 4]);
        band.Middle.ShouldBe([5, 1, 3, 5.5]);
        band.High.ShouldBe([10, 11, 12, 7]);
    }

    // The quantile as the value below which the share p of a piecewise linear distribution lies, found by counting; moments by Welford's
    // recurrence.
    private static (double Middle, double Low, double High) Reference(double[] values, BandSpread spread)
    {
        double Quantile(double p)
        {
            // 1 − (n − 1)p steps of weight from each order statistic to the next.
            var left = values.ToList();
            var steps = p * (values.Length - 1);
            while (steps >= 1)
            {
                left.Remove(left.Min());
                steps--;
            }
            var lowest = left.Min();
            left.Remove(lowest);
            return left.Count == 0 ? lowest : (1 - steps) * lowest + steps * left.Min();
        }

        switch (spread)
        {
            case BandSpread.Quartiles: return (Quantile(0.5), Quantile(0.25), Quantile(0.75));
            case BandSpread.Deciles: return (Quantile(0.5), Quantile(0.1), Quantile(0.9));
            case BandSpread.Range: return (Quantile(0.5), -values.Max(static v => -v), values.Max());
            default:
                var (mean, squares) = (0.0, 0.0);
                for (var n = 0; n < values.Length; n++)
                {
                    var difference = values[n] - mean;
                    mean += difference / (n + 1);
                    squares += difference * (values[n] - mean);
                }
                var sd = values.Length > 1 ? Math.Sqrt(squares / (values.Length - 1)) : 0;
                return (mean, mean - sd, mean + sd);
        }
    }
}
