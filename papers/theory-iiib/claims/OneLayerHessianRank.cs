using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Losses;
using Rhoflow.Measures.Curvature;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Claim b23: the Hessian of any loss of f(w·x) is Σ c_n x_n x_nᵀ, of rank N at most.</summary>
internal static class OneLayerHessianRank
{
    private const int Examples = 5, Inputs = 12;
    private const double Last = .7, Zero = 1e-10;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b23-one-layer-hessian-rank",
        Paper = SourcePapers.TheoryIIIb,
        Place = "§12.3 before 12.3.1, §12.3.2 (one layer with a nonlinearity)",
        Equations = ["T3b.44"],
        Hypothesis = "One layer, linear or with a smooth nonlinearity f(w·x), N examples (§12.3).",
        Statement = "For one layer, linear or with a nonlinearity f(w·x), the number of nonzero eigenvalues of the Hessian is bounded by "
            + "the number N of examples. (The print says “distinct”, which must read “other than zero”.)",
        SetUp = $"f = {Wording.Text(Last)} σ(w·x), σ = z² , z³, ReLU and identity, d = {Inputs}, N = {Examples} examples of "
            + "gaussian-teacher, exponential, logistic and "
            + $"square loss, random w, seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}: the w-block of the Hessian, and Σ c_n x_n x_nᵀ with "
            + "c_n from central differences of the "
            + $"loss in w·x_n. Zero means ≤ {Wording.Text(Zero)} of the largest.",
        Expected = $"At most {Examples} nonzero eigenvalues of {Inputs}.",
        History = ["was counted among the tests that hold until 2026-11-28; it is an identity"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        judge.Identity("the Hessian is a sum of N matrices of rank one");
        int most = 0, withNegative = 0, cases = 0;
        var worst = 0.0;
        foreach (var sigma in new[] { Activation.Identity, Activation.ReLU, Activation.Power(2), Activation.Power(3) })
            foreach (var loss in Loss.Binary)
                foreach (var seed in Spread.Seeds)
                {
                    var net = Network.Dense(Inputs, sigma, 1, 1);
                    var data = GaussianTeacher.Draw(Examples, Inputs, seed);
                    double[] w = ExampleSets.Normal(Inputs, seed, stream: 13), theta = [.. w, Last];
                    var (hessian, scale) = new EmpiricalRisk(net, loss, data, Reduction.Sum).Hessian(theta);
                    var block = DenseMatrix.OfArray(hessian).SubMatrix(0, Inputs, 0, Inputs);
                    var factor = Math.Exp(scale.LogScale);
                    var outer = new DenseMatrix(Inputs);
                    for (var n = 0; n < Examples; n++)
                    {
                        var x = DenseVector.OfArray(data.Example(n).ToArray());
                        outer += (DenseMatrix)(Curvature(loss, sigma, data.Y[n], Vectors.Dot(w, data.Example(n))) * x.OuterProduct(x));
                    }
                    var size = outer.FrobeniusNorm();
                    if (size == 0) continue; // ReLU off at every example: the zero matrix.
                    cases++;
                    worst = Math.Max(worst, (block * factor - outer).FrobeniusNorm() / size);
                    var signature = Signature.Of([.. block.Evd(Symmetricity.Symmetric).EigenValues.Select(e => e.Real)], Zero);
                    most = Math.Max(most, signature.Negative + signature.Positive);
                    if (signature.Negative > 0) withNegative++;
                }
        judge.Premise.AtMost("largest difference from Σ c_n x_n x_nᵀ, relative", worst, 1e-5);
        judge.Printed.AtMost($"nonzero eigenvalues of {Inputs} (most over all cases)", most, Examples);
        judge.Measure("cases", cases);
        judge.Measure("cases with a negative eigenvalue", withNegative);
        return judge.Outcome(holds: $"The Hessian is Σ c_n x_n x_nᵀ: at most {most} of {Inputs} eigenvalues are nonzero in {cases} cases "
            + $"with N = {Examples}. The c_n may be negative: {withNegative} of the cases have a negative eigenvalue.");
    }

    // d²/dz² of ℓ(y, Last·σ(z)), by central differences.
    private static double Curvature(Loss loss, Activation sigma, double y, double z)
    {
        const double h = 1e-4;
        double Value(double at)
        {
            double[] a = [0], d = [0], c = [0];
            sigma.Apply([at], a, d);
            return Math.Exp(loss.Evaluate([Last * a[0]], [y], c).LogLoss);
        }
        return (Value(z + h) - 2 * Value(z) + Value(z - h)) / (h * h);
    }
}
