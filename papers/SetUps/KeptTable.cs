using System.Globalization;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Files;

namespace Rhoflow.Papers.SetUps;

/// <summary>
/// A table for papers/PAPER/results/CONFIG/NAME.csv, which <see cref="KeptRun"/> reads: six digits. Full size writes it to kept/ beside the
/// report, from where a person copies it.
/// </summary>
/// <param name="Names">The columns.</param>
/// <param name="Rows">One number a column.</param>
internal sealed record KeptTable(IReadOnlyList<string> Names, IReadOnlyList<IReadOnlyList<double>> Rows)
{
    /// <summary>Some columns of several runs, an observation a row, behind a column that tells the runs apart.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="runs">The key's number and the run, in the order of the table.</param>
    /// <param name="columns">Of the runs.</param>
    public static KeptTable Of(string key, IEnumerable<(double Key, IObservations Run)> runs, IReadOnlyList<string> columns) =>
        new([key, .. columns], [.. runs.SelectMany(r =>
        {
            double[][] values = [.. columns.Select(c => r.Run[c])];
            return Enumerable.Range(0, values[0].Length).Select(row => (double[])[r.Key, .. values.Select(v => v[row])]);
        })]);

    /// <summary>The same of the seeds 0, 1, … of one setting.</summary>
    public static KeptTable OfSeeds(IEnumerable<IObservations> runs, IReadOnlyList<string> columns) =>
        Of("seed", runs.Select(static (run, seed) => ((double)seed, run)), columns);

    /// <summary>Writes kept/PAPER/CONFIG/NAME.csv beside the report.</summary>
    /// <param name="context">Whose runs lie beside the report.</param>
    /// <param name="config">Paper key and file.</param>
    /// <param name="name">NAME.</param>
    public void Write(StudyContext context, string config, string name)
    {
        var folder = Path.Combine(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(context.RunsFolder)) ?? ".", "kept", config);
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path.Combine(folder, $"{name}.csv"), ToString());
    }

    /// <summary>Text, as it is in the file.</summary>
    public override string ToString() => string.Concat(
        Rows.Select(static row => string.Join(',', row.Select(Text))).Prepend(string.Join(',', Names)).Select(static line => line + '\n'));

    private static string Text(double value) => double.IsNaN(value) ? "nan" : double.IsInfinity(value) ? value > 0 ? "inf" : "-inf"
        : value.ToString("G6", CultureInfo.InvariantCulture);
}
