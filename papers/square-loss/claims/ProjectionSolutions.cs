using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Claim b39: equal projections solve the constraint equations only if they are of rank one, and all examples lie in their range.
/// </summary>
internal static class ProjectionSolutions
{
    private const int Layers = 4, Tilted = 4;
    private static readonly int[] Widths = [4, 8, 16];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b39-projections-solve-the-constraints",
        Paper = SourcePapers.SquareLoss,
        Place = "§5, appendix H.1, eq. 53–54",
        Hypothesis = "Linear deep network of square matrices p × p, the last 1 × p, the constraint for every example (appendix H, "
            + "assumptions).",
        Statement = "A class of solutions of V_k f_n = ∂f_n/∂V_k for deep linear networks is V_1 = … = V_{L−1} = P with a projection P² = "
            + "P, and V_L ∝ the activity of layer L − 1.",
        SetUp = $"L = {Layers}, P = UUᵀ/√r of rank r = 1 … p with random ranges, p = {string.Join(", ", Widths)}, "
            + $"seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}; one example x inside the range (drawn in it), V_L ∝ (PPPx)ᵀ: the relative "
            + $"residual, worst layer. Then P of rank one, p = {Tilted}, and x at angles of 0 to 90° from its range. That x lies in the "
            + "range is the reading most in favour of the claim.",
        Expected = "Residual 0. First reading, p = 4: 0 (rank one), .707, .816 (ranks 2, 3); .714 for a generic x at k = 1.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        double one = 0, law = 0;
        var inRange = new List<(int Width, int Rank, double Residual)>();
        foreach (var seed in Spread.Seeds)
        {
            var random = new RandomStream(seed, 31);
            foreach (var p in Widths)
                for (var rank = 1; rank <= p; rank++)
                {
                    var u = Frames.Orthonormal(p, rank, random);
                    var x = new double[p];
                    foreach (var row in u) Vectors.Add(random.NextNormal(), row, x);
                    var residual = Residuals(u, x).Max();
                    inRange.Add((p, rank, residual));
                    if (rank == 1) one = Math.Max(one, residual);
                    law = Math.Max(law, Math.Abs(residual * residual - Law(rank)));
                }
        }
        double Of(int rank) => inRange.First(r => r.Width == 4 && r.Rank == rank).Residual;
        foreach (var rank in new[] { 1, 2, 3 }) judge.Printed.AtMost($"residual, p = 4, rank {rank}, x in the range", Of(rank), 1e-7);

        double[] angles = [.. Enumerable.Range(0, 10).Select(i => 10.0 * i)];
        var (tilted, tiltedAt, worst) = (new List<double>(), new List<double>(), 0.0);
        foreach (var seed in Spread.Seeds)
            foreach (var angle in angles[..^1])
            {
                var u = Frames.Orthonormal(Tilted, 2, new RandomStream(seed, 32));
                var x = new double[Tilted];
                Vectors.Add(Math.Cos(angle * Math.PI / 180), u[0], x);
                Vectors.Add(Math.Sin(angle * Math.PI / 180), u[1], x);
                var residual = Residuals([u[0]], x)[0];
                tilted.Add(residual);
                tiltedAt.Add(angle);
                worst = Math.Max(worst, Math.Abs(residual - Math.Sin(angle * Math.PI / 180)));
            }
        judge.Printed.AtMost("residual of the first layer, p = 4, rank one, x at 40° from the range", tilted[4], 1e-7);
        judge.Amended("the squared residual is 1 − 1/r for a projection of rank r, whatever the width")
            .AtMost("largest deviation from 1 − 1/r of 140 projections", law, 1e-12);
        judge.Amended("rank one and x in the range solve the equations").AtMost("largest residual of 15 such networks", one, 1e-7);
        judge.Amended("with rank one the residual of the first layer is the sine of the angle between x and the range")
            .AtMost("largest deviation from the sine, 45 networks", worst, 1e-7);

        double[] ranks = [.. Enumerable.Range(1, 16).Select(r => (double)r)];
        var panel = new Panel("x in the range of P", new Axis("rank of P", Min: 0, Max: 17),
            new Axis("relative residual, worst layer", Min: 0, Max: 1));
        foreach (var p in Widths)
            panel = panel.Points($"p = {p}", [.. inRange.Where(r => r.Width == p).Select(r => (double)r.Rank)],
                [.. inRange.Where(r => r.Width == p).Select(r => r.Residual)]);
        var chart = new Chart(
            panel.Predicted("√(1 − 1/rank)", ranks, r => Math.Sqrt(Law(r))),
            new Panel("P of rank one", new Axis("angle between x and the range (degrees)", Min: 0, Max: 90),
                new Axis("relative residual, first layer", Min: 0, Max: 1))
                .Points("p = 4", tiltedAt, tilted)
                .Predicted("sine of the angle", angles, a => Math.Sin(a * Math.PI / 180)));
        return judge.Outcome(chart: chart,
            caption: "Only the leftmost point of either panel is a solution: one direction, shared by the matrix and by every example.",
            fails: $"Projections of rank 2 and 3 leave residuals of {Text(Of(2))} and {Text(Of(3))}: ∂f_n/∂V_k = abᵀ has rank one, and "
                + "V_k f_n must equal it. P of rank one with x in its range is a solution, but all examples would then have to lie on "
                + "one line; at an angle φ from it the first layer misses by sin φ.");
    }

    private static double Law(double rank) => 1 - 1 / rank;

    // The worst example is the only one; layer by layer.
    private static double[] Residuals(double[][] range, double[] x)
    {
        var p = x.Length;
        var matrix = Frames.Projection(range);
        var network = Network.Linear(p, [.. Enumerable.Repeat(p, Layers - 1), 1]);
        var theta = network.Pack([.. Enumerable.Repeat(matrix, Layers - 1), [Frames.Times(matrix, x)]]);
        return [.. ConstraintEquations.Residuals(network, theta, x).Select(layer => layer[0])];
    }

    private static string Text(double value) => Wording.Text(value);
}
