using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Claim b117: in degenerate linear networks under normalization the end depends on the start at λ = 0, and only there.
/// </summary>
internal static class LinearStartForgotten
{
    private const int Inputs = 5, Examples = 2, Starts = 3;

    // The start is forgotten like e^{−2λρ²t}: t = Decays/(λρ²) leaves e^{−2 Decays} of it. Its rate is measured between Early and Late.
    private const double Decays = 60, Early = 3, Late = 6;

    // Ends further apart than this, over ‖X⁺y‖, are two: a thousand times the accuracy of the flow. The paper names no size.
    private const double Apart = 1e-6;
    private static readonly double[] Lambdas = [.01, .1, 1];
    private static readonly double[] Norms = [.3, 3];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b117-linear-start-forgotten",
        Title = "Degenerate linear networks forget the start with decay only",
        Paper = SourcePapers.SquareLoss,
        Place = "§2.3 after eq. 6; appendix E.2",
        Equations = ["SQ.5", "SQ.6", "SQ.32", "SQ.33"],
        Hypothesis = "One linear layer, fewer examples than inputs, the square loss, the flow (5)–(6) of ρ and v, ρ ≠ 0 (E.2).",
        Statement = "Even for linear degenerate networks convergence is independent of initial conditions only if λ > 0, for any λ > 0.",
        SetUp = $"d = {Inputs}, N = {Examples} examples of gaussian-teacher, {Starts} random v from ρ0 = "
            + $"{string.Join(" and ", Norms.Select(static n => Wording.Short(n)))}, seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]} of data and "
            + $"starts; λ = 0 to t = 1e4 and λ = {string.Join(", ", Lambdas.Select(static l => Wording.Short(l)))} to t = "
            + $"{Wording.Text(Decays)}/(λ‖w‖²), w the ridge solution. At λ = 0 beside a closed form: the part of v outside the data, u, "
            + "has u̇ = −ρ̇ρu, so that ‖u‖e^{ρ²/2} stays, and ρ² = ‖X⁺y‖² + ρ²‖u‖² is one equation for ρ at the end. At λ > 0 beside "
            + $"the ridge solution (XᵀX + λI)⁻¹Xᵀy; at it u falls like e^{{−2λρ²t}}. Ends further apart than {Wording.Text(Apart)} ‖X⁺y‖ "
            + "are two; the bound was .1 before a first look.",
        Expected = "λ = 0: w = X⁺y + P_null w at the ρ of the closed form, another for each start. λ > 0: ‖w − ridge‖ = 0.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        double law = 0, fit = 0;
        List<double> spread = [], ridge = [], left = [];
        List<(double Norm, double Null, double End, double Least)> ends = [];
        foreach (var seed in Spread.Seeds)
        {
            var data = GaussianTeacher.Draw(Examples, Inputs, seed);
            var risk = new EmpiricalRisk(Network.Dense(Inputs, 1), Loss.Square, data, Reduction.Sum);
            var minimum = MinimumNorm.Of(data);
            var least = Vectors.Norm(minimum.Weights);
            var free = new List<double[]>();
            foreach (var norm in Norms)
                for (var s = 0; s < Starts; s++)
                {
                    var v = ExampleSets.Normal(Inputs, 10 * seed + s, stream: 117);
                    Vectors.Scale(1 / Vectors.Norm(v), v, v);
                    var end = Flow(risk, 0, norm, v, Instant.FromLog10T(4), context);
                    free.Add(end);
                    var hidden = Vectors.Norm(minimum.NullPart(v));
                    var predicted = Predicted(least, norm, hidden);
                    law = Math.Max(law, Math.Abs(Vectors.Norm(end) - predicted) / predicted);
                    var fitted = minimum.Weights;
                    Vectors.Add(1, minimum.NullPart(end), fitted);
                    fit = Math.Max(fit, Vectors.Distance(end, fitted));
                    if (seed == Spread.Seeds[0]) ends.Add((norm, hidden, Vectors.Norm(end), least));
                }
            spread.Add(free.Max(a => free.Max(b => Vectors.Distance(a, b))) / least);
            foreach (var lambda in Lambdas)
            {
                var target = minimum.Ridge(lambda);
                var size = Vectors.Norm(target);
                foreach (var (norm, s) in Norms.SelectMany(static n => Enumerable.Range(0, Starts).Select(s => (n, s))))
                {
                    var v = ExampleSets.Normal(Inputs, 10 * seed + s, stream: 117);
                    Vectors.Scale(1 / Vectors.Norm(v), v, v);
                    var unit = 1 / (lambda * size * size);
                    double Null(double times) => Vectors.Norm(minimum.NullPart(
                        Flow(risk, lambda, norm, v, Instant.FromT(times * unit), context)));
                    ridge.Add(Vectors.Distance(Flow(risk, lambda, norm, v, Instant.FromT(Decays * unit), context), target) / size);
                    left.Add(Math.Log(Null(Early) / Null(Late)) / (2 * (Late - Early)));
                }
            }
        }
        judge.Premise.AtMost("λ = 0: largest relative distance of ρ from the closed form", law, 1e-6);
        judge.Premise.AtMost("λ = 0: largest distance of w from X⁺y + P_null w", fit, 1e-6);
        judge.Premise.Near("λ > 0: median rate at which the null part falls, in units of 2λρ²", Spread.Of(left).Median, 1, relative: .02);
        judge.Printed.AtLeast("λ = 0: least over five data sets of the largest distance between two ends, over ‖X⁺y‖", spread.Min(), Apart);
        judge.Printed.AtMost("λ > 0: largest distance of an end from the ridge solution, relative", ridge.Max(), 1e-5);
        double[] nulls = [.. Enumerable.Range(0, 101).Select(static i => i / 100.0)];
        var panel = new Panel("λ = 0: ρ at the end, one data set", new Axis("‖P_null v‖ at the start", Min: 0, Max: 1),
            new Axis("ρ/‖X⁺y‖", Min: 0));
        for (var i = 0; i < Norms.Length; i++)
        {
            var norm = Norms[i];
            var own = ends.Where(e => e.Norm == norm).ToArray();
            panel = panel.Points($"flow from ρ0 = {Wording.Short(norm)}", [.. own.Select(static e => e.Null)],
                [.. own.Select(static e => e.End / e.Least)], i)
                .Predicted($"closed form, ρ0 = {Wording.Short(norm)}", nulls, u => Predicted(ends[0].Least, norm, u) / ends[0].Least, i);
        }
        var text = $"λ = 0: ends of {Norms.Length * Starts} starts lie up to {Wording.Text(spread.Min(), 2)} … "
            + $"{Wording.Text(spread.Max(), 2)} ‖X⁺y‖ apart in five data sets, least where ‖X⁺y‖ is large since ‖u‖ falls like "
            + $"e^{{−ρ²/2}}, and ρ is the closed form’s to {Wording.Text(law, 2)}. λ > 0: all ends are the ridge solution to "
            + $"{Wording.Text(ridge.Max(), 2)}, after a time of some 1/(2λρ²), which grows without bound as λ → 0.";
        return judge.Outcome(holds: text, fails: text, chart: new Chart(panel.Level("least norm, and the end for λ → 0", 1)),
            caption: "With decay all starts end at the level, to within λ.");
    }

    private static double[] Flow(EmpiricalRisk risk, double lambda, double rho, double[] v, Instant end, StudyContext context) =>
        new BatchNormWeightDecayFlow(risk, lambda, rho).From(v, new IntegrationOptions { Tolerance = new(1e-11, 1e-13) })
            .At([end], context.Cancellation).Single().Weights();

    // ρ of the end at λ = 0: 1 − m²/p = u²e^{−(p − p_0)} for p = ρ²; the left side grows with p, the right one falls.
    private static double Predicted(double m, double rho, double u)
    {
        double low = m * m, high = m * m + rho * rho + 50;
        for (var i = 0; i < 200; i++)
        {
            var p = (low + high) / 2;
            if (1 - m * m / p < u * u * Math.Exp(rho * rho - p)) low = p;
            else high = p;
        }
        return Math.Sqrt((low + high) / 2);
    }
}
