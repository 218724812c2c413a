using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Claim b40: orthogonal matrices are as far from the constraint equations as their width allows.</summary>
internal static class OrthogonalSolutions
{
    private const int Draws = 200;
    private static readonly int[] Widths = [2, 4, 8, 16];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b40-orthogonal-matrices-solve-the-constraints",
        Paper = SourcePapers.SquareLoss,
        Place = "§5, appendix H.2",
        Equations = ["SQ.48", "SQ.54a"],
        Hypothesis = "Linear deep network of square matrices p × p, the last 1 × p, the constraint for every example (appendix H, "
            + "assumptions).",
        Statement = "Matrices V_k proportional to orthogonal ones always satisfy the constraint equations: with f = V_4V_3V_2V_1x, V_3 ∝ "
            + "∂f/∂V_3 = V_4ᵀ(V_2V_1)ᵀ.",
        SetUp = $"Three p × p orthogonal matrices Q_k/√p (uniform) under a row V_4, p = {string.Join(", ", Widths)}, {Draws} draws for "
            + $"each of the seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}, one random example: relative residual of V_3 f = ∂f/∂V_3, V_4 "
            + "random and aligned (V_4 ∝ (V_3V_2V_1x)ᵀ). As the appendix writes it, without x and with a p × p matrix V_4: the cosine of "
            + "V_3 and V_4ᵀ(V_2V_1)ᵀ.",
        Expected = "Residual 0, cosine 1. First reading, p = 4: .936 (random), .866 (aligned); cosine .26 for one draw.",
        Check = Check,
    };

    private sealed record Row(int Width, long Seed, double Random, double Aligned, double RootMeanSquare);

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var rows = new List<Row>();
        double below = double.PositiveInfinity, apart = 0, closed = 0, law = 0;
        foreach (var seed in Spread.Seeds)
        {
            var random = new RandomStream(seed, 33);
            foreach (var p in Widths)
            {
                var network = Network.Linear(p, p, p, p, 1);
                var (residuals, aligned, square) = (new List<double>(), 0.0, 0.0);
                for (var i = 0; i < Draws; i++)
                {
                    context.Cancellation.ThrowIfCancellationRequested();
                    double[][][] q = [.. Enumerable.Range(0, 4).Select(_ => Frames.Orthonormal(p, p, random))];
                    double[] x = [.. Enumerable.Range(0, p).Select(_ => random.NextNormal())];
                    residuals.Add(Third(network, q, q[3][0], x));
                    aligned = Third(network, q, Frames.Times(q[2], Frames.Times(q[1], Frames.Times(q[0], x))), x);
                    below = Math.Min(below, residuals[^1] - Bound(p));
                    apart = Math.Max(apart, Math.Abs(aligned - Bound(p)));
                    var product = Frames.Transpose(Frames.Times(q[1], q[0]));
                    var cosine = Frames.Cosine(q[2], Frames.Times(Frames.Transpose(q[3]), product));
                    square += cosine * cosine / Draws;
                    // V_4 chosen so that V_4 V_3 V_2 V_1 = I.
                    closed = Math.Max(closed,
                        Math.Abs(1 - Frames.Cosine(q[2], Frames.Times(Frames.Times(q[2], Frames.Times(q[1], q[0])), product))));
                    var trace = Frames.Times(q[3], Frames.Times(q[2], Frames.Times(q[1], q[0]))).Select((row, j) => row[j]).Sum();
                    law = Math.Max(law, Math.Abs(cosine - trace / p));
                }
                residuals.Sort();
                rows.Add(new Row(p, seed, residuals[Draws / 2], aligned, Math.Sqrt(square)));
            }
        }
        Row[] four = [.. rows.Where(r => r.Width == 4)];
        judge.Measure("relative residual, p = 4, V_4 random: median of 200 draws, by seed", [.. four.Select(r => r.Random)]);
        judge.Printed.AtMost("median relative residual, p = 4, V_4 random", Spread.Of(four.Select(r => r.Random)).Median, 1e-7);
        judge.Printed.AtMost("relative residual, p = 4, V_4 aligned", four[0].Aligned, 1e-7);
        judge.Printed.AtLeast("√⟨cos²⟩ of V_3 and V_4ᵀ(V_2V_1)ᵀ, p = 4", Spread.Of(four.Select(r => r.RootMeanSquare)).Median, 1 - 1e-7);
        judge.Amended("no orthogonal matrix has a residual below √(1 − 1/p); alignment reaches it")
            .AtLeast("least residual less √(1 − 1/p), 4000 draws", below, -1e-9);
        judge.Amended("no orthogonal matrix has a residual below √(1 − 1/p); alignment reaches it")
            .AtMost("largest |residual − √(1 − 1/p)|, aligned", apart, 1e-9);
        judge.Amended("without x the cosine is tr(V_4V_3V_2V_1)/p: 1 only where the whole network is the identity")
            .AtMost("largest |cos − trace/p|", law, 1e-12);
        judge.Amended("without x the cosine is tr(V_4V_3V_2V_1)/p: 1 only where the whole network is the identity")
            .AtMost("largest |cos − 1| with V_4V_3V_2V_1 = I", closed, 1e-12);
        judge.Measure("‖WᵀW/p − I‖/‖I‖ of Gaussian p × p matrices, p = 256, by seed (0 would be orthogonal)",
            [.. Spread.Seeds.Select(seed => FromOrthogonal(256, seed))]);

        double[] widths = [.. Widths.Select(p => (double)p)], at = [.. rows.Select(r => (double)r.Width)];
        var chart = new Chart(
            new Panel("One output", new Axis("width p", Scale.Log, Min: 1.8, Max: 18),
                new Axis("relative residual of V_3", Min: .6, Max: 1))
                .Points("V_4 random (median of 200, five seeds)", at, [.. rows.Select(r => r.Random)])
                .Points("V_4 aligned", at, [.. rows.Select(r => r.Aligned)])
                .Predicted("√(1 − 1/p)", widths, p => Math.Sqrt(1 - 1 / p)),
            new Panel("p outputs, without x", new Axis("width p", Scale.Log, Min: 1.8, Max: 18),
                new Axis("√⟨cos²⟩ of V_3 and V_4ᵀ(V_2V_1)ᵀ", Scale.Log, Min: .04, Max: 1))
                .Points("orthogonal matrices, five seeds", at, [.. rows.Select(r => r.RootMeanSquare)])
                .Predicted("1/p", widths, p => 1 / p));
        return judge.Outcome(chart: chart, caption: "The wider the network, the further orthogonal matrices are from the equations that "
            + "they are said to satisfy: ∂f/∂V_k is of rank one, an orthogonal matrix is not.",
            fails: $"For p = 4 the residual is {Text(Spread.Of(four.Select(r => r.Random)).Median)} (V_4 random) and "
                + $"{Text(four[0].Aligned)} = √(1 − 1/4) at best: ∂f/∂V_k = abᵀ is of rank one, Q is not. Written without x, cos(V_3, "
                + $"V_4ᵀ(V_2V_1)ᵀ) = tr(V_4V_3V_2V_1)/p, {Text(Spread.Of(four.Select(r => r.RootMeanSquare)).Median)} in the root mean "
                + $"square. Square Gaussian matrices are not nearly orthogonal either: ‖WᵀW/p − I‖/‖I‖ = {Text(FromOrthogonal(256, 0))}.");
    }

    private static double Bound(int p) => Math.Sqrt(1 - 1.0 / p);

    private static double Third(Network network, double[][][] q, double[] last, double[] x) =>
        ConstraintEquations.Residuals(network, network.Pack([q[0], q[1], q[2], [last]]), x)[2][0];

    private static double FromOrthogonal(int p, long seed)
    {
        var random = new RandomStream(seed, 34);
        double[][] w = [.. Enumerable.Range(0, p)
            .Select(_ => Enumerable.Range(0, p).Select(_ => random.NextNormal() / Math.Sqrt(p)).ToArray())];
        double square = 0;
        for (var i = 0; i < p; i++)
            for (var j = 0; j < p; j++)
            {
                var d = Vectors.Dot(w[i], w[j]) - (i == j ? 1 : 0);
                square += d * d;
            }
        return Math.Sqrt(square / p);
    }

    private static string Text(double value) => Wording.Text(value);
}
