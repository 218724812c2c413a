using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;
using Rhoflow.Regression;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Theory IIIb figure 4: polynomial regression with perturbed weights, and without.</summary>
internal static class PerturbedDescentFigure
{
    // As many runs as the caption averages of the second pair, and the σ of their starts, which it does not give.
    private const int PlainRepeats = 30, PlainDegree = 30, Degree = 39;
    private const double StartSigma = 1;

    /// <summary>The first pair: moments before and just after each perturbation.</summary>
    public static PerturbedDescent Perturbed { get; } = new() { Observe = 24_000, AfterPerturbations = true };

    /// <summary>The second pair: no perturbation, random starts.</summary>
    public static PerturbedDescent Plain { get; } =
        new() { Iterations = 250_000, Until = 0, Observe = 1_000, StartSigma = StartSigma };

    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "theory-iiib/figure-04",
        Paper = SourcePapers.TheoryIIIb,
        Number = "4",
        Title = "Gradient descent with perturbations, square loss",
        Caption = $"Above: degree {Degree} ({Degree + 1} weights, {PerturbedPolynomials.Nodes} examples), perturbed every "
            + $"{Wording.Count(Perturbed.Every)} steps in the first half of {Wording.Power(Perturbed.Iterations)}; means of "
            + $"{PerturbedPolynomials.Repeats} runs, and the least and greatest of them. Each perturbation is drawn as the jump that it "
            + "is, from the moment before it to that after it. The data take back what they see of it; the other "
            + $"{Degree + 1 - PerturbedPolynomials.Nodes} directions keep all noise, so that ‖w‖² grows by "
            + $"{Degree + 1 - PerturbedPolynomials.Nodes} σ² a perturbation (dashed) and then stays. Below: degree {PlainDegree} without "
            + $"perturbations, means of {PlainRepeats} random starts; the {PlainDegree + 1 - PerturbedPolynomials.Nodes} directions that "
            + "no example sees keep theirs (dashed). Done by diagonalization, the same numbers as single steps. The paper leaves open sum "
            + $"or mean (mean: the sum diverges), test points (equally spaced) and the starts (0 above, N(0, {Wording.Short(StartSigma)}) "
            + "below).",
        Config = "papers/theory-iiib/figure-04.yaml",
        Build = Build,
    };

    private static Chart Build(StudyContext context)
    {
        var runs = new Means(PerturbedPolynomials.Runs(context, Degree, Perturbed));
        var minimum = PerturbedPolynomials.MinimumNorm(Degree);
        double norm = Vectors.Dot(minimum, minimum), error = PerturbedPolynomials.TestError(minimum);
        double growth = PerturbedPolynomials.NormGrowth(Degree, Perturbed.Sigma), testGrowth =
            PerturbedPolynomials.TestGrowth(Degree, Perturbed.Sigma);
        // Perturbations before step t, and are taken back as far as they can be.
        double Perturbations(double t) => Math.Min(Math.Floor((t - 1) / Perturbed.Every), Perturbed.Until / Perturbed.Every);
        double[] settled = [.. runs.Steps.Distinct().Where(t => t >= Perturbed.Every)];
        var mean = $"mean of {runs.Count} runs";
        var errors = new Panel($"Degree {Degree}, perturbed: errors", new Axis("steps"),
            new Axis("mean squared error", Scale.Log, Min: 1e-30))
            .Line("test error", runs.Steps, runs.Mean(m => m.TestError), 1)
            .Line("training error", runs.Steps, runs.Mean(m => m.TrainError), 0);
        var norms = Range(new Panel($"Degree {Degree}, perturbed: norm", new Axis("steps"), new Axis("‖w‖²")), mean, runs,
            m => m.NormSquared)
            .Predicted($"‖Φ⁺y‖² + {Wording.Text(growth, 5)} a perturbation", settled, t => norm + growth * Perturbations(t), 7);
        var test = Range(new Panel($"Degree {Degree}, perturbed: test error before each perturbation", new Axis("steps"),
            new Axis("mean squared error")), mean, runs.Before(Perturbed.Every), m => m.TestError)
            .Predicted("expectation", settled, t => error + testGrowth * Perturbations(t), 7);

        var plain = new Means(PerturbedPolynomials.Runs(context, PlainDegree, Plain, PlainRepeats));
        var limit = PerturbedPolynomials.MinimumNorm(PlainDegree);
        double limitSquared = Vectors.Dot(limit, limit), unseen = PerturbedPolynomials.NormGrowth(PlainDegree, StartSigma);
        var unperturbed = new Panel($"Degree {PlainDegree}, not perturbed: errors", new Axis("steps"),
            new Axis("mean squared error", Scale.Log))
            .Line("test error", plain.Steps, plain.Mean(m => m.TestError), 1)
            .Line("training error", plain.Steps, plain.Mean(m => m.TrainError), 0)
            .Predicted("test error of Φ⁺y", [plain.Steps[0], plain.Steps[^1]], _ => PerturbedPolynomials.TestError(limit), 7);
        var plainNorm = Range(new Panel($"Degree {PlainDegree}, not perturbed: norm", new Axis("steps"), new Axis("‖w‖²")),
            $"mean of {plain.Count} starts", plain, m => m.NormSquared)
            .Predicted($"‖Φ⁺y‖² + {Wording.Text(unseen, 5)} kept from the start", [plain.Steps[0], plain.Steps[^1]],
            _ => limitSquared + unseen, 7);
        return new Chart(errors, norms, test, unperturbed, plainNorm) { Findings = Findings(runs, plain, limitSquared + unseen) };
    }

    private static string Findings(Means runs, Means plain, double kept)
    {
        var norms = runs.Mean(m => m.NormSquared);
        var errors = runs.Mean(m => m.TrainError);
        var tests = runs.Mean(m => m.TestError);
        // The second of two moments of one iteration is that after the perturbation.
        int[] after = [.. Enumerable.Range(1, runs.Steps.Length - 1).Where(i => runs.Steps[i] == runs.Steps[i - 1])];
        var first = after[0] - 1;
        return $"In the mean of all {after.Length} perturbations ‖w‖² jumps by "
            + $"{Wording.Text(after.Average(i => norms[i] - norms[i - 1]))} (expected: "
            + $"{Wording.Text((Degree + 1) * Perturbed.Sigma * Perturbed.Sigma)}) and the training error to "
            + $"{Wording.Text(after.Average(i => errors[i]), 2)}; before the next perturbation it is back at most at "
            + $"{Wording.Text(after.Skip(1).Max(i => errors[i - 1]), 1)}, and in the end {Wording.Text(errors[^1], 1)}. The test error "
            + $"goes from {Wording.Text(tests[first], 4)} before the first perturbation to {Wording.Text(tests[^1], 4)}, while single "
            + $"runs end between {Wording.Text(runs.Least(m => m.TestError)[^1], 4)} and "
            + $"{Wording.Text(runs.Greatest(m => m.TestError)[^1], 4)}. "
            + $"Without perturbations ‖w‖² ends at {Wording.Text(plain.Mean(m => m.NormSquared)[^1], 4)} in the mean (expected: "
            + $"{Wording.Text(kept, 4)}), the training error at {Wording.Text(plain.Mean(m => m.TrainError)[^1], 2)}.";
    }

    private static Panel Range(Panel panel, string mean, Means runs, Func<PerturbedMoment, double> value) => panel
        .Line(mean, runs.Steps, runs.Mean(value), 0)
        .Line("least", runs.Steps, runs.Least(value), 5)
        .Line("greatest", runs.Steps, runs.Greatest(value), 5);

    /// <summary>Runs of the same moments, column by column.</summary>
    private sealed class Means(PerturbedMoment[][] runs)
    {
        public int Count => runs.Length;

        public double[] Steps { get; } = [.. runs[0].Select(static m => (double)m.Iteration)];

        public double[] Mean(Func<PerturbedMoment, double> value) => Fold(value, Enumerable.Average);

        public double[] Least(Func<PerturbedMoment, double> value) => Fold(value, Enumerable.Min);

        public double[] Greatest(Func<PerturbedMoment, double> value) => Fold(value, Enumerable.Max);

        // At multiples of `every` alone, the first of two moments: when most of the last perturbation has been taken back.
        public Means Before(long every) => new([.. runs.Select(r =>
            r.Where(m => m.Iteration > 0 && m.Iteration % every == 0).DistinctBy(static m => m.Iteration).ToArray())]);

        private double[] Fold(Func<PerturbedMoment, double> value, Func<IEnumerable<double>, double> fold) =>
            [.. Steps.Select((_, i) => fold(runs.Select(r => value(r[i]))))];
    }
}
