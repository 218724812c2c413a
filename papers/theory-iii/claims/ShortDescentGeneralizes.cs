using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// Claim b59: the training loss of gradient descent stopped at a time that does not depend on N approaches the expected one as N grows.
/// </summary>
internal static class ShortDescentGeneralizes
{
    private const int Inputs = 20, Fresh = 20_000;
    private const double Flips = .2, Step = .1, Short = 10, Long = 1000;
    private const int Units = 16, Few = 3;
    private static readonly int[] Sizes = [50, 100, 200, 400, 800, 1600];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b59-short-descent-generalizes",
        Paper = SourcePapers.TheoryIII,
        Place = "Theorem 1 (“regularized at any finite time”), §1 (“for long but finite time generalize”), §4.7",
        Equations = ["T3.31"],
        Hypothesis = "Gradient descent on an exponential-type loss for a finite time T, data that can be separated (Theorem 1), and a "
            + "fixed number of parameters while N → ∞ (§4.7).",
        Statement = "Gradient descent for a finite time T is regularized and generalizes, the training loss going to the expected loss as "
            + "N → ∞.",
        SetUp = $"Logistic loss (mean), a linear classifier on {Inputs} standard normal inputs from 0 and a ReLU net "
            + $"{Inputs}-{Units}-1 from Kaiming’s start, labels the sign of a fixed direction, "
            + $"N = {Wording.Count(Sizes[0])} … {Wording.Count(Sizes[^1])}, gradient descent with steps of "
            + $"{Wording.Text(Step)} to t = {Wording.Text(Short)}; the expected loss on {Wording.Count(Fresh)} "
            + $"fresh examples; seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}. Beside it the linear one "
            + $"with a fifth of the labels flipped, also to t = {Wording.Count((long)Long)}. The bound of Theorem 3 falls like N^{{−1/2}}: "
            + "an exponent between 0 and −½ is left open.",
        Expected = "|expected − training loss| falls with N, at least like N^{−1/2}.",
        History = ["stood until 2026-11-28 on a norm bounded by T, which is the triangle inequality, on a bound of ours and on linear "
            + "networks alone"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        double[] sizes = [.. Sizes.Select(static n => (double)n)];
        double[] Medians(double[][] gaps) => [.. gaps.Select(static g => Spread.Of(g).Median)];
        double Exponent(double[] medians) =>
            LinearRegression.Of([.. sizes.Select(static n => Math.Log(n))], [.. medians.Select(static g => Math.Log(g))]).Slope;
        double[][] All(Func<int, long, double> gap) => [.. Sizes.Select(n => Spread.Seeds.Select(seed => gap(n, seed)).ToArray())];
        double[][] linear = All((n, seed) => Linear(n, Short, seed, 0, context.Cancellation)),
            relu = All((n, seed) => Relu(n, seed, context.Cancellation)),
            flipped = All((n, seed) => Linear(n, Short, seed, Flips, context.Cancellation));
        double[] medians = Medians(linear), deep = Medians(relu), noisy = Medians(flipped);
        judge.Hypothesis.AtLeast("least margin of the training examples on the direction that labels them",
            Spread.Seeds.Min(static seed => Problem.Draw(Sizes[^1], seed, 0).LeastMargin), 0);
        const string exponent = "exponent of N in the median of |expected − training loss|";
        judge.Printed.In("linear").AtMost(exponent, Exponent(medians), strict: -.5, lenient: 0);
        judge.Printed.In($"ReLU net {Inputs}-{Units}-1").AtMost(exponent, Exponent(deep), strict: -.5, lenient: 0);
        judge.Amended("also of data that cannot be separated").AtMost($"a fifth flipped, linear: {exponent}", Exponent(noisy), 0);
        judge.Measure("median gap at t = 10, linear", medians);
        judge.Measure("median gap at t = 10, ReLU net", deep);
        judge.Measure("median gap at t = 10, a fifth flipped", noisy);
        // Long descents, of few examples alone: they are a hundred times the work.
        double[] late = Medians([.. Sizes.Take(Few).Select(n =>
            Spread.Seeds.Select(seed => Linear(n, Long, seed, Flips, context.Cancellation)).ToArray())]);
        judge.Measure($"median gap at t = 1,000, a fifth flipped, N = {string.Join(", ", Sizes.Take(Few))}", late);
        double[] Each(double[][] gaps) => [.. gaps.SelectMany(static g => g)];
        double[] at = [.. sizes.SelectMany(static n => Spread.Seeds.Select(_ => n))];
        var chart = new Chart(new Panel("Expected minus training loss", new Axis("examples N", Scale.Log), new Axis("|gap|", Scale.Log))
            .Points("linear, t = 10, five seeds", at, Each(linear), 0).Line("linear, t = 10, median", sizes, medians, 0)
            .Points("ReLU, t = 10, five seeds", at, Each(relu), 2).Line("ReLU, t = 10, median", sizes, deep, 2)
            .Line("linear, a fifth flipped, t = 1,000, median", [.. sizes.Take(Few)], late, 1)
            .Predicted("∝ 1/√N", sizes, [.. sizes.Select(n => deep[0] * Math.Sqrt(sizes[0] / n))], 2));
        return judge.Outcome(chart: chart, caption: "The gap of a descent that is stopped at t = 10 falls with N; followed to t = 1,000, "
                + "few examples are overfitted.",
            holds: $"From N = 50 to 1,600 the gap falls from {Wording.Text(medians[0])} to {Wording.Text(medians[^1])} for the linear "
                + $"classifier, like N^{{{Wording.Text(Exponent(medians))}}}, and from {Wording.Text(deep[0])} to {Wording.Text(deep[^1])} "
                + $"for the ReLU net, like N^{{{Wording.Text(Exponent(deep))}}}; with a fifth of the labels flipped like "
                + $"N^{{{Wording.Text(Exponent(noisy))}}}. Those followed to t = 1,000 have a gap of {Wording.Text(late[0])} at N = 50.");
    }

