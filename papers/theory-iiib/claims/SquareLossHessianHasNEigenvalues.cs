using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Measures.Curvature;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Claim b21, first half: N nonzero eigenvalues at zero square loss, more for the exponential loss.</summary>
internal static class SquareLossHessianHasNEigenvalues
{
    private const double Zero = 1e-9;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b21-square-loss-hessian-has-n-eigenvalues",
        Paper = SourcePapers.TheoryIIIb,
        Place = "§12.3 and §12.3.1",
        Equations = ["T3b.28", "T3b.28a", "T3b.43a"],
        Hypothesis = "A deep network of rectified units, more weights than examples, at a point of zero square loss; under the exponential "
            + "loss near a minimum of gradient descent (§12.3).",
        Statement = "For a deep network with the square loss at zero loss the Hessian has at most N eigenvalues other than zero; for the "
            + "exponential loss derivatives across layers induce a higher number than N. (The paper says “distinct”, and zero makes one "
            + "more: a slip.)",
        SetUp = $"ReLU net {InterpolatingNet.Layers} ({InterpolatingNet.Weights} weights), N = {InterpolatingNet.Examples} examples of "
            + "gaussian-teacher, five seeds (data and start), gradient descent "
            + $"(step {Wording.Text(InterpolatingNet.Step)}) on the square loss to L = "
            + $"{Wording.Decade(Math.Log10(InterpolatingNet.Target))}, then Gauss–Newton to rounding; Hessians of the square, exponential "
            + "and logistic loss at that point (y f = 1), and of the exponential loss for a deep linear net "
            + $"{InterpolatingNet.Layers} with labels that it fits. An eigenvalue is zero up to {Wording.Text(Zero)} of the largest.",
        Expected = $"At most {InterpolatingNet.Examples} eigenvalues for the square loss, more than {InterpolatingNet.Examples} for the "
            + "exponential.",
        History = ["was ≈ until 2026-11-28, because zero was counted among the N distinct eigenvalues; a slip, now in the table"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var nets = InterpolatingNet.All.Of(context);
        judge.Premise.AtMost("largest |f − y| at the five minima", nets.Max(n => n.Misfit), 1e-10);
        double[][] Spectra(Loss loss) =>
            [.. nets.Select(n => InterpolatingNet.Spectrum(new EmpiricalRisk(n.Network, loss, n.Data, Reduction.Sum), n.Theta))];
        double[][] square = Spectra(Loss.Square), exponential = Spectra(Loss.Exponential), logistic = Spectra(Loss.Logistic);
        double[][] linear = [.. Spread.Seeds.Select(DeepLinear)];
        double[] Nonzero(double[][] spectra) =>
            [.. spectra.Select(s => Signature.Of(s, Zero)).Select(c => (double)(c.Negative + c.Positive))];
        double[] Negative(double[][] spectra) => [.. spectra.Select(s => (double)Signature.Of(s, Zero).Negative)];
        const int n = InterpolatingNet.Examples;
        judge.Hypothesis.AtLeast("weights over examples", InterpolatingNet.Weights / (double)n, 1);
        judge.Measure("square loss: distinct eigenvalues with zero (most of five seeds)", square.Max(Distinct));
        judge.Printed.AtMost("square loss: nonzero eigenvalues (most of five seeds)", Nonzero(square).Max(), n);
        judge.Printed.AtMost("square loss: negative eigenvalues (most of five seeds)", Negative(square).Max(), 0);
        judge.Printed.AtLeast("exponential loss: distinct eigenvalues (least of five seeds)", exponential.Min(Distinct), n + 1);
        judge.Printed.AtLeast("exponential loss: nonzero eigenvalues (least of five seeds)", Nonzero(exponential).Min(), n + 1);
        judge.Measure("nonzero eigenvalues, five seeds: square", Nonzero(square));
        judge.Measure("nonzero eigenvalues, five seeds: exponential", Nonzero(exponential));
        judge.Measure("nonzero eigenvalues, five seeds: logistic", Nonzero(logistic));
        judge.Measure("nonzero eigenvalues, five seeds: deep linear, exponential", Nonzero(linear));
        judge.Measure("negative eigenvalues, five seeds: exponential", Negative(exponential));
        judge.Measure("negative eigenvalues, five seeds: logistic", Negative(logistic));
        judge.Measure("negative eigenvalues, five seeds: deep linear, exponential", Negative(linear));

        double[] Sizes(double[] s) =>
            [.. s.Select(Math.Abs).OrderDescending().Select(m => m / s.Max(Math.Abs)).Take(100).Select(m => m < 1e-20 ? double.NaN : m)];
        double[] index = [.. Enumerable.Range(1, 100).Select(i => (double)i)];
        var chart = new Chart(new Panel("Eigenvalues by size, seed 0", new Axis("rank"), new Axis("|μ|/max|μ|", Scale.Log, Min: 1e-20))
            .Points("square", index, Sizes(square[0])).Points("exponential", index, Sizes(exponential[0]))
            .Points("logistic", index, Sizes(logistic[0]))
            .At("N", n).Level("counted as zero below", Zero));
        return judge.Outcome(chart: chart,
            holds: $"At zero square loss the Hessian has {Nonzero(square).Max()} nonzero eigenvalues at every seed, and none is negative: "
                + $"N (with zero there are {square.Max(Distinct)} distinct ones). The exponential "
                + $"loss has {Spread.Of(Nonzero(exponential))} nonzero eigenvalues, {Spread.Of(Negative(exponential))} of them negative; "
                + $"a deep linear net {Spread.Of(Nonzero(linear))} and {Spread.Of(Negative(linear))}.",
            caption: "The square loss falls to rounding after the sixth eigenvalue.");
    }

    // Labels are the signs of the net's own outputs, and the last layer is scaled so that the smallest y f is 1.
    private static double[] DeepLinear(long seed)
    {
        var net = Network.Linear(InterpolatingNet.Inputs, InterpolatingNet.Widths);
        var data = Data.GaussianTeacher.Draw(InterpolatingNet.Examples, InterpolatingNet.Inputs, seed);
        var theta = Initialization.Kaiming(net, new RandomStream(seed, 11));
        var probe = new EmpiricalRisk(net, Loss.Square, data, Reduction.Sum).Outputs(theta).ToArray();
        var last = net.Layers[^1].Of(theta);
        Vectors.Scale(1 / probe.Min(Math.Abs), last, last);
        var labelled = new Data.Dataset(data.Name, data.X.ToArray(), [.. probe.Select(f => f > 0 ? 1.0 : -1.0)],
            InterpolatingNet.Inputs);
        return InterpolatingNet.Spectrum(new EmpiricalRisk(net, Loss.Exponential, labelled, Reduction.Sum), theta);
    }

    // Eigenvalues closer than the zero threshold are one.
    private static int Distinct(double[] ascending)
    {
        var width = Zero * ascending.Max(Math.Abs);
        var count = 1;
        var from = ascending[0];
        foreach (var mu in ascending)
            if (mu - from > 2 * width)
            {
                count++;
                from = mu;
            }
        return count;
    }
}
