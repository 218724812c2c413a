using Rhoflow.Lab.Figures;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// The rows of figures 2, 3, 7 and 11: a quantity from one start over the first hundredth, the first tenth and all of the iterations, on
/// linear axes; a dashed rectangle is the domain and range of the panel before.
/// </summary>
internal static class NormZoom
{
    private static readonly double[] s_shares = [.01, .1, 1];

    // Between the curve and the edge of a panel, as a share of its height.
    private const double Air = .04;

    /// <summary>Three panels a start.</summary>
    public static IEnumerable<Panel> Rows(NormGroup group, string y, Func<NormTraining, double[]> values) =>
        group.Starts.SelectMany(start => Row(group, start, y, values));

    private static IEnumerable<Panel> Row(NormGroup group, NormSweep.Start start, string y, Func<NormTraining, double[]> values)
    {
        var whole = NormPanels.Banded(start, static r => r["step"], values);
        var last = whole.X[^1];
        (double X, double Low, double High)? before = null;
        foreach (var share in s_shares)
        {
            var shown = Until(whole, share * last);
            if (shown.X.Count < 3) continue;
            double[] all = [.. shown.Y.Concat(shown.Low ?? []).Concat(shown.High ?? []).Where(double.IsFinite)];
            double air = Air * (all.Max() - all.Min()), low = all.Min() - air, high = all.Max() + air;
            var title = before is null ? $"{y} {start.Name}, the first iterations: {group.Title}"
                : share < 1 ? $"{y} {start.Name}, ten times as many" : $"{y} {start.Name}, all iterations";
            var panel = new Panel(title, new Axis("iterations", Min: 0, Max: shown.X[^1]), new Axis(y, Min: low, Max: high)).With(shown);
            if (before is var (x, from, to))
                panel = panel.Predicted("the panel before", [0, x, x, 0, 0], [from, from, to, to, from], colour: 7);
            yield return panel;
            before = (shown.X[^1], low, high);
        }
    }

    private static Series Until(Series series, double last)
    {
        var count = series.X.TakeWhile(x => x <= last).Count();
        return series with
        {
            X = [.. series.X.Take(count)],
            Y = [.. series.Y.Take(count)],
            Low = series.Low?.Take(count).ToArray(),
            High = series.High?.Take(count).ToArray(),
        };
    }
}
