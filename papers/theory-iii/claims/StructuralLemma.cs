using Rhoflow.Lab.Claims;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b01: ⟨W_k, ∂f/∂W_k⟩ = f for every layer of a ReLU network.</summary>
internal static class StructuralLemma
{
    private const int Examples = 12;
    private const double Slope = .1;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b01-structural-lemma",
        Paper = SourcePapers.TheoryIII,
        Place = "eq. 3–6, §2; also Theory IIIb §3, Theoretical issues §1, Square loss §2",
        Equations = ["T3b.1", "SQ.1", "T3.1a", "T3.1b", "T3b.1b", "PNAS.1b", "PNAS.1c"],
        Hypothesis = "Networks of one-homogeneous units (ReLU, leaky ReLU, linear) without biases (§2).",
        Statement = "For every layer of a ReLU network Σ_ij W_k^ij ∂f/∂W_k^ij = f(x), and the same for the normalized network, ⟨V_k, "
            + "∂f̃/∂V_k⟩ = f̃(x). Hence ⟨W_k, ∂²f/∂W_k²⟩ = 0.",
        SetUp = $"6-9-7-5-1 networks, N(0, 1) weights, seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}, {Examples} Gaussian inputs each: "
            + $"ReLU, leaky ReLU (slope {Wording.Text(Slope)}), linear; every "
            + "layer and example. Gradients by back-propagation; beside them the difference quotient along W_k, which is exact because f "
            + "is linear in the size of one layer.",
        Expected = "Equal to rounding, relative to ‖W_k‖‖∂f/∂W_k‖ (a few 1e-16).",
        History = ["was counted among the tests that hold until 2026-11-28; it is an identity"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        (string Name, Activation Sigma)[] families =
            [("ReLU", Activation.ReLU), ("leaky ReLU", Activation.LeakyReLU(Slope)), ("linear", Activation.Identity)];
        var judge = new Judge();
        judge.Identity("Euler's theorem on homogeneous functions, layer by layer");
        foreach (var (name, sigma) in families)
        {
            var seeds = Spread.Seeds.Select(seed => Residuals(Network.Dense(6, sigma, 9, 7, 5, 1), (int)seed)).ToArray();
            judge.Measure($"|⟨W_k, ∂f/∂W_k⟩ − f|, {name}, seeds 0–4", [.. seeds.Select(s => s.W)]);
            judge.Printed.AtMost($"largest |⟨W_k, ∂f/∂W_k⟩ − f|, {name}", seeds.Max(s => s.W), 1e-14);
            judge.Printed.AtMost($"largest |⟨V_k, ∂f̃/∂V_k⟩ − f̃|, {name}", seeds.Max(s => s.V), 1e-14);
            judge.Printed.AtMost($"largest |W_k·∇²_kk f|, {name}", seeds.Max(s => s.Second), 1e-11);
            judge.Premise.AtMost($"back-propagation against the difference quotient, {name}", seeds.Max(s => s.Quotient), 1e-11);
        }
        // Outside the hypothesis the right-hand side is e_k f: a square unit doubles it, and all layers scaled by α give α^K, not α (§9).
        var squares = Residuals(Network.Dense(6, Activation.Power(2), 9, 1), 0);
        judge.Amended("with x² units the layer below counts twice, ⟨W_1, ∂f/∂W_1⟩ = 2f")
            .Near("⟨W_1, ∂f/∂W_1⟩/f with x² units", squares.Ratio, 2, 1e-12);
        var scaled = AllScaled(2);
        judge.Amended("f(αW) = αf holds for one layer scaled; all K = 4 layers give α⁴")
            .Near("f(2W)/f(W), all four layers doubled", scaled, 16, 1e-12);
        return judge.Outcome(holds: $"Every layer of {families.Length} × 5 networks gives f back; the largest relative difference is "
            + "that of rounding. It needs one-homogeneous units (x² units give 2f below them), and it scales f by α when one layer is "
            + "scaled: with all four doubled f grows 16-fold, where §9 prints f(αW) = αf(W).");
    }

