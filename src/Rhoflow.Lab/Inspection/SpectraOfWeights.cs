using Rhoflow.Measures.Spectra;

namespace Rhoflow.Lab.Inspection;

/// <summary>The family spectra of one matrix in a file: the columns that a layer of a network has.</summary>
internal static class SpectraOfWeights
{
    /// <summary>Names, without a layer.</summary>
    public static readonly IReadOnlyList<string> Columns =
    [
        .. SpectrumLaws.PowerLawColumns, SpectrumLaws.ProbabilityColumn, .. SpectrumLaws.RivalColumns, .. SpectrumLaws.LogNormColumns,
        .. SpectrumLaws.BulkColumns,
    ];

    /// <summary>Adds the columns, and says which of them are NaN and why.</summary>
    /// <param name="values">Of a layer.</param>
    /// <param name="singular">σ_1 ≥ σ_2 ≥ …</param>
    /// <param name="rows">Of the matrix.</param>
    /// <param name="columns">Of it.</param>
    /// <param name="replicates">Of the bootstrap.</param>
    /// <param name="cancellation">Looked at before every replicate.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IReadOnlyList<(string What, string Why)> Add(IDictionary<string, double> values, IReadOnlyList<double> singular, int rows,
        int columns, int replicates, CancellationToken cancellation)
    {
        var laws = new SpectrumLaws(singular, rows, columns);
        double[] of =
        [
            .. laws.PowerLaw(), laws.Probability(replicates, cancellation), .. laws.Rivals(), .. laws.LogNorms(), .. laws.Bulk(),
        ];
        foreach (var (name, value) in Columns.Zip(of)) values[name] = value;
        if (laws.WhyNoTail is { } why && why == laws.WhyNoBulk) return [("power_law and random_matrix", why)];
        return
        [
            .. laws.WhyNoTail is { } tail ? [("power_law", tail)] : Array.Empty<(string, string)>(),
            .. laws.WhyNoBulk is { } bulk ? [("random_matrix", bulk)] : Array.Empty<(string, string)>(),
        ];
    }

    /// <summary>Means over the matrices that have an α; none where none has one.</summary>
    public static IEnumerable<(string, double)> Means(IReadOnlyList<InspectedLayer> layers)
    {
        foreach (var column in (string[])["alpha", "alpha_hat", "log10_alpha_norm"])
        {
            var of = layers.Select(l => l.Values.GetValueOrDefault(column, double.NaN)).Where(static v => !double.IsNaN(v)).ToArray();
            if (of.Length > 0) yield return ($"{column}_mean", of.Average());
        }
    }
}
