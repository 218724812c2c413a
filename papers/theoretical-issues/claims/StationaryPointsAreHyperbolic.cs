using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Measures.Curvature;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoreticalIssues;

/// <summary>Claim b19: deep stationary points at fixed ρ are degenerate; the paper's quadratic form is the radial direction.</summary>
internal static class StationaryPointsAreHyperbolic
{
    private const double Rho = 5, Zero = 1e-7;
    private static readonly int[] Widths = [1, 2, 3, 5];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b19-stationary-points-are-hyperbolic",
        Finding = "The minima at fixed ρ are not isolated, as the papers have it: two layers with H hidden units leave H − 1 directions in "
            + "which nothing changes.",
        Paper = SourcePapers.TheoreticalIssues,
        Place = "Lemma 1, eq. 7, Lemma 6, Theorem 3.1",
        Equations = ["PNAS.5", "PNAS.7a"],
        Hypothesis = "Exponential loss at fixed ρ, a deep (ReLU) network that separates its data, ρf̃ > 1 for every example, a "
            + "stationary point of the V_k flow (Lemma 1; K layers, of which one is not what it is about).",
        Statement = "The stationary points of the V_k flow at fixed ρ are hyperbolic minima: the Hessian H is negative definite (that of "
            + "L positive definite) once ρf̃ > 1, as Σ_kk' V_kᵀHV_k' = Σ e^{−ρf̃}[−ρ²K²f̃² + K(K−2)ρf̃] < 0.",
        SetUp = $"Limits of the fixed-ρ flow, ρ = {Wording.Text(Rho)}, exponential loss (sum), five starts (seeds "
            + $"{Spread.Seeds[0]}–{Spread.Seeds[^1]}) each: one linear layer, two "
            + $"linear layers and ReLU nets 2-H-1 with all units active on all examples, H = {string.Join(", ", Widths)}, on the three "
            + "examples in the plane, followed to t = 1e8. Eigenvalues of the Riemannian Hessian of L on the product of spheres; zero "
            + $"means ≤ {Wording.Text(Zero)} of the largest.",
        Expected = "No zero eigenvalue.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var data = ExampleSets.ThreeByTwo;
        var zeros = new List<double>();
        var relu = new List<double>();
        const string radial = "PNAS's form is right as algebra, but it is the radial direction V, orthogonal to all that the flow can "
            + "move in";
        var worst = 0.0;
        foreach (var hidden in Widths)
        {
            context.Progress($"two linear layers, H = {hidden}");
            var net = Network.Linear(2, hidden, 1);
            var points = Spread.Seeds.Select(seed => Limit(net, data, seed, context)).ToArray();
            var hessians = points.Select(v => TangentHessian.At(Risk(net, data), Rho, v)).ToArray();
            var counts = hessians.Select(h => h.Signature(Zero)).ToArray();
            judge.Hypothesis.AtMost($"H = {hidden}: largest tangent share of the gradient at the limits",
                hessians.Max(h => h.TangentGradient), 1e-7);
            judge.Hypothesis.AtLeast($"H = {hidden}: least ρf̃ at the limits", points.Min(v => LeastMargin(net, data, v)), 1);
            judge.Printed.AtMost($"two linear layers, H = {hidden}: zero eigenvalues (most of five starts)", counts.Max(c => c.Zero), 0);
            judge.Amended("two linear layers have exactly H − 1 zero eigenvalues, the rotations of the hidden units that leave f alone; "
                + "the others are positive")
                .That($"H = {hidden}: {hidden - 1} zero and no negative eigenvalue at all five limits",
                counts.All(c => c.Zero == hidden - 1 && c.Negative == 0));
            judge.Measure($"H = {hidden}: smallest positive eigenvalue over the largest",
                hessians.Min(h => h.Eigenvalues[hidden - 1] / h.Eigenvalues[^1]));
            zeros.Add(counts.Max(c => c.Zero));
            relu.Add(Relu(hidden, judge, context));
            for (var i = 0; i < points.Length; i++) worst = Math.Max(worst, RadialMismatch(net, data, points[i], hessians[i]));
        }
        judge.Amended(radial).AtMost("largest mismatch between the form and its formula, relative", worst, 1e-9);

        var single = Network.Dense(2, 1);
        var linear = Spread.Seeds.Select(seed => TangentHessian.At(Risk(single, data), Rho, Limit(single, data, seed, context))).ToArray();
        judge.Amended("one linear layer: positive definite")
            .AtLeast("one layer: smallest tangent eigenvalue over L", linear.Min(h => h.Eigenvalues[0]), 1e-3);

