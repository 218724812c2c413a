using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b100, second half of T3's footnote 5: how data errors act on new examples and on those that were fitted.</summary>
internal static class PredictionRatioWorstAtSquare
{
    private const int D = 40, Draws = 100;
    private const double Noise = .1;
    private static readonly int[] Sizes = [5, 10, 20, 30, 38, 40, 42, 50, 80, 160, 320, 640];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b100-prediction-ratio-worst-at-square",
        Paper = SourcePapers.TheoryIII,
        Place = "§5, footnote 5",
        Hypothesis = "Random N × D data, the pseudoinverse solution, errors in the data (footnote 5: “data errors are amplified most when "
            + "N = D in the estimation of new data; in an equivalent way the ratio …”); “usually” is taken as the median over draws.",
        Statement = "The ratio of out-of-sample prediction and in-sample prediction is largest for N = D, better for N > D and best for N "
            + "≪ D.",
        SetUp = $"Standard normal X, N × D, D = {D}, N = {Sizes[0]} … {Sizes[^1]}, {Draws} draws each (stream N of seed 0), y = ε standard "
            + "normal, w = X⁺ε: what the errors do to a new standard normal example, ‖w‖², over what they do to a fitted one, ‖Xw‖²/N. "
            + $"Beside it y = Xw_0 + ε with ‖w_0‖ = 1 and ε of deviation {Wording.Short(Noise)}: ‖w − w_0‖² over ‖X(w − w_0)‖²/N, and over "
            + "the training error ‖y − Xw‖²/N.",
        Expected = "Greatest at N = D. In the mean N/(|N − D| − 1): above 1 for every N > D, and N/D for N ≪ D.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var draws = Sizes.Select(n => Ratios(n, context)).ToArray();
        double[] noise = [.. draws.Select(d => Spread.Of(d.Select(r => r.Errors)).Median)], signal =
            [.. draws.Select(d => Spread.Of(d.Select(r => r.Signal)).Median)];
        int square = Array.IndexOf(Sizes, D);
        double At(double[] values, int n) => values[Array.IndexOf(Sizes, n)];
        judge.Measure("N", [.. Sizes.Select(static n => (double)n)]);
        judge.Measure("median ratio of what errors do to new and to fitted examples", noise);
        judge.Measure("median ratio of prediction errors with a signal", signal);
        void Hold(CheckGroup group, string name, double[] ratio)
        {
            group.In(name).AtMost("largest median away from N = D over that at N = D", ratio.Where((_, i) => i != square).Max()
                / ratio[square], 1);
            group.In(name).That("beyond N = D the median falls with N", Enumerable.Range(square, Sizes.Length - square - 1)
                .All(i => ratio[i + 1] < ratio[i]));
            group.In(name).AtMost("N = 5 over the best of N > D", ratio[0] / ratio[(square + 1)..].Min(), 1);
        }
        const string alone = "errors alone";
        Hold(judge.Printed, alone, noise);
        Hold(judge.Printed, "with a signal", signal);
        Hold(judge.Amended("it is the effect of the errors alone, as “data errors are amplified” just before"), alone, noise);
        double Law(int n) => n / (Math.Abs(n - D) - 1.0);
        judge.Amended("in the mean it is N/(|N − D| − 1)").AtMost(
            "largest relative distance of the median from that law, |N − D| ≥ 10 (the bound is ours)",
            Sizes.Zip(noise).Where(p => Math.Abs(p.First - D) >= 10).Max(p => Math.Abs(p.Second / Law(p.First) - 1)), .15);
        judge.Amended("of prediction itself, with a signal, it is the other way: N ≪ D misses what lies outside the examples' "
            + "span").AtLeast(
            "with a signal: N = 5 over N = 640", At(signal, 5) / At(signal, 640), 2);
        judge.Amended("the training error of the pseudoinverse is 0 for N ≤ D, so that a ratio to it is infinite there").AtMost(
            "largest training error over that of y, N ≤ D", draws.Take(square).SelectMany(static d => d).Max(static r => r.Training),
                1e-12);

        double[] x = [.. Sizes.Select(static n => (double)n)];
        var chart = new Chart(new Panel("100 draws a size, D = 40", new Axis("N", Scale.Log), new Axis("new over fitted", Scale.Log))
            .Line("errors only, median", x, noise).Line("with a signal, median", x, signal)
            .Predicted("N/(|N − D| − 1)", x, [.. Sizes.Select(n => Math.Abs(n - D) < 2 ? double.NaN : Law(n))]).At("N = "
                + "D", D).Level("1", 1));
        return judge.Outcome(chart: chart, caption: "What errors in the data do to a new example over what they do to a fitted one.",
            care: $"Of errors alone the median is {Wording.Text(noise[square])} at N = D = {D}, {Wording.Text(At(noise, 80))} at 80, "
                + $"{Wording.Text(At(noise, 640))} at 640 and {Wording.Text(noise[0])} at 5: as errors spread over the D weights of few "
                + "examples, a new one feels little of them. That is not a low error of prediction: with a signal the ratio at N = 5 is "
                + $"{Wording.Text(signal[0])} against {Wording.Text(At(signal, 640))} at 640, since the pseudoinverse does not see what "
                + "lies outside the span of its examples.");
    }

    private sealed record Ratio(double Errors, double Signal, double Training);

    private static Ratio[] Ratios(int n, StudyContext context)
    {
        var random = new RandomStream(0, n);
        var result = new Ratio[Draws];
        for (var i = 0; i < Draws; i++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            double[] Normal(int count)
            {
                var values = new double[count];
                foreach (ref var v in values.AsSpan()) v = random.NextNormal();
                return values;
            }
            var x = new DenseMatrix(n, D, Normal(n * D));
            DenseVector error = Normal(n), truth = Normal(D);
            truth = (DenseVector)(truth / truth.L2Norm());
            // X⁺ = Xᵀ(XXᵀ)⁻¹ or (XᵀX)⁻¹Xᵀ.
            var factor = (n < D ? x * x.Transpose() : x.TransposeThisAndMultiply(x)).Cholesky();
            DenseVector Solve(DenseVector y) => (DenseVector)(n < D ? x.TransposeThisAndMultiply(factor.Solve(y))
                : factor.Solve(x.TransposeThisAndMultiply(y)));
            static double Square(MathNet.Numerics.LinearAlgebra.Vector<double> v) => v.DotProduct(v);
            var w = Solve(error);
            var targets = (DenseVector)(x * truth + Noise * error);
            var fit = Solve(targets);
            result[i] = new Ratio(Square(w) * n / Square(x * w), Square(fit - truth) * n / Square(x * (fit - truth)),
                Square(targets - x * fit) / Square(targets));
        }
        return result;
    }
}
