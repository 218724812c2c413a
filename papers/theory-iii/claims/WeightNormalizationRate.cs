using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Limits;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b08: the rate of weight normalization on one example, t^{−½ log t}.</summary>
internal static class WeightNormalizationRate
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b08-weight-normalization-rate",
        Paper = SourcePapers.TheoryIII,
        Place = "eq. 80, §16, Fig. 4; Theoretical issues §C.3",
        Equations = ["PNAS.22", "T3.80a", "T3.80b", "PNAS.22a", "PNAS.22b"],
        Hypothesis = "A linear network under the exponential loss and one example (§16, before eq. 79); its norm is 1 where eq. 79 sets "
            + "v = x + ε with ‖v‖ = 1.",
        Statement = "On one example weight normalization obeys ε̇ = −(log t/t) ε, with the solution ε ∝ t^{−½ log t} (also written "
            + "1/t^{log √t}).",
        SetUp = OneFlower.Words + "; weight normalization to t = 1e100 and, at γ = 1, 1e16.",
        Expected = "log ε = −½ log²t + const for γ = 1; for a margin γ ≠ 1 the exponent is log t/(2γ²). Exactly: sin θ · e^{ρ²/2} = "
            + "constant.",
        History = ["was ≈ until 2026-11-28, because the exponent ½ log t had been read from the flattened text as t^{−1/2} · log t"],
        Figures = ["theory-iii/figure-04"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        judge.Hypothesis.Near("‖x‖ of the scaled example", OneFlower.Unit.Gamma, 1, relative: 1e-12);
        foreach (var (flower, name) in new[] { (OneFlower.Raw, "γ = 6.345"), (OneFlower.Unit, "γ = 1") })
        {
            var rho0 = Vectors.Norm(flower.Start);
            var constant = OneExampleInvariants.LogWeightNormalization(rho0, flower.Theta0);
            judge.Premise.AtMost($"largest drift of log sin θ + ρ²/2, {name}",
                flower.Wn(context).Max(p => Math.Abs(OneFlower.LogSine(p) + p.Rho * p.Rho / 2 - constant)), 1e-6);
        }
        var unit = OneFlower.Unit.Wn(context);
        double Late(IReadOnlyList<FlowPoint> points, double decade) => OneFlower.LogSine(points.AtDecade(decade));
        double[] decades = [1, 2, 4, 8, 16];
        judge.Measure("log sin θ at t = 1e1, 1e2, 1e4, 1e8, 1e16, γ = 1", [.. decades.Select(e => Late(unit, e))]);
        judge.Measure("−½ log²t at the same times", [.. decades.Select(e => OneExampleInvariants.LogSineLaw(1, e * Curves.Ln10))]);
        // The unknown constant drops out of differences.
        judge.Printed.Near("change of log sin θ from t = 1e4 to 1e8, γ = 1", Late(unit, 8) - Late(unit, 4),
            OneExampleInvariants.LogSineLaw(1, 8 * Curves.Ln10) - OneExampleInvariants.LogSineLaw(1, 4 * Curves.Ln10), relative: .02);
        judge.Printed.Near("slope of log sin θ in log²t from t = 1e8 to 1e16, γ = 1", Slope(unit, 8, 16), -.5, relative: .02);
        var raw = OneFlower.Raw.Wn(context);
        var gamma = OneFlower.Raw.Gamma;
        // ρ = (log t + log γ² + …)/γ: the shift of log t fades like 1/log t, so the law is approached slowly for γ = 6.345.
        judge.Amended("with a margin γ the exponent is log t/(2γ²)")
            .Near("slope of log sin θ in log²t from t = 1e50 to 1e100, γ = 6.345", Slope(raw, 50, 100),
            -1 / (2 * gamma * gamma), relative: .03);
        judge.Measure("log sin θ at t = 1e100, γ = 6.345", Late(raw, 100));
        return judge.Outcome(
            holds: $"At γ = 1 log sin θ is {Late(unit, 4):F2} at t = 1e4, where −½ log²t = "
                + $"{OneExampleInvariants.LogSineLaw(1, 4 * Curves.Ln10):F2}. With "
                + $"margin γ it is t^{{−log t/(2γ²)}}: slope in log²t {Slope(raw, 50, 100):F5} for γ = 6.345, where −1/(2γ²) = "
                + $"{-1 / (2 * gamma * gamma):F5}.");
    }

    private static double Slope(IReadOnlyList<FlowPoint> points, double from, double to)
    {
        double a = from * Curves.Ln10, b = to * Curves.Ln10;
        return (OneFlower.LogSine(points.AtDecade(to)) - OneFlower.LogSine(points.AtDecade(from))) / (b * b - a * a);
    }
}