    private static (double W, double V, double Second, double Quotient, double Ratio) Residuals(Network net, int seed)
    {
        var random = new RandomStream(seed);
        var theta = Initialization.Normal(net, random);
        var x = new double[Examples * net.Inputs];
        foreach (ref var value in x.AsSpan()) value = random.NextNormal();
        var evaluation = new ChainPasses(net, x, Examples);
        double largestW = 0, largestV = 0, second = 0, quotient = 0, ratio = 0;
        var normalized = (double[])theta.Clone();
        foreach (var layer in net.Layers) Vectors.Scale(1 / Vectors.Norm(layer.Of(theta)), layer.Of(theta), layer.Of(normalized));
        foreach (var (weights, isNormalized) in new[] { (theta, false), (normalized, true) })
        {
            var (f, gradients) = Gradients(evaluation, net, weights, Examples);
            for (var n = 0; n < Examples; n++)
                for (var k = 0; k < net.Depth; k++)
                {
                    var g = net.Layers[k].Of(gradients.AsSpan(n * net.ParameterCount, net.ParameterCount));
                    var w = net.Layers[k].Of(weights);
                    var size = Vectors.Norm(w) * Vectors.Norm(g);
                    if (size == 0) continue;
                    var residual = Math.Abs(Vectors.Dot(w, g) - f[n]) / size;
                    if (isNormalized) largestV = Math.Max(largestV, residual);
                    else largestW = Math.Max(largestW, residual);
                    if (!isNormalized && k == 0 && n == 0) ratio = Vectors.Dot(w, g) / f[n];
                }
        }
        var (output, slopes) = Gradients(evaluation, net, theta, Examples);
        for (var k = 0; k < net.Depth; k++)
        {
            var (up, slopesUp) = Gradients(evaluation, net, Scaled(net, theta, k, 1.25), Examples);
            var (down, slopesDown) = Gradients(evaluation, net, Scaled(net, theta, k, .75), Examples);
            for (var n = 0; n < Examples; n++)
            {
                var size = Math.Max(1e-300, net.Exponents[k] == 1 ? Size(net, theta, slopes, n, k) : double.PositiveInfinity);
                quotient = Math.Max(quotient, Math.Abs((up[n] - down[n]) / .5 - output[n]) / size);
                ReadOnlySpan<double> a = net.Layers[k].Of(slopesUp.AsSpan(n * net.ParameterCount, net.ParameterCount));
                ReadOnlySpan<double> b = net.Layers[k].Of(slopesDown.AsSpan(n * net.ParameterCount, net.ParameterCount));
                // ∂f/∂W_k does not change when W_k alone is scaled: W_k·∇²_kk f = 0.
                if (net.Exponents[k] == 1) second = Math.Max(second, Vectors.Distance(a, b) / .5 / (1e-300 + Vectors.Norm(a)));
            }
        }
        return (largestW, largestV, second, quotient, ratio);
    }

    private static double Size(Network net, double[] theta, double[] gradients, int n, int k) =>
        Vectors.Norm(net.Layers[k].Of(theta))
            * Vectors.Norm(net.Layers[k].Of(gradients.AsSpan(n * net.ParameterCount, net.ParameterCount)));

    private static double[] Scaled(Network net, double[] theta, int k, double factor)
    {
        var scaled = (double[])theta.Clone();
        Vectors.Scale(factor, net.Layers[k].Of(theta), net.Layers[k].Of(scaled));
        return scaled;
    }

    private static (double[] F, double[] Gradients) Gradients(ChainPasses evaluation, Network net, double[] theta, int examples)
    {
        evaluation.Forward(theta);
        var f = evaluation.Outputs[..examples].ToArray();
        var gradients = new double[examples * net.ParameterCount];
        evaluation.PerExample(theta, gradients);
        return (f, gradients);
    }

    private static double AllScaled(double factor)
    {
        var net = Network.Dense(6, 9, 7, 5, 1);
        var theta = Initialization.Normal(net, new RandomStream(0));
        var evaluation = new ChainPasses(net, [1, -2, .5, 3, -1, .7], 1);
        evaluation.Forward(theta);
        var f = evaluation.Outputs[0];
        evaluation.Forward([.. theta.Select(w => factor * w)]);
        return evaluation.Outputs[0] / f;
    }
}
