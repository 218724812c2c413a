using Rhoflow.Lab.Claims;
using Rhoflow.Measures.Margins;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// What papers/square-loss/results/norms/ keeps of a run at full size: NAME.csv, an observation a row, and NAME-margins.csv, the sorted
/// margins at the end, without the columns that no figure looks at.
/// </summary>
internal static class KeptNorms
{
    private static readonly string[] s_evaluated = ["log10_loss", "train_error", "test_error", "log10_test_loss", "rho", .. Layers("rho_"),
        "margin_min", "margin_mean", "abs_f_mean", "rho_equilibrium_undecayed"];

    private static readonly string[] s_columns = ["step", "epoch", "t", .. s_evaluated, .. Layers("rho_raw_"), "test_margin_mean",
        "rho_equilibrium", .. s_evaluated.Select(static c => NormTraining.WholeSet + c)];

    /// <summary>Writes both tables beside the report.</summary>
    /// <param name="context">Whose.</param>
    /// <param name="config">Paper key and file.</param>
    /// <param name="name">NAME.</param>
    /// <param name="run">The run.</param>
    /// <param name="withMargins">Also quantiles of the margins at every observation, for the map of figure 9.</param>
    public static void Write(StudyContext context, string config, string name, NormTraining run, bool withMargins)
    {
        Observations(run, withMargins).Write(context, config, name);
        Margins(run).Write(context, config, $"{name}-margins");
    }

    /// <summary>The table of observations.</summary>
    public static KeptTable Observations(NormTraining run, bool withMargins)
    {
        string[] names = [.. s_columns.Where(run.Has)];
        double[][] columns = [.. names.Select(c => run[c])];
        if (withMargins) names = [.. names, .. Enumerable.Range(1, NormTraining.Quantiles).Select(static i => $"m{i}")];
        return new(names, [.. Enumerable.Range(0, columns[0].Length).Select(row => (double[])[.. columns.Select(c => c[row]),
            .. withMargins ? Quantiles(run.Margins!(row), NormTraining.Quantiles) : []])]);
    }

    /// <summary>The sorted margins at the end, by running statistics and, with batch normalization, by those of the whole set.</summary>
    public static KeptTable Margins(NormTraining run)
    {
        (string Name, double[] Values)[] ends = [.. new[] { "", NormTraining.WholeSet }
            .Select(s => (s + "margin", run.FinalMargins(s))).Where(static e => e.Item2 is not null)
            .Select(static e => (e.Item1, Quantiles(e.Item2!, NormTraining.FinalQuantiles)))];
        return new(["share", .. ends.Select(static e => e.Name)], [.. Enumerable.Range(0, NormTraining.FinalQuantiles).Select(i =>
            (double[])[i / (NormTraining.FinalQuantiles - 1.0), .. ends.Select(e => e.Values[i])])]);
    }

    private static double[] Quantiles(double[] sorted, int count) =>
        [.. Enumerable.Range(0, count).Select(i => MarginCurve.Quantile(sorted, i / (count - 1.0)))];

    private static IEnumerable<string> Layers(string prefix) => Enumerable.Range(1, NormTraining.Layers).Select(k => $"{prefix}{k}");
}
