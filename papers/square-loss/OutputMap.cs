using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Figure 9: how |f_n| = |y_n f_n| are distributed at every observation, as a map of |f_n| over time.</summary>
internal static class OutputMap
{
    private const int Bins = 28;

    /// <summary>A map a start, of its first run; of runs without margins at every observation the mean alone.</summary>
    public static IEnumerable<Panel> Panels(NormGroup group)
    {
        foreach (var start in group.Starts)
            if (start.Runs[0].Margins is { } margins) yield return Panel(group, start, margins);
        if (group.Starts.All(static s => s.Runs[0].Margins is null)) yield return NormPanels.Outputs(group).First();
    }

    private static Panel Panel(NormGroup group, NormSweep.Start start, Func<int, double[]> margins)
    {
        var run = start.Runs[0];
        var steps = run["step"];
        double[][] sorted = [.. Enumerable.Range(0, steps.Length).Where(i => steps[i] > 0).Select(margins)];
        double[] mean = [.. run["abs_f_mean"].Where((_, i) => steps[i] > 0)];
        // From a thirtieth of the least mean to ten times the greatest, in equal steps of log |f_n|.
        var edges = Edges(mean.Min() / 30, mean.Max() * 10);
        double[][] shares = [.. sorted.Select(m => Shares(m, edges))];
        return new Panel($"|f_n| {start.Name}, first seed: {group.Name}", new Axis("iterations"), new Axis("|f_n|, f = g/∏ρ_k"))
        {
            Cells = new Cells([.. steps.Where(static s => s > 0).Select(static s => Wording.Count((long)s))],
                [.. edges[..^1].Select(static e => Wording.Text(e, 2))],
                [.. Enumerable.Range(0, edges.Length - 1).Select(b => shares.Select(s => s[b] > 0 ? s[b] : double.NaN).ToArray())],
                new Axis("share of training examples")),
        };
    }

    /// <summary>Edges of <see cref="Bins"/> bins, equal in the logarithm.</summary>
    public static double[] Edges(double low, double high) =>
        [.. Enumerable.Range(0, Bins + 1).Select(i => low * Math.Pow(high / low, (double)i / Bins))];

    /// <summary>
    /// The share of examples with |m| in each bin, the outer ones open, from sorted margins or as many quantiles at equal steps: between
    /// two neighbours margins lie evenly.
    /// </summary>
    /// <param name="sorted">Ascending.</param>
    /// <param name="edges">Ascending, positive.</param>
    public static double[] Shares(IReadOnlyList<double> sorted, IReadOnlyList<double> edges)
    {
        // The share of examples below m, by linear interpolation.
        double Below(double m)
        {
            if (m < sorted[0]) return 0;
            if (m >= sorted[^1]) return 1;
            int low = 0, high = sorted.Count - 1;
            while (high - low > 1)
            {
                var middle = (low + high) / 2;
                if (sorted[middle] <= m) low = middle;
                else high = middle;
            }
            return (low + (m - sorted[low]) / (sorted[high] - sorted[low])) / (sorted.Count - 1);
        }
        double[] within = [.. edges.Select(e => Below(e) - Below(-e))];
        return [.. Enumerable.Range(0, edges.Count - 1).Select(b =>
            (b == edges.Count - 2 ? 1 : within[b + 1]) - (b == 0 ? 0 : within[b]))];
    }
}
