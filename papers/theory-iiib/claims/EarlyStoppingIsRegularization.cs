using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;
using Rhoflow.Regression;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>
/// Claim b31: stopping gradient descent early is much like regularization, under the exponential loss (at equal ρ) as under the square
/// loss,
/// and not the same.
/// </summary>
internal static class EarlyStoppingIsRegularization
{
    private const int Examples = 20, Features = 30, Lambdas = 4001;
    private const double Noise = .5;
    private static readonly double[] Times = [.01, .1, 1, 10, 100];

    // The separable sets, and where the flow is stopped on them.
    private const int Separable = 30, Inputs = 5;
    private static readonly double[] Decades = [-2, -1, 0, 1, 2, 3, 4, 6, 8, 16, 32, 100];

    // Within a hundredth two solutions are the same for all purposes, beyond a tenth they are not; the paper gives no bound.
    private const double Same = .01, Other = .1;
    private const string Distance = "distance of the stopped solution from the nearest regularized one, relative, greatest of five";

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b31-early-stopping-is-regularization",
        Paper = SourcePapers.TheoryIIIb,
        Place = "§5.3 after Theorem 3 (“allows us to show … equivalence of early stopping and regularization”), §13 (“suggests a possible "
            + "approach to prove”)",
        Equations = ["T3b.14", "T3b.17"],
        Hypothesis = "Exponential loss, separable data, W_k = ρ_kV_k, gradient descent stopped at T₀ and compared at equal ρ: §13’s "
            + "penalty enforces a unit norm and is “formally different from a regularization parameter”; it announces the equivalence and "
            + "does not prove it. §4 says of all losses that the number of iterations “can be considered the inverse of a virtual "
            + "regularization parameter”, which claims no identity.",
        Statement = "Early stopping is equivalent to regularization: a stopping time T₀ corresponds to a λ.",
        SetUp = $"Exponential loss (sum), one linear layer, {Separable} directions in {Inputs} dimensions labelled by a half-space, "
            + $"gradient flow from 0 stopped at t = {Wording.Decade(Decades[0])} … {Wording.Decade(Decades[^1])}, beside the minimizer of "
            + $"L + λ‖w‖² at the λ whose minimizer has the same ρ: distance of the directions. Least squares with X {Examples}×{Features} "
            + $"standard normal, y = X w* + N(0, {Wording.Short(Noise)}²), w* of norm 1, seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}; "
            + $"gradient descent from 0 with steps a hundredth of the stable one, stopped at t = {Wording.Text(Times[0])} … "
            + $"{Wording.Text(Times[^1])}; for each the ridge solution nearest to it among {Wording.Count(Lambdas)} values of λ, and the "
            + "expected risk ‖w − w*‖² of both along their paths.",
        Expected = "Each stopped solution is a regularized one. The paper says not how nearly: within "
            + $"{Wording.Text(Same)} they are the same, beyond {Wording.Text(Other)} they are not.",
        History = ["was ≈ until 2026-11-28, because the square loss decided, of which no equivalence is claimed"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var studies = Spread.Seeds.Select(Study).ToArray();
        var flows = Spread.Seeds.Select(seed => Exponential(seed, context)).ToArray();
        judge.Hypothesis.AtLeast("least margin of the separable sets", flows.Min(f => f.Margin), 1e-3);
        judge.Premise.AtMost("largest distance of the regularization path at that λ from the minimizer of that norm, relative",
            flows.Max(f => f.PathMismatch), 1e-6);
        judge.Measure($"exponential loss at equal ρ, t = {string.Join(", ", Decades.Select(Wording.Decade))}: {Distance}",
            [.. Decades.Select((_, i) => flows.Max(f => f.Distance[i]))]);
        judge.Printed.In("exponential loss at equal ρ, worst time")
            .AtMost(Distance, flows.Max(f => f.Distance.Max()), strict: Same, lenient: Other);
        judge.Measure("exponential loss: ρ at these times, seed 0", flows[0].Rho);
        judge.Measure("exponential loss: λ at these times, natural logarithm, seed 0", flows[0].LogLambda);
        for (var i = 0; i < Times.Length; i++)
        {
            judge.Measure($"least squares, t = {Wording.Text(Times[i])}: {Distance}", studies.Max(s => s.Distance[i]));
            judge.Measure($"λ·2t/N of the nearest at t = {Wording.Text(Times[i])}",
                Spread.Of(studies.Select(s => s.Product[i])).ToString());
        }
        double least = studies.Max(s => s.Distance.Max()), exponential = flows.Max(f => f.Distance.Max());
        const string similar = "similar, not equal: within a fifth (the filters 1 − e^{−2s²t/N} and s²/(s² + λ) have the same shape)";
        judge.Amended(similar).In("least squares, worst time").AtMost(Distance, least, .2);
        judge.Amended(similar).In("exponential loss at equal ρ, worst time").AtMost(Distance, exponential, .2);
        judge.Amended(similar).Between("least risk of a stopped solution over least risk of a ridge solution, median of five",
            Spread.Of(studies.Select(s => s.RiskRatio)).Median, .9, 1.1);
        judge.Measure("least risk stopped over least risk of ridge", Spread.Of(studies.Select(s => s.RiskRatio)).ToString());
        var first = studies[0];
        var chart = new Chart(
            new Panel("Exponential loss: distance at equal ρ", new Axis("t", Scale.Exponent),
                new Axis("‖v(T₀) − v(λ)‖", Min: 0))
                .Points("five sets", [.. flows.SelectMany(_ => Decades)], [.. flows.SelectMany(f => f.Distance)], 0),
            new Panel("Distance of the stopped solution from all ridge solutions", new Axis("t", Scale.Log),
                new Axis("relative distance from the nearest", Min: 0))
                .Points("five seeds", [.. studies.SelectMany(_ => Times)], [.. studies.SelectMany(s => s.Distance)], 0),
            new Panel("Risk along both paths, seed 0", new Axis("t, or N/(2λ)", Scale.Log), new Axis("‖w − w*‖²"))
                .Line("stopped at t", first.T, first.StoppedRisk, 0)
                .Line("ridge with λ", first.T, first.RidgeRisk, 1));
        return judge.Outcome(chart: chart, caption: "Near, along the whole path; equal only at its ends.",
            open: $"Under the exponential loss the stopped direction is up to {Wording.Text(exponential, 2)} from that of the "
                + $"regularized minimizer of the same norm (at t = {Wording.Decade(Decades[flows.MaxBy(f => f.Distance.Max())!.Worst])}; "
                + $"{Wording.Text(flows.Max(f => f.Distance[0]), 2)} at the first and {Wording.Text(flows.Max(f => f.Distance[^1]), 2)} "
                + "at the last instant). Under the square loss the nearest ridge solution is "
                + $"{Wording.Text(studies.Min(s => s.Distance.Max()), 2)} to {Wording.Text(studies.Max(s => s.Distance.Max()), 2)} away "
                + "(relative, worst time, five seeds), with λ·2t/N falling from 1 to 0 as t grows. Stopped at the best time the risk is "
                + $"{Spread.Of(studies.Select(s => s.RiskRatio))} of that at the best λ: as regularizers they are as good as each other, "
                + "but no λ gives the same solution.");
    }

