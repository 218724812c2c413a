using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>
/// Claim b30: for λ → 0 the regularized minimizers turn to the maximum margin, as slowly as 1/log(1/λ) and not monotonically.
/// </summary>
internal static class RegularizationPathReachesTheMargin
{
    private static readonly double[] Exponents = [-1, -2, -3, -4, -5, -6, -7, -8, -9, -12, -16, -20, -30, -50, -100, -200, -300, -1000];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b30-regularization-path-reaches-the-margin",
        Paper = SourcePapers.TheoryIIIb,
        Place = "§5 Lemma 2, §11.2 eq. 24; Theory III §8 (after [36])",
        Hypothesis = "A linear network under the exponential loss, separable data, λ → 0 (§11.2).",
        Statement = "Minimizers of Σ e^{−y w·x} + λ‖w‖² converge in direction to the minimum-norm, maximum-margin solution as λ → 0.",
        SetUp = "z = (1, .5), (.4, 1.2), (2, −.3); w(λ) by Newton in the log domain for λ = "
            + $"{Wording.Decade(Exponents[0])} … {Wording.Decade(Exponents[^1])}.",
        Expected = "Distance from the SVM goes to 0. (Beyond the paper: it is ‖c‖/ρ with ρ ≈ log(1/λ)/γ, ‖c‖ = ln 2.4/√.85.)",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var data = ExampleSets.ThreeByTwo;
        var svm = HardMargin.Solve(data);
        var c = FixedRhoExpansion.Of(data, svm).Norm;
        var path = RegularizationPath.At(data, Loss.Exponential, [.. Exponents.Select(e => e * Math.Log(10))]);
        double[] errors = [.. path.Select(p => Vectors.Distance([.. p.Weights.ToArray().Select(w => w / p.Rho)], svm.Direction))];
        double Error(double exponent) => errors[Array.IndexOf(Exponents, exponent)];
        judge.Hypothesis.AtLeast("margin of the data", svm.Margin, 1e-3);
        judge.Premise.AtMost("largest stationarity residual", path.Max(p => p.Residual), 1e-12);
        judge.Measure("distance from the SVM at λ = 1e-1, 1e-3, 1e-6, 1e-9", Error(-1), Error(-3), Error(-6), Error(-9));
        judge.Measure("λ = 10 to the", Exponents);
        judge.Measure("ρ(λ)", [.. path.Select(p => p.Rho)]);
        judge.Printed.AtMost("distance from the SVM at λ = 1e-1000", errors[^1], 1e-3);
        judge.Printed.AtMost("distance at 1e-1000 over that at 1e-100", errors[^1] / Error(-100), .12);
        judge.Amended("the path is the curve ρ v*(ρ), so the distance is ‖c‖/ρ")
            .Near("ρ·distance at λ = 1e-1000", path[^1].Rho * errors[^1], c, relative: .01);
        judge.Amended("it is not monotone in λ").AtLeast("distance at 1e-9 over that at 1e-3", Error(-9) / Error(-3), 1.5);

        double[] x = [.. Exponents.Select(e => -e)];
        var chart = new Chart(new Panel("Distance of w(λ)/‖w(λ)‖ from the SVM", new Axis("log₁₀(1/λ)", Scale.Log),
            new Axis("‖v(λ) − v_svm‖", Scale.Log))
            .Line("measured", x, errors)
            .Predicted("‖c‖/ρ(λ)", x, [.. path.Select(p => c / p.Rho)])
            .Predicted("‖c‖γ/log(1/λ)", x, l => c * svm.Margin / (l * Math.Log(10))));
        return judge.Outcome(chart: chart,
            caption: "The dip is where the path crosses the SVM's direction before it settles on the other side.",
            holds: $"The distance is {Lab.Claims.Check.Text(Error(-1))}, {Lab.Claims.Check.Text(Error(-3))}, "
                + $"{Lab.Claims.Check.Text(Error(-6))}, {Lab.Claims.Check.Text(Error(-9))} at λ = 1e-1, 1e-3, 1e-6, 1e-9 and "
                + $"{Lab.Claims.Check.Text(errors[^1])} at 1e-1000: it goes to 0 like ‖c‖γ/log(1/λ), very slowly and not monotonically.");
    }
}
