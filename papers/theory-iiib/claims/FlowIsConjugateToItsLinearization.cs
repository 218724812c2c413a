using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>
/// Claim b63: near a minimum with decay the gradient flow is topologically conjugate to its linearization, for deep linear networks as a
/// valley (Morse–Bott) and not as a sink; without decay there is no equilibrium to linearize at.
/// </summary>
internal static class FlowIsConjugateToItsLinearization
{
    private const double Lambda = .05, Level = 1e-3, Radius = .1, LogStop = 6;
    private const int Points = 4, SquareUnits = 3;
    private static readonly int[] Hidden = [1, 2, 4];
    private static readonly string[] Drawn = ["one linear layer", $"linear units, H = {Hidden[^1]}"];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b63-flow-conjugate-to-its-linearization",
        Paper = SourcePapers.TheoryIIIb,
        Place = "Theorem 3.1, Lemma 2, Proposition 6, §10 eq. 9–12, §5.1 eq. 5",
        Hypothesis = "Exponential loss, data that the network separates, smooth units (§3: linear ones too), decay λ_k > 0 as small as one "
            + "likes (Lemma 2); Proposition 6 has no decay and a large finite T₀ instead.",
        Statement = "Around an asymptotic equilibrium the gradient flow is topologically equivalent to the linearized flow.",
        SetUp = $"L + λ‖W‖², exponential loss (sum), λ = {Wording.Text(Lambda)}: one linear layer on the three examples in the plane; "
            + $"{DecayedMinimum.Inputs}-{SquareUnits}-1 with x² units and {DecayedMinimum.Inputs}-H-1 with linear ones, H = "
            + $"{string.Join(", ", Hidden)}, on {DecayedMinimum.Examples} examples of "
            + $"gaussian-teacher labelled by a half-space (seed 0). {Points} points W at distance {Wording.Text(Radius)} from the minimum "
            + "(normal directions) and the points that they reach: h(W) by the level F − F_min = "
            + $"{Wording.Text(Level)} of F = L + λ‖W‖² (its orbit crosses it once; so does the linear one its ellipsoid) and by the "
            + "minimum that the orbit goes to; at W and, computed anew, at φ_t(W). Without decay: the same networks at T₀ = "
            + $"{Wording.Decade(LogStop)}. The linearized flow is that of eq. 23, without the drift F(W_0), as §5.1 asks F(W_0) = 0; with "
            + "the drift kept any two flows are conjugate where nothing rests (flow box), and Proposition 6 would say nothing.",
        Expected = "h(φ_t(W)) = ψ_t(h(W)) at all points, h one-to-one. (Counting: a linear flow with k zero eigenvalues rests on a space "
            + "of dimension k, and so must the flow that it is conjugate to.)",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        const string mismatch = "largest ‖h(φ_t(W)) − ψ_t(h(W))‖/‖ψ_t(h(W))‖";
        const string rest = "‖F(W_0)‖ ‖W_0‖/(K Σ e^{−f} f): 0 where the flow rests";
        var cases = Cases(context);
        judge.Hypothesis.AtLeast("least y f at the minima (they separate)", cases.Min(static c => LeastMargin(c.Risk, c.Minimum)), 1e-3);
        double least = double.PositiveInfinity, worst = 0, still = 0, moving = double.PositiveInfinity;
        var panels = new List<Panel>();
        foreach (var (name, risk, minimum, flat) in cases)
        {
            context.Progress(name);
            var h = new LocalConjugacy(risk, Lambda, minimum, Level);
            var (error, ratio, size) = Compare(h, minimum);
            if (name == Drawn[0] || name == Drawn[1]) panels.Add(Draw(h, minimum, name));
            judge.Printed.In($"λ = {Wording.Text(Lambda)}, {name}").AtMost(mismatch, error, 1e-6);
            judge.Premise.That($"{name}: {flat} zero eigenvalues, as many as the minima have dimensions, the others positive",
                h.Eigenvalues.Count(static e => e == 0) == flat && h.Eigenvalues.All(static e => e >= 0));
            judge.Measure($"{name}: least ‖h(W) − h(W')‖/‖W − W'‖ over pairs of points", ratio);
            judge.Measure($"{name}: greatest ‖h(W) − (W − W*)‖/‖W − W*‖", size);
            (worst, least) = (Math.Max(worst, error), Math.Min(least, ratio));
            still = Math.Max(still, Unrest(risk, minimum, h.Speed(minimum)));
            var late = new UnconstrainedFlow(risk).From(minimum).At([Instant.FromLog10T(LogStop)], context.Cancellation).Single().Weights();
            var now = Unrest(risk, late, new LocalConjugacy(risk, 0, late, Level).Speed(late));
            judge.Printed.In($"λ = 0, T₀ = {Wording.Decade(LogStop)}, {name}").AtMost(rest, now, 1e-6);
            moving = Math.Min(moving, now);
        }
        judge.Printed.AtLeast("least ‖h(W) − h(W')‖/‖W − W'‖ (h is one-to-one)", least, 1e-3);
        judge.Amended("with decay, where there is a minimum to rest at (a floor of them for deep linear networks: Morse–Bott, no sink)")
            .In($"λ = {Wording.Text(Lambda)}").AtMost(rest, still, 1e-6);
        return judge.Outcome(chart: new Chart([.. panels]),
            caption: "h is applied anew to every point of an orbit; the dashed lines are the linear flow from its first.",
            care: $"With decay yes: an explicit h turns the flow into its linearization to {Wording.Text(worst, 2)} at all points, for one "
                + $"layer, for x² units and for linear ones with H = {string.Join(", ", Hidden)}. But for linear units with H ≥ 2 not by "
                + "Hartman–Grobman: H − 1 eigenvalues are zero (b20) and the flow rests on a floor of H − 1 dimensions, so that the "
                + "theorem for such valleys (Morse–Bott, reduction to the centre) takes its place. Proposition 6 without decay, read by "
                + "eq. 23: no – at T₀ "
                + $"= {Wording.Decade(LogStop)} the flow does not rest ({Wording.Text(moving)}, never below 1 on separated data, b24), and "
                + "a flow is not conjugate to one with a rest point where it has none. Conjugacy only matches signs of eigenvalues: every "
                + "sink is conjugate to every other, so that nothing about norms or margins of the limit follows from it.");
    }

    private static List<(string Name, EmpiricalRisk Risk, double[] Minimum, int Flat)> Cases(StudyContext context)
    {
        var plane = new EmpiricalRisk(Network.Dense(2, 1), Loss.Exponential, ExampleSets.ThreeByTwo, Reduction.Sum);
        var square = Network.Dense(DecayedMinimum.Inputs, Activation.Power(2), SquareUnits, 1);
        var smooth = new EmpiricalRisk(square, Loss.Exponential, DecayedMinimum.Data(Loss.Exponential, 0), Reduction.Sum);
        var start = Initialization.Normal(square, new RandomStream(0, 63));
        return
        [
            (Drawn[0], plane, DecayedMinimum.End(plane, Lambda, ExampleSets.Start, context.Cancellation), 0),
            ("x² units", smooth, DecayedMinimum.End(smooth, Lambda, start, context.Cancellation), 0),
            .. Hidden.Select(h => DecayedMinimum.Of(Loss.Exponential, Lambda, h, 0, context.Cancellation))
                .Select(static m => ($"linear units, H = {m.Hidden}", m.Risk, m.Theta, m.Hidden - 1)),
        ];
    }

    // Points on a sphere around the minimum.
    private static double[] Point(double[] minimum, int index)
    {
        var w = ExampleSets.Normal(minimum.Length, seed: index, stream: 63);
        Vectors.Scale(Radius / Vectors.Norm(w), w, w);
        Vectors.Add(1, minimum, w);
        return w;
    }

    // h at such points and along their orbits.
    private static (double Error, double Ratio, double Size) Compare(LocalConjugacy h, double[] minimum)
    {
        double error = 0, ratio = double.PositiveInfinity, size = 0;
        var seen = new List<(double[] W, double[] Y)>();
        for (var i = 0; i < Points; i++)
        {
            var w = Point(minimum, i);
            var y = h.Map(w);
            size = Math.Max(size, Vectors.Distance(y, h.Linearized(w)) / Radius);
            seen.Add((w, y));
            foreach (var t in (double[])[.3, 1, 3])
            {
                var later = h.Flow(w, t);
                double[] mapped = h.Map(later), expected = h.Linear(y, t);
                error = Math.Max(error, Vectors.Distance(mapped, expected) / Vectors.Norm(expected));
                seen.Add((later, mapped));
            }
        }
        for (var a = 0; a < seen.Count; a++)
            for (var b = 0; b < a; b++)
                ratio = Math.Min(ratio, Vectors.Distance(seen[a].Y, seen[b].Y) / Vectors.Distance(seen[a].W, seen[b].W));
        return (error, ratio, size);
    }

    // ‖h(φ_t(W))‖ and ‖ψ_t(h(W))‖, without the part in ker A, which does not move.
    private static Panel Draw(LocalConjugacy h, double[] minimum, string name)
    {
        double Moving(double[] y) => Vectors.Norm([.. y.Where((_, i) => h.Eigenvalues[i] != 0)]);
        double[] times = [0, 1, 2, 4, 7, 10];
        var panel = new Panel(name, new Axis("t"), new Axis("‖h(φ_t(W))‖ outside ker A", Scale.Log));
        for (var i = 0; i < 2; i++)
        {
            var w = Point(minimum, i);
            var y = h.Map(w);
            panel = panel.Points($"point {i + 1}", times, [.. times.Select(t => Moving(t == 0 ? y : h.Map(h.Flow(w, t))))], i)
                .Predicted($"linear flow from h(W), point {i + 1}", times, t => Moving(h.Linear(y, t)), i);
        }
        return panel;
    }

    private static double LeastMargin(EmpiricalRisk risk, double[] w)
    {
        var f = risk.Outputs(w).ToArray();
        return Enumerable.Range(0, f.Length).Min(n => f[n] * risk.Data.Y[n]);
    }

    private static double Unrest(EmpiricalRisk risk, double[] w, double speed)
    {
        var value = risk.Evaluate(w, new double[w.Length]);
        return speed * Vectors.Norm(w) / (risk.Network.Depth * Math.Exp(value.LogScale) * risk.WeightedOutput());
    }
}
