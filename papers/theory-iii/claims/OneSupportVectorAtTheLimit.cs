using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Limits;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b15: at the limit it is not the single support vector's H_n that vanishes but the weighted sum over all.</summary>
internal static class OneSupportVectorAtTheLimit
{
    private static readonly double[] Rhos = [1e4, 1e6];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b15-one-support-vector-at-the-limit",
        Paper = SourcePapers.TheoryIII,
        Place = "§4.4 after eq. 16, §4.7; Theoretical issues §B.4, eq. 14",
        Equations = ["PNAS.14"],
        Hypothesis = "Exponential loss at fixed large ρ, separable data, examples of equal margin taken together as one “support "
            + "vector”, so that Δ_min > 0 (footnote 3).",
        Statement = "For large ρ the stationarity condition is satisfied by H_N = ∂f̃(x_N)/∂V − V f̃(x_N) = 0 for the example x_N of "
            + "smallest margin alone, before it is trivially satisfied at ρ = ∞.",
        SetUp = "Iris, setosa against the rest (three support vectors), and the three examples of b09 of which one is at the margin, one "
            + "linear layer: H_n = z_n − v(v·z_n) at the support vector machine's v and at the "
            + $"minimizer v*(ρ) of the loss on the sphere for ρ = {string.Join(" and ", Rhos.Select(static r => $"{r:0e0}"))}.",
        Expected = "‖H_n‖ = 0 for the example at the margin, or for those at the margin taken together.",
        History = ["was ✗ until 2026-11-28, when the case of one support vector and footnote 3's examples taken together were added"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var iris = Iris.Load().Binary("setosa");
        var svm = HardMargin.Solve(iris);
        var norms = svm.SupportVectors.Select(n => Vectors.Norm(H(iris, n, svm.Direction))).ToArray();
        var judge = new Judge();
        const string alone = "one example alone at the maximum margin";
        judge.Amended(alone).In("one of three examples at the margin").AtMost("‖H_N‖ over ‖x_N‖",
            Vectors.Norm(H(OneOfThree.Data, 0, OneOfThree.Svm.Direction)) / Vectors.Norm(OneOfThree.Data.Example(0)), 1e-9);
        judge.Premise.AtMost("KKT residual of the support vector machine", svm.KktResidual, 1e-12);
        judge.Hypothesis.AtLeast("margin of the data", svm.Margin, 1e-3);
        judge.Measure("support vectors (counted from 0)", [.. svm.SupportVectors.Select(n => (double)n)]);
        judge.Measure("‖H_n‖ of the support vectors", norms);
        const string quantity = "‖H_N‖ over ‖x_N‖";
        double Relative(Dataset data, int n, ReadOnlySpan<double> v) => Vectors.Norm(H(data, n, v)) / Vectors.Norm(data.Example(n));
        judge.Printed.In("Iris, the least of its support vectors").AtMost(quantity,
            svm.SupportVectors.Min(n => Relative(iris, n, svm.Direction)), 1e-9);
        // Footnote 3 takes the examples of one margin together; with equal margins they have equal weights.
        var together = new double[iris.Inputs];
        foreach (var n in svm.SupportVectors) Vectors.Add(1, H(iris, n, svm.Direction), together);
        judge.Printed.In("Iris, its support vectors taken together").AtMost(quantity,
            Vectors.Norm(together) / svm.SupportVectors.Sum(n => Vectors.Norm(iris.Example(n))), 1e-9);
        foreach (var rho in Rhos)
        {
            var v = FixedRhoMinimizer.Solve(iris, rho).Direction.ToArray();
            var least = Enumerable.Range(0, iris.Count).MinBy(n => iris.Y[n] * Vectors.Dot(v, iris.Example(n)));
            judge.Printed.In($"Iris, the example at the margin at v*(ρ), ρ = {rho:0e0}").AtMost(quantity, Relative(iris, least, v), 1e-9);
            judge.Amended(alone).In($"one of three examples at the margin, v*(ρ), ρ = {rho:0e0}").AtMost(quantity,
                Relative(OneOfThree.Data, 0, FixedRhoMinimizer.Solve(OneOfThree.Data, rho).Direction), 1e-9);
            // With the weights e^{−ρf̃} that the paper's sum has before footnote 3 takes the group as one.
            judge.Amended("the support vectors taken together with their weights e^{−ρf̃}").In($"Iris, v*(ρ), ρ = "
                + $"{rho:0e0}").AtMost(quantity,
                WeightedSum(iris, v, rho) / Vectors.Norm(iris.Example(least)), 1e-9);
            judge.Amended("Σ_n e^{−ρf̃_n} H_n = 0 at finite ρ").AtMost($"‖Σ p_n H_n‖ at ρ = {rho:0e0}", WeightedSum(iris, v, rho), 1e-8);
        }
        var sum = new double[4];
        var size = 0.0;
        for (var n = 0; n < iris.Count; n++)
        {
            var h = H(iris, n, svm.Direction);
            Vectors.Add(svm.Dual[n], h, sum);
            size += svm.Dual[n] * Vectors.Norm(h);
        }
        judge.Amended("Σ_n α_n H_n = 0 with the dual weights (KKT)").AtMost("‖Σ α_n H_n‖ / Σ α_n‖H_n‖", Vectors.Norm(sum) / size, 1e-11);
        double[] sizes = [.. Enumerable.Range(0, 41).Select(static i => .5 + i / 40.0)], alones = [.. sizes.Select(Second)];
        var chart = new Chart(new Panel($"Two examples {Wording.Row(ExampleSets.TwoByTwo.Example(0).ToArray())} and s "
            + Wording.Row(ExampleSets.TwoByTwo.Example(1).ToArray()), new Axis("s"), new Axis("‖H‖/‖x‖ at v*(1e4)", Min: 0))
            .Line("example of smallest margin", sizes, alones)
            .At("the first reaches the margin", Border).At("the second leaves it", Leaving));
        return judge.Outcome(chart: chart, caption: "Left and right of the lines one example alone is at the maximum margin and H_N = 0; "
            + "between them both are, and it is not.",
            care: "Where one example alone is at the maximum margin, v is parallel to it and H_N = 0. At the maximum margin of Iris the "
                + $"three support vectors {string.Join(", ", svm.SupportVectors)} have ‖H_n‖ = "
                + $"{string.Join(", ", norms.Select(Text))}: none vanishes, nor does their sum. "
                + "With the weights e^{−ρf̃} that the sum before footnote 3 has they vanish together, and with the dual weights at the "
                + $"limit (relative {Text(Vectors.Norm(sum) / size)}). H_n = 0 would need x_n parallel to v. The paper's chain of "
                + "inequalities compares vectors, for which ≥ has no meaning.");
    }

