using Rhoflow.Lab.Inspection;

namespace Rhoflow.Cli;

/// <summary>The family spectra of the matrices of a file, for a person: tails, their rivals, bulks and logarithms of norms.</summary>
internal static class SpectraTables
{
    // Each is narrow enough for a terminal of 80 columns beside a name.
    private static readonly (string Title, (string Head, string Column)[] Columns)[] s_tables =
    [
        ("power-law tail of λ = σ²", [("α", "alpha"), ("±", "alpha_error"), ("from σ", "alpha_start"), ("values", "alpha_tail"),
            ("KS", "alpha_ks"), ("p", "alpha_p")]),
        ("tail against …", [("exponential: R", "alpha_over_exponential"), ("p", "alpha_over_exponential_p"),
            ("lognormal: R", "alpha_over_lognormal"), ("p", "alpha_over_lognormal_p")]),
        ("noise and spikes", [("s", "noise"), ("naive s", "noise_naive"), ("edge σ", "mp_edge"), ("spikes", "mp_spikes"),
            ("share", "mp_spike_share"), ("KS", "mp_ks")]),
        ("logarithms", [("lg ‖W‖_F²", "log10_frobenius_squared"), ("lg ‖W‖₂²", "log10_spectral_squared"), ("α̂", "alpha_hat"),
            ("lg Σλ^α", "log10_alpha_norm")]),
    ];

    /// <summary>Nothing where the family was not measured. Matrices without laws are named below the tables, with the reason.</summary>
    public static void Show(IReadOnlyList<InspectedLayer> layers, TextWriter output)
    {
        foreach (var (title, columns) in s_tables)
            Table(title, columns, [.. layers.Where(l => Has(l, columns[0].Column))]);

        void Table(string title, (string Head, string Column)[] columns, InspectedLayer[] rows)
        {
            if (rows.Length == 0) return;
            var table = Terminal.Table([title, .. columns.Select(static c => c.Head)]);
            foreach (var l in rows)
                table.Add([l.Name, .. columns.Select(c => ObservationTable.Number(l.Values[c.Column], 3))]);
            Terminal.On(output).Write(table);
        }
    }

    private static bool Has(InspectedLayer layer, string column) =>
        !double.IsNaN(layer.Values.GetValueOrDefault(column, double.NaN));
}
