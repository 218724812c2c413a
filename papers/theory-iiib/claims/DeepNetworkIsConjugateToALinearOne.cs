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
/// Claim b64: a deep nonlinear network with decay is conjugate to a regularized linear network by T3b eq. 47; a deep linear one with more
/// than one hidden unit is not, as it rests on a continuum and the linear network at a point.
/// </summary>
internal static class DeepNetworkIsConjugateToALinearOne
{
    private const double Lambda = .05, Level = 1e-3, Radius = .1, Turn = .05;
    private const int Points = 4, SquareUnits = 3, Least = 3;
    private static readonly double[] Lambdas = [Lambda, Lambda / 10];
    private static readonly int[] Hidden = [1, 2, 4];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b64-deep-network-conjugate-to-a-linear-one",
        Paper = SourcePapers.TheoryIIIb,
        Place = "§12.3.2 (before and after eq. 46), eq. 47",
        Hypothesis = "Exponential loss, a deep nonlinear network with smooth units that separates its data, decay with an arbitrarily "
            + "small λ (here "
            + $"{string.Join(" and ", Lambdas.Select(static l => Wording.Text(l)))}), a minimum of gradient descent (§12.3.2).",
        Statement = "The dynamical system of a deep nonlinear network with an arbitrarily small regularization around a minimum is "
            + "topologically conjugate to that of a regularized linear network: its eigenvalues are all positive, and h_i(x_i) = "
            + "sgn(x_i)|x_i|^{ν_i/μ_i}.",
        SetUp = $"The minima of b63 ({DecayedMinimum.Inputs}-{SquareUnits}-1 with x² units; beside them deep linear networks "
            + $"{DecayedMinimum.Inputs}-H-1, H = {string.Join(", ", Hidden)}), seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]} (those minima at "
            + $"which the data are separated), and one linear layer with as many weights on {DecayedMinimum.Examples} random examples "
            + $"under the same loss and decay. μ_i and ν_i: eigenvalues at both minima (zero: at most {Wording.Text(DecayedMinimum.Zero)} "
            + $"of the largest). Where all are positive: h of b63 followed by eq. 47 at {Points} points (λ = {Wording.Text(Lambda)}), "
            + $"against the flow of the linear network; where not: the speed at minima turned by {Wording.Text(Turn)} rad.",
        Expected = "No zero eigenvalue, and the composed map turns one flow into the other. (A homeomorphism maps points at rest "
            + "to points at rest: the regularized linear network, strictly convex, has one.)",
        History = ["was ≈ until 2026-11-28, because linear units were printed; the sentence is about nonlinear ones"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        const string zero = "eigenvalues that are not positive, for which eq. 47 has no exponent (most of the seeds)";
        const string compose = "largest ‖g(φ_t(W)) − ψ_t(g(W))‖/‖ψ_t(g(W))‖, g = eq. 47 after h";
        LocalConjugacy[] square = [];
        foreach (var lambda in Lambdas)
        {
            context.Progress($"x² units, λ = {Wording.Text(lambda)}");
            var name = $"x² units, λ = {Wording.Text(lambda)}";
            var own = Square(lambda, context);
            judge.Hypothesis.AtLeast($"{name}: minima of five at which the data are separated", own.Length, Least);
            judge.Printed.In(name).AtMost(zero, own.Max(static h => h.Eigenvalues.Count(static e => e <= 0)), 0);
            if (square.Length == 0) square = own;
        }
        var (nonlinear, powers) = Compose(square[0], context);
        judge.Printed.In($"x² units, λ = {Wording.Text(Lambda)}").AtMost(compose, nonlinear, 1e-5);
        judge.Measure("x² units: exponents ν_i/μ_i", powers);
        var minima = Hidden.ToDictionary(h => h, h => Spread.Seeds
            .Select(seed => DecayedMinimum.Of(Loss.Exponential, Lambda, h, seed, context.Cancellation)).ToArray());
        judge.Hypothesis.AtLeast("least margin of the data",
            Spread.Seeds.Min(static s => HardMargin.Solve(DecayedMinimum.Data(Loss.Exponential, s)).Margin), 1e-4);
        judge.Premise.AtMost("largest gradient at the minima, over the largest weight",
            minima.Values.SelectMany(static m => m).Max(static m => m.Gradient), 1e-8);
        foreach (var (hidden, own) in minima) judge.Measure($"linear units, H = {hidden}: {zero}", own.Max(static m => m.Signs.Zero));
        var (mismatch, exponents) = Compose(new LocalConjugacy(minima[1][0].Risk, Lambda, minima[1][0].Theta, Level), context);
        judge.Measure($"linear units, H = 1: {compose}", mismatch);
        judge.Measure("linear units, H = 1: exponents ν_i/μ_i", exponents);
        var many = judge.Amended("not for deep linear networks with H ≥ 2, whose minima are a continuum, while the linear network has one");
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
            panel = panel.Points($"deep linear, H = {hidden}", ranks(sizes), sizes, i);
            double[] linear = [.. Partner(m.Theta.Length, context).Eigenvalues.Order()];
            panel = panel.Line($"linear, {linear.Length} weights", ranks(linear), [.. linear.Select(v => v / linear[^1])], i);
        }
        double[] curved = [.. square[0].Eigenvalues.Order()];
        panel = panel.Points($"x² units, H = {SquareUnits}", ranks(curved), [.. curved.Select(v => v / curved[^1])], Hidden.Length);
        return judge.Outcome(chart: new Chart(panel.Level("counted as zero below", DecayedMinimum.Zero)),
            caption: "All eigenvalues of the linear network are at least 2λ; H − 1 of the deep linear one are zero.",
            holds: $"With x² units all eigenvalues are positive at both λ, and eq. 47 after h of b63 turns the deep flow into that of "
                + $"the linear network to {Wording.Text(nonlinear, 2)}. A deep linear network, for which the sentence is not meant, is "
                + $"like that with one hidden unit alone: with H = {string.Join(", ", Hidden[1..])} it has "
                + $"{string.Join(", ", Hidden[1..].Select(h => minima[h].Max(static m => m.Signs.Zero)))} zero eigenvalues at its "
                + $"minimum and rests as well at minima {Wording.Text(distance, 2)} of its norm away (‖Ẇ‖/‖W‖ ≤ {Wording.Text(speed, 2)} "
                + "there), along the rotations (R W_1, W_2Rᵀ) that no λ sees; a regularized linear network rests at one point, and no "
                + "homeomorphism maps a continuum onto a point.");
    }

    // Minima with x² units at which the data are separated, one for each seed that has one.
    private static LocalConjugacy[] Square(double lambda, StudyContext context)
    {
        var net = Network.Dense(DecayedMinimum.Inputs, Activation.Power(2), SquareUnits, 1);
        var found = new List<LocalConjugacy>();
        foreach (var seed in Spread.Seeds)
        {
            var risk = new EmpiricalRisk(net, Loss.Exponential, DecayedMinimum.Data(Loss.Exponential, seed), Reduction.Sum);
            var end = DecayedMinimum.End(risk, lambda, Initialization.Normal(net, new RandomStream(seed, 63)), context.Cancellation);
            double[] f = risk.Outputs(end).ToArray();
            if (f.Zip(risk.Data.Y.ToArray(), static (a, y) => a * y).Min() > 0) found.Add(new LocalConjugacy(risk, lambda, end, Level));
        }
        return [.. found];
    }

    // One linear layer with as many weights as the deep network.
    private static LocalConjugacy Partner(int weights, StudyContext context)
    {
        var data = ExampleSets.HalfSpace(DecayedMinimum.Examples, weights, seed: 64);
        var risk = new EmpiricalRisk(Network.Dense(weights, 1), Loss.Exponential, data, Reduction.Sum);
        return new LocalConjugacy(risk, Lambda, DecayedMinimum.End(risk, Lambda, new double[weights], context.Cancellation), Level);
    }

    // g = eq. 47 ∘ h turns the deep flow into the linearization of the linear network, with both in the order of their eigenvalues.
    private static (double Mismatch, double[] Exponents) Compose(LocalConjugacy h, StudyContext context)
    {
        var linear = Partner(h.Minimum.Length, context);
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
            var w = ExampleSets.Normal(h.Minimum.Length, seed: i, stream: 64);
            Vectors.Scale(Radius / Vectors.Norm(w), w, w);
            Vectors.Add(1, h.Minimum, w);
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
