using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Claim b38: the equilibrium of the sum over examples is no equilibrium of each; for the first layer the data forbid it.
/// </summary>
internal static class EveryExampleIsStationary
{
    private const double Rho0 = 1, PairDecay = .02, LinearDecay = .2;
    private static readonly double[] Decays = [0, .02, .2];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b38-every-example-is-stationary",
        Paper = SourcePapers.SquareLoss,
        Place = "Lemma 1.3, §5, eq. 11, 37, 40, 48",
        Hypothesis = "Normalization and weight decay λ > 0 (eq. 5, 6), convergence to a solution with near-zero square loss, V̇_k = 0 "
            + "(Lemma 1), more than one example. Lemma 1.3 says “at the critical points of the SGD dynamics that are global minima”; "
            + "Lemma 1 itself and §5 are of the gradient flow, which is judged (SGD: b66, b128).",
        Statement = "At the critical points of the dynamics with normalization and weight decay that are global minima ∂f(x_n)/∂V_k = "
            + "V_k f(x_n) for every layer k and every example n.",
        SetUp = "Flow (5)–(6) on 20 examples of a teacher network in four dimensions, ReLU net 4-16-16-1, λ = "
            + $"{string.Join(", ", Decays.Select(d => Wording.Short(d)))}, ρ0 = {Rho0}, seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}, "
            + $"{Wording.Count(CollapseFlow.Steps)} adaptive Euler steps; ‖V_kf_n − ∂f_n/∂V_k‖/‖∂f_n/∂V_k‖ (the sine of their angle), "
            + "mean over examples. Varied: two examples of one label at an angle φ, nets 2-8-8-1 with ReLUs and linear, λ = "
            + $"{Wording.Short(PairDecay)}, and one example alone; the linear net 4-16-16-1, λ = {Wording.Short(LinearDecay)}: ReLU nets "
            + $"rest on kinks of their units, where ∂f_n/∂V_k jumps and eq. 36 has no sharp meaning; it has none. {RestedRuns.Words}: of "
            + "two classes with normalization and decay the last layer, whose floor b125 derives (ten classes: f is the margin, of which "
            + "two rows of V_L matter, so that eq. 40 is out of reach by itself; shown).",
        Expected = "Residual 0 for all n and k (within .05; two examples at a right angle miss by 1/√2 whatever the bound). First "
            + "reading: .966, .921, .735 in the three layers (λ = .02), never below .7.",
        Check = Check,
    };

    private sealed record Few(double Residual, double MeanSquare, double Sum);

    private sealed record Run(double Decay, double[] Means, double[] Sum, double MeanSquare, double First, double Bound);

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var runs = new List<Run>();
        foreach (var lambda in Decays)
            foreach (var seed in Spread.Seeds)
            {
                var (end, data) = CollapseFlow.Rest(context, lambda, Rho0, seed);
                var residuals = ConstraintEquations.Residuals(end.Network, end.V, data.X);
                runs.Add(new Run(lambda, [.. residuals.Select(r => r.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average())],
                    end.Residuals(), end.MeanSquare,
                    residuals[0].Average(r => double.IsNaN(r) ? 1 : r * r), ConstraintEquations.FirstLayerBound(data.X, data.Inputs)));
            }
        foreach (var lambda in Decays.Skip(1))
        {
            Run[] these = [.. runs.Where(r => r.Decay == lambda)];
            for (var k = 0; k < 3; k++)
            {
                judge.Measure($"λ = {Text(lambda)}: mean residual of layer {k + 1}, by seed", [.. these.Select(r => r.Means[k])]);
                judge.Measure($"λ = {Text(lambda)}: median over seeds of the mean residual of layer {k + 1}",
                    Spread.Of(these.Select(r => r.Means[k])).Median);
            }
            judge.Measure($"λ = {Text(lambda)}: eq. 36 for the sum over examples, worst layer, by seed",
                [.. these.Select(r => r.Sum.Max())]);
            judge.Measure($"λ = {Text(lambda)}: mean of (ρf − y)², by seed", [.. these.Select(r => r.MeanSquare)]);
        }
        const string bound = "for any weights the mean over examples of the squared residual of the first layer is at "
            + "least 1 − μ_max of (1/N) Σ x̂x̂ᵀ";
        judge.Amended(bound).AtLeast("least excess over that bound, 15 networks", runs.Min(r => r.First - r.Bound), -1e-12);
        judge.Measure("that bound, by seed (0 for collinear inputs only)", [.. runs.Take(5).Select(r => r.Bound)]);

        Run[] straightened = [.. Spread.Seeds.Select(seed => Linear(seed, context))];
        judge.Premise.AtMost("linear net, λ = .2: eq. 36 for the sum over examples, worst layer and seed",
            straightened.Max(r => r.Sum.Max()), 1e-5);
        judge.Measure("linear net, λ = .2: mean residual of layer 1, by seed", [.. straightened.Select(r => r.Means[0])]);
        judge.Measure("linear net, λ = .2: median over seeds of the mean residual of layer 1",
            Spread.Of(straightened.Select(r => r.Means[0])).Median);
        judge.Amended("in a linear net all layers but the first satisfy the equations: the layers before have "
            + "brought the examples onto one line")
            .AtMost("linear net, λ = .2: largest mean residual of layers 2 and 3", straightened.Max(r => r.Means.Skip(1).Max()), 1e-4);

        const string ofLast = "mean residual of the last layer, median";
        foreach (var rested in RestedRuns.TwoClasses().Where(static r => r.IsTheModel))
            CollapseRest.Judged(judge, rested.Name, ofLast, rested.Resting(judge), rested.Last("residual_mean"),
                static (group, value) => group.AtMost(ofLast, value, .05));
        foreach (var rested in RestedRuns.Of(RestedTask.TenClasses))
            judge.Measure($"{rested.Name}: mean residual of the last layer, by seed", rested.Last("residual_mean"));

        double[] angles = [5, 10, 20, 30, 45, 60, 75, 90];
        // Linear nets rest where V̇ = 0 in every sense, and fit two examples of one label.
        Few[][] linear = [.. angles.Select(a => Spread.Seeds.Select(seed => Two(a, linear: true, seed, context)).ToArray())];
        foreach (var angle in (double[])[45, 90])
        {
            var rested = linear[Array.IndexOf(angles, angle)];
            var name = $"two examples of one label at {angle}°, linear net, λ = {Wording.Short(PairDecay)}";
            judge.Hypothesis.AtMost($"{name}: largest mean of (ρf − y)²", rested.Max(r => r.MeanSquare), .01);
            judge.Hypothesis.AtMost($"{name}: largest residual of eq. 36, any layer", rested.Max(r => r.Sum), 1e-6);
            judge.Printed.In(name).AtMost("residual of the first layer (r.m.s. over the examples), median of five",
                Spread.Of(rested.Select(r => r.Residual)).Median, .05);
        }
        double[][] relu = [.. angles.Select(a => Spread.Seeds.Select(seed => Two(a, linear: false, seed, context).Residual).ToArray())],
            straight = [.. linear.Select(l => l.Select(r => r.Residual).ToArray())];
        double[] alone = [.. Spread.Seeds.Select(seed => Two(double.NaN, false, seed, context).Residual)];
        judge.Amended("one example alone satisfies the equations")
            .AtMost("largest residual with one example, any layer, five seeds", alone.Max(), 1e-3);
        judge.Amended("of two examples at an angle φ the first layer misses by at least sin(φ/2)")
            .AtLeast("least excess over sin(φ/2), 80 networks",
            angles.Select((a, i) => relu[i].Concat(straight[i]).Min() - Math.Sin(a * Math.PI / 360)).Min(), -1e-9);
        judge.Amended("two linear examples miss by sin(φ/2)").AtMost("largest deviation from sin(φ/2), linear",
            angles.Select((a, i) => straight[i].Max(r => Math.Abs(r - Math.Sin(a * Math.PI / 360)))).Max(), .01);

        double[] Layer(double lambda, int k) => [.. runs.Where(r => r.Decay == lambda).Select(r => r.Means[k])];
        var panel = new Panel("20 examples, 4-16-16-1, at rest", new Axis("layer", Min: .5, Max: 3.5),
            new Axis("mean relative residual", Min: 0, Max: 1));
        foreach (var (lambda, i) in Decays.Select((l, i) => (l, i)))
            panel = panel.Points($"λ = {Text(lambda)}, five seeds",
                [.. Enumerable.Range(0, 3).SelectMany(k => Enumerable.Repeat(k + 1 + .12 * (i - 1), 5))],
                [.. Enumerable.Range(0, 3).SelectMany(k => Layer(lambda, k))]);
        var chart = new Chart(
            panel.Level("claimed: 0", 0),
            new Panel("Two examples of one label", new Axis("angle φ between them (degrees)", Min: 0, Max: 95),
                new Axis("residual of the first layer (r.m.s.)", Min: 0, Max: 1))
                .Points("ReLU and linear nets, five seeds each", [.. angles.SelectMany(a => Enumerable.Repeat(a, 10))],
                [.. angles.SelectMany((_, i) => relu[i].Concat(straight[i]))])
                .Predicted("least possible, sin(φ/2)", angles, a => Math.Sin(a * Math.PI / 360)));
        Run[] mild = [.. runs.Where(r => r.Decay == .02)];
        return judge.Outcome(chart: chart, caption: "The equations are satisfied where all examples point the same way, and missed by as "
            + "much as they differ: first layer, one label.",
            fails: "Two examples of one label at an angle φ, fitted and at rest, miss by sin(φ/2) in the first layer. Digits of two "
                + "classes at rest with normalization and decay miss in the last layer by "
                + $"{string.Join(", ", RestedRuns.TwoClasses().Where(static r => r.IsTheModel && r.AtRest().Length > 0)
                    .Select(static r => $"{Text(r.Median("residual_mean"))} ({r.Name})"))}, by the law of b125. Twenty examples: "
                + "with λ = .02 the mean residuals of the layers are "
                + $"{string.Join(", ", Enumerable.Range(0, 3).Select(k => Text(Spread.Of(mild.Select(r => r.Means[k])).Median)))} "
                + $"(medians of five), with (ρf − y)² = {Text(Spread.Of(mild.Select(r => r.MeanSquare)).Median)} in the mean. In the "
                + $"linear net, where the sum over examples (eq. 36) vanishes to {Text(straightened.Max(r => r.Sum.Max()))}, layer 1 "
                + $"misses by {Text(Spread.Of(straightened.Select(r => r.Means[0])).Median)} and the others do not. For k = 1 the "
                + "equations cannot hold: f_nV_1 = ax_nᵀ for all n makes all x_n collinear. That a sum is zero does not make its terms "
                + $"zero (eq. 37). One example alone satisfies them (to {Text(alone.Max())}).");
    }

    private static Run Linear(long seed, StudyContext context)
    {
        var data = TeacherData.Of(seed, 20, 4);
        var network = Network.Linear(4, 16, 16, 1);
        var end = new NormalizedDescent(network, Initialization.Normal(network, new RandomStream(seed, 37)), data, LinearDecay, Rho0)
            .Run(5000, context.Cancellation);
        var residuals = ConstraintEquations.Residuals(network, end.V, data.X);
        return new Run(LinearDecay, [.. residuals.Select(r => r.Average())], end.Residuals(), end.MeanSquare,
            residuals[0].Average(r => r * r), 0);
    }

    // The root mean square residual of the first layer; of one example alone the worst layer's.
    private static Few Two(double degrees, bool linear, long seed, StudyContext context)
    {
        var phi = degrees * Math.PI / 180;
        var data = double.IsNaN(degrees) ? new Dataset("one", [.6, .8], [1], 2)
            : new Dataset("two", [Math.Cos(phi / 2), Math.Sin(phi / 2), Math.Cos(phi / 2), -Math.Sin(phi / 2)], [1, 1], 2);
        var network = linear ? Network.Linear(2, 8, 8, 1) : Network.Dense(2, 8, 8, 1);
        // A start at which both examples pass, and with their label's sign: others go to other equilibria, or nowhere.
        var random = new RandomStream(seed, 38);
        double[] theta;
        do theta = Initialization.Normal(network, random);
        while (new EmpiricalRisk(network, Loss.Square, data, Reduction.Sum).Outputs(theta).ToArray().Any(f => f < 1e-3));
        var end = new NormalizedDescent(network, theta, data, PairDecay, Rho0).Run(4000, context.Cancellation);
        var residuals = ConstraintEquations.Residuals(network, end.V, data.X);
        return new Few(data.Count == 1 ? residuals.Max(r => r[0]) : Math.Sqrt(residuals[0].Average(r => r * r)), end.MeanSquare,
            end.Residuals().Max());
    }

    private static string Text(double value) => Wording.Text(value);
}
