using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>
/// Claim b28: under the square loss a linear network ends at the minimum-norm fit plus what of its start the data cannot see.
/// </summary>
internal static class SquareLossKeepsTheNullSpace
{
    private const int Inputs = 8, Examples = 4;

    // The slowest part of w falls like e^{−2 s_min² t}: t = Decays/s_min².
    private const int Decays = 20;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b28-square-loss-keeps-the-null-space",
        Paper = SourcePapers.TheoryIIIb,
        Place = "§4, §11.1 after eq. 14; Square loss, footnote 1",
        Hypothesis = "A linear network, the square loss, gradient flow (§4, §11.1).",
        Statement = "Under the square loss the components of w in the null space of the examples do not change, so w converges to the "
            + "minimum-norm solution if (and only if) it starts without them.",
        SetUp = $"One linear layer, d = {Inputs}, N = {Examples} examples of gaussian-teacher, gradient flow on Σ(y − w·x)² to t = "
            + $"{Decays}/s_min² (e^{{−{2 * Decays}}} of the slowest part is left), from a standard normal w0 and from 0, seeds "
            + $"{Spread.Seeds[0]}–{Spread.Seeds[^1]}; X⁺y + P_null w0 by singular values.",
        Expected = "w(∞) = X⁺y + P_null w0.",
        History = ["was counted among the tests that hold until 2026-11-28; it is an identity"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        judge.Identity("∇L is in the span of the examples, so what is orthogonal to them has no velocity");
        double worst = 0, fromZero = 0, drift = 0;
        var kept = new List<double>();
        foreach (var seed in Spread.Seeds)
        {
            var data = GaussianTeacher.Draw(Examples, Inputs, seed);
            var minimum = MinimumNorm.Of(data);
            var w0 = ExampleSets.Normal(Inputs, seed, stream: 17);
            var end = Instant.FromT(Decays / Math.Pow(minimum.SingularValues[minimum.Rank - 1], 2));
            double[] End(double[] start) =>
                new UnconstrainedFlow(new EmpiricalRisk(Network.Dense(Inputs, 1), Loss.Square, data, Reduction.Sum))
                .From(start, new IntegrationOptions { Tolerance = new(1e-12, 1e-14) }).At([end], context.Cancellation).Single().Weights();
            var w = End(w0);
            worst = Math.Max(worst, Vectors.Distance(w, minimum.FlowLimit(w0)));
            fromZero = Math.Max(fromZero, Vectors.Distance(End(new double[Inputs]), minimum.Weights));
            drift = Math.Max(drift, Vectors.Distance(minimum.NullPart(w), minimum.NullPart(w0)));
            kept.Add(Vectors.Distance(w, minimum.Weights));
        }
        judge.Printed.AtMost("largest distance of the limit from X⁺y + P_null w0", worst, 1e-9);
        judge.Printed.AtMost("largest change of P_null w", drift, 1e-11);
        judge.Printed.AtMost("from w0 = 0: largest distance of the limit from X⁺y", fromZero, 1e-9);
        judge.Printed.AtLeast("from a random w0: least distance of the limit from X⁺y", kept.Min(), .1);
        return judge.Outcome(holds: $"The limits agree with X⁺y + P_null w0 to {Lab.Claims.Check.Text(worst)}; from w0 = 0 they are the "
            + $"minimum-norm solution to {Lab.Claims.Check.Text(fromZero)}, from a random start they stay "
            + $"{Lab.Claims.Check.Text(kept.Min())} or more away from it.");
    }
}
