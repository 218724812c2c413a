using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;
using Rhoflow.Regression;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Claim b31: stopping gradient descent early is much like ridge regularization, and not the same.</summary>
internal static class EarlyStoppingIsRegularization
{
    private const int Examples = 20, Features = 30, Lambdas = 4001;
    private const double Noise = .5;
    private static readonly double[] Times = [.01, .1, 1, 10, 100];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b31-early-stopping-is-regularization",
        Paper = SourcePapers.TheoryIIIb,
        Place = "§13, §5 (square loss; the equivalence is announced, not proved)",
        Equations = ["T3b.14", "T3b.17"],
        Hypothesis = "Gradient descent with the constraint kept by multipliers λ_k; §13 derives the correspondence of T₀ and λ for the "
            + "exponential loss at equal ρ, and refers to [13] for the square loss.",
        Statement = "Early stopping is equivalent to regularization: a stopping time T₀ corresponds to a λ.",
        SetUp = $"Least squares with X {Examples}×{Features} standard normal, y = X w* + N(0, {Wording.Short(Noise)}²), w* of norm 1, "
            + $"seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}; gradient descent from 0 with steps a hundredth of the stable one, stopped "
            + $"at t = {Wording.Text(Times[0])} … {Wording.Text(Times[^1])}; for each the ridge solution nearest to it among "
            + $"{Wording.Count(Lambdas)} "
            + "values of λ, and the expected risk ‖w − w*‖² of both along their paths.",
        Expected = "Each stopped solution is a ridge solution.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var studies = Spread.Seeds.Select(Study).ToArray();
        for (var i = 0; i < Times.Length; i++)
        {
            judge.Printed.AtMost($"distance from the nearest ridge solution at t = {Wording.Text(Times[i])}, relative (greatest of five)",
                studies.Max(s => s.Distance[i]), 1e-3);
            judge.Measure($"λ·2t/N of the nearest at t = {Wording.Text(Times[i])}",
                Spread.Of(studies.Select(s => s.Product[i])).ToString());
        }
        const string similar = "similar, not equal: the filters 1 − e^{−2s²t/N} and s²/(s² + λ) have the same shape";
        judge.Amended(similar)
            .AtMost("greatest distance from the nearest ridge solution, relative", studies.Max(s => s.Distance.Max()), .2);
        judge.Amended(similar).Between("least risk of a stopped solution over least risk of a ridge solution, median of five",
            Spread.Of(studies.Select(s => s.RiskRatio)).Median, .9, 1.1);
        judge.Measure("least risk stopped over least risk of ridge", Spread.Of(studies.Select(s => s.RiskRatio)).ToString());
        var first = studies[0];
        var chart = new Chart(
            new Panel("Distance of the stopped solution from all ridge solutions", new Axis("t", Scale.Log),
                new Axis("relative distance from the nearest", Min: 0))
                .Points("five seeds", [.. studies.SelectMany(_ => Times)], [.. studies.SelectMany(s => s.Distance)], 0),
            new Panel("Risk along both paths, seed 0", new Axis("t, or N/(2λ)", Scale.Log), new Axis("‖w − w*‖²"))
                .Line("stopped at t", first.T, first.StoppedRisk, 0)
                .Line("ridge with λ", first.T, first.RidgeRisk, 1));
        return judge.Outcome(chart: chart, caption: "Near, along the whole path; equal only at its ends.",
            care: $"The nearest ridge solution is {Wording.Text(studies.Min(s => s.Distance.Max()), 2)} to "
                + $"{Wording.Text(studies.Max(s => s.Distance.Max()), 2)} away (relative, worst time, five seeds), with λ·2t/N falling "
                + $"from 1 to 0 as t grows. Stopped at the best time the risk is {Spread.Of(studies.Select(s => s.RiskRatio))} of that "
                + "at the best λ: as regularizers they are as good as each other, but no λ gives the same solution.");
    }

    private sealed record Paths(double[] Distance, double[] Product, double RiskRatio, double[] T, double[] StoppedRisk,
        double[] RidgeRisk);

    private static Paths Study(long seed)
    {
        double[][] phi = [.. Enumerable.Range(0, Examples).Select(n => ExampleSets.Normal(Features, seed, stream: 100 + n))];
        var truth = ExampleSets.Normal(Features, seed, stream: 31);
        Vectors.Scale(1 / Vectors.Norm(truth), truth, truth);
        var noise = ExampleSets.Normal(Examples, seed, stream: 32);
        double[] y = [.. phi.Select((row, n) => Vectors.Dot(row, truth) + Noise * noise[n])];
        var modes = FeatureModes.Of(phi);
        var step = modes.LargestStep / 100;
        double[] Stopped(double t)
        {
            var w = new double[Features];
            modes.Descend(w, y, step, (long)Math.Round(t / step));
            return w;
        }
        double[] lambdas = [.. Curves.Exponents(-10, 10, Lambdas).Select(e => Math.Pow(10, e))];
        double[][] ridge = [.. lambdas.Select(l => modes.Ridge(y, l))];
        double Risk(double[] w) => Math.Pow(Vectors.Distance(w, truth), 2);
        var (distance, product) = (new double[Times.Length], new double[Times.Length]);
        for (var i = 0; i < Times.Length; i++)
        {
            var w = Stopped(Times[i]);
            var nearest = Enumerable.Range(0, lambdas.Length).MinBy(k => Vectors.Distance(ridge[k], w));
            distance[i] = Vectors.Distance(ridge[nearest], w) / Vectors.Norm(w);
            product[i] = lambdas[nearest] * 2 * Times[i] / Examples;
        }
        double[] t = [.. Curves.Exponents(-2, 3, 400).Select(e => Math.Pow(10, e))];
        double[] stopped = [.. t.Select(s => Risk(Stopped(s)))], regularized = [.. t.Select(s => Risk(modes.Ridge(y, Examples / (2 * s))))];
        return new Paths(distance, product, stopped.Min() / regularized.Min(), t, stopped, regularized);
    }
}
