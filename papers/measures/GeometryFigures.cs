using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;

namespace Rhoflow.Papers.Measures;

/// <summary>Where norms, features and weight matrices end up.</summary>
internal static class GeometryFigures
{
    /// <summary>ρ beside its equilibrium, and the residual of its equation.</summary>
    public static PaperFigure Equilibrium { get; } = MeasuresPage.Figure("equilibrium", 6, "Equilibrium of the norm under the square loss",
        "Square loss with weight decay. ρ beside ρ_eq = Σ⟨t, f̃⟩/(λN + Σ‖f̃‖²), where the model of one norm for the whole network would "
        + "rest (Memo 112, eq. 7); three layers that each decay by this small λ are far from it after 200 epochs. And the relative "
        + "distance of V_k f̃_n from ∂f̃_n/∂V_k "
            + "(eq. 48), which the paper takes to vanish: it does not.", static run =>
        {
            var t = run.Time();
            var norm = new Panel("Norm", MeasuresPage.Epochs, new Axis("ρ", Scale.Log)).Line("ρ", t, run["rho"], 0)
                .Predicted("ρ_eq", t, run["rho_equilibrium"], 1);
            var residual = new Panel("Distance from eq. 48", MeasuresPage.Epochs, new Axis("mean over examples", Min: 0));
            for (var k = 1; k <= 3; k++) residual = residual.Line($"layer {k}", t, run[$"example_residual_mean_{k}"], k + 1);
            return new Chart(norm, residual);
        }, MeasuresPage.Square);

    /// <summary>Neural collapse in the four definitions of NC1, and NC2 to NC4.</summary>
    public static PaperFigure Collapse { get; } = MeasuresPage.Figure("collapse", 7, "Neural collapse of the last features",
        "Square loss with weight decay. NC1 in four definitions that are in use: all fall, but at different rates and to different "
        + "values; the first two differ only where classes have different numbers of examples. NC2: distance of the class means from a "
        + "simplex frame; NC3: of W_3 from the means; "
            + "NC4: where the nearest class mean and the network decide differently. Square loss: its part from variability within "
            + "classes, from the means, and from W_3 not being the least-squares solution.", static run =>
        {
            var t = run.Time();
            return new Chart(
                new Panel("NC1, variability within classes", MeasuresPage.Epochs, new Axis("NC1", Scale.Log))
                    .Line("tr Σ_WΣ_B⁺/C, mean of means", t, run["nc1_pinv"], 0).Line("tr Σ_WΣ_B⁺/C, mean of examples", t, run["nc1_ufm"], 1)
                    .Line("tr Σ_W/tr Σ_B", t, run["nc1_trace_ratio"], 2).Line("CDNV", t, run["nc1_cdnv"], 3),
                new Panel("NC2 and NC3", MeasuresPage.Epochs, new Axis("distance", Min: 0))
                    .Line("means from a simplex frame", t, run["nc2_etf"], 4).Line("spread of their norms", t, run["nc2_equinorm"], 5)
                    .Line("W_3 from the means", t, run["nc3_distance"], 6),
                new Panel("NC4", MeasuresPage.Epochs, new Axis("share of examples", Min: 0))
                    .Line("means and network disagree, training", t, run["nc4_disagreement"], 0).Line("disagree, test", t,
                    run["test_nc4_disagreement"], 1).Line("error of the means, test", t, run["test_ncc_error"], 2),
                new Panel("Square loss, decomposed", MeasuresPage.Epochs, new Axis("part of the loss", Scale.Log))
                    .Line("within classes", t, run["path_nc1"], 0).Line("class means", t, run["path_nc23"], 3)
                    .Line("off the central path", t, run["path_off"], 6));
        }, MeasuresPage.Square);

    /// <summary>Singular values and stable ranks of the layers.</summary>
    public static PaperFigure Structure { get; } = MeasuresPage.Figure("structure", 8, "Singular values and ranks",
        "Singular values of every W_k at the start (dots) and at the end (lines), over the largest; and the stable rank ‖W‖²_F/‖W‖² "
        + "over time.", static run =>
        {
            var t = run.Time();
            int[] sizes = [8, 16, 10];
            var spectra = run.Rows("singular_values");
            var values = new Panel("Singular values", new Axis("index"), new Axis("σ_i/σ_1", Min: 0));
            var ranks = new Panel("Stable rank", MeasuresPage.Epochs, new Axis("‖W‖²_F/‖W‖²", Min: 0));
            for (int k = 0, from = 0; k < sizes.Length; from += sizes[k++])
            {
                double[] index = [.. Enumerable.Range(1, sizes[k]).Select(static i => (double)i)];
                double[] Scaled(double[] row) => [.. row.Skip(from).Take(sizes[k]).Select(v => v / row[from])];
                values = values.Points($"layer {k + 1}, start", index, Scaled(spectra[0]), k)
                    .Line($"layer {k + 1}", index, Scaled(spectra[^1]), k);
                ranks = ranks.Line($"layer {k + 1}", t, run[$"rank_stable_{k + 1}"], k);
            }
            return new Chart(values, ranks);
        });
}