        var panel = new Panel("Tangent Hessian at the limits", new Axis("hidden units H"), new Axis("zero eigenvalues", Min: 0, Max: 5))
            .Points("two linear layers", [.. Widths.Select(h => (double)h)], zeros)
            .Points("ReLU, all units active", [.. Widths.Select(h => h + .08)], relu)
            .Predicted("H − 1", [.. Widths.Select(h => (double)h)], h => h - 1);
        return judge.Outcome(
            fails: $"Two linear layers with H = {string.Join(", ", Widths)} hidden units have {string.Join(", ", zeros)} zero eigenvalues "
                + $"at the limits of the flow, ReLU nets with all units active {string.Join(", ", relu)}: small rotations of the "
                + "hidden units change no output, so the minima are not isolated and not hyperbolic. One linear layer is (smallest "
                + $"tangent eigenvalue {Lab.Claims.Check.Text(linear.Min(h => h.Eigenvalues[0]))}·L). The quadratic form of Lemma 1 is "
                + "evaluated at V itself, a direction that the constraint ‖V_k‖ = 1 excludes.",
            chart: new Chart(panel), caption: "Exactly H − 1 directions are flat.");
    }

    private static double[] Limit(Network net, Dataset data, long seed, StudyContext context) =>
        new FixedRhoFlow(Risk(net, data), Rho)
            .From(Initialization.Normal(net, new RandomStream(seed, 7)), new IntegrationOptions { Tolerance = new(1e-12, 1e-14) })
            .At([Instant.FromLog10T(8)], context.Cancellation).Single().V.ToArray();

    // Lemma 1 with K blocks of −2λI: −(radial form of ∇²L) − K·2λ against Σ e^{−ρf}[−ρ²K²f² + K(K−2)ρf], 2λ = ρ Σ e^{−ρf} f.
    private static double RadialMismatch(Network net, Dataset data, double[] v, TangentHessian hessian)
    {
        int depth = net.Depth;
        var f = Risk(net, data).Outputs(v).ToArray();
        double formula = 0, multiplier = 0, size = 0;
        for (var n = 0; n < f.Length; n++)
        {
            double q = Rho * data.Y[n] * f[n], p = Math.Exp(-q);
            formula += p * (-depth * depth * q * q + depth * (depth - 2) * q);
            multiplier += p * q;
            size += p * depth * depth * q * q;
        }
        return Math.Abs(-hessian.Radial * Math.Exp(hessian.LogScale) - depth * multiplier - formula) / size;
    }

    // The flow from starts at which every unit sees every example, and whether it still does at the end: then small rotations of the hidden
    // units leave f alone as they do without ReLUs. Gives the greatest number of zero eigenvalues of the five starts.
    private static double Relu(int hidden, Judge judge, StudyContext context)
    {
        context.Progress($"ReLU, H = {hidden}");
        var (net, data) = (Network.Dense(2, hidden, 1), ExampleSets.ThreeByTwo);
        double activity = double.PositiveInfinity, gradient = 0, margin = double.PositiveInfinity;
        List<int> zeros = [], negatives = [];
        foreach (var seed in Spread.Seeds)
        {
            var v = new FixedRhoFlow(Risk(net, data), Rho)
                .From(AllActive(net, data, seed), new IntegrationOptions { Tolerance = new(1e-12, 1e-14) })
                .At([Instant.FromLog10T(8)], context.Cancellation).Single().V.ToArray();
            var hessian = TangentHessian.At(Risk(net, data), Rho, v);
            var signs = hessian.Signature(Zero);
            activity = Math.Min(activity, LeastActivity(net, data, v));
            gradient = Math.Max(gradient, hessian.TangentGradient);
            margin = Math.Min(margin, LeastMargin(net, data, v));
            zeros.Add(signs.Zero);
            negatives.Add(signs.Negative);
        }
        judge.Premise.AtLeast($"ReLU 2-{hidden}-1: least pre-activation at the limits, so that all units are active", activity, 1e-6);
        judge.Hypothesis.AtMost($"ReLU 2-{hidden}-1: largest tangent share of the gradient at the limits", gradient, 1e-7);
        judge.Hypothesis.AtLeast($"ReLU 2-{hidden}-1: least ρf̃ at the limits", margin, 1);
        judge.Printed.AtMost($"ReLU 2-{hidden}-1: zero eigenvalues (most of five starts)", zeros.Max(), 0);
        judge.Amended("ReLU nets with all units active have the same H − 1")
            .That($"ReLU 2-{hidden}-1: {hidden - 1} zero and no negative eigenvalue at all five limits",
            zeros.All(z => z == hidden - 1) && negatives.All(n => n == 0));
        return zeros.Max();
    }

    // Normal rows of the first layer, each drawn again until it sees every example; positive weights above them.
    private static double[] AllActive(Network net, Dataset data, long seed)
    {
        var random = new RandomStream(seed, 8);
        var theta = net.Zeros();
        var (first, last) = (net.Layers[0], net.Layers[^1]);
        for (var i = 0; i < first.Rows; i++)
        {
            double least;
            do
            {
                for (var j = 0; j < first.Columns; j++) first.Of(theta)[i * first.Columns + j] = random.NextNormal();
                least = Enumerable.Range(0, data.Count)
                    .Min(n => Vectors.Dot(first.Of(theta).Slice(i * first.Columns, first.Columns), data.Example(n)));
            }
            while (least <= .05);
            last.Of(theta)[i] = .2 + Math.Abs(random.NextNormal());
        }
        return theta;
    }

    private static double LeastActivity(Network net, Dataset data, double[] v)
    {
        var first = net.Layers[0];
        return Enumerable.Range(0, first.Rows).Min(i => Enumerable.Range(0, data.Count)
            .Min(n => Vectors.Dot(first.Of(v).Slice(i * first.Columns, first.Columns), data.Example(n))));
    }

    // min_n ρ y_n f̃_n.
    private static double LeastMargin(Network net, Dataset data, double[] v)
    {
        var f = Risk(net, data).Outputs(v).ToArray();
        return Enumerable.Range(0, f.Length).Min(n => Rho * data.Y[n] * f[n]);
    }

    private static EmpiricalRisk Risk(Network net, Dataset data) => new(net, Loss.Exponential, data, Reduction.Sum);
}
