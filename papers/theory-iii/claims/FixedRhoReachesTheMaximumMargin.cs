using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b13: minimizers of the loss on the sphere go to the maximum margin, and are never further from it than log N/ρ.</summary>
internal static class FixedRhoReachesTheMaximumMargin
{
    private static readonly double[] Rhos = [3, 10, 30, 100, 300, 1e3, 1e4, 1e5, 1e6];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b13-fixed-rho-reaches-the-maximum-margin",
        Paper = SourcePapers.TheoryIII,
        Place = "Theorem 5 and its proof, eq. 34–35, §8",
        Equations = ["T3.35a"],
        Hypothesis = "Unit-norm weights of K layers that minimize the exponential loss globally at fixed ρ, separable data (Theorem 5); "
            + "one linear layer here, where the minimizer is unique.",
        Statement = "For ρ → ∞ the unit-norm weights that minimize the exponential loss Σ e^{−ρf̃} converge to those of maximum margin "
            + "(stated for K layers, tested here for one). The proof's inequality N e^{−ρη*} ≥ L gives η(v*(ρ)) ≥ η* − log N/ρ at every "
            + "ρ.",
        History = ["was counted among the tests that hold until 2026-11-28; of a global minimizer it is an identity"],
        SetUp = "Iris, setosa against the rest, 150 × 4, no bias. v*(ρ) by Newton on the sphere for "
            + $"ρ = {Rhos[0]} … {Rhos[^1]:0e0}, η* by the hard-margin "
            + $"SVM; at ρ = {Rhos[1]} also the limit of the fixed-ρ flow (eq. 10) from five random directions "
            + $"(seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}).",
        Expected = "Margins rise to η* = 0.743137 and stay above η* − log 150/ρ. (Beyond the paper: v*(ρ) = v_svm + c/ρ with ‖c‖ = 1.736.)",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var iris = Iris.Load().Binary("setosa");
        var svm = HardMargin.Solve(iris);
        var expansion = FixedRhoExpansion.Of(iris, svm);
        var points = Rhos.Select(rho => FixedRhoMinimizer.Solve(iris, rho)).ToArray();
        var errors = points.Select(p => Vectors.Distance(p.Direction, svm.Direction)).ToArray();
        var bounds = Rhos.Select(rho => svm.Margin - Math.Log(iris.Count) / rho).ToArray();

        var judge = new Judge();
        judge.Identity("N e^{−ρη*} ≥ L(v*(ρ)) ≥ e^{−ρη(v*(ρ))} for a global minimizer, whatever the network");
        var risk = new EmpiricalRisk(Network.Dense(4, 1), Loss.Exponential, iris, Reduction.Sum);
        var flow = Spread.Of(Spread.Seeds.Select(seed => new FixedRhoFlow(risk, Rhos[1])
            .From(ExampleSets.Normal(4, seed, stream: 0), new IntegrationOptions { Tolerance = new(1e-10, 1e-12) })
            .At([Instant.FromLog10T(20)], context.Cancellation).Last()
            .DirectionError(points[1].Direction)));
        judge.Premise.AtMost("distance of the flow's limits from v*(10), five starts", flow.Max, 1e-8);
        judge.Premise.AtMost("largest KKT residual of v*(ρ)", points.Max(p => p.KktResidual), 1e-8);
        judge.Hypothesis.AtLeast("margin of the data", svm.Margin, 1e-3);
        judge.Measure("η*", svm.Margin);
        judge.Measure("ρ", Rhos);
        judge.Measure("η(v*(ρ))", [.. points.Select(p => p.Margin)]);
        judge.Measure("η* − log N/ρ", bounds);
        judge.Printed.AtLeast("smallest η(v*(ρ)) − (η* − log N/ρ)", points.Zip(bounds, (p, b) => p.Margin - b).Min(), 0);
        judge.Measure("smallest step of η(v*(ρ)) from one ρ to the next",
            points.Zip(points.Skip(1), (a, b) => b.Margin - a.Margin).Min());
        judge.Printed.AtMost("η* − η(v*(ρ)) at ρ = 1e6", svm.Margin - points[^1].Margin, Math.Log(iris.Count) / Rhos[^1]);
        judge.Amended("the rate is 1/ρ: v*(ρ) = v_svm + c/ρ")
            .Near("ρ‖v*(ρ) − v_svm‖ at ρ = 1e6", Rhos[^1] * errors[^1], expansion.Norm, relative: 1e-3);

        var chart = new Chart(
            new Panel("Margin of the minimizer on the sphere", new Axis("ρ", Scale.Log), new Axis("margin", Min: 0, Max: .8))
                .Line("η(v*(ρ))", Rhos, [.. points.Select(p => p.Margin)])
                .Predicted("η* − log N/ρ", Rhos, [.. bounds.Select(b => b > 0 ? b : double.NaN)])
                .Level("η*", svm.Margin),
            new Panel("Distance from the SVM", new Axis("ρ", Scale.Log), new Axis("‖v*(ρ) − v_svm‖", Scale.Log))
                .Line("measured", Rhos, errors)
                .Predicted("‖c‖/ρ", Rhos, rho => expansion.Norm / rho));
        return judge.Outcome(
            holds: $"η(v*(ρ)) rises from {Text(points[0].Margin)} at ρ = 3 to {Text(points[^1].Margin)} at ρ = 1e6 (η* = "
                + $"{Text(svm.Margin)}) and keeps to the bound η* − log N/ρ, which is loose: the gap is (η* − η)ρ = "
                + $"{Text((svm.Margin - points[^1].Margin) * Rhos[^1])}, not log N = {Text(Math.Log(iris.Count))}. These are global "
                + "minimizers; the theorem says nothing on local ones.",
            chart: chart,
            caption: "Dashed: the proof's lower bound (left) and the expansion v_svm + c/ρ with e^{−c·z} proportional to the dual weights "
                + "(right).");
    }

    private static string Text(double value) => Lab.Claims.Check.Text(value);
}
