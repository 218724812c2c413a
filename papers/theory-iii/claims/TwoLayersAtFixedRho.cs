using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Limits;
using Rhoflow.Measures.Curvature;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b84: Theorem 5 on two layers holds for global minimizers; local ones, and layers one by one, stop below η*.</summary>
internal static class TwoLayersAtFixedRho
{
    private static readonly double[] Rhos = [3, 10, 30, 100, 300, 1e3, 1e4], Two = [0, 90, 200, 280], Three = [0, 100, 200],
        Scales = [.9, .5, .3];
    private const int Examples = 6, Inputs = 3, Hidden = 4, Starts = 40, Draws = 4000;
    private const string OneClass = "ReLU, one class";

    private static string At(double rho) => rho < 1000 ? Wording.Text(rho) : $"{rho:0e0}";

    private static TwoLayerCase[] Cases()
    {
        var half = ExampleSets.HalfSpace(Examples, Inputs, 0);
        var two = TwoLayerCase.Circle("two classes on the circle", Two, [1, 1, -1, -1]);
        var three = TwoLayerCase.Circle("three on the circle", Three, [1, 1, 1]);
        return
        [
            new("deep linear", Network.Linear(Inputs, 2, 1), half, MarginDual.Linear(half)),
            new("diagonal", Network.Diagonal(Inputs, 2), half, MarginDual.Diagonal(half)),
            new("ReLU, two classes", Network.Dense(2, Hidden, 1), two, MarginDual.ReluInThePlane(two)),
            new(OneClass, Network.Dense(2, 2, 1), three, MarginDual.ReluInThePlane(three)),
        ];
    }

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b84-two-layers-at-fixed-rho",
        Paper = SourcePapers.TheoryIII,
        Place = "Theorem 5 and its proof, eq. 34–35, §8",
        Equations = ["T3.35a"],
        Hypothesis = "Weights V_1, V_2 of unit norm that minimize the exponential loss globally over both layers at fixed ρ, data that "
            + "the network separates (Theorem 5). That a minimizer is global is proved for each by duality: log L = H(p) − ρ h(p), h(p) = "
            + "max_V Σ p_n y_n f(V; x_n), at its own weights p_n = e^{−ρq_n}/L.",
        Statement = "For ρ → ∞ the V_k that minimize Σ e^{−ρf(V;x_n)} under ‖V_k‖ = 1 converge to the maximum margin of f̃. The proof's "
            + "inequality N e^{−ρη*} ≥ L gives η(V*(ρ)) ≥ η* − log N/ρ. (“We carry on the argument for a specific k with the "
            + "understanding that the same steps should be done for each k.”)",
        SetUp = $"Deep linear {Inputs}-2-1 and diagonal {Inputs}-{Inputs}-1 on {Examples} unit-norm directions labelled by a half-space; "
            + $"ReLU 2-{Hidden}-1 on unit vectors at {string.Join("°, ", Two)}° (labels +, +, −, −), 2-2-1 at "
            + $"{string.Join("°, ", Three)}° (all +). From {Starts} random starts Newton's method on the product of spheres at ρ = "
            + $"{At(Rhos[0])}, and from each minimizer on to {string.Join(", ", Rhos.Skip(1).Select(static r => At(r)))}. h(p): ‖Σ p_n "
            + "z_n‖, its ∞-norm, and for ReLU the largest unit, found among all patterns of the plane. The least of h(p) bounds η* from "
            + "above.",
        Expected = "η* − η(V*(ρ)) between 0 and log N/ρ at every ρ.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var shortfall = new Panel("Margin of the global minimizer below η*", new Axis("ρ", Scale.Log), new Axis("η* − η(V*(ρ))",
            Scale.Log));
        var words = new List<string>();
        Chart? chart = null;
        var locals = "";
        foreach (var c in Cases())
        {
            context.Progress(c.Name);
            var branches = c.Branches(Rhos, Starts, context.Cancellation);
            var best = Rhos.Select((_, i) => branches.Select(b => b[i]).MinBy(m => m.LogLoss)!).ToArray();
            var highest = branches.SelectMany(b => b).Min(m => c.Dual.UpperMargin(m.Weights));
            judge.Measure($"{c.Name}: starts that were followed to ρ = {At(Rhos[^1])}", branches.Count);
            judge.Measure($"{c.Name}: η*, from above", highest);
            judge.Measure($"{c.Name}: η(V*(ρ))", [.. best.Select(m => m.Margin)]);
            judge.Premise.AtMost($"{c.Name}: largest tangent share of the gradient", best.Max(m => m.Residual), 1e-7);
            judge.Hypothesis.AtMost($"{c.Name}: largest log L − (H(p) − ρh(p)) of the best of the starts, 0 where it is global",
                best.Max(c.Gap), 1e-6);
            judge.Hypothesis.AtLeast($"{c.Name}: margin at the largest ρ, so that the network separates the data", best[^1].Margin, 1e-3);
            var logN = Math.Log(c.Data.Count);
            judge.Printed.In(c.Name).AtLeast("least η(V*(ρ)) − (η* − log N/ρ)", best.Min(m => m.Margin - (highest - logN / m.Rho)), 0);
            judge.Printed.In(c.Name).Between($"(η* − η(V*(ρ)))ρ/log N at ρ = {At(Rhos[^1])}",
                (highest - best[^1].Margin) * Rhos[^1] / logN, 0, 1);
            if (string.Equals(c.Name, "deep linear", StringComparison.Ordinal)) AgainstOneLayer(judge, c, best, highest);
            shortfall = shortfall.Line(c.Name, Rhos, [.. best.Select(m => highest - m.Margin)]);
            words.Add($"{c.Name} {Wording.Text(highest - best[^1].Margin)}");
            if (string.Equals(c.Name, OneClass, StringComparison.Ordinal)) (locals, chart) = Locals(judge, c, branches, highest, shortfall);
        }
        var layers = LayerByLayer(judge);
        return judge.Outcome(
            holds: $"At every ρ the best minimizer is proved global, and its margin keeps to η* − log N/ρ; at ρ = {At(Rhos[^1])} it is "
                + $"below η* by: {string.Join(", ", words)}. This is of joint, global minimizers. {locals} {layers}",
            chart: chart, caption: "Left: global minimizers of four two-layer networks, with the proof's bound for six examples. Right: a "
                + "ReLU network of two units has another minimizer at every ρ, which goes to a margin below η*.");
    }

    // With two linear layers u = V_1ᵀV_2 is anything in the unit ball: the problem is that of one layer.
    private static void AgainstOneLayer(Judge judge, TwoLayerCase c, SphereMinimum[] best, double highest)
    {
        judge.Premise.AtMost("deep linear: largest difference of the margins from one layer's minimizer, relative",
            best.Max(m => Math.Abs(m.Margin / FixedRhoMinimizer.Solve(c.Data, m.Rho).Margin - 1)), 1e-8);
        judge.Premise.AtMost("deep linear: upper bound of η* over the hard-margin support vector machine, less 1",
            Math.Abs(highest / HardMargin.Solve(c.Data).Margin - 1), 1e-6);
    }

    private static (string Words, Chart Chart) Locals(
        Judge judge, TwoLayerCase c, IReadOnlyList<IReadOnlyList<SphereMinimum>> branches, double highest, Panel shortfall)
    {
        var kinds = branches.GroupBy(b => Math.Round(b[^1].Margin, 4)).OrderByDescending(g => g.Key).ToArray();
        var lower = kinds.Skip(1).ToArray();
        const string local = "a minimizer that is only local goes to a stationary point of the margin, and stays below η* − log N/ρ";
        judge.Measure("margins of the minimizers at the largest ρ", [.. kinds.Select(g => g.Key)]);
        judge.Measure("starts that end there", [.. kinds.Select(g => (double)g.Count())]);
        judge.Amended(local).AtLeast("kinds of local minimizers that are not global", lower.Length, 1);
        judge.Amended(local).AtMost($"largest KKT residual of the margin at them, ρ = {At(Rhos[^1])}",
            lower.Max(g => g.Max(b => c.KktResidual(b[^1]))), 1e-3);
        judge.Amended(local).AtLeast("least eigenvalue of the tangent Hessian at them over the greatest, at every ρ", lower.Min(g =>
            g.Min(b =>
            b.Min(m => TangentHessian.At(c.Risk, m.Rho, m.V).Eigenvalues is var e ? e[0] / e[^1] : 0))), -1e-9);
        judge.Amended(local).AtLeast("least (η* − η)ρ/log N at them", lower.Min(g => g.Min(b => (highest - b[^1].Margin) * Rhos[^1]
            / Math.Log(c.Data.Count))), 10);
        var panel = new Panel("Minimizers of one ReLU network", new Axis("ρ", Scale.Log), new Axis("margin η(V(ρ))", Min: .3, Max: .42))
            .Level("η*", highest);
        foreach (var (kind, i) in kinds.Select((k, i) => (k.First(), i)))
            panel = panel.Line(i == 0 ? "global" : $"local, {i}", Rhos, [.. kind.Select(m => m.Margin)]);
        panel = panel.Predicted("η* − log N/ρ", [.. Rhos.Skip(2)], r => highest - Math.Log(c.Data.Count) / r);
        var text = $"A ReLU network of two units has local minimizers too, to which {lower.Sum(g => g.Count())} of {branches.Count} "
            + $"starts lead: their margin goes to {string.Join(" and ", lower.Select(g => Wording.Text(g.Key, 4)))}, not to η* = "
            + $"{Wording.Text(highest, 4)} (a spare unit would make them saddles).";
        return (text, new Chart(shortfall.Predicted("log 6/ρ", Rhos, static r => Math.Log(Examples) / r), panel));
    }

    // f = Σ u_i v_i x_i at u = v = e_2: given v the best u is e_2, since max_u f = ‖v∘x‖ = x_2; and the same for v.
    private static string LayerByLayer(Judge judge)
    {
        var net = Network.Diagonal(Scales.Length, 2);
        var data = new Dataset("one example", Scales, [1], Scales.Length);
        var c = new TwoLayerCase("one example", net, data, MarginDual.Diagonal(data));
        double Margin(double[] u, double[] v) => c.Risk.Outputs(net.Pack([[u], [v]]))[0];
        double[] corner = [0, 1, 0];
        var here = Margin(corner, corner);
        var random = new RandomStream(0, 32);
        var alone = double.NegativeInfinity;
        for (var i = 0; i < Draws; i++)
        {
            double[] u = [.. Scales.Select(_ => random.NextNormal())];
            Vectors.Scale(1 / Vectors.Norm(u), u, u);
            alone = Math.Max(alone, Math.Max(Margin(u, corner), Margin(corner, u)));
        }
        var highest = c.Dual.UpperMargin([1]);
        const string layerwise = "layer by layer, as the proof goes, it is not enough: each V_k may minimize the loss given the other";
        judge.Amended(layerwise).AtMost($"diagonal, V_1 = V_2 = e_2: largest margin that one layer alone reaches in {Draws} draws, less η",
            alone - here, 0);
        judge.Amended(layerwise).AtLeast("diagonal, V_1 = V_2 = e_2: η* over η", highest / here, 1.5);
        return $"Nor does the argument go layer by layer: on one example ({string.Join(", ", Scales)}) the diagonal network with V_1 = "
            + $"V_2 = e_2 is the minimizer of each layer given the other at every ρ, with margin {Wording.Text(here)} where η* = "
            + $"{Wording.Text(highest)}.";
    }
}
