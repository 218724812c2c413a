using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Measures.Curvature;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>
/// Claim b68: the Hessian with respect to one layer of a deep network has N nonzero eigenvalues in the last layer and below piecewise
/// linear units, and up to NH below H smooth units.
/// </summary>
internal static class OneLayerAtATime
{
    private const int Examples = 5, Inputs = 12, Hidden = 8;
    private const double Zero = 1e-9, Difference = 1e-5;

    private sealed record Unit(string Name, Func<double, double> Value, Func<double, double> First, Func<double, double> Second);

    private static readonly Unit[] Smooth =
    [
        new("tanh", Math.Tanh, static z => 1 - Math.Pow(Math.Tanh(z), 2), static z => -2 * Math.Tanh(z) * (1 - Math.Pow(Math.Tanh(z), 2))),
        new("x²", static z => z * z, static z => 2 * z, static _ => 2),
        new("x³", static z => z * z * z, static z => 3 * z * z, static z => 6 * z),
    ];

    private static readonly Unit Rectified = new("ReLU", static z => Math.Max(z, 0), static z => z > 0 ? 1 : 0, static _ => 0);

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b68-one-layer-at-a-time",
        Paper = SourcePapers.TheoryIIIb,
        Place = "§12.3.2, eq. 44 and 45",
        Hypothesis = "Exponential loss, a deep network with arbitrary smooth units that separates its N examples, one layer moved and the "
            + "others held (§12.3.2).",
        Statement = "The case of one layer, whose Hessian has at most N eigenvalues (distinct, read as nonzero), is also valid for a deep "
            + "network if only one layer is optimized at a time; this extends it from piecewise linear to arbitrary smooth nonlinearities.",
        SetUp = $"f = W_2 σ(W_1x), {Inputs}-{Hidden}-1, σ = {string.Join(", ", Smooth.Select(static u => u.Name))} and ReLU, N = "
            + $"{Examples} examples of gaussian-teacher, W_1 normal, W_2 the least with y f = 1 on all; exponential loss (sum), seeds "
            + $"{Spread.Seeds[0]}–{Spread.Seeds[^1]}: the block of the Hessian that belongs to W_1 ({Inputs * Hidden} weights) and to W_2 "
            + $"({Hidden}), by eq. 45 and by central differences of the gradient. Zero: at most {Wording.Text(Zero)} of the largest.",
        Expected = $"At most {Examples} nonzero eigenvalues in each block. (Counting: every example adds ∂f ∂fᵀ, of rank one, and "
            + "W_2·σ'' ⊗ x xᵀ, of rank H; σ'' = 0 for ReLUs, and the second is missing in the last layer, in which f is linear.)",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        const string count = "nonzero eigenvalues of the block of the layer (most of five seeds)";
        double least = double.PositiveInfinity, wrong = 0;
        (string Name, int First, int Last, double[] Spectrum) Study(Unit unit)
        {
            int first = 0, last = 0;
            double[] spectrum = [];
            foreach (var seed in Spread.Seeds)
            {
                var net = Net.Of(unit, seed);
                least = Math.Min(least, net.LeastMargin());
                var (w1, w2) = (net.FirstBlock(), net.LastBlock());
                wrong = Math.Max(wrong, net.Mismatch(w1));
                double[] eigenvalues = Values(w1);
                if (spectrum.Length == 0) spectrum = eigenvalues;
                first = Math.Max(first, Nonzero(eigenvalues));
                last = Math.Max(last, Nonzero(Values(w2)));
            }
            return (unit.Name, first, last, spectrum);
        }
        var smooth = Smooth.Select(Study).ToArray();
        var relu = Study(Rectified);
        judge.Hypothesis.AtLeast("least y f", least, .5);
        judge.Premise.AtMost("largest difference of the block of W_1 from differences of the gradient, relative", wrong, 1e-6);
        foreach (var (name, first, last, _) in smooth)
        {
            judge.Printed.In($"first layer, {name}").AtMost(count, first, Examples);
            judge.Printed.In($"last layer, {name}").AtMost(count, last, Examples);
        }
        var narrow = judge.Amended("the last layer, or a layer below piecewise linear units");
        foreach (var (name, _, last, _) in smooth) narrow.In($"last layer, {name}").AtMost(count, last, Examples);
        narrow.In("first layer, ReLU").AtMost(count, relu.First, Examples);
        judge.Amended("below H smooth units the bound is NH").AtMost("first layer, smooth units: the same",
            smooth.Max(static s => s.First), Examples * Hidden);
        double[] ranks = [.. Enumerable.Range(1, 60).Select(static r => (double)r)];
        var panel = new Panel("Block of the first layer, eigenvalues by size, seed 0", new Axis("rank"),
            new Axis("|μ|/max|μ|", Scale.Log, Min: 1e-20));
        foreach (var (name, _, _, spectrum) in (IEnumerable<(string Name, int First, int Last, double[] Spectrum)>)[.. smooth, relu])
            panel = panel.Points(name, ranks, [.. spectrum.Select(Math.Abs).OrderDescending().Take(ranks.Length)
                .Select(m => m / spectrum.Max(Math.Abs)).Select(static m => m < 1e-20 ? double.NaN : m)]);
        return judge.Outcome(chart: new Chart(panel.At("N", Examples).Level("counted as zero below", Zero)),
            caption: $"After N = {Examples} only the ReLUs fall to rounding; smooth units after NH = {Examples * Hidden}.",
            care: $"In the last layer yes (at most {smooth.Max(static s => s.Last)} of {Hidden}), and in the first below ReLUs "
                + $"({relu.First}). Below smooth units no: the block of the first layer has "
                + $"{string.Join(", ", smooth.Select(static s => $"{s.First} ({s.Name})"))} nonzero eigenvalues at N = {Examples}, up to "
                + $"NH = {Examples * Hidden}, since y W_2σ''⊗xxᵀ is one outer product for each unit and not one for each example.");
    }

    private static int Nonzero(double[] eigenvalues)
    {
        var signs = Signature.Of(eigenvalues, Zero);
        return signs.Negative + signs.Positive;
    }

    private static double[] Values(DenseMatrix block) => [.. block.Evd(Symmetricity.Symmetric).EigenValues.Select(static e => e.Real)];

    // f = W_2 σ(W_1 x) on N examples.
    private sealed record Net(Unit Unit, Dataset Data, double[] W1, double[] W2)
    {
        public static Net Of(Unit unit, long seed)
        {
            var data = GaussianTeacher.Draw(Examples, Inputs, seed);
            var w1 = ExampleSets.Normal(Inputs * Hidden, seed, stream: 68);
            var net = new Net(unit, data, w1, new double[Hidden]);
            var features = DenseMatrix.Create(Examples, Hidden, (n, j) => unit.Value(net.Z(w1, j, n)));
            return net with { W2 = [.. features.PseudoInverse() * DenseVector.OfArray(data.Y.ToArray())] };
        }

        public double LeastMargin() => Enumerable.Range(0, Examples).Min(n => Data.Y[n] * F(W1, n));

        // T3b eq. 7 with the second derivative of T3b eq. 45, in the block of W_1.
        public DenseMatrix FirstBlock()
        {
            var block = new DenseMatrix(Inputs * Hidden);
            for (var n = 0; n < Examples; n++)
            {
                var weight = Math.Exp(-Data.Y[n] * F(W1, n));
                var slope = Slope(W1, n);
                for (var p = 0; p < slope.Length; p++)
                    for (var q = 0; q < slope.Length; q++)
                    {
                        var second = p / Inputs == q / Inputs
                            ? W2[p / Inputs] * Unit.Second(Z(W1, p / Inputs, n)) * X(n, p % Inputs) * X(n, q % Inputs) : 0;
                        block[p, q] += weight * (slope[p] * slope[q] - Data.Y[n] * second);
                    }
            }
            return block;
        }

        public DenseMatrix LastBlock()
        {
            var block = new DenseMatrix(Hidden);
            for (var n = 0; n < Examples; n++)
            {
                var h = DenseVector.Create(Hidden, j => Unit.Value(Z(W1, j, n)));
                block += (DenseMatrix)(Math.Exp(-Data.Y[n] * F(W1, n)) * h.OuterProduct(h));
            }
            return block;
        }

        // The block against (∇L(W_1 + he) − ∇L(W_1 − he))/2h, the largest column difference over the norm of the block.
        public double Mismatch(DenseMatrix block)
        {
            var worst = 0.0;
            for (var p = 0; p < W1.Length; p += 7)
            {
                double[] up = [.. W1], down = [.. W1];
                up[p] += Difference;
                down[p] -= Difference;
                double[] column = [.. Gradient(up).Zip(Gradient(down), static (a, b) => (a - b) / (2 * Difference))];
                worst = Math.Max(worst, Vectors.Distance(column, block.Column(p).ToArray()));
            }
            return worst / block.FrobeniusNorm();
        }

        private double[] Gradient(double[] w1)
        {
            var gradient = new double[w1.Length];
            for (var n = 0; n < Examples; n++)
                Vectors.Add(-Data.Y[n] * Math.Exp(-Data.Y[n] * F(w1, n)), Slope(w1, n), gradient);
            return gradient;
        }

        // ∂f_n/∂W_1.
        private double[] Slope(double[] w1, int n) =>
            [.. Enumerable.Range(0, w1.Length).Select(p => W2[p / Inputs] * Unit.First(Z(w1, p / Inputs, n)) * X(n, p % Inputs))];

        private double F(double[] w1, int n) => Enumerable.Range(0, Hidden).Sum(j => W2[j] * Unit.Value(Z(w1, j, n)));

        private double Z(double[] w1, int unit, int n) => Vectors.Dot(w1.AsSpan(unit * Inputs, Inputs), Data.Example(n));

        private double X(int n, int i) => Data.Example(n)[i];
    }
}