    // The second example alone is at the maximum margin below s = z₁·z₂/‖z₂‖², the first alone above ‖z₁‖²/z₁·z₂.
    private static double Border => Product / Vectors.Dot(ExampleSets.TwoByTwo.Example(1), ExampleSets.TwoByTwo.Example(1));

    private static double Leaving => Vectors.Dot(ExampleSets.TwoByTwo.Example(0), ExampleSets.TwoByTwo.Example(0)) / Product;

    private static double Product => Vectors.Dot(ExampleSets.TwoByTwo.Example(0), ExampleSets.TwoByTwo.Example(1));

    // ‖H_N‖/‖x_N‖ of the example of smallest margin where the second is s times its size.
    private static double Second(double s)
    {
        var data = ExampleSets.TwoByTwo.WithInputs(
            [.. ExampleSets.TwoByTwo.X.ToArray().Select((x, i) => i < 2 ? x : s * x)], 2);
        var v = FixedRhoMinimizer.Solve(data, 1e4).Direction.ToArray();
        var n = Vectors.Dot(v, data.Example(0)) < Vectors.Dot(v, data.Example(1)) ? 0 : 1;
        return Vectors.Norm(H(data, n, v)) / Vectors.Norm(data.Example(n));
    }

    private static double[] H(Dataset data, int n, ReadOnlySpan<double> v)
    {
        var z = data.Example(n).ToArray();
        Vectors.Scale(data.Y[n], z, z);
        Vectors.Add(-Compensated.Dot(v, z), v, z);
        return z;
    }

    private static double WeightedSum(Dataset data, double[] v, double rho)
    {
        var q = Enumerable.Range(0, data.Count).Select(n => data.Y[n] * Compensated.Dot(v, data.Example(n))).ToArray();
        var exponents = q.Select(m => -rho * (m - q.Min())).ToArray();
        var log = Vectors.LogSumExp(exponents);
        var sum = new double[data.Inputs];
        for (var n = 0; n < data.Count; n++) Vectors.Add(Math.Exp(exponents[n] - log), H(data, n, v), sum);
        return Vectors.Norm(sum);
    }

    private static string Text(double value) => Lab.Claims.Check.Text(value);
}
