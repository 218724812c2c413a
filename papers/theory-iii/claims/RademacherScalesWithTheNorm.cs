using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b54: R_N(F) = ρ R_N(F̃), by homogeneity.</summary>
internal static class RademacherScalesWithTheNorm
{
    private const int Examples = 10, Members = 200;
    private static readonly double[] Products = [.1, 3, 1000];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b54-rademacher-scales-with-the-norm",
        Paper = SourcePapers.TheoryIII,
        Place = "eq. 1, §2, eq. 32; Theoretical issues §A",
        Equations = ["SQ.42", "PNAS.1d"],
        Hypothesis = "Networks that are positively homogeneous in each layer, F = {ρ f̃ : f̃ in F̃} with one ρ (§2).",
        Statement = "The Rademacher average of networks with product of norms ρ is ρ times that of the normalized networks, R_N(F) = ρ "
            + "R_N(F̃).",
        SetUp = $"{Examples} examples of gaussian-teacher in R⁴, the average over all {1 << Examples} sign vectors (no sampling). "
            + "(i) Linear functions ‖w‖ ≤ "
            + "ρ: the supremum is attained at w = ρ Σσx/‖Σσx‖, evaluated as a network. "
            + $"(ii) Classes of {Members} random ReLU nets 4-6-1 and "
            + "4-6-5-1, layers of norms whose product is "
            + $"ρ = {string.Join(", ", Products.Select(static r => Wording.Short(r, zero: true)))}, "
            + $"seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}: the supremum over the class.",
        Expected = "Ratio of the two averages = ρ.",
        History = ["was counted among the tests that hold until 2026-11-28; it is an identity"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        judge.Identity("the supremum of a class that is multiplied by ρ > 0 is multiplied by ρ");
        double linear = 0, relu = 0, closed = 0;
        var averages = new List<double>();
        foreach (var seed in Spread.Seeds)
        {
            var data = GaussianTeacher.Draw(Examples, 4, seed);
            var unit = Linear(data, 1);
            averages.Add(unit.Average);
            closed = Math.Max(closed, Math.Abs(unit.Average / unit.ClosedForm - 1));
            foreach (var rho in Products)
            {
                linear = Math.Max(linear, Math.Abs(Linear(data, rho).Average / unit.Average / rho - 1));
                foreach (var net in new[] { Network.Dense(4, 6, 1), Network.Dense(4, 6, 5, 1) })
                    relu = Math.Max(relu, Math.Abs(Class(net, data, seed, rho) / Class(net, data, seed, 1) / rho - 1));
            }
        }
        judge.Premise.AtMost("linear, ρ = 1: difference from the mean of ‖Σσx‖/N, relative", closed, 1e-12);
        judge.Measure("R_N of linear functions with ‖w‖ ≤ 1, by seed", [.. averages]);
        judge.Printed.AtMost("linear: largest |R_N(F)/(ρR_N(F̃)) − 1|", linear, 1e-12);
        judge.Printed.AtMost("ReLU classes: largest |R_N(F)/(ρR_N(F̃)) − 1|", relu, 1e-12);
        return judge.Outcome(holds: $"Over all 1024 sign vectors the ratio is ρ to {Lab.Claims.Check.Text(Math.Max(linear, relu))}, for "
            + "linear functions and for classes of two- and three-layer ReLU nets.");
    }

    private static (double Average, double ClosedForm) Linear(Dataset data, double rho)
    {
        var risk = new EmpiricalRisk(Network.Dense(data.Inputs, 1), Loss.Square, data, Reduction.Sum);
        double average = 0, closed = 0;
        for (var bits = 0; bits < 1 << Examples; bits++)
        {
            var sum = new double[data.Inputs];
            for (var n = 0; n < Examples; n++) Vectors.Add(Sign(bits, n), data.Example(n), sum);
            var norm = Vectors.Norm(sum);
            closed += norm / Examples;
            Vectors.Scale(rho / norm, sum, sum);
            average += Correlation(bits, risk.Outputs(sum));
        }
        return (average / (1 << Examples), closed / (1 << Examples));
    }

    private static double Class(Network net, Dataset data, long seed, double rho)
    {
        var random = new RandomStream(seed, 24);
        var risk = new EmpiricalRisk(net, Loss.Square, data, Reduction.Sum);
        // Unequal layers: only the product of their norms is ρ.
        double[] norms = [.. Enumerable.Range(0, net.Depth).Select(k => k == 0 ? rho / Math.Pow(1.5, net.Depth - 1) : 1.5)];
        var outputs = new double[Members][];
        for (var i = 0; i < Members; i++)
        {
            var theta = Initialization.Normal(net, random);
            Initialization.ScaleLayers(net, theta, norms);
            outputs[i] = risk.Outputs(theta).ToArray();
        }
        var average = 0.0;
        for (var bits = 0; bits < 1 << Examples; bits++) average += outputs.Max(f => Correlation(bits, f));
        return average / (1 << Examples);
    }

    private static double Correlation(int bits, ReadOnlySpan<double> f)
    {
        var sum = 0.0;
        for (var n = 0; n < f.Length; n++) sum += Sign(bits, n) * f[n];
        return sum / f.Length;
    }

    private static int Sign(int bits, int n) => (bits >> n & 1) == 0 ? -1 : 1;
}