    // The flow from 0, and at every instant the minimizer on the sphere of the norm that it has reached, which is that of L + λ‖w‖² for
    // 2λρ = L v·Σ p_n z_n.
    private sealed record Stopped(double[] Rho, double[] LogLambda, double[] Distance, double Margin, double PathMismatch)
    {
        public int Worst => Array.IndexOf(Distance, Distance.Max());
    }

    private static Stopped Exponential(long seed, StudyContext context)
    {
        var data = ExampleSets.HalfSpace(Separable, Inputs, seed);
        var points = new UnconstrainedFlow(new EmpiricalRisk(Network.Dense(Inputs, 1), Loss.Exponential, data, Reduction.Sum))
            .From(new double[Inputs]).At([.. Decades.Select(Instant.FromLog10T)], context.Cancellation).ToArray();
        double[] rho = [.. points.Select(p => Vectors.Norm(p.Weights()))];
        var minima = rho.Select(r => FixedRhoMinimizer.Solve(data, r)).ToArray();
        double[] logLambda = [.. minima.Select(m => -m.SmoothedMargin * m.Rho + Math.Log(m.Multiplier) - Math.Log(2 * m.Rho))];
        var path = RegularizationPath.At(data, Loss.Exponential, logLambda);
        double mismatch = 0;
        var distance = new double[points.Length];
        for (var i = 0; i < points.Length; i++)
        {
            double[] v = points[i].Weights(), regularized = path[i].Weights.ToArray();
            Vectors.Scale(1 / rho[i], v, v);
            distance[i] = Vectors.Distance(v, minima[i].Direction);
            Vectors.Scale(1 / rho[i], regularized, regularized);
            mismatch = Math.Max(mismatch, Vectors.Distance(regularized, minima[i].Direction));
        }
        return new Stopped(rho, logLambda, distance, HardMargin.Solve(data).Margin, mismatch);
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
