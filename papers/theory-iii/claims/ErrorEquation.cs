using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b10: the error obeys ε̇ = −B ε/(t log t), so ε ∝ 1/log t; the 2 in T3 eq. 79 is a slip, B = 1.</summary>
internal static class ErrorEquation
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b10-error-equation",
        Paper = SourcePapers.TheoryIII,
        Place = "eq. 79 and the line after it, §16",
        Equations = ["PNAS.21", "T3.79a", "PNAS.21a"],
        Hypothesis = "A linear network under the exponential loss, one example with ‖x‖ = 1, gradient flow, t → ∞ (§16).",
        Statement = "For gradient descent on one example the error ε = v − x obeys a linear equation with the rate 1/(t log t), which "
            + "ε ∝ 1/log t solves: the error converges as 1/log t. (The factor 2 that eq. 79 gives the rate would make it 1/log²t; it is a "
            + "slip.)",
        SetUp = OneFlower.Words + ", here γ = 1 and gradient descent; ε and ε̇ from the flow, compared with the exact right-hand side "
            + "(1/ρ) e^{−ρv·x}(I − vvᵀ)x.",
        Expected = "ε ∝ (log t)^{−B} with B the coefficient in ε̇ = −B ε/(t log t), so B = 1 for 1/log t. (Since ε·x = −½‖ε‖² is of "
            + "second order, the terms xεᵀx and εxᵀx of eq. 79 do not add up.)",
        History = ["was ≈ until 2026-11-28, because the factor 2 of eq. 79 was judged; it is a slip, now in the table of equations"],
        Figures = ["theory-iii/figure-04"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        judge.Hypothesis.Near("‖x‖", OneFlower.Unit.Gamma, 1, relative: 1e-12);
        var points = OneFlower.Unit.Gd(context).Where(p => p.Log10T >= 1).ToList();
        // ε in the coordinates with x = e_1: the first component is −½‖ε‖², formed without cancellation.
        double[] Error(FlowPoint p)
        {
            var tail = Vectors.Norm(p.V[1..]);
            return [-tail * tail / (1 + Math.Sqrt(1 - tail * tail)), .. p.V[1..]];
        }
        double Coefficient(FlowPoint p)
        {
            var e = Error(p);
            // (I − vvᵀ)x from T3 eq. 79, scaled by e^{−ρv·x}/ρ; log t + log(that) keeps t·e^{−ρ v·x} finite.
            double[] rate = [1 - p.V[0] * p.V[0], -p.V[0] * p.V[1], -p.V[0] * p.V[2], -p.V[0] * p.V[3]];
            var scale = Math.Exp(p.At.LogT + p.LogLoss) * p.At.LogT / p.Rho;
            return -scale * Vectors.Dot(e, rate) / Vectors.Dot(e, e);
        }
        double Local(double decade)
        {
            FlowPoint a = points.AtDecade(decade / 2), b = points.AtDecade(decade);
            return -Math.Log(Vectors.Norm(Error(b)) / Vectors.Norm(Error(a))) / Math.Log(b.At.LogT / a.At.LogT);
        }
        double[] decades = [1, 2, 4, 8, 16];
        judge.Measure("B from eq. 79's right-hand side at t = 1e1, 1e2, 1e4, 1e8, 1e16",
            [.. decades.Select(e => Coefficient(points.AtDecade(e)))]);
        var last = Coefficient(points.AtDecade(16));
        judge.Printed.Near("B at t = 1e16, from the equation", last, 1, absolute: .02);
        judge.Printed.Near("−d log ‖ε‖/d log log t between t = 1e8 and 1e16, from the flow", Local(16), 1, absolute: .02);
        judge.Premise.AtMost("largest |ε·x + ½‖ε‖²|",
            points.Max(p => Math.Abs(p.V[0] / Vectors.Norm(p.V) - 1 + Vectors.Dot(Error(p), Error(p)) / 2)), 1e-11);
        double start = Vectors.Norm(Error(points[0])), from = points[0].At.LogT;
        var panel = new Panel("Error of the direction, one example, γ = 1", new Axis("log t", Scale.Log), new Axis("‖v − x‖", Scale.Log))
            .Line("gradient descent", points.Column(p => p.At.LogT), points.Column(p => Vectors.Norm(Error(p))), 0)
            .Predicted("B = 1: constant/log t", points.Column(p => p.At.LogT), x =>
            Vectors.Norm(Error(points[^1])) * points[^1].At.LogT / x, 7)
            .Predicted("B = 2: constant/log²t", points.Column(p => p.At.LogT), x => start * from * from / (x * x), 1);
        return judge.Outcome(
            holds: $"The error falls like (log t)^−{Local(16):F3} between t = 1e8 and 1e16, and its equation has the coefficient B = "
                + $"{last:F3} at 1e16. The line after eq. 79 has B = 2 and solves it with 1/log t, which takes B = 1: the 2 counts one "
                + "term twice, since ε·x = −½‖ε‖², and to first order only −ε remains of x − (x + ε)(x + ε)ᵀx.",
            chart: new Chart(panel),
                caption: "The error falls like 1/log t (slope −1 on these axes); a coefficient 2 would give slope −2.");
    }
}
