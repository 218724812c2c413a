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
    private const int Inputs = InterpolatingNet.Inputs, Examples = InterpolatingNet.Examples;
    private const double Zero = 1e-9;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b22-takeuchi-zero-eigenvalue",
        Paper = SourcePapers.TheoryIIIb,
        Place = "Theorem 4 (K. Takeuchi)",
        Equations = ["T3b.28", "T3b.28b"],
        Hypothesis = "H hidden layers, square loss, a point of zero loss, and a layer with N_k N_{k−1} > n·min(N_k, …, N_{H+1}) "
            + "(Theorem 4).",
        Statement = "At a point of zero square loss, if some layer has N_k N_{k−1} > n·min(N_k, …, N_{H+1}), the Hessian of the loss has "
            + "a zero eigenvalue.",
        SetUp = $"The five nets {InterpolatingNet.Layers} of b21-square-loss-hessian-has-n-eigenvalues: N_1 N_0 = "
            + $"{InterpolatingNet.Widths[0] * Inputs} > {Examples}·min({string.Join(", ", InterpolatingNet.Widths)}) = "
            + $"{Examples * InterpolatingNet.Widths.Min()}. As a control "
            + $"one linear layer with {Inputs} inputs on {Examples} examples whose targets a linear map made, where {Inputs} > {Examples} "
            + $"is false. Zero means ≤ {Wording.Text(Zero)} of the largest.",
        Expected = $"At least one zero eigenvalue at every seed ({InterpolatingNet.Weights} − {Examples} = "
            + $"{InterpolatingNet.Weights - Examples} by counting).",
        History = ["was counted among the tests that hold until 2026-11-28; it is an identity"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        judge.Identity("at zero loss the Hessian is JᵀJ, whose rank is bounded by n times the narrowest layer above");
        var nets = InterpolatingNet.All.Of(context);
        judge.Hypothesis.AtLeast("N_1 N_0 over n·min(N_1, …, N_3)",
            InterpolatingNet.Widths[0] * Inputs / (double)(Examples * InterpolatingNet.Widths.Min()), 1 + 1e-9);
        judge.Hypothesis.AtMost("largest |f − y| at the five minima", nets.Max(n => n.Misfit), 1e-10);
        double[] zeros = [.. nets.Select(n =>
            (double)Signature.Of(InterpolatingNet.Spectrum(new EmpiricalRisk(n.Network, Loss.Square, n.Data, Reduction.Sum), n.Theta),
            Zero).Zero)];
        judge.Measure($"zero eigenvalues of {InterpolatingNet.Weights}, by seed", zeros);
        judge.Printed.AtLeast("zero eigenvalues (least over the seeds)", zeros.Min(), 1);

        var control = Spread.Seeds.Select(seed =>
        {
            var data = GaussianTeacher.Draw(Examples, Inputs, seed);
            var net = Network.Dense(Inputs, 1);
            var w = ExampleSets.Normal(Inputs, seed, stream: 12);
            var fitted = new Dataset(data.Name, data.X.ToArray(),
                [.. Enumerable.Range(0, Examples).Select(n => Numerics.Vectors.Dot(w, data.Example(n)))], Inputs);
            return (double)Signature.Of(InterpolatingNet.Spectrum(new EmpiricalRisk(net, Loss.Square, fitted, Reduction.Sum), w),
                Zero).Zero;
        }).ToArray();
        judge.Measure("zero eigenvalues of the control, where the condition does not hold", control);
        judge.Premise.AtMost("zero eigenvalues of the control (most over the seeds)", control.Max(), 0);
        return judge.Outcome(holds: $"{string.Join(", ", zeros)} of {InterpolatingNet.Weights} eigenvalues are zero at the five minima; "
            + "the control, for which "
            + "the condition is false, has none.");
    }
}
