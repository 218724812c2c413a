using System.Globalization;
using Rhoflow.Lab.Files;
using Rhoflow.Measures.Margins;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// What papers/square-loss/results/norms/ keeps of a run at full size: NAME.csv, an observation a row, and NAME-margins.csv, the sorted
/// margins at the end. With six digits, and without the columns that no figure looks at.
/// </summary>
internal static class KeptNorms
{
    private static readonly string[] s_evaluated = ["log10_loss", "train_error", "test_error", "log10_test_loss", "rho", .. Layers("rho_"),
        "margin_min", "margin_mean", "abs_f_mean", "rho_equilibrium_undecayed"];

    private static readonly string[] s_columns = ["step", "epoch", "t", .. s_evaluated, .. Layers("rho_raw_"), "test_margin_mean",
        "rho_equilibrium", .. s_evaluated.Select(static c => NormTraining.WholeSet + c)];

    /// <summary>Writes both tables.</summary>
    /// <param name="folder">Where to; made.</param>
    /// <param name="name">NAME.</param>
    /// <param name="run">The run.</param>
    /// <param name="withMargins">Also quantiles of the margins at every observation, for the map of figure 9.</param>
    public static void Write(string folder, string name, NormTraining run, bool withMargins)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path.Combine(folder, $"{name}.csv"), Observations(run, withMargins));
        AtomicFile.Write(Path.Combine(folder, $"{name}-margins.csv"), Margins(run));
    }

    /// <summary>The table of observations.</summary>
    public static string Observations(NormTraining run, bool withMargins)
    {
        string[] names = [.. s_columns.Where(run.Has)];
        double[][] columns = [.. names.Select(c => run[c])];
        if (withMargins) names = [.. names, .. Enumerable.Range(1, NormTraining.Quantiles).Select(static i => $"m{i}")];
        return Table(names, Enumerable.Range(0, columns[0].Length).Select(row => columns.Select(c => c[row])
            .Concat(withMargins ? Quantiles(run.Margins!(row), NormTraining.Quantiles) : [])));
    }

    /// <summary>The sorted margins at the end, by running statistics and, with batch normalization, by those of the whole set.</summary>
    public static string Margins(NormTraining run)
    {
        (string Name, double[] Values)[] ends = [.. new[] { "", NormTraining.WholeSet }
            .Select(s => (s + "margin", run.FinalMargins(s))).Where(static e => e.Item2 is not null)
            .Select(static e => (e.Item1, Quantiles(e.Item2!, NormTraining.FinalQuantiles)))];
        return Table(["share", .. ends.Select(static e => e.Name)], Enumerable.Range(0, NormTraining.FinalQuantiles).Select(i =>
            ends.Select(e => e.Values[i]).Prepend(i / (NormTraining.FinalQuantiles - 1.0))));
    }

    private static double[] Quantiles(double[] sorted, int count) =>
        [.. Enumerable.Range(0, count).Select(i => MarginCurve.Quantile(sorted, i / (count - 1.0)))];

    private static string Table(IEnumerable<string> names, IEnumerable<IEnumerable<double>> rows) => string.Concat(
        rows.Select(static r => string.Join(',', r.Select(Text)))
            .Prepend(string.Join(',', names)).Select(static line => line + '\n'));

    private static string Text(double value) => double.IsNaN(value) ? "nan" : double.IsInfinity(value) ? value > 0 ? "inf" : "-inf"
        : value.ToString("G6", CultureInfo.InvariantCulture);

    private static IEnumerable<string> Layers(string prefix) => Enumerable.Range(1, NormTraining.Layers).Select(k => $"{prefix}{k}");
}
