using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;
using Rhoflow.Regression;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Claim b47: perturbed and descended again, weights walk at random in the null space of the data, and nowhere else.</summary>
internal static class PerturbationsMoveTheNullSpace
{
    private const int Degree = 39;
    private static readonly PerturbedDescent Paper = new();

    // 100 times as many steps between perturbations: what "until convergence" takes.
    private static readonly PerturbedDescent Patient =
        new() { Every = 12_000_000, Until = 492_000_000, Iterations = 504_000_000, Observe = 504_000_000 };

    // D − rank: monomials less nodes.
    private static int Unseen => Degree + 1 - PerturbedPolynomials.Nodes;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b47-perturbations-move-the-null-space",
        Paper = SourcePapers.TheoryIIIb,
        Place = "§6, figure 4",
        Equations = ["T3b.5", "T3b.14"],
        Hypothesis = "Square loss, more parameters than examples, Gaussian perturbations, gradient descent to convergence between them "
            + "(§6, figure 4).",
        Statement = "Under the square loss, repeated perturbations of the weights, each followed by gradient descent to convergence "
            + "(zero training error up to machine precision), do not increase the training error; the part of the weights in the null "
            + "space of the gradient undergoes a random walk, which increases the norm and the test error.",
        SetUp = PerturbedPolynomials.Words + ".",
        Expected = "E‖w‖² grows by (D − rank) σ² = "
            + $"{Unseen}·{Wording.Short(Paper.Sigma)}² = {Wording.Text(PerturbedPolynomials.NormGrowth(Degree, Paper.Sigma), 5)} a "
            + "perturbation; training error 0 before each; test error grows.",
        Figures = ["theory-iiib/figure-04"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var runs = PerturbedPolynomials.Runs(context, Degree, Paper);
        var converged = PerturbedPolynomials.Runs(context, Degree, Patient);
        var count = (int)(Paper.Until / Paper.Every);
        double[] walks = [.. runs.Select(r => r[^1].NullNormSquared / count)];
        double[] change = [.. runs.Select(r => r[^1].TestError - r.Single(m => m.Iteration == Paper.Every).TestError)];
        var growth = PerturbedPolynomials.NormGrowth(Degree, Paper.Sigma);
        // ‖Pw‖² of one run is a walk's σ²·count·χ²₃₁: its relative deviation is √(2/31).
        var deviation = growth * Math.Sqrt(2.0 / 31 / runs.Length);
        var minimum = PerturbedPolynomials.MinimumNorm(Degree);
        double Worst(PerturbedMoment[][] all, PerturbedDescent e) => all.Max(r =>
            r.Where(m => m.Iteration > e.Every && m.Iteration % e.Every == 0 && m.Iteration <= e.Until).Max(m => m.TrainError));

        judge.Measure("growth of ‖Pw‖² a perturbation, single runs", Spread.Of(walks).ToString());
        judge.Printed.Near($"growth of ‖Pw‖² a perturbation, mean of {PerturbedPolynomials.Repeats} runs", walks.Average(), growth,
            absolute: 3 * deviation);
        judge.Printed.AtMost("largest relative distance of the seen part ‖w‖² − ‖Pw‖² from ‖Φ⁺y‖² at the end",
            runs.Max(r => Math.Abs((r[^1].NormSquared - r[^1].NullNormSquared) / Vectors.Dot(minimum, minimum) - 1)), 1e-9);
        judge.Printed.AtMost("largest training error at the end", runs.Max(r => r[^1].TrainError), 1e-20);
        var steps = $"converged means {Wording.Count(Patient.Every)} steps between perturbations, not {Wording.Count(Paper.Every)}, after "
            + "which the slowest mode still has 6 % of its disturbance";
        judge.Printed.AtMost($"largest training error before a perturbation, {Wording.Count(Paper.Every)} steps after the last",
            Worst(runs, Paper), 1e-20);
        judge.Amended(steps).AtMost($"largest training error before a perturbation, {Wording.Count(Patient.Every)} steps after the last",
            Worst(converged, Patient), 1e-20);
        judge.Amended(steps).Near($"growth of ‖Pw‖² a perturbation with {Wording.Count(Patient.Every)} steps between",
            converged.Average(r => r[^1].NullNormSquared / count), growth, absolute: 3 * deviation);
        var expected = judge.Measure("expected growth of the test error over all perturbations",
            count * PerturbedPolynomials.TestGrowth(Degree, Paper.Sigma));
        judge.Measure("test error of Φ⁺y", PerturbedPolynomials.TestError(minimum));
        judge.Measure("change of the test error, single runs", Spread.Of(change).ToString());
        var error = Math.Sqrt(change.Select(c => Math.Pow(c - change.Average(), 2)).Sum() / (change.Length - 1) / change.Length);
        judge.Measure($"change of the test error, mean of {PerturbedPolynomials.Repeats} runs and its standard error", change.Average(),
            error);
        judge.Amended("the test error grows in expectation, by σ²/M Σ‖Pφ(x)‖² a perturbation; single runs go both ways")
            .Near($"change of the test error, mean of {PerturbedPolynomials.Repeats} runs", change.Average(), expected,
            absolute: 3 * error);

        double[] index = [.. Enumerable.Range(1, count).Select(i => (double)i)];
        var walk = runs.Select(r => r.Where(m => m.Iteration % Paper.Every == 0 && m.Iteration > Paper.Every).Take(count)
            .Select(m => m.NullNormSquared).ToArray()).ToArray();
        var panel = new Panel("‖Pw‖² after each perturbation", new Axis("perturbations"), new Axis("‖Pw‖²"))
            .Line($"mean of {PerturbedPolynomials.Repeats} runs", index, [.. index.Select((_, i) => walk.Average(w => w[i]))], 0)
            .Line("least", index, [.. index.Select((_, i) => walk.Min(w => w[i]))], 5)
            .Line("greatest", index, [.. index.Select((_, i) => walk.Max(w => w[i]))], 5)
            .Predicted($"{Wording.Text(growth, 5)} a perturbation", index, i => growth * i, 7);
        return judge.Outcome(chart: new Chart(panel), caption: "A random walk in 31 dimensions.",
            care: $"‖Pw‖² grows by {Wording.Text(walks.Average(), 4)} a perturbation ({PerturbedPolynomials.Repeats} runs; law "
                + $"{Wording.Text(growth, 5)}), what the data see returns to Φ⁺y, and the training error to 0. But "
                + $"{Wording.Count(Paper.Every)} steps are not convergence: the training error before a perturbation is up to "
                + $"{Wording.Text(Worst(runs, Paper), 2)}, with 100 times the steps {Wording.Text(Worst(converged, Patient), 2)}. The "
                + $"test error changes by {Wording.Text(change.Average(), 2)} ± {Wording.Text(error, 2)} of "
                + $"{Wording.Text(PerturbedPolynomials.TestError(minimum), 4)}, where {Wording.Text(expected, 2)} is expected: in this "
                + "setting the growth is tiny, and single runs go both ways.");
    }
}
