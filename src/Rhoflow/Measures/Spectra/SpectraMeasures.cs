using Rhoflow.Kernels;
using Rhoflow.Measures.Structure;
using Rhoflow.Networks;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Spectra;

/// <summary>
/// How heavy the tail of every layer's spectrum is, and what of it a random matrix would have too: quantities that WeightWatcher made
/// known, with the errors and tests of their fits.
/// </summary>
internal static class SpectraMeasures
{
    private const string Family = "spectra", Clauset = "Clauset–Shalizi–Newman 2009", Watcher = "Martin–Peng–Mahoney 2021";

    private const string OfConvolutions = "a convolution is its matrix maps × patch (WeightWatcher takes one matrix for each place of a "
        + "kernel); nan with fewer than 20 singular values";

    private static readonly Once<Snapshot, SpectrumLaws?[]> s_laws = new(static s => new SpectrumLaws?[s.Network.Depth]);

    /// <summary>The family, in the order of its columns.</summary>
    public static readonly IReadOnlyList<Measure> All =
    [
        PerLayer("power_law", "λ = σ² ≥ x_min of W_kᵀW_k as p(λ) ∝ λ^(−α): α = 1 + n/Σ log(λ_i/x_min), its standard error (α − 1)/√n, "
            + "√x_min, the n values of the tail (10 or more), and their Kolmogorov–Smirnov distance from the fit, which x_min makes least",
            $"{Clauset}, eq. 3.1–3.2; Martin–Mahoney 2021", SpectrumLaws.PowerLawColumns, static l => l.PowerLaw(), OfConvolutions) with
        {
            Gaps = static m => [.. Laws(m).Index().Where(static l => l.Item.WhyNoTail is not null)
                .Select(static l => ($"W{l.Index + 1}", l.Item.WhyNoTail!))],
        },
        new Measure
        {
            Family = Family, Name = "power_law_p", Reference = $"{Clauset}, §4.1", Cost = "observe.tail-replicates times p√p",
            Formula = "p: share of replicates, drawn from the fit and from what lies below x_min, that are at least as far from a power "
                + "law of their own; below 0.1 it is no power law",
            Variant = "a semiparametric bootstrap of always the same draws; standard error √(p(1 − p)/replicates)",
            Work = static s => new MeasureWork(Operations: s.TailReplicates
                * s.Network.Layers.Sum(static l => 1000 * Math.Pow(Math.Min(l.Rows, l.Columns), 1.5))),
            Columns = static s => Names(s, [SpectrumLaws.ProbabilityColumn]),
            Values = static m => [.. Laws(m).Select(l => l.Probability(m.Setting.TailReplicates, m.Cancellation))],
            Refuse = WhyNot,
        },
        PerLayer("rivals", "R = Σ log(p/q) over the tail, q the likeliest exponential or lognormal there, and Vuong's p = erfc(|R|/√(2nv)) "
            + "that its sign is chance: R > 0 speaks for the power law",
            $"{Clauset}, §5, eq. C.6; Vuong 1989", SpectrumLaws.RivalColumns, static l => l.Rivals(),
            "a power law is the limit of cut-off lognormals, so that this R ≤ 0, and 0 where the limit is the likeliest"),
        PerLayer("log_norms", "log₁₀ ‖W_k‖_F², log₁₀ ‖W_k‖₂², α̂ = α log₁₀ λ_1, log₁₀ Σ λ_i^α", Watcher,
            SpectrumLaws.LogNormColumns, static l => l.LogNorms(), "λ of W_kᵀW_k, without a factor 1/n"),
        new Measure
        {
            Family = Family, Name = "means", Reference = Watcher, Cost = "p³", Work = Decompositions,
            Formula = "means of α, α̂ and log₁₀ Σ λ^α over the layers that have an α",
            Columns = static _ => ["alpha_mean", "alpha_hat_mean", "log10_alpha_norm_mean"],
            Values = static m =>
            {
                var of = Laws(m).Where(static l => l.WhyNoTail is null).ToArray();
                return of.Length == 0 ? [double.NaN, double.NaN, double.NaN]
                    : [of.Average(static l => l.PowerLaw()[0]), of.Average(static l => l.LogNorms()[2]),
                        of.Average(static l => l.LogNorms()[3])];
            },
            Refuse = WhyNot,
        },
        PerLayer("random_matrix", "W_k as noise of standard deviation s and spikes; m ≤ n its sides: s² = (median σ²/n)/median of "
            + "Marchenko and Pastur's law, beside ‖W_k‖_F/√(mn); the edge √(nλ_+) = s(√m + √n), λ_+ = s²(1 + √(m/n))²; spikes: σ² more "
            + "than the 99 % quantile of Tracy and Widom beyond it (∝ m^(−2/3)); Σσ² of them/‖W_k‖_F²; Kolmogorov–Smirnov distance of the "
            + "rest from the law", "Marchenko–Pastur 1967; Gavish–Donoho 2014, §IV; Johnstone 2001, thm 1.1",
            SpectrumLaws.BulkColumns, static l => l.Bulk(), OfConvolutions) with
        {
            Gaps = static m => [.. Laws(m).Index().Where(static l => l.Item.WhyNoBulk is not null)
                .Select(static l => ($"W{l.Index + 1}", l.Item.WhyNoBulk!))],
        },
    ];

    private static IEnumerable<SpectrumLaws> Laws(MeasureInput m)
    {
        var known = s_laws.Of(m.Snapshot);
        var k = 0;
        foreach (var (spectrum, layer) in StructureMeasures.Spectra(m).Zip(m.Snapshot.Network.Layers))
        {
            m.Cancellation.Look();
            var rho = Math.Abs(m.Snapshot.RhoK[k]);
            yield return known[k] ??= new SpectrumLaws([.. spectrum.Values.Select(v => v * rho)], layer.Rows, layer.Columns,
                layer.Kind == LayerKind.Diagonal);
            k++;
        }
    }

    private static Measure PerLayer(string name, string formula, string reference, string[] columns, Func<SpectrumLaws, double[]> values,
        string variant) => new()
        {
            Family = Family,
            Name = name,
            Formula = formula,
            Reference = reference,
            Variant = variant,
            Cost = "p³",
            Work = Decompositions,
            Columns = s => Names(s, columns),
            Values = m => [.. Laws(m).SelectMany(values)],
            Refuse = WhyNot,
        };

    private static string[] Names(MeasureSetting s, string[] columns) =>
        [.. Enumerable.Range(1, s.Depth).SelectMany(k => columns.Select(c => $"{c}_{k}"))];

    private static string? WhyNot(MeasureSetting s) =>
        s.Network.Layers.Select(static l => SpectrumLaws.WhyNot(l.Rows, l.Columns, l.Kind == LayerKind.Diagonal)).ToArray() is var all
            && Array.TrueForAll(all, static w => w is not null)
            ? $"no layer is a matrix with {SpectrumLaws.LeastValues} or more singular values, of which laws of spectra are looked for"
            : null;

    private static MeasureWork Decompositions(MeasureSetting s) => StructureMeasures.SingularValues(s.Network);
}
