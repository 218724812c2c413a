using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Claim b128: minibatches in the memo's model, at a rate that falls, go where the sum over examples rests, not each.
/// </summary>
internal static class MinibatchesInTheModel
{
    private const double Rho0 = 1, Noise = .5, Size = .1, Falls = 300, Reached = .05, NearZero = .01;
    private const int Epochs = 2000;
    private static readonly int[] Batches = [1, 5, CollapseFlow.Examples];
    private static readonly double[] Decays = [.02, .2];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b128-minibatches-rest-at-every-example",
        Paper = SourcePapers.SquareLoss,
        Keywords = ["neural collapse"],
        Place = "Appendix E.3, eq. 39, 40",
        Equations = ["SQ.5", "SQ.6"],
        Hypothesis = "The dynamics of eq. 5 and 6 with λ > 0, descended by minibatches down to size 1. That it may be at a rate that "
            + "falls is our reading, since at a constant one SGD does not rest (b57, b66); it falls like 1/e, whose sum is infinite "
            + "(Robbins and Monro). Footnote 8 does not claim it: where not all ℓ_n = 0 SGD “will never stop but may fluctuate around "
            + $"the critical point”. Required: rest, sin ∠(V_L, h_L) ≤ {Wording.Short(CollapseRest.Bound)} of the sum over examples (eq. "
            + $"36); near-zero loss, a mean square error of {Wording.Short(NearZero)} at most; and eq. 39 in the last layer, that every "
            + "step vanishes: the root mean square over examples of (I − V_LV_Lᵀ)ℓ_n∂f_n/∂V_L is a hundredth of that of ℓ_n∂f_n/∂V_L.",
        Statement = "Where SGD with minibatches at a falling rate comes to rest every example is stationary: V_k "
            + "f(x_n) = ∂f(x_n)/∂V_k for all n.",
        SetUp = $"The flows (5)–(6) of claim B38 at rest ({CollapseFlow.Examples} examples of a teacher, ReLU net 4-16-16-1, λ = "
            + $"{string.Join(", ", Decays.Select(static d => Wording.Short(d)))}, ρ0 = {Rho0}, seeds "
            + $"{Spread.Seeds[0]}–{Spread.Seeds[^1]}) with Gaussian noise of {Wording.Short(Noise)} of the norm added to every V_k; from "
            + $"there {Wording.Count(Epochs)} epochs with minibatches of {string.Join(", ", Batches)}, a new order each, steps of size h "
            + $"= {Wording.Short(Size)}/((1 + ρ²)(1 + e/{Wording.Short(Falls)})) of the minibatch's share of the loss and of λρ². "
            + $"Residuals ‖V_kf_n − ∂f_n/∂V_k‖/‖∂f_n/∂V_k‖, mean over examples. Taken as reached: {Wording.Short(Reached)}.",
        History = ["was ✗ on 2026-11-29, because rest at a falling rate counted as the stationary point of appendix E.3"],
        Expected = "Residual 0 with minibatches of 1. If SGD rests where the flow does: the residuals of the flow.",
        Check = Check,
    };

    private sealed record End(double[] Means, double Sum, double TraceRatio, double MeanSquare, double Step);

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        const string last = "mean residual of eq. 40 in the last layer, median", rest = "sin ∠(V_L, h_L) of the sum, median",
            vanish = "eq. 39: r.m.s. of the part of ℓ_n∂f_n/∂V_L that turns V_L, over that of all of it, median";
        var ends = Decays.Select(lambda => Batches.Select(batch =>
            Spread.Seeds.Select(seed => Run(context, lambda, batch, seed)).ToArray()).ToArray()).ToArray();
        var same = judge.Amended("it rests where the sum over examples does, and examples are as far from "
            + "stationarity as with all of them");
        foreach (var (lambda, i) in Decays.Select(static (d, i) => (d, i)))
            foreach (var (batch, j) in Batches.Select(static (b, j) => (b, j)))
            {
                var name = $"λ = {Wording.Short(lambda)}, {(batch == CollapseFlow.Examples ? "all examples" : $"minibatches of {batch}")}";
                var these = ends[i][j];
                for (var k = 0; k < 3; k++)
                    judge.Measure($"{name}: mean residual of layer {k + 1}, by seed", [.. these.Select(e => e.Means[k])]);
                judge.Measure($"{name}: tr Σ_W/tr Σ_B, by seed", [.. these.Select(static e => e.TraceRatio)]);
                judge.Measure($"{name}: mean of (ρf − y)², by seed", [.. these.Select(static e => e.MeanSquare)]);
                judge.Hypothesis.In(name).AtMost(rest, Middle(these, static e => e.Sum), CollapseRest.Bound);
                if (batch == CollapseFlow.Examples) continue;
                judge.Hypothesis.In(name).AtMost("mean of (ρf − y)², median", Middle(these, static e => e.MeanSquare), NearZero);
                judge.Hypothesis.In(name).AtMost(vanish, Middle(these, static e => e.Step), CollapseRest.Bound);
                judge.Printed.In(name).AtMost(last, Middle(these, static e => e.Means[2]), Reached);
                same.In(name).AtLeast("median residual of the last layer over that with all examples", Middle(these, static e => e.Means[2])
                    / Middle(ends[i][^1], static e => e.Means[2]), .9);
            }
        Panel Of(string title, string y, Func<End, double> value, double max)
        {
            var panel = new Panel(title, new Axis("examples of a minibatch", Scale.Log, Min: .7, Max: 30), new Axis(y, Min: 0, Max: max));
            foreach (var (lambda, i) in Decays.Select(static (d, i) => (d, i)))
                panel = panel.Points($"λ = {Wording.Short(lambda)}, five seeds", [.. Batches.SelectMany(b => Enumerable.Repeat(b * (1
                    + .1 * i), 5))],
                    [.. ends[i].SelectMany(e => e.Select(value))]);
            return panel;
        }
        var chart = new Chart(
            Of("Last layer, eq. 40", "mean residual", static e => e.Means[2], 1.05).Level("claimed: 0", 0),
            Of("Variability within classes", "tr Σ_W/tr Σ_B", static e => e.TraceRatio, 1));
        string Row(int i) => string.Join(", ", ends[i].Select(e => Wording.Text(Middle(e, static x => x.Means[2]))));
        return judge.Outcome(chart: chart, caption: "From the left to the right more examples a step, at a rate that falls.",
            open: $"With minibatches of {string.Join(", ", Batches)} the mean residuals of the last layer are {Row(0)} at λ = "
                + $"{Wording.Short(Decays[0])} and {Row(1)} at λ = {Wording.Short(Decays[1])} (medians of five), at a mean square error "
                + $"of {Wording.Text(ends.SelectMany(static e => e).Min(static e => Middle(e, static x => x.MeanSquare)))} and more. At "
                + "a rate that falls SGD goes where its mean step vanishes, which is where the flow rests; that every step vanishes (eq. "
                + "39) is more, is not reached, and with ReLUs in front of the last layer two classes cannot have it (b125).");
    }

    private static double Middle(IEnumerable<End> ends, Func<End, double> value) => Spread.Of(ends.Select(value)).Median;

    private static End Run(StudyContext context, double lambda, int batch, long seed)
    {
        var (start, data) = CollapseFlow.Rest(context, lambda, Rho0, seed);
        var network = start.Network;
        EmpiricalRisk[] risks = [.. Enumerable.Range(0, data.Count).Select(n =>
            new EmpiricalRisk(network, Loss.Square, new Dataset("one", data.Example(n).ToArray(), [data.Y[n]], data.Inputs),
                Reduction.Sum))];
        var random = new RandomStream(seed, 128);
        double[] v = [.. start.V];
        foreach (var layer in network.Layers)
            foreach (ref var weight in layer.Of(v)) weight += Noise / Math.Sqrt(layer.Count) * random.NextNormal();
        var state = BatchNormModel.Falling(risks, batch, lambda, start.Rho, v, (Size, Falls), Epochs, random, context.Cancellation);
        var end = new NormalizedDescent(network, state[1..], data, lambda, state[0]);
        double[] outputs = end.Outputs(data.X), sines = ConstraintEquations.Residuals(network, end.V, data.X)[^1];
        double[] steps = [.. ConstraintEquations.LastFeatures(network, end.V, data.X).Select((h, n) =>
            Math.Abs(data.Y[n] - outputs[n]) * Vectors.Norm(h))];
        var turning = steps.Zip(sines, static (step, sine) => double.IsFinite(sine) ? step * sine : 0);
        return new End([.. ConstraintEquations.Residuals(network, end.V, data.X).Select(r => r.Where(double.IsFinite)
            .DefaultIfEmpty(double.NaN)
            .Average())], end.Residuals()[^1], CollapseFlow.Collapse(end, seed).Within.TraceRatio, end.MeanSquare,
            Vectors.Norm([.. turning]) / Vectors.Norm(steps));
    }
}
