using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Measures.Curvature;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>
/// Claim b20: the penalty λ‖W_k‖² does not see rotations of hidden units, so that minima of deep linear networks stay degenerate under it.
/// </summary>
internal static class WeightDecayRestoresHyperbolicity
{
    // As many examples as inputs for the square loss, so that a linear network fits them (Lemma 2: a zero minimizer).
    private const int Inputs = 3, Examples = 6, Fitted = 3;
    private const double Zero = 1e-7, LogEnd = 6;
    private static readonly int[] Hidden = [1, 2, 4, 8];
    private static readonly double[] Lambdas = [.05, .005];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b20-weight-decay-restores-hyperbolicity",
        Paper = SourcePapers.TheoryIIIb,
        Place = "Lemma 2, eq. 8, 29 and 36",
        Hypothesis = "A deep network of smooth units (§3: linear ones too) that reaches zero loss on its data, decay λ_k > 0 on every "
            + "layer, an equilibrium of the sum (eq. 8: a zero minimizer of the loss itself is none, and at it ẇ = −λ_kW_k).",
        Statement = "Adding λ_k‖W_k‖² to the loss ensures hyperbolicity of the linearized dynamics around a zero minimizer of the "
            + "empirical loss for any λ_k > 0 (Lemma 2); at the new finite equilibrium the Hessian is positive "
            + "definite for any λ_i > 0 (after eq. 36).",
        SetUp = $"Deep linear networks {Inputs}-H-1, H = {string.Join(", ", Hidden)}, on {Examples} examples of gaussian-teacher with the "
            + $"labels of a half-space under the exponential loss, on {Fitted} under the square loss (sums; a linear map separates the "
            + "first and "
            + $"fits the second), λ = {string.Join(" and ", Lambdas.Select(static l => Wording.Text(l)))}; the gradient "
            + $"flow with decay from Kaiming’s start to t = {Wording.Decade(LogEnd)}, seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]} (data "
            + "and start); dense Hessian of L + λΣ‖W_k‖² there. "
            + $"Zero: at most {Wording.Text(Zero)} of the largest eigenvalue.",
        Expected = "No zero eigenvalue at any H and λ. (Counting: the orbit of the minimum under rotations of the hidden units has "
            + "dimension H − 1.)",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var minima = (from loss in (Loss[])[Loss.Exponential, Loss.Square]
                      from lambda in Lambdas
                      from hidden in Hidden
                      from seed in Spread.Seeds
                      select Minimum.Of(loss, lambda, hidden, seed, context.Cancellation)).ToArray();
        judge.Hypothesis.AtLeast("least margin of the data of the exponential loss", Spread.Seeds.Min(seed =>
            Limits.HardMargin.Solve(Minimum.Data(Loss.Exponential, seed)).Margin), 1e-4);
        judge.Hypothesis.AtMost("largest misfit of a linear map on the data of the square loss", Spread.Seeds.Max(seed =>
            Minimum.Misfit(Minimum.Data(Loss.Square, seed))), 1e-9);
        judge.Premise.AtMost("largest gradient at the minima, over the largest weight", minima.Max(static m => m.Gradient), 1e-8);
        judge.Premise.AtLeast("least norm of the minima", minima.Min(static m => m.Norm), .01);
        foreach (var hidden in Hidden)
            judge.Printed.AtMost($"zero eigenvalues, H = {hidden} (most over losses, λ, seeds)",
                minima.Where(m => m.Hidden == hidden).Max(static m => m.Signs.Zero), 0);
        const string orbit = "H − 1 eigenvalues are zero, along the rotations of the hidden units, and no others";
        foreach (var hidden in Hidden)
        {
            var own = minima.Where(m => m.Hidden == hidden).ToArray();
            judge.Amended(orbit).That($"H = {hidden}: {hidden - 1} zero eigenvalues at every loss, λ and seed",
                own.All(m => m.Signs.Zero == hidden - 1));
            if (hidden > 1)
                judge.Amended(orbit).AtMost($"H = {hidden}: ‖∇² δ‖/(‖∇²‖ ‖δ‖) for δ = (A W_1, −W_2 A), A skew",
                    own.Max(static m => m.AlongRotation), Zero);
        }
        judge.Amended(orbit).AtMost("negative eigenvalues", minima.Max(static m => m.Signs.Negative), 0);
        var example = minima.First(static m => m.Hidden == 4);
        judge.Measure("eigenvalues over the largest, exponential loss, λ = 0.05, H = 4, seed 0",
            [.. example.Eigenvalues.Select(v => v / example.Eigenvalues[^1])]);
        var panel = new Panel("Eigenvalues at the minimum, exponential loss, λ = 0.05, seed 0", new Axis("rank, from the smallest"),
            new Axis("|μ|/max μ", Scale.Log, Min: 1e-18));
        foreach (var (hidden, i) in Hidden.Select(static (h, i) => (h, i)))
        {
            var m = minima.First(m => m.Hidden == hidden);
            double[] sizes = [.. m.Eigenvalues.Select(v => Math.Max(1e-18, Math.Abs(v) / m.Eigenvalues[^1])).Order()];
            panel = panel.Points($"H = {hidden}", [.. Enumerable.Range(1, sizes.Length).Select(static r => (double)r)], sizes, i);
        }
        return judge.Outcome(chart: new Chart(panel.Level("counted as zero below", Zero)),
            caption: "After the H − 1 zeros every eigenvalue is at least of the order of λ.",
            fails: $"At H = {string.Join(", ", Hidden)} hidden units the regularized minimum has "
                + $"{string.Join(", ", Hidden.Select(h => minima.First(m => m.Hidden == h).Signs.Zero))} zero eigenvalues, for both "
                + "losses, both λ and all five seeds: "
                + "(R W_1, W_2 Rᵀ) has the same loss and the same norms for every rotation R, so that the minima are a manifold and not "
                + "hyperbolic. With one hidden unit, or one layer, the lemma holds.");
    }

    private sealed record Minimum(int Hidden, double[] Eigenvalues, Signature Signs, double Gradient, double Norm, double AlongRotation)
    {
        public static Dataset Data(Loss loss, long seed) =>
            GaussianTeacher.Draw(loss == Loss.Square ? Fitted : Examples, Inputs, seed).WithLinearLabels();

        // max_n |X⁺y·x_n − y_n|.
        public static double Misfit(Dataset data)
        {
            var w = Limits.MinimumNorm.Of(data).Weights;
            return Enumerable.Range(0, data.Count).Max(n => Math.Abs(Vectors.Dot(w, data.Example(n)) - data.Y[n]));
        }

        public static Minimum Of(Loss loss, double lambda, int hidden, long seed, CancellationToken cancellation)
        {
            var net = Network.Linear(Inputs, hidden, 1);
            var data = Data(loss, seed);
            var risk = new EmpiricalRisk(net, loss, data, Reduction.Sum);
            var start = Initialization.Kaiming(net, new RandomStream(seed, 20));
            var w = new UnconstrainedFlow(risk, lambda).From(start, new IntegrationOptions { Tolerance = new(1e-11, 1e-13) })
                .At([Instant.FromLog10T(LogEnd)], cancellation).Single().Weights();
            var (hessian, value) = risk.Hessian(w);
            var n = w.Length;
            for (var i = 0; i < n; i++) hessian[i, i] += 2 * lambda * Math.Exp(-value.LogScale);
            double[] eigenvalues = [.. MathNet.Numerics.LinearAlgebra.Double.DenseMatrix.OfArray(hessian)
                .Evd(MathNet.Numerics.LinearAlgebra.Symmetricity.Symmetric).EigenValues.Select(static e => e.Real).Order()];
            var velocity = new double[n];
            var scale = Math.Exp(new UnconstrainedFlow(risk, lambda).NewWorkspace().Velocity(0, w, velocity));
            return new Minimum(hidden, eigenvalues, Signature.Of(eigenvalues, Zero), scale * Vectors.Norm(velocity) / w.Max(Math.Abs),
                Vectors.Norm(w), Rotation(net, w, hessian, hidden, Inputs) / eigenvalues[^1]);
        }

        // ‖∇² δ‖/‖δ‖ for the greatest of the elementary skew A.
        private static double Rotation(Network net, double[] w, double[,] hessian, int hidden, int inputs)
        {
            var worst = 0.0;
            var n = w.Length;
            for (var a = 0; a < hidden; a++)
                for (var b = 0; b < a; b++)
                {
                    var delta = new double[n];
                    int first = net.Layers[0].Offset, last = net.Layers[1].Offset;
                    for (var j = 0; j < inputs; j++)
                    {
                        delta[first + a * inputs + j] = w[first + b * inputs + j];
                        delta[first + b * inputs + j] = -w[first + a * inputs + j];
                    }
                    delta[last + a] = w[last + b];
                    delta[last + b] = -w[last + a];
                    var size = Vectors.Norm(delta);
                    if (size < 1e-6 * Vectors.Norm(w)) continue;
                    var squares = 0.0;
                    for (var i = 0; i < n; i++)
                    {
                        var sum = 0.0;
                        for (var j = 0; j < n; j++) sum += hessian[i, j] * delta[j];
                        squares += sum * sum;
                    }
                    worst = Math.Max(worst, Math.Sqrt(squares) / size);
                }
            return worst;
        }
    }
}
