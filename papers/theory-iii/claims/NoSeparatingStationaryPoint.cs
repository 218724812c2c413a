using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b24: where a homogeneous network separates its data, the gradient of an exponential-type loss cannot vanish.</summary>
internal static class NoSeparatingStationaryPoint
{
    private const int Examples = 15;
    private static readonly double[] Scales = [.1, 1, 3];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b24-no-separating-stationary-point",
        Paper = SourcePapers.TheoryIII,
        Place = "§6, eq. 29; Theoretical issues §C.2",
        Equations = ["T3.3", "PNAS.19c"],
        Hypothesis = "A homogeneous network under an exponential-type loss, weights of finite norm that separate the data (§6).",
        Statement = "Under exponential-type losses a homogeneous network has no zero of the gradient with respect to W_k that separates "
            + "the data at any finite ρ.",
        SetUp = "Nets 5-1, 5-6-1, 5-6-4-1 with ReLU and without, random weights of scale "
            + $"{Wording.Text(Scales[0])}, {Wording.Text(Scales[1])} and {Wording.Text(Scales[2])}, "
            + $"{Examples} examples of gaussian-teacher "
            + "with the labels that the net gives (so that it separates), exponential and logistic loss, "
            + $"seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}: Σ_k⟨W_k, ∇_kL⟩, "
            + "computed from the gradient, against −KΣ|∂ℓ_n/∂f_n| y_n f_n, computed from the outputs, and ‖∇L‖ against the bound "
            + "KΣ|∂ℓ_n/∂f_n|y_nf_n/‖W‖.",
        Expected = "Σ_k⟨W_k, ∇_kL⟩ < 0 at every separating W, so ‖∇L‖ > 0.",
        History = ["was counted among the tests that hold until 2026-11-28; it is an identity"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        judge.Identity("Σ_k⟨W_k, ∇_kL⟩ = −KΣ|∂ℓ/∂f| y f by the structural lemma (b01), a sum of positive terms");
        double mismatch = 0, radial = double.NegativeInfinity, ratio = double.PositiveInfinity;
        var cases = 0;
        Network[] nets =
        [
            Network.Dense(5, 1), Network.Dense(5, 6, 1), Network.Dense(5, 6, 4, 1), Network.Linear(5, 6, 1), Network.Linear(5, 6, 4, 1),
        ];
        foreach (var net in nets)
            foreach (var loss in new[] { Loss.Exponential, Loss.Logistic })
                foreach (var scale in Scales)
                    foreach (var seed in Spread.Seeds)
                    {
                        var theta = Initialization.Normal(net, new RandomStream(seed, 14), scale);
                        if (Separated(net, theta, seed) is not { } data) continue;
                        var risk = new EmpiricalRisk(net, loss, data, Reduction.Sum);
                        var descent = new double[theta.Length];
                        risk.Evaluate(theta, descent);
                        var along = -Vectors.Dot(theta, descent);
                        var sum = net.Depth * risk.WeightedOutput();
                        mismatch = Math.Max(mismatch, Math.Abs(along + sum) / sum);
                        radial = Math.Max(radial, along);
                        ratio = Math.Min(ratio, Vectors.Norm(descent) * Vectors.Norm(theta) / sum);
                        cases++;
                    }
        judge.Premise.AtLeast("separating networks", cases, 50);
        judge.Premise.AtMost("largest relative difference between Σ_k⟨W_k, ∇_kL⟩ and −KΣ|∂ℓ/∂f| y f", mismatch, 1e-11);
        judge.Printed.AtMost("greatest Σ_k⟨W_k, ∇_kL⟩ over e^{log scale of L}", radial, -1e-12);
        judge.Printed.AtLeast("least ‖∇L‖‖W‖ / KΣ|∂ℓ/∂f| y f", ratio, 1 - 1e-12);
        return judge.Outcome(holds: $"At {cases} separating networks of one to three layers Σ_k⟨W_k, ∇_kL⟩ = −KΣ|∂ℓ/∂f| y f (to "
            + $"{Lab.Claims.Check.Text(mismatch)}), which is negative; so ‖∇L‖ ≥ KΣ|∂ℓ/∂f| y f/‖W‖ > 0 (least ratio measured "
            + $"{Lab.Claims.Check.Text(ratio)}).");
    }

    // The labels that the net itself gives; null where an output is 0 (a ReLU net that is off at an example separates nothing).
    private static Dataset? Separated(Network net, double[] theta, long seed)
    {
        var x = GaussianTeacher.Draw(Examples, 5, seed);
        var f = new EmpiricalRisk(net, Loss.Square, x, Reduction.Sum).Outputs(theta).ToArray();
        if (f.Any(v => v == 0)) return null;
        return new Dataset(x.Name, x.X.ToArray(), [.. f.Select(v => v > 0 ? 1.0 : -1.0)], 5);
    }
}
