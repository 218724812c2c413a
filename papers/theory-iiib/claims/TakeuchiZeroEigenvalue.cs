using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Losses;
using Rhoflow.Measures.Curvature;
using Rhoflow.Networks;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Claim b22: overparametrization forces zero eigenvalues of the square-loss Hessian.</summary>
internal static class TakeuchiZeroEigenvalue
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b22-takeuchi-zero-eigenvalue",
        Paper = SourcePapers.TheoryIIIb,
        Place = "Theorem 4 (K. Takeuchi)",
        Equations = ["T3b.28"],
        Statement = "At a point of zero square loss, if some layer has N_k N_{k−1} > n·min(N_k, …, N_{H+1}), the Hessian of the loss has "
            + "a zero eigenvalue.",
        SetUp = "The five nets 4-12-10-1 of b21-square-loss-hessian-has-n-eigenvalues: N_1 N_0 = 48 > 6·min(12, 10, 1) = 6. As a control "
            + "one linear layer with 4 inputs on 6 examples whose targets a linear map made, where 4 > 6 is false. Zero means ≤ 1e-9 of "
            + "the largest.",
        Expected = "At least one zero eigenvalue at every seed (178 − 6 = 172 by counting).",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var nets = InterpolatingNet.All.Of(context);
        judge.Premise.AtMost("largest |f − y| at the five minima", nets.Max(n => n.Misfit), 1e-10);
        double[] zeros = [.. nets.Select(n =>
            (double)Signature.Of(InterpolatingNet.Spectrum(new EmpiricalRisk(n.Network, Loss.Square, n.Data, Reduction.Sum), n.Theta),
            1e-9).Zero)];
        judge.Measure("zero eigenvalues of 178, by seed", zeros);
        judge.Printed.AtLeast("zero eigenvalues (least over the seeds)", zeros.Min(), 1);

        var control = Spread.Seeds.Select(seed =>
        {
            var data = GaussianTeacher.Draw(6, 4, seed);
            var net = Network.Dense(4, 1);
            var w = ExampleSets.Normal(4, seed, stream: 12);
            var fitted = new Dataset(data.Name, data.X.ToArray(),
                [.. Enumerable.Range(0, 6).Select(n => Numerics.Vectors.Dot(w, data.Example(n)))], 4);
            return (double)Signature.Of(InterpolatingNet.Spectrum(new EmpiricalRisk(net, Loss.Square, fitted, Reduction.Sum), w),
                1e-9).Zero;
        }).ToArray();
        judge.Measure("zero eigenvalues of the control, where the condition does not hold", control);
        judge.Premise.AtMost("zero eigenvalues of the control (most over the seeds)", control.Max(), 0);
        return judge.Outcome(holds: $"{string.Join(", ", zeros)} of 178 eigenvalues are zero at the five minima; the control, for which "
            + "the condition is false, has none.");
    }
}
