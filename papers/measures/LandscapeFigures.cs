using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;

namespace Rhoflow.Papers.Measures;

/// <summary>The loss around the network, and what theory says of the network from its numbers.</summary>
internal static class LandscapeFigures
{
    /// <summary>Density and ends of the spectrum of the Hessian.</summary>
    public static PaperFigure Curvature { get; } = MeasuresPage.Figure("curvature", 9, "Spectrum of the Hessian",
        "Density of the Hessian's eigenvalues over all 1,864 weights at the start and at the end, and the largest and smallest of them: "
        + "most directions are flat, a few are steep, some go down.", static run =>
        {
            double[][] at = run.Rows("hessian_density_at"), density = run.Rows("hessian_density"), ends = run.Rows("hessian_eigenvalues");
            double[] index = [.. Enumerable.Range(1, ends[^1].Length).Select(static i => (double)i)];
            return new Chart(
                new Panel("Density", new Axis("eigenvalue"), new Axis("share per unit", Scale.Log, Min: 1e-6))
                    .Line("start", at[0], density[0], 1).Line("end", at[^1], density[^1], 0),
                new Panel("Eigenvalues at both ends of the spectrum", new Axis("index"), new Axis("eigenvalue"))
                    .Points("eigenvalue, start", index, ends[0], 1).Points("eigenvalue, end", index, ends[^1], 0));
        });

    /// <summary>Complexities over the margin.</summary>
    public static PaperFigure Bounds { get; } = MeasuresPage.Figure("bounds", 10, "Complexities and bounds",
        "Complexity over the margin that nine tenths of the examples have, without constants: for ranking networks, not as error bounds. "
        + "They exist once nine tenths of the margins are positive; ρ and the norms of the network go on growing.", static run =>
        {
            var t = run.Time();
            var panel = new Panel("Over the margin's smallest tenth", MeasuresPage.Epochs, new Axis("log₁₀"));
            (string Column, string Name)[] curves =
            [
                ("log10_bartlett_q10", "Bartlett–Foster–Telgarsky"), ("log10_golowich_q10", "Golowich–Rakhlin–Shamir"),
                    ("log10_neyshabur_q10", "Neyshabur 2015"), ("log10_pac_bayes_q10", "PAC-Bayes, spectral"),
                ("log10_spectral_margin_q10", "∏‖W_k‖ over margin"), ("log10_frobenius_margin_q10", "ρ over margin"),
            ];
            for (var i = 0; i < curves.Length; i++) panel = panel.Line(curves[i].Name, t, run[curves[i].Column], i);
            return new Chart(panel,
                new Panel("The network itself", MeasuresPage.Epochs, new Axis("log₁₀")).Line("log₁₀ ρ", t, run["log10_rho"], 6)
                    .Line("Fisher–Rao norm", t, run["log10_fisher_rao"], 7).Line("ℓ₂ path norm", t, run["log10_path_l2"], 3));
        });

    /// <summary>Conditions of a maximum margin, and the tangent kernel.</summary>
    public static PaperFigure Limits { get; } =
        MeasuresPage.Figure("limits", 11, "Distance from a maximum-margin point, and the tangent kernel",
        "How far W is from satisfying the Karush–Kuhn–Tucker conditions of the maximum-margin problem with the best multipliers (0 = "
        + "satisfied; defined once all margins are positive), and with the multipliers of the loss; "
            + "the eigenvalues of the tangent kernel over 512 examples at the start and at the end.", static run =>
        {
            var t = run.Time();
            var spectra = run.Rows("ntk_spectrum");
            double[] index = [.. Enumerable.Range(1, spectra[^1].Length).Select(static i => (double)i)];
            return new Chart(
                new Panel("Max-margin conditions", MeasuresPage.Epochs, new Axis("residual", Min: 0))
                    .Line("best multipliers", t, run["kkt_epsilon"], 0).Line("multipliers of the loss", t, run["kkt_residual"], 1),
                new Panel("Tangent kernel", new Axis("index", Scale.Log), new Axis("eigenvalue", Scale.Log))
                    .Line("start", index, spectra[0], 2).Line("end", index, spectra[^1], 3));
        });
}
