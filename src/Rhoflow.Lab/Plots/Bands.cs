using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Tables;

namespace Rhoflow.Lab.Plots;

/// <summary>The middle and the edges of several runs' ordinates, at each abscissa.</summary>
/// <param name="X">The abscissas of any of the runs, ascending.</param>
/// <param name="Middle">Median or mean.</param>
/// <param name="Low">The lower edge.</param>
/// <param name="High">The upper edge.</param>
/// <param name="Counts">How many runs reach over this abscissa.</param>
/// <param name="Interpolated">Whether a run was not observed at some abscissa, and is drawn there between its neighbours.</param>
internal sealed record Bands(double[] X, double[] Middle, double[] Low, double[] High, int[] Counts, bool Interpolated)
{
    /// <summary>The band of some traces, whose abscissas grow. Where a run has ended, or has not begun, it does not count.</summary>
    public static Bands Of(IReadOnlyList<(double[] X, double[] Y)> traces, BandSpread spread)
    {
        double[] x = [.. traces.SelectMany(static t => t.X).Distinct().Order()];
        var band = new Bands(x, new double[x.Length], new double[x.Length], new double[x.Length], new int[x.Length], false);
        var between = false;
        var values = new List<double>(traces.Count);
        var at = new int[traces.Count];
        for (var i = 0; i < x.Length; i++)
        {
            values.Clear();
            for (var k = 0; k < traces.Count; k++)
            {
                var (xs, ys) = traces[k];
                while (at[k] < xs.Length && xs[at[k]] < x[i]) at[k]++;
                if (at[k] == xs.Length) continue;
                if (xs[at[k]] == x[i]) values.Add(ys[at[k]]);
                else if (at[k] > 0)
                {
                    var (a, b) = (at[k] - 1, at[k]);
                    values.Add(ys[a] + (ys[b] - ys[a]) * ((x[i] - xs[a]) / (xs[b] - xs[a])));
                    between = true;
                }
            }
            values.Sort();
            (band.Middle[i], band.Low[i], band.High[i]) = Edges([.. values], spread);
            band.Counts[i] = values.Count;
        }
        return band with { Interpolated = between };
    }

    /// <summary>Whether abscissas grow from each to the next.</summary>
    public static bool Grows(double[] x) => x.Zip(x.Skip(1)).All(static p => p.First < p.Second);

    /// <summary>What the middle and the edges are called.</summary>
    public static (string Middle, string Low, string High) Names(BandSpread spread) => spread switch
    {
        BandSpread.Deciles => ("median", "q10", "q90"),
        BandSpread.Range => ("median", "min", "max"),
        BandSpread.Sd => ("mean", "mean_minus_sd", "mean_plus_sd"),
        _ => ("median", "q25", "q75"),
    };

    /// <summary>In words.</summary>
    public static string Words(BandSpread spread) => spread switch
    {
        BandSpread.Deciles => "median and 10–90 %",
        BandSpread.Range => "median, least and greatest",
        BandSpread.Sd => "mean ± one standard deviation",
        _ => "median and quartiles",
    };

    private static (double Middle, double Low, double High) Edges(double[] ascending, BandSpread spread)
    {
        double Q(double p) => Aggregate.Quantile(ascending, p);
        switch (spread)
        {
            case BandSpread.Deciles: return (Q(0.5), Q(0.1), Q(0.9));
            case BandSpread.Range: return (Q(0.5), ascending[0], ascending[^1]);
            case BandSpread.Sd:
                var mean = ascending.Average();
                // Of one run there is no spread: the band has no width there.
                var sd = ascending.Length < 2 ? 0 : Math.Sqrt(ascending.Sum(v => (v - mean) * (v - mean)) / (ascending.Length - 1));
                return (mean, mean - sd, mean + sd);
            default: return (Q(0.5), Q(0.25), Q(0.75));
        }
    }
}
