using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// Claim b59: gradient descent stopped at a time that does not depend on N has a bounded norm, and its training loss approaches the
/// expected one as N grows.
/// </summary>
internal static class ShortDescentGeneralizes
{
    private const int Inputs = 20, Fresh = 20_000;
    private const double Flips = .2, Step = .1, Short = 10, Long = 1000;
    private static readonly int[] Sizes = [50, 100, 200, 400, 800, 1600];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b59-short-descent-generalizes",
        Paper = SourcePapers.TheoryIII,
        Place = "§1 (summary), §4: “for any finite t the solution is regularized, as in early stopping”; Theory IIIb §13",
        Equations = ["T3.31"],
        Hypothesis = "Gradient descent for a finite time T, whatever the data (§1, §4); nothing is said of separability.",
        Statement = "Gradient descent for a finite time T is regularized: its solution has a norm bounded by T, and generalizes, the "
            + "training loss going to the expected loss as N → ∞.",
        SetUp = $"Logistic loss (mean), a linear classifier on {Inputs} standard normal inputs, "
            + "labels the sign of a fixed direction, as they are and with a "
            + $"fifth of them flipped, N = {Wording.Count(Sizes[0])} … {Wording.Count(Sizes[^1])}, gradient descent with steps of "
            + $"{Wording.Text(Step)} from 0 to t = {Wording.Text(Short)}; the expected loss on {Wording.Count(Fresh)} "
            + $"fresh examples; seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}, and the same to t = {Wording.Count((long)Long)} beside it.",
        Expected = "‖w(T)‖ ≤ T max‖∇L‖ whatever N is; |expected − training loss| falls with N, at least like N^{−1/2}.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        // Without a flipped label the data are separable, which T3's theory of exponential losses assumes; flipped ones are beside it.
        var clean = Sizes.Select(n => Spread.Seeds.Select(seed => Gap(n, Short, seed, context.Cancellation, flips: 0)).ToArray()).ToArray();
        double[] cleanMedians = [.. clean.Select(static g => Spread.Of(g.Select(static v => v.Gap)).Median)];
        judge.Printed.In("separable").AtMost("‖w(T)‖/(T max ‖∇L‖) (greatest)", clean.SelectMany(static g => g).Max(static g => g.NormShare),
            1);
        judge.Printed.In("separable").AtMost("exponent of N in the median gap", LinearRegression.Of(
            [.. Sizes.Select(static n => Math.Log(n))], [.. cleanMedians.Select(static g => Math.Log(g))]).Slope, -.5);
        judge.Measure("separable: median gap at t = 10", cleanMedians);
        var gaps = Sizes.Select(n => Spread.Seeds.Select(seed => Gap(n, Short, seed, context.Cancellation)).ToArray()).ToArray();
        double[] medians = [.. gaps.Select(static g => Spread.Of(g.Select(static v => v.Gap)).Median)];
        judge.Printed.In("a fifth flipped")
            .AtMost("‖w(T)‖/(T max ‖∇L‖) (greatest)", gaps.SelectMany(static g => g).Max(static g => g.NormShare), 1);
        var slope = LinearRegression.Of([.. Sizes.Select(static n => Math.Log(n))], [.. medians.Select(static g => Math.Log(g))]).Slope;
        judge.Printed.In("a fifth flipped").AtMost("exponent of N in the median gap", slope, -.5);
        judge.Printed.AtMost("median gap at N = 1,600", medians[^1], .02);
        double[] late = [.. Sizes.Select(n => Spread.Of(Spread.Seeds.Select(seed => Gap(n, Long, seed, context.Cancellation).Gap)).Median)];
        judge.Measure("median gap at t = 10", medians);
        judge.Measure("median gap at t = 1,000", late);
        judge.Measure("gap at t = 10, N = 1,600", Spread.Of(gaps[^1].Select(static g => g.Gap)).ToString());
        double[] sizes = [.. Sizes.Select(static n => (double)n)];
        var chart = new Chart(new Panel("Expected minus training loss", new Axis("examples N", Scale.Log), new Axis("gap", Scale.Log))
            .Points("t = 10, five seeds", [.. sizes.SelectMany(static n => Spread.Seeds.Select(_ => n))],
            [.. gaps.SelectMany(static g => g.Select(static v => v.Gap))], 0)
            .Line("t = 10, median", sizes, medians, 0).Line("t = 1,000, median", sizes, late, 1)
            .Predicted("∝ 1/N", sizes, [.. sizes.Select(n => medians[^1] * sizes[^1] / n)], 0));
        return judge.Outcome(chart: chart,
            caption: "The gap of a descent that is stopped at t = 10 falls like 1/N; followed to t = 1,000, few examples are overfitted.",
            holds: $"The gap falls from {Wording.Text(medians[0])} at N = 50 to {Wording.Text(medians[^1])} at N = 1,600, like "
                + $"N^{{{Wording.Text(slope)}}}, and the norm is at most "
                + $"{Wording.Text(gaps.SelectMany(static g => g).Max(static g => g.NormShare))} of T max‖∇L‖. Followed to t = 1,000 the "
                + $"gap is {Wording.Text(late[0])} at N = 50.");
    }

    private static (double Gap, double NormShare) Gap(int count, double until, long seed, CancellationToken cancellation,
        double flips = Flips)
    {
        var random = new RandomStream(seed, stream: 59);
        var truth = new double[Inputs];
        foreach (ref var v in truth.AsSpan()) v = random.NextNormal();
        // z = y x, so that both losses are means of log(1 + e^{−w·z}).
        double[][] Draw(int n) => [.. Enumerable.Range(0, n).Select(_ =>
        {
            var x = new double[Inputs];
            foreach (ref var v in x.AsSpan()) v = random.NextNormal();
            var y = Math.Sign(Vectors.Dot(truth, x)) * (random.NextDouble() < flips ? -1 : 1);
            Vectors.Scale(y, x, x);
            return x;
        })];
        double[][] training = Draw(count), fresh = Draw(Fresh);
        double[] w = new double[Inputs], gradient = new double[Inputs];
        var steepest = 0.0;
        for (var t = 0; t < (int)Math.Round(until / Step); t++)
        {
            cancellation.ThrowIfCancellationRequested();
            Array.Clear(gradient);
            foreach (var z in training) Vectors.Add(-1 / (1 + Math.Exp(Vectors.Dot(w, z))) / count, z, gradient);
            steepest = Math.Max(steepest, Vectors.Norm(gradient));
            Vectors.Add(-Step, gradient, w);
        }
        double Loss(double[][] z) => z.Average(v => Math.Log(1 + Math.Exp(-Vectors.Dot(w, v))));
        return (Loss(fresh) - Loss(training), Vectors.Norm(w) / (until * steepest));
    }
}
