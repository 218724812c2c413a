using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b27: a random data matrix is worst conditioned when it is square.</summary>
internal static class ConditionNumberWorstAtSquare
{
    private const int D = 40, Draws = 100;
    private static readonly int[] Sizes = [5, 10, 20, 30, 38, 40, 42, 50, 80, 160, 320, 640, 1280];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b27-condition-number-worst-at-square",
        Paper = SourcePapers.TheoryIII,
        Place = "§5, footnote 5; Theoretical issues, discussion of the pseudoinverse",
        Hypothesis = "Random N × D data matrices; “usually” is taken as the median over draws (footnote 5).",
        Statement = "The condition number of a random data matrix is usually worse for N = D, better for N > D and even better for N ≪ D.",
        SetUp = $"Standard normal N × D matrices, D = {D}, N = {Sizes[0]} … {Sizes[^1]}, {Draws} draws each (stream N of seed 0); "
            + "ratio of the largest to the "
            + "smallest singular value, median and quartiles. At N = D also the medians of five batches of "
            + $"{Draws} (seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}).",
        Expected = $"Largest median at N = {D}, smaller for N > {D}, smallest at N ≪ {D}.",
        History = ["was ✓ until 2026-11-28, because the sizes ended at N = 320, with D/N as at N = 5"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var conditions = Sizes.Select(n => Conditions(n, 0, context)).ToArray();
        double[] medians = [.. conditions.Select(c => Spread.Of(c).Median)];
        double At(int n) => medians[Array.IndexOf(Sizes, n)];
        judge.Measure("N", [.. Sizes.Select(n => (double)n)]);
        judge.Measure("median condition number", medians);
        judge.Measure("median at N = D, five batches",
            [At(D), .. Spread.Seeds.Skip(1).Select(s => Spread.Of(Conditions(D, s, context)).Median)]);
        judge.Printed.AtMost("largest median away from N = D over that at N = D", medians.Where((_, i) => Sizes[i] != D).Max() / At(D), 1);
        judge.Printed.That("beyond N = D the median falls with N",
            medians.Where((_, i) => Sizes[i] >= D).Zip(medians.Where((_, i) => Sizes[i] > D)).All(p => p.Second < p.First));
        const string better = "N = 5 over the best of N > D";
        judge.Printed.In($"N to {Sizes[^1]}").AtMost(better, At(5) / medians.Where((_, i) => Sizes[i] > D).Min(), 1);
        judge.Amended("sides of a ratio that N < D reaches as well: N ≤ 2D").In($"N to {2 * D}")
            .AtMost(better, At(5) / medians.Where((_, i) => Sizes[i] > D && Sizes[i] <= 2 * D).Min(), 1);
        judge.Amended("the median depends on the ratio of the sides alone, (1 + √q)/(1 − √q) with q = min(N, D)/max(N, D), as N, D → ∞")
            .AtMost("largest relative distance from that law for q ≤ ½",
            Sizes.Zip(medians).Where(p => Law(p.First) < 6).Max(p => Math.Abs(p.Second / Law(p.First) - 1)), .25);
        judge.Measure("N = 20 (N < D) against N = 320 (N > D)", [At(20), At(320)]);

        double[] x = [.. Sizes.Select(n => (double)n)];
        double[] Quantile(double share) => [.. conditions.Select(c => c.Order().ElementAt((int)(share * (Draws - 1))))];
        var chart = new Chart(new Panel("100 draws a size, D = 40", new Axis("N", Scale.Log), new Axis("condition number", Scale.Log))
            .Line("median", x, medians).Points("quartiles", [.. x, .. x], [.. Quantile(.25), .. Quantile(.75)])
            .Predicted("(1 + √q)/(1 − √q)", x, [.. Sizes.Select(n => n == D ? double.NaN : Law(n))])
            .At("N = D", D));
        return judge.Outcome(chart: chart,
            care: $"The median is {Lab.Claims.Check.Text(At(D))} at N = D = 40, {Lab.Claims.Check.Text(At(80))} at 80, "
                + $"{Lab.Claims.Check.Text(At(1280))} at 1280 and {Lab.Claims.Check.Text(At(5))} at 5. It is a function of the ratio of "
                + "the sides, the same in N/D and D/N, so 'N ≪ D better than N > D' is no general rule: N = 20 has "
                + $"{Lab.Claims.Check.Text(At(20))}.",
            caption: "Dashed: the Marchenko–Pastur edges, which large matrices reach.");
    }

    private static double Law(int n)
    {
        var q = Math.Sqrt(Math.Min(n, D) / (double)Math.Max(n, D));
        return (1 + q) / (1 - q);
    }

    private static double[] Conditions(int n, long seed, StudyContext context)
    {
        var random = new RandomStream(seed, n);
        int rows = Math.Max(n, D), columns = Math.Min(n, D);
        var values = new double[rows * columns];
        var result = new double[Draws];
        for (var i = 0; i < Draws; i++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            foreach (ref var v in values.AsSpan()) v = random.NextNormal();
            var matrix = new DenseMatrix(rows, columns, (double[])values.Clone());
            // The singular values are those of the small triangular factor.
            var s = (rows > columns ? matrix.QR().R.SubMatrix(0, columns, 0, columns) : matrix).Svd(computeVectors: false).S;
            result[i] = s.Maximum() / s.Minimum();
        }
        return result;
    }
}
