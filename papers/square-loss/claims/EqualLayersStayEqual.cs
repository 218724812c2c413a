using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Claim b138: under the square loss the squared norms of all layers grow at one rate, (4/N) Σ g(y − g), so that equal layers stay equal.
/// </summary>
internal static class EqualLayersStayEqual
{
    private const int Inputs = 4, Examples = 10, Instants = 400;
    private const double End = 3, Difference = 1e-5;

    private static readonly Network[] Shapes =
    [
        Network.Dense(Inputs, 8, 1),
        Network.Dense(Inputs, 8, 6, 1),
        Network.Dense(Inputs, 8, 6, 5, 1),
        Network.Dense(Inputs, 8, 8, 6, 5, 1),
    ];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b138-equal-layers-stay-equal",
        Paper = SourcePapers.SquareLoss,
        Place = "Lemma 3, eq. 26, appendix D",
        Equations = ["SQ.25a", "SQ.26"],
        Hypothesis = "Square loss with the mean over examples, gradient flow without batch normalization and without decay, L ≥ 2 layers "
            + "of equal norms at the start (appendix D; the lemma itself does not need equal norms).",
        Statement = "∂ρ_k²/∂t is independent of k, so that all ρ_k are the same at all times and ρ = ρ_k^L.",
        SetUp = $"ReLU nets {string.Join(", ", Shapes.Select(PlaneNets.Name))}, {Examples} examples of gaussian-teacher, seeds "
            + $"{Spread.Seeds[0]}–{Spread.Seeds[^1]}. d‖W_k‖²/dt at random weights of unequal norms by back-propagation, 2⟨W_k, Ẇ_k⟩, and "
            + $"by central differences (±{Wording.Text(Difference)}) of the loss when W_k is multiplied by 1 + ε, which is −½ of it. The "
            + $"exact flow from ‖W_k‖ = 1 for all k to t = {End} ({Instants} instants; earlier where it comes to stand on kinks): ρ_k of "
            + "all layers, and ρ_k² against the integral of eq. 26 with the sign and the label set right.",
        Expected = "One rate; ρ_k equal along the flow.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        judge.Identity("ΣW_k ∂g/∂W_k = g for every layer (eq. 1), put into 2⟨W_k, Ẇ_k⟩ with eq. 19");
        double spread = 0, differences = 0, law = 0, printed = double.PositiveInfinity, unequal = 0, integral = 0, excess = 0, product = 0;
        double shortest = End;
        var atRest = new List<double>();
        foreach (var net in Shapes)
            foreach (var seed in Spread.Seeds)
            {
                var data = GaussianTeacher.Draw(Examples, Inputs, seed);
                var risk = new EmpiricalRisk(net, Loss.Square, data);
                var theta = Initialization.Normal(net, new RandomStream(seed, 140));
                Initialization.ScaleLayers(net, theta, [.. net.Layers.Select(static (_, k) => 1.5 - .2 * k)]);
                var (rates, size) = Rates(risk, theta);
                var byDifference = net.Layers.Select(layer => RateByDifference(risk, theta, layer)).ToArray();
                var (right, asPrinted) = Formula(data.Y, risk.Outputs(theta));
                spread = Math.Max(spread, (rates.Max() - rates.Min()) / size);
                differences = Math.Max(differences, rates.Zip(byDifference, static (a, b) => Math.Abs(a - b)).Max() / size);
                law = Math.Max(law, rates.Max(r => Math.Abs(r - right)) / size);
                printed = Math.Min(printed, Math.Abs(rates[0] - asPrinted) / size);

                Initialization.ScaleLayers(net, theta, [1]);
                var points = Follow(risk, theta, context);
                shortest = Math.Min(shortest, points[^1].T);
                unequal = Math.Max(unequal, points.Max(static p => p.RhoK.ToArray().Max() / p.RhoK.ToArray().Min() - 1));
                product = Math.Max(product, points.Max(p => Math.Abs(p.Rho / Math.Pow(p.RhoK[0], net.Depth) - 1)));
                integral = Math.Max(integral, IntegralGap(points, data.Y));
                excess = Math.Max(excess, points.Max(static p => p.RhoK[0] * p.RhoK[0] - 1 - p.T));
                double[] interpolated = [.. data.Y.ToArray()];
                atRest.Add(Formula(data.Y, interpolated).Printed);
            }
        judge.Premise.AtMost("rates by back-propagation and by differences of the loss, largest gap, relative", differences, 1e-6);
        judge.Printed.AtMost("spread of d‖W_k‖²/dt over the layers, relative to (4/N)Σ|g(y − g)|", spread, 1e-12);
        judge.Printed.AtMost("equal layers: largest ρ_k over the least − 1 along the flow", unequal, 1e-8);
        judge.Printed.AtMost("equal layers: largest |ρ/ρ_k^L − 1| along the flow", product, 1e-8);
        judge.Measure("t to which the shortest of the flows could be followed", shortest);
        judge.Measure("eq. 26 as printed against the rate, least gap, relative", printed);
        judge.Measure("eq. 26 as printed where every example is interpolated (g = y), where nothing moves: least and most",
            atRest.Min(), atRest.Max());
        var corrected = judge.Amended("eq. 26 with the sign and the label set right, d‖W_k‖²/dt = −(4/N)Σg² + (4/N)Σyg = (4/N)Σ g(y − g)");
        corrected.AtMost("largest gap between the rate and corrected eq. 26, relative", law, 1e-12);
        corrected.AtMost("largest gap between ρ_k² − 1 along the flow and its integral", integral, 1e-4);
        judge.Amended("what follows from it: since yg − g² ≤ ¼ for y = ±1, ‖W_k‖² grows by at most t, and rests where g = y")
            .AtMost("largest ‖W_k(t)‖² − ‖W_k(0)‖² − t along the flows", excess, 1e-9);
        return judge.Outcome(holds: $"The rates of all layers agree to {Wording.Text(spread)} in {Shapes.Length * Spread.Seeds.Count} "
            + "ReLU nets of two to five layers, by back-propagation and by differences of the loss; equal layers stay equal to "
            + $"{Wording.Text(unequal)} along the flow, so ρ = ρ_k^L. The common rate is (4/N)Σ g(y − g): eq. 26 prints + for its first "
            + "sum and leaves y out of the second, by which norms would go on growing where every example is interpolated (rate "
            + $"{Wording.Text(atRest.Min())} or more). With the right sign they rest there, rise only while Σyg > Σg², as eq. 28 says, and "
            + "no layer's squared norm grows by more than t. The lemma's conclusion is untouched by the slip, since both forms are the "
            + "same for all k.");
    }

    private static (double[] Rates, double Size) Rates(EmpiricalRisk risk, double[] theta)
    {
        var descent = new double[theta.Length];
        var scale = Math.Exp(risk.Evaluate(theta, descent).LogScale);
        double[] rates = [.. risk.Network.Layers.Select(l => 2 * scale * Vectors.Dot(l.Of(theta), l.Of(descent)))];
        var size = 0.0;
        var g = risk.Outputs(theta);
        for (var n = 0; n < g.Length; n++) size += 4.0 / g.Length * Math.Abs(g[n] * (risk.Data.Y[n] - g[n]));
        return (rates, size);
    }

    private static double RateByDifference(EmpiricalRisk risk, double[] theta, Layer layer)
    {
        double At(double factor)
        {
            var moved = (double[])theta.Clone();
            Vectors.Scale(factor, layer.Of(theta), layer.Of(moved.AsSpan()));
            return Math.Exp(risk.LogLoss(moved));
        }
        return -2 * (At(1 + Difference) - At(1 - Difference)) / (2 * Difference);
    }

    private static (double Right, double Printed) Formula(ReadOnlySpan<double> y, ReadOnlySpan<double> g)
    {
        double right = 0, printed = 0;
        for (var n = 0; n < y.Length; n++)
        {
            right += 4.0 / y.Length * (y[n] * g[n] - g[n] * g[n]);
            printed += 4.0 / y.Length * (g[n] * g[n] + g[n]);
        }
        return (right, printed);
    }

    private static List<FlowPoint> Follow(EmpiricalRisk risk, double[] theta, StudyContext context)
    {
        List<FlowPoint> points = [];
        try
        {
            foreach (var p in new UnconstrainedFlow(risk)
                .From(theta, new IntegrationOptions { Tolerance = new(1e-11, 1e-13), MaxSteps = 2000 })
                .At([.. Enumerable.Range(0, Instants + 1).Select(static i => i == 0 ? Instant.Zero : Instant.FromT(End * i / Instants))],
                context.Cancellation))
                points.Add(p);
        }
        catch (IntegrationException)
        {
            // What was observed before counts.
        }
        return points;
    }

    // By the trapezoidal rule.
    private static double IntegralGap(List<FlowPoint> points, ReadOnlySpan<double> y)
    {
        double sum = 0, worst = 0;
        for (var i = 1; i < points.Count; i++)
        {
            sum += (points[i].T - points[i - 1].T) / 2 * (Rate(points[i], y) + Rate(points[i - 1], y));
            worst = Math.Max(worst, Math.Abs(points[i].RhoK[0] * points[i].RhoK[0] - points[0].RhoK[0] * points[0].RhoK[0] - sum));
        }
        return worst;
    }

    private static double Rate(FlowPoint p, ReadOnlySpan<double> y)
    {
        var g = p.Outputs.ToArray();
        Vectors.Scale(p.Rho, g, g);
        return Formula(y, g).Right;
    }
}