    // z = y x and the direction that y is the sign of.
    private sealed record Problem(double[][] Training, double[][] Fresh, double[] Truth)
    {
        public double LeastMargin => Training.Min(z => Vectors.Dot(Truth, z)) / Vectors.Norm(Truth);

        public static Problem Draw(int count, long seed, double flips)
        {
            var random = new RandomStream(seed, stream: 59);
            double[] Normal()
            {
                var x = new double[Inputs];
                foreach (ref var v in x.AsSpan()) v = random.NextNormal();
                return x;
            }
            var truth = Normal();
            double[][] Examples(int n) => [.. Enumerable.Range(0, n).Select(_ =>
            {
                var x = Normal();
                Vectors.Scale(Math.Sign(Vectors.Dot(truth, x)) * (random.NextDouble() < flips ? -1 : 1), x, x);
                return x;
            })];
            return new(Examples(count), Examples(ShortDescentGeneralizes.Fresh), truth);
        }
    }

    // |expected − training loss| of log(1 + e^{−w·z}) after descent from 0.
    private static double Linear(int count, double until, long seed, double flips, CancellationToken cancellation)
    {
        var problem = Problem.Draw(count, seed, flips);
        double[] w = new double[Inputs], gradient = new double[Inputs];
        for (var t = 0; t < (int)Math.Round(until / Step); t++)
        {
            cancellation.ThrowIfCancellationRequested();
            Array.Clear(gradient);
            foreach (var z in problem.Training) Vectors.Add(-1 / (1 + Math.Exp(Vectors.Dot(w, z))) / count, z, gradient);
            Vectors.Add(-Step, gradient, w);
        }
        double Mean(double[][] z) => z.Average(v => Math.Log(1 + Math.Exp(-Vectors.Dot(w, v))));
        return Math.Abs(Mean(problem.Fresh) - Mean(problem.Training));
    }

    // The same of a ReLU net. It is not odd in x: every second example is given as −z with the label −1.
    private static double Relu(int count, long seed, CancellationToken cancellation)
    {
        var problem = Problem.Draw(count, seed, 0);
        var net = Network.Dense(Inputs, Units, 1);
        EmpiricalRisk Risk(double[][] z)
        {
            double[] y = [.. z.Select((_, n) => n % 2 == 0 ? 1.0 : -1.0)];
            return new(net, Loss.Logistic, new Dataset("half-space", [.. z.SelectMany((v, n) => v.Select(c => y[n] * c))], y, Inputs),
                Reduction.Mean);
        }
        var risk = Risk(problem.Training);
        var theta = Initialization.Kaiming(net, new RandomStream(seed, stream: 60));
        var descent = new double[theta.Length];
        for (var t = 0; t < (int)Math.Round(Short / Step); t++)
        {
            cancellation.ThrowIfCancellationRequested();
            var value = risk.Evaluate(theta, descent);
            Vectors.Add(Step * Math.Exp(value.LogScale), descent, theta);
        }
        return Math.Abs(Math.Exp(Risk(problem.Fresh).LogLoss(theta)) - Math.Exp(risk.LogLoss(theta)));
    }
}
