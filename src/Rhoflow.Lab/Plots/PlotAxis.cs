using System.Globalization;
using Rhoflow.Lab.Figures;
using Rhoflow.Lab.Tables;

namespace Rhoflow.Lab.Plots;

/// <summary>An axis of a figure, and what is drawn along it.</summary>
/// <param name="Name">What.</param>
/// <param name="Scale">How; on <see cref="Scale.Exponent"/> values are log₁₀ of what the title says.</param>
internal sealed record PlotAxis(PlotName Name, Scale Scale)
{
    private const double Decades = 3;

    /// <summary>The name and its unit.</summary>
    public string Title => Name.Title;

    /// <summary>What its numbers are called where they are written down.</summary>
    public string Column => Scale == Scale.Exponent ? "log10_" + Name.Name : Name.Name;

    /// <summary>The value of an observation; NaN where there is none.</summary>
    public double Of(PlotRun run, int row) => Scale == Scale.Exponent ? run.At(row, "log10_" + Name.Name) : Plain(Name, run, row);

    /// <summary>The axis of a name over some observations.</summary>
    /// <param name="name">What.</param>
    /// <param name="runs">With the observations that are drawn.</param>
    /// <param name="log">Whether it is to be logarithmic; null: where values are spread over decades.</param>
    /// <param name="zeros">
    /// How many zeros may be left out for that: the t = 0 of each run. An abscissa must be spread evenly in its logarithm too: epochs 1, 2,
    /// 3 … 5000 are not.
    /// </param>
    public static PlotAxis Of(PlotName name, IReadOnlyList<(PlotRun Run, int Row)> runs, bool? log, int zeros)
    {
        var exponents = name.Source is PlotSource.Column or PlotSource.Power && runs.Any(r => r.Run.Has("log10_" + name.Name));
        if (log == true) return new PlotAxis(name, exponents ? Scale.Exponent : Scale.Log);
        if (log == false) return new PlotAxis(name, Scale.Linear);
        double[] values = [.. runs.Select(r => exponents ? r.Run.At(r.Row, "log10_" + name.Name) : Log10(Plain(name, r.Run, r.Row)))
            .Where(static v => !double.IsNaN(v)).Order()];
        if (!exponents && runs.Any(r => Plain(name, r.Run, r.Row) < 0)) return new PlotAxis(name, Scale.Linear);
        // What a double cannot hold is drawn by its exponent.
        var wide = exponents && values.Length > 0 && (values[^1] > 307 || values.Any(static v => v < -307 && double.IsFinite(v)));
        double[] positive = [.. values.Where(static v => !double.IsNegativeInfinity(v))];
        var spread = positive.Length >= 3 && values.Length - positive.Length <= zeros && positive[^1] - positive[0] >= Decades
            && (zeros == 0 || Aggregate.Quantile(positive, 0.5) < positive[^1] - 1);
        return new PlotAxis(name, !wide && !spread ? Scale.Linear : exponents ? Scale.Exponent : Scale.Log);
    }

    /// <summary>A value of this axis as text.</summary>
    public string Text(double value) => Scale == Scale.Exponent
        ? value < 300 && value > -300 ? Short(Math.Pow(10, value)) : string.Create(CultureInfo.InvariantCulture, $"10^{value:0.##}")
        : Short(value);

    /// <summary>Three digits.</summary>
    public static string Short(double value) => value.ToString("G3", CultureInfo.InvariantCulture)
        .Replace("E+0", "e", StringComparison.Ordinal)
        .Replace("E-0", "e-", StringComparison.Ordinal).Replace("E+", "e", StringComparison.Ordinal).Replace('E', 'e');

    private static double Plain(PlotName name, PlotRun run, int row) => name.Source switch
    {
        PlotSource.Column => run.At(row, name.Name),
        PlotSource.Power => Math.Pow(10, run.At(row, "log10_" + name.Name)),
        _ => name.Key!.Value(run.Record).Number ?? double.NaN,
    };

    private static double Log10(double v) => v >= 0 ? Math.Log10(v) : double.NaN;
}
