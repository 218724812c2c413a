using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Measures.Curvature;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>
/// Claim b64: a deep network with decay is conjugate to a regularized linear network by T3b eq. 47 with one hidden unit; with more it rests
/// on a continuum and the linear network at a point.
/// </summary>
internal static class DeepNetworkIsConjugateToALinearOne
{
    private const double Lambda = .05, Level = 1e-3, Radius = .1, Turn = .05;
    private const int Points = 6;
    private static readonly int[] Hidden = [1, 2, 4];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b64-deep-network-conjugate-to-a-linear-one",
        Paper = SourcePapers.TheoryIIIb,
        Place = "§12.3.2 (before and after eq. 46), eq. 47",
        Hypothesis = "Exponential loss, separable data, decay with an arbitrarily small λ, a minimum of gradient descent (§12.3.2); smooth "
            + "units, of which linear ones are the paper’s own example (eq. 46).",
        Statement = "The dynamical system of a deep network with an arbitrarily small regularization around a minimum is topologically "
            + "conjugate to that of a regularized linear network: its eigenvalues are all positive, and h_i(x_i) = "
            + "sgn(x_i)|x_i|^{ν_i/μ_i}.",
        SetUp = $"The minima of b63 (deep linear networks {DecayedMinimum.Inputs}-H-1, H = {string.Join(", ", Hidden)}, λ = "
            + $"{Wording.Text(Lambda)}, seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}), and one linear layer with as many weights on "
            + $"{DecayedMinimum.Examples} random examples under the same loss and decay. μ_i and ν_i: eigenvalues at both minima (zero: "
            + $"at most {Wording.Text(DecayedMinimum.Zero)} of the largest). Where all are positive: h of b63 followed by eq. 47 at "
            + $"{Points} points, against the flow of the linear network; where not: the speed at minima turned by "
            + $"{Wording.Text(Turn)} rad.",
        Expected = "No zero eigenvalue at any H, and the composed map turns one flow into the other. (A homeomorphism maps points at rest "
            + "to points at rest: the regularized linear network, strictly convex, has one.)",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        const string zero = "zero eigenvalues, for which eq. 47 has no exponent (most of five seeds)";
        var minima = Hidden.ToDictionary(h => h, h => Spread.Seeds
            .Select(seed => DecayedMinimum.Of(Loss.Exponential, Lambda, h, seed, context.Cancellation)).ToArray());
        judge.Hypothesis.AtLeast("least margin of the data",
            Spread.Seeds.Min(static s => HardMargin.Solve(DecayedMinimum.Data(Loss.Exponential, s)).Margin), 1e-4);
        judge.Premise.AtMost("largest gradient at the minima, over the largest weight",
            minima.Values.SelectMany(static m => m).Max(static m => m.Gradient), 1e-8);
        foreach (var (hidden, own) in minima) judge.Printed.In($"H = {hidden}").AtMost(zero, own.Max(static m => m.Signs.Zero), 0);
        var single = judge.Amended("one hidden unit, where the minima are isolated");
        single.In("H = 1").AtMost(zero, minima[1].Max(static m => m.Signs.Zero), 0);
        var (mismatch, exponents) = Compose(minima[1][0], context);
        single.AtMost("H = 1: largest ‖g(φ_t(W)) − ψ_t(g(W))‖/‖ψ_t(g(W))‖, g = eq. 47 after h", mismatch, 1e-5);
        judge.Measure("H = 1: exponents ν_i/μ_i", exponents);
        var many = judge.Amended("with more hidden units the minima of the deep network are a continuum, that of the linear one is "
            + "a point");
        double speed = 0, distance = double.PositiveInfinity;
        foreach (var m in minima.Where(static p => p.Key > 1).SelectMany(static p => p.Value))
        {
            var turned = Turned(m);
            speed = Math.Max(speed, new LocalConjugacy(m.Risk, Lambda, m.Theta, Level).Speed(turned) / m.Norm);
            distance = Math.Min(distance, Vectors.Distance(turned, m.Theta) / m.Norm);
        }
        many.AtMost($"H ≥ 2: greatest ‖Ẇ‖/‖W‖ at minima turned by {Wording.Text(Turn)} rad", speed, 1e-7);
        many.AtLeast("H ≥ 2: least distance of these from the minimum, over its norm", distance, 1e-3);
        double[] ranks(double[] values) => [.. Enumerable.Range(1, values.Length).Select(static r => (double)r)];
        var panel = new Panel("Eigenvalues at the minimum, seed 0", new Axis("rank, from the smallest"),
            new Axis("|μ|/max μ", Scale.Log, Min: 1e-18));
        foreach (var (hidden, i) in Hidden.Select(static (h, i) => (h, i)))
        {
            var m = minima[hidden][0];
            double[] sizes = [.. m.Eigenvalues.Select(v => Math.Max(1e-18, Math.Abs(v) / m.Eigenvalues[^1])).Order()];
            panel = panel.Points($"deep, H = {hidden}", ranks(sizes), sizes, i);
            double[] linear = [.. Partner(m, context).Eigenvalues.Order()];
            panel = panel.Line($"linear, {linear.Length} weights", ranks(linear), [.. linear.Select(v => v / linear[^1])], i);
        }
        return judge.Outcome(chart: new Chart(panel.Level("counted as zero below", DecayedMinimum.Zero)),
            caption: "All eigenvalues of the linear network are at least 2λ; H − 1 of the deep one are zero.",
            care: $"With one hidden unit yes: eq. 47 after h of b63 turns the deep flow into that of the linear network to "
                + $"{Wording.Text(mismatch, 2)}. With H = {string.Join(", ", Hidden[1..])} the deep network has "
                + $"{string.Join(", ", Hidden[1..].Select(h => minima[h].Max(static m => m.Signs.Zero)))} zero eigenvalues at its "
                + $"minimum and rests as well at minima {Wording.Text(distance, 2)} of its norm away (‖Ẇ‖/‖W‖ ≤ {Wording.Text(speed, 2)} "
                + "there), along the rotations (R W_1, W_2Rᵀ) that no λ sees; a regularized linear network rests at one point, and no "
                + "homeomorphism maps a continuum onto a point.");
    }

    // One linear layer with as many weights as the deep network.
    private static LocalConjugacy Partner(DecayedMinimum deep, StudyContext context)
    {
        var weights = deep.Theta.Length;
        var data = ExampleSets.HalfSpace(DecayedMinimum.Examples, weights, seed: 64);
        var risk = new EmpiricalRisk(Network.Dense(weights, 1), Loss.Exponential, data, Reduction.Sum);
        return new LocalConjugacy(risk, Lambda, DecayedMinimum.End(risk, Lambda, new double[weights], context.Cancellation), Level);
    }

    // g = eq. 47 ∘ h turns the deep flow into the linearization of the linear network, with both in the order of their eigenvalues.
    private static (double Mismatch, double[] Exponents) Compose(DecayedMinimum deep, StudyContext context)
    {
        var h = new LocalConjugacy(deep.Risk, Lambda, deep.Theta, Level);
        var linear = Partner(deep, context);
        var map = Conjugacy.Between(h.Eigenvalues, linear.Eigenvalues);
        int[] order = [.. Enumerable.Range(0, h.Eigenvalues.Length).OrderByDescending(i => h.Eigenvalues[i])];
        double[] G(double[] w)
        {
            var y = h.Map(w);
            return map.Map([.. order.Select(i => y[i])]);
        }
        var worst = 0.0;
        for (var i = 0; i < Points; i++)
        {
            var w = ExampleSets.Normal(deep.Theta.Length, seed: i, stream: 64);
            Vectors.Scale(Radius / Vectors.Norm(w), w, w);
            Vectors.Add(1, deep.Theta, w);
            var g = G(w);
            foreach (var t in (double[])[.3, 1])
            {
                double[] later = G(h.Flow(w, t)), expected = [.. g.Zip(map.Nu, (v, nu) => v * Math.Exp(-nu * t))];
                worst = Math.Max(worst, Vectors.Distance(later, expected) / Vectors.Norm(expected));
            }
        }
        return (worst, map.Exponents);
    }

    // (R W_1, W_2 Rᵀ) with R a turn of the first two hidden units.
    private static double[] Turned(DecayedMinimum m)
    {
        var w = (double[])m.Theta.Clone();
        var net = m.Risk.Network;
        double c = Math.Cos(Turn), s = Math.Sin(Turn);
        Span<double> first = net.Layers[0].Of(w), last = net.Layers[1].Of(w);
        for (var j = 0; j < DecayedMinimum.Inputs; j++)
        {
            var (a, b) = (first[j], first[DecayedMinimum.Inputs + j]);
            (first[j], first[DecayedMinimum.Inputs + j]) = (c * a - s * b, s * a + c * b);
        }
        (last[0], last[1]) = (c * last[0] - s * last[1], s * last[0] + c * last[1]);
        return w;
    }
}
