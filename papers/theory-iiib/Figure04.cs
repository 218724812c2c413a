using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;
using Rhoflow.Regression;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Theory IIIb figure 4: polynomial regression with perturbed weights, and without.</summary>
internal static class PerturbedDescentFigure
{
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "theory-iiib/figure-04",
        Paper = SourcePapers.TheoryIIIb,
        Number = "4",
        Title = "Gradient descent with perturbations, square loss",
        Caption = "Above: degree 39 (40 weights, 9 examples), perturbed 41 times in the first half of 10⁷ steps; means of 29 runs, and "
            + "the least and greatest of them. Data take back what they see, so the training error returns to about 1e-8 between "
            + "perturbations (the slowest mode keeps 6 % in 120,000 steps) and to rounding once they end. The other 31 directions keep "
            + "all noise: ‖w‖² grows by 31·.45² = 6.28 a perturbation (dashed) and then stays. The test error moves by less than the "
            + "runs differ; its expectation (dashed) grows by 0.04 in all. Below: degree 30 without perturbations. Done by "
            + "diagonalization, the same numbers as 10⁷ single steps; the paper leaves open sum or mean (mean: the sum diverges), test "
            + "points (equally spaced) and start (0).",
        Config = "papers/theory-iiib/figure-04.yaml",
        Build = Build,
    };

    private static Chart Build(StudyContext context)
    {
        var experiment = new PerturbedDescent { Observe = 20_000 };
        var runs = PerturbedPolynomials.Runs(context, 39, experiment);
        double[] steps = [.. runs[0].Select(m => (double)m.Iteration)];
        double[] Mean(Func<PerturbedMoment, double> value) => [.. steps.Select((_, i) => runs.Average(r => value(r[i])))];
        double[] Least(Func<PerturbedMoment, double> value) => [.. steps.Select((_, i) => runs.Min(r => value(r[i])))];
        double[] Most(Func<PerturbedMoment, double> value) => [.. steps.Select((_, i) => runs.Max(r => value(r[i])))];
        var minimum = PerturbedPolynomials.MinimumNorm(39);
        double norm = Vectors.Dot(minimum, minimum), error = PerturbedPolynomials.TestError(minimum);
        double growth = PerturbedPolynomials.NormGrowth(39, experiment.Sigma), testGrowth =
            PerturbedPolynomials.TestGrowth(39, experiment.Sigma);
        // Perturbations before step t, and are taken back as far as they can be.
        double Perturbations(double t) => Math.Min(Math.Floor((t - 1) / experiment.Every), experiment.Until / experiment.Every);
        double[] settled = [.. steps.Where(t => t >= experiment.Every)];

        var errors = new Panel("Degree 39, perturbed: errors", new Axis("steps"), new Axis("mean squared error", Scale.Log, Min: 1e-30))
            .Line("test error (mean of 29)", steps, Mean(m => m.TestError), 1)
            .Line("training error (mean of 29)", steps, Mean(m => m.TrainError), 0);
        var norms = new Panel("Degree 39, perturbed: norm", new Axis("steps"), new Axis("‖w‖²"))
            .Line("mean of 29 runs", steps, Mean(m => m.NormSquared), 0)
            .Line("least", steps, Least(m => m.NormSquared), 5)
            .Line("greatest", steps, Most(m => m.NormSquared), 5)
            .Predicted("‖Φ⁺y‖² + 6.2775 a perturbation", settled, t => norm + growth * Perturbations(t), 7);
        var test = new Panel("Degree 39, perturbed: test error", new Axis("steps"), new Axis("mean squared error"))
            .Line("mean of 29 runs", steps[1..], Mean(m => m.TestError)[1..], 0)
            .Line("least", steps[1..], Least(m => m.TestError)[1..], 5)
            .Line("greatest", steps[1..], Most(m => m.TestError)[1..], 5)
            .Predicted("expectation", settled, t => error + testGrowth * Perturbations(t), 7);

        var plain = PerturbedPolynomials.Runs(context, 30, new PerturbedDescent { Iterations = 250_000, Until = 0, Observe = 1_000 },
            runs: 1)[0];
        double[] time = [.. plain.Skip(1).Select(m => (double)m.Iteration)];
        double[] Column(Func<PerturbedMoment, double> value) => [.. plain.Skip(1).Select(value)];
        var limit = PerturbedPolynomials.MinimumNorm(30);
        var unperturbed = new Panel("Degree 30, not perturbed: errors", new Axis("steps"), new Axis("mean squared error", Scale.Log))
            .Line("test error", time, Column(m => m.TestError), 1)
            .Line("training error", time, Column(m => m.TrainError), 0)
            .Predicted("test error of Φ⁺y", [time[0], time[^1]], _ => PerturbedPolynomials.TestError(limit), 7);
        var plainNorm = new Panel("Degree 30, not perturbed: norm", new Axis("steps"), new Axis("‖w‖"))
            .Line("‖w‖", time, Column(m => m.Norm), 0)
            .Predicted("‖Φ⁺y‖", [time[0], time[^1]], _ => Vectors.Norm(limit), 7);
        return new Chart(errors, norms, test, unperturbed, plainNorm);
    }
}
