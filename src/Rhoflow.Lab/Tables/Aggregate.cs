using System.Globalization;
using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Tables;

/// <summary>What is said of the values of several runs.</summary>
/// <param name="Name">mean, sd, sem, median, min, max, n, sum, or q and a percentage: q25, q97.5.</param>
/// <param name="Of">Its value for numbers in ascending order, of which there is at least one; NaN where it is not defined.</param>
public sealed record Aggregate(string Name, Func<double[], double> Of)
{
    /// <summary>The standard deviation of a sample: √(Σ(x − x̄)² / (n − 1)), of one value not defined.</summary>
    private static double Deviation(double[] x)
    {
        if (x.Length < 2) return double.NaN;
        var mean = Mean(x);
        return Math.Sqrt(x.Sum(v => (v - mean) * (v - mean)) / (x.Length - 1));
    }

    // Σx may be beyond a double where x̄ is not, and equal values have that very value as their mean.
    private static double Mean(double[] x) => x[0] == x[^1] ? x[0]
        : x.Sum() is var sum && double.IsFinite(sum) ? sum / x.Length : x.Sum(v => v / x.Length);

    private static readonly Aggregate[] s_all =
    [
        new("mean", Mean),
        new("sd", Deviation),
        new("sem", static x => Deviation(x) / Math.Sqrt(x.Length)),
        new("median", static x => Quantile(x, 0.5)),
        new("min", static x => x[0]),
        new("max", static x => x[^1]),
        new("n", static x => x.Length),
        new("sum", static x => x.Sum()),
    ];

    /// <summary>
    /// The quantile of numbers in ascending order, linear between those at (n − 1) p, as NumPy and R (type 7) have it.
    /// </summary>
    public static double Quantile(ReadOnlySpan<double> ascending, double p)
    {
        var at = (ascending.Length - 1) * p;
        var below = (int)at;
        var (low, high) = (ascending[below], ascending[Math.Min(below + 1, ascending.Length - 1)]);
        // Equal ones, also where both are infinite.
        return low == high || at == below ? low : low + (high - low) * (at - below);
    }

    /// <summary>Several of them.</summary>
    /// <param name="names">Separated by commas.</param>
    /// <exception cref="ConfigException">One of them is none.</exception>
    public static IReadOnlyList<Aggregate> Parse(string names)
    {
        var all = names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (all.Length == 0) throw new ConfigException("--agg names nothing; write mean,sd,median, or others");
        return [.. all.Distinct(StringComparer.Ordinal).Select(One)];
    }

    private static Aggregate One(string name)
    {
        if (s_all.FirstOrDefault(a => a.Name == name) is { } known) return known;
        if (name.StartsWith('q') && Percentage(name) is <= 100 and var percentage)
            return new Aggregate(name, x => Quantile(x, percentage / 100));
        throw new ConfigException($"--agg: '{name}' is not known{Nearest.Hint(name, s_all.Select(static a => a.Name))}, and q with a "
            + "percentage from 0 to 100: q25, q97.5");
    }

    private static double? Percentage(string name) =>
        double.TryParse(name.AsSpan(1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) ? percent : null;
}
