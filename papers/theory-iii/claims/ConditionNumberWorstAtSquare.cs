using MathNet.Numerics.LinearAlgebra;
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
        History = ["was ✓ until 2026-11-28, because the sizes ended at N = 320, with D/N as at N = 5",
            "was ≈ until 2026-11-29, because N ≤ 2D was an assumption of ours: which side is better hangs on how far each is taken"],
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
        // The footnote gives no sizes: with N ≪ D at a ratio of 8 the statement stands as far as N > D stays below some ratio.
        double reach = Sizes.Where((n, i) => n > D && medians[i] > At(5)).Max() / (double)D;
        judge.Printed.AtLeast($"N ≪ D at D/N = {D / 5}: largest N/D over which it is still better", reach, lenient: 1,
            strict: double.PositiveInfinity);
        judge.Amended("at equal ratios neither side is better: the quotient of the medians goes to 1 as the smaller side grows")
            .Between("N = 20 (D/N = 2) over N = 80 (N/D = 2)", At(20) / At(80), .8, 1.1);
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
        var text = $"The median is {Lab.Claims.Check.Text(At(D))} at N = D = {D} and falls on both sides, to "
            + $"{Lab.Claims.Check.Text(At(80))} at 80, {Lab.Claims.Check.Text(At(1280))} at 1280 and {Lab.Claims.Check.Text(At(5))} at 5. "
            + "It depends on the ratio of the sides alone, the same in N/D and D/N. “Even better for N ≪ D” therefore hangs on how far "
            + "each side is taken, which the footnote does not say: N = 5 (D/N = 8) is better than N > D up to N/D = "
            + $"{Lab.Claims.Check.Text(reach)}, and worse beyond; at equal ratios there is no difference.";
        return judge.Outcome(chart: chart, holds: text, care: text, fails: text,
            caption: "Dashed: the Marchenko–Pastur edges, which large matrices reach. " + text);
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
            // Squares of singular values are eigenvalues of the small Gram matrix; a quotient of 1e5 keeps six digits.
            var squares = matrix.TransposeThisAndMultiply(matrix).Evd(Symmetricity.Symmetric).EigenValues;
            result[i] = Math.Sqrt(squares[columns - 1].Real / squares[0].Real);
        }
        return result;
    }
}
