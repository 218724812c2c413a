using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;
using Rhoflow.Regression;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Claim b47: perturbed and descended again, weights walk at random in the null space of the data, and nowhere else.</summary>
internal static class PerturbationsMoveTheNullSpace
{
    // Repeats: of the paper; Many: for the sign of what is small beside its spread.
    private const int Degree = 39, Many = 2000;
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
        Hypothesis = "Square loss, a linear network with more parameters than examples, Gaussian perturbations, gradient descent to "
            + "convergence (“zero training error, up to machine precision”) after each (§6, figure 4).",
        Statement = "Under the square loss, repeated perturbations of the weights, each followed by gradient descent to convergence "
            + "(zero training error up to machine precision), do not increase the training error; the part of the weights in the null "
            + "space of the gradient undergoes a random walk, which increases the norm and the test error.",
        SetUp = $"{PerturbedPolynomials.Words}. Figure 4's {Wording.Count(Paper.Every)} steps are not convergence: judged with "
            + $"{Wording.Count(Patient.Every)}, and the test error over {Wording.Count(Many)} runs: the caption's "
            + $"{PerturbedPolynomials.Repeats} leave its rise below two standard errors, and the number was raised to tell its sign.",
        Expected = "E‖w‖² grows by (D − rank) σ² = "
            + $"{Unseen}·{Wording.Short(Paper.Sigma)}² = {Wording.Text(PerturbedPolynomials.NormGrowth(Degree, Paper.Sigma), 5)} a "
            + "perturbation; training error no larger before each than before the first; E of the test error grows by σ²/M Σ‖Pφ(x)‖².",
        History = ["was ≈ until 2026-11-28, because figure 4's 120,000 steps between perturbations, which are not convergence, were "
            + "taken for the statement"],
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
        judge.Hypothesis.AtMost($"largest training error before a perturbation, {Wording.Count(Patient.Every)} steps after the last",
            Worst(converged, Patient), 1e-20);
        judge.Printed.Near($"growth of ‖Pw‖² a perturbation, mean of {PerturbedPolynomials.Repeats} runs",
            converged.Average(r => r[^1].NullNormSquared / count), growth, absolute: 3 * deviation);
        judge.Printed.AtMost("largest relative distance of the seen part ‖w‖² − ‖Pw‖² from ‖Φ⁺y‖² at the end",
            converged.Max(r => Math.Abs((r[^1].NormSquared - r[^1].NullNormSquared) / Vectors.Dot(minimum, minimum) - 1)), 1e-9);
        judge.Printed.AtMost("largest training error at the end", converged.Max(r => r[^1].TrainError), 1e-20);
        var many = PerturbedPolynomials.Runs(context, Degree, Patient, Many);
        double[] rises = [.. many.Select(r => r[^1].TestError - r.Single(m => m.Iteration == Patient.Every).TestError)];
        var riseError = Math.Sqrt(rises.Select(c => Math.Pow(c - rises.Average(), 2)).Sum() / (rises.Length - 1) / rises.Length);
        judge.Printed.AtLeast($"change of the test error, mean of {Wording.Count(Many)} runs, in standard errors",
            rises.Average() / riseError, 2);
        judge.Measure($"change of the test error, mean of {Wording.Count(Many)} runs and its standard error", rises.Average(), riseError);
        var steps = $"figure 4's {Wording.Count(Paper.Every)} steps between perturbations are not convergence: the slowest mode still has "
            + "6 % of its disturbance";
        judge.Amended(steps).AtLeast($"largest training error before a perturbation, {Wording.Count(Paper.Every)} steps after the last",
            Worst(runs, Paper), 1e-12);
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
            holds: $"‖Pw‖² grows by {Wording.Text(converged.Average(r => r[^1].NullNormSquared / count), 4)} a perturbation "
                + $"({PerturbedPolynomials.Repeats} runs; law {Wording.Text(growth, 5)}), what the data see returns to Φ⁺y, and the "
                + "training error to 0, if descent is given the steps: the training error before a perturbation is "
                + $"{Wording.Text(Worst(converged, Patient), 2)} at most after {Wording.Count(Patient.Every)} steps, up to "
                + $"{Wording.Text(Worst(runs, Paper), 2)} after figure 4's {Wording.Count(Paper.Every)}. The test error changes by "
                + $"{Wording.Text(rises.Average(), 2)} ± {Wording.Text(riseError, 2)} of "
                + $"{Wording.Text(PerturbedPolynomials.TestError(minimum), 4)} in the mean of {Wording.Count(Many)} runs, where "
                + $"{Wording.Text(expected, 2)} is expected ({Wording.Text(change.Average(), 2)} ± {Wording.Text(error, 2)} over the "
                + $"paper's {PerturbedPolynomials.Repeats}): in this setting the growth is tiny, and single runs go both ways.");
    }
}
