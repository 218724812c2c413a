using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// Claim b17: minimum norm and maximum margin are one problem for one layer; for more layers only if the norm is the product.
/// </summary>
internal static class MinimumNormIsMaximumMargin
{
    private const double Rho = 1e7;
    private const int Examples = 30, Inputs = 6, Perturbations = 400;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b17-minimum-norm-is-maximum-margin",
        Paper = SourcePapers.TheoryIII,
        Place = "Theorem 7, eq. 36–41, Lemma 6; Theoretical issues, Lemma 5; Square loss, Lemma 2",
        Equations = ["PNAS.15", "PNAS.16", "SQ.25", "T3.39a", "T3.41a", "T3b.4b"],
        Hypothesis = "Separable data and a network that is homogeneous in each layer (Theorem 7).",
        Statement = "Maximizing min_n y_n f(W; x_n) under ‖W_k‖ = 1 for all k is equivalent to min ½‖W_k‖² for all k subject to y_n f(W; "
            + "x_n) ≥ 1.",
        SetUp = "One layer: Iris (setosa against the rest), the three-example set, five random half-space sets "
            + $"(N = {Examples}, d = {Inputs}, seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}). "
            + "The minimum norm by quadratic programming, the maximum margin by minimizing Σ e^{−ρf̃} on the sphere "
            + $"at ρ = {Rho:0e0}, "
            + "which is within log N/ρ of it. Two linear layers 4-3-1 on Iris: rescaling of the balanced solution, and "
            + $"{Perturbations * Spread.Seeds.Count} random perturbations of it "
            + $"(seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}) scaled to margin 1.",
        Expected = "γ‖w‖ = 1 for one layer; for two layers a least ‖W_1‖ and a least ‖W_2‖ at the maximum margin.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var iris = Iris.Load().Binary("setosa");
        Dataset[] sets = [iris, ExampleSets.ThreeByTwo, .. Spread.Seeds.Select(s => ExampleSets.HalfSpace(Examples, Inputs, s))];
        var worst = 0.0;
        var products = new List<double>();
        foreach (var data in sets)
        {
            var norm = Vectors.Norm(HardMargin.Solve(data).MinimumNorm);
            var margin = FixedRhoMinimizer.Solve(data, Rho).Margin;
            products.Add(margin * norm);
            worst = Math.Max(worst, Math.Abs(margin * norm - 1) / (Math.Log(data.Count) * norm / Rho));
        }
        judge.Measure("γ‖w‖ of Iris, three examples, five half-spaces (γ at ρ = 1e7)", [.. products]);
        judge.Printed.AtMost("one layer: largest |γ‖w‖ − 1| over log N·‖w‖/ρ", worst, 1);

        // W_1 = e wᵀ/√‖w‖, W_2 = √‖w‖ eᵀ-like: f = w·x with equal norms. Scaling the layers by c and 1/c keeps f and every constraint.
        var net = Network.Linear(4, 3, 1);
        var risk = new EmpiricalRisk(net, Loss.Exponential, iris, Reduction.Sum);
        var w = HardMargin.Solve(iris).MinimumNorm.ToArray();
        var balanced = Balanced(net, w);
        const double shrink = 1e-6;
        var scaled = (double[])balanced.Clone();
        Vectors.Scale(shrink, net.Layers[0].Of(scaled), net.Layers[0].Of(scaled));
        Vectors.Scale(1 / shrink, net.Layers[1].Of(scaled), net.Layers[1].Of(scaled));
        judge.Premise.AtLeast("smallest y f of the rescaled two-layer solution", Margin(risk, scaled), 1 - 1e-9);
        judge.Measure("‖W_1‖ of the balanced solution", Norm(net, balanced, 0));
        const string shouldBeLeast = "norm of a feasible network over that of the maximum-margin one, which should be least";
        judge.Printed.In("two layers, ‖W_1‖").AtLeast(shouldBeLeast,
            Norm(net, scaled, 0) / Norm(net, balanced, 0), 1 - 1e-9);

        double product = double.PositiveInfinity, squares = double.PositiveInfinity;
        var feasible = 0;
        foreach (var seed in Spread.Seeds)
        {
            var random = new RandomStream(seed, 3);
            for (var i = 0; i < Perturbations; i++)
            {
                var theta = (double[])balanced.Clone();
                var size = Math.Pow(10, -4 * random.NextDouble());
                foreach (ref var v in theta.AsSpan()) v += size * random.NextNormal();
                var margin = Margin(risk, theta);
                if (margin <= 0) continue;
                feasible++;
                foreach (ref var v in theta.AsSpan()) v /= Math.Sqrt(margin);
                double n1 = Norm(net, theta, 0), n2 = Norm(net, theta, 1);
                product = Math.Min(product, n1 * n2);
                squares = Math.Min(squares, (n1 * n1 + n2 * n2) / 2);
            }
        }
        judge.Measure("random separating two-layer networks tried", feasible);
        var least = Norm(net, balanced, 0) * Norm(net, balanced, 1);
        var corrected = judge.Amended(
            "min ∏‖W_k‖ (or ½Σ‖W_k‖², the same by the inequality of the means) in place of min ‖W_k‖ for every k");
        corrected.Near("two layers: γ ∏‖W_k‖ of the balanced solution", HardMargin.Solve(iris).Margin * least, 1, relative: 1e-12);
        corrected.In("two layers, ∏‖W_k‖").AtLeast(shouldBeLeast, product / least, 1 - 1e-12);
        corrected.In("two layers, ½Σ‖W_k‖²").AtLeast(shouldBeLeast, squares / least, 1 - 1e-12);
        return judge.Outcome(
            care: "For one layer γ‖w‖ = 1 as printed. For two layers 'min ‖W_k‖ for every k' has no solution: W_1 → "
                + $"{Lab.Claims.Check.Text(shrink)} W_1, W_2 → W_2/{Lab.Claims.Check.Text(shrink)} keeps every y f ≥ 1 and ‖W_1‖ goes to "
                + $"0. With the product ∏‖W_k‖ the equivalence holds (least of {feasible} random networks: "
                + $"{Lab.Claims.Check.Text(product / least)} times 1/γ).");
    }

    private static double[] Balanced(Network net, double[] w)
    {
        double[] e = [2.0 / 3, -2.0 / 3, 1.0 / 3];
        var norm = Vectors.Norm(w);
        return net.Pack([[.. e.Select(c => w.Select(v => c * v / Math.Sqrt(norm)).ToArray())], [[.. e.Select(c => c * Math.Sqrt(norm))]]]);
    }

    private static double Margin(EmpiricalRisk risk, double[] theta)
    {
        var f = risk.Outputs(theta);
        var least = double.PositiveInfinity;
        for (var n = 0; n < f.Length; n++) least = Math.Min(least, risk.Data.Y[n] * f[n]);
        return least;
    }

    private static double Norm(Network net, double[] theta, int k) => Vectors.Norm(net.Layers[k].Of(theta));
}
