using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;

namespace Rhoflow.Papers.Measures;

/// <summary>What training does to the loss, to norms and directions, and to the margins.</summary>
internal static class TrainingFigures
{
    /// <summary>Losses and errors over the epochs.</summary>
    public static PaperFigure Loss { get; } = MeasuresPage.Figure("loss", 1, "Loss and error",
        "log₁₀ of the cross-entropy, and the share of examples without a positive margin.", static run =>
        {
            var t = run.Time();
            return new Chart(
                new Panel("Cross-entropy", MeasuresPage.Epochs, new Axis("log₁₀ L")).Line("training", t, run["log10_loss"], 0)
                    .Line("test", t, run["log10_test_loss"], 1),
                new Panel("Errors", MeasuresPage.Epochs, new Axis("share of examples", Min: 0)).Line("training", t, run["train_error"], 0)
                    .Line("test", t, run["test_error"], 1));
        });

    /// <summary>ρ_k, and the balance of neighbouring layers.</summary>
    public static PaperFigure Norms { get; } = MeasuresPage.Figure("norms", 2, "Norms and their balance",
        "ρ_k = ‖W_k‖_F of every layer grows; gradient flow would keep ρ_{k+1}² − ρ_k² as it was (dashed), steps of finite size let "
        + "it drift.", static run =>
        {
            var t = run.Time();
            var norms = new Panel("Norms", MeasuresPage.Epochs, new Axis("ρ_k"));
            var balance = new Panel("Balance", MeasuresPage.Epochs, new Axis("ρ_{k+1}² − ρ_k²"));
            for (var k = 1; k <= 3; k++) norms = norms.Line($"layer {k}", t, run[$"rho_{k}"], k - 1);
            for (var k = 1; k <= 2; k++)
            {
                var values = run[$"balance_{k}"];
                balance = balance.Line($"layers {k}, {k + 1}", t, values, k - 1)
                    .Predicted($"gradient flow, {k}, {k + 1}", t, _ => values[0], k - 1);
            }
            return new Chart(norms, balance);
        });

    /// <summary>Normalized margins, sorted and over the epochs.</summary>
    public static PaperFigure Margins { get; } = MeasuresPage.Figure("margins", 3, "Normalized margins",
        "Margins (f_y − max f_j)/ρ of all training examples, sorted, at three times; and how their least, mean and smallest tenth move. "
        + "The smoothed margin −log(Σℓ)/ρ lies below the least.", static run =>
        {
            var t = run.Time();
            var curves = run.Rows("margins");
            var sorted = new Panel("Sorted margins of the training examples", new Axis("share of examples", Min: 0, Max: 1),
                new Axis("normalized margin"));
            foreach (var (i, colour) in new[] { (run.Count / 3, 2), (2 * run.Count / 3, 1), (run.Count - 1, 0) })
            {
                var margins = curves[i].Order().ToArray();
                sorted = sorted.Line($"epoch {run["epoch"][i]:0}",
                    [.. Enumerable.Range(0, margins.Length).Select(n => (n + 0.5) / margins.Length)], margins, colour);
            }
            return new Chart(sorted.Level("", 0),
                new Panel("Margins over time", MeasuresPage.Epochs, new Axis("normalized margin"))
                    .Line("mean", t, run["margin_mean"], 4).Line("smallest tenth", t, run["margin_q10"], 5)
                    .Line("least", t, run["margin_min"], 3).Line("smoothed", t, run["smoothed_margin"], 6).Level("", 0));
        });

    /// <summary>Paths of V_k, and their alignment with the gradient.</summary>
    public static PaperFigure Direction { get; } = MeasuresPage.Figure("direction", 4, "How far directions travel",
        "The length of the path of V_k on its unit sphere, summed over observations, and the cosine between W_k and −∂L/∂W_k: 1 where "
        + "only the norm still grows.", static run =>
        {
            var t = run.Time();
            var path = new Panel("Path of V_k", MeasuresPage.Epochs, new Axis("Σ ‖ΔV_k‖"));
            var alignment = new Panel("Alignment with the gradient", MeasuresPage.Epochs, new Axis("cos(W_k, −∇_k L)"));
            for (var k = 1; k <= 3; k++)
            {
                path = path.Line($"layer {k}", t, run[$"path_{k}"], k - 1);
                alignment = alignment.Line($"layer {k}", t, run[$"gradient_alignment_{k}"], k - 1);
            }
            return new Chart(path, alignment);
        });

    /// <summary>Losses of the network scaled to ρ'.</summary>
    public static PaperFigure NormalizedLoss { get; } = MeasuresPage.Figure("normalized-loss", 5, "Loss of the normalized network",
        "The cross-entropy of f̃ = f/ρ lies just below log 10, as f̃ is small; what it is below, log 10 − loss, is the quantity to look "
        + "at. Test against training over the epochs, beside the diagonal; and the loss of ρ'·f̃ at the end.", static run =>
        {
            double[] gap = run["ce_gap_rho1"], test = run["test_ce_gap_rho1"];
            var largest = gap.Max();
            return new Chart(
                new Panel("Test against training, ρ' = 1", new Axis("log 10 − training loss"), new Axis("log 10 − test loss"))
                    .Points("an observation", gap, test, 0).Predicted("slope 1", [0, largest], static x => x, 7),
                new Panel("At the end, by ρ'", new Axis("ρ'", Scale.Log), new Axis("cross-entropy", Scale.Log))
                    .Line("training", [1, 10, 100, 1000], [.. new[] { 1, 10, 100, 1000 }.Select(r => run.Last($"ce_rho{r}"))], 1)
                    .Line("test", [1, 10, 100, 1000], [.. new[] { 1, 10, 100, 1000 }.Select(r => run.Last($"test_ce_rho{r}"))], 2));
        });
}
