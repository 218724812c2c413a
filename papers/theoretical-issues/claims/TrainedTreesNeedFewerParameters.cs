using Rhoflow.Approximation;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoreticalIssues;

/// <summary>Claim b60: Theorems 1 and 2 with ReLU networks that were trained, at equal numbers of parameters.</summary>
internal static class TrainedTreesNeedFewerParameters
{
    private const string Enough = "many units, which is where the theorem's order shows: from four a vertex on";

    private static readonly RidgeTraining Trained = new();

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b60-trained-trees-need-fewer-parameters",
        Paper = SourcePapers.TheoreticalIssues,
        Place = "§2C, Theorem 2 and figure 1, with trained ReLU networks",
        Equations = ["PNAS.2"],
        Hypothesis = "Theorem 2: a function of the graph with m bounded derivatives, accuracy ε → 0 in the sup norm, the best network of a "
            + "given size. Training finds a worse one, so that its errors bound the least error from above only: they can support the "
            + "orders, not refute them.",
        Statement = "A compositional function is approximated by a deep network of the same graph with the same accuracy and far fewer "
            + "parameters than by a shallow one; its error falls like parameters^{−m/2} whatever n is.",
        SetUp = $"h(a, b) = sin(1.5a + b − .7ab) on binary trees, n = {string.Join(" and ", Compositions.QuickInputs)}; ReLU networks with "
            + $"biases of about {string.Join(", ", Compositions.QuickSizes)} parameters: one layer, two dense layers, tree, tree with "
            + $"shared weights; Adam on the square loss, {Wording.Count(Compositions.QuickSteps)} steps of {Trained.Batch} "
            + $"points, seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}; √ mean square error on {Wording.Count(Trained.TestPoints)} fresh "
            + "points over the standard deviation of f.",
        Expected = "The tree is better than the shallow network at every size, and its exponent is −1 (within .35, which single seeds "
            + "spread by).",
        History = ["was ≈ until 2026-11-28, because a trained network that is worse than the shallow one was taken for a counter-example "
            + "to a theorem on the best network of a size"],
        Figures = ["theoretical-issues/figure-01"],
        Check = Check,
    };

    /// <summary>Median L2 errors of a kind at all sizes.</summary>
    public static (double[] Parameters, Spread[] Errors, Spread[] Sup) Medians(StudyContext context, string kind, int inputs)
    {
        var runs = Compositions.Sizes(context).Select(size => Compositions.Trained(context, kind, inputs, size)).ToArray();
        return ([.. runs.Select(r => (double)r.Parameters)], [.. runs.Select(r => Spread.Of(r.Errors.Select(e => e.L2)))],
            [.. runs.Select(r => Spread.Of(r.Errors.Select(e => e.Sup)))]);
    }

    /// <summary>Error against parameters for one n: medians as lines, every seed a dot.</summary>
    public static Panel Panel(StudyContext context, int inputs)
    {
        var sizes = Compositions.Sizes(context);
        var panel = new Panel($"Trained ReLU networks, n = {inputs}",
            new Axis("parameters", Scale.Log, Min: .85 * sizes[0], Max: 1.15 * sizes[^1]),
            new Axis("√ mean square error / std f", Scale.Log));
        for (var k = 0; k < Compositions.Kinds.Count; k++)
        {
            var kind = Compositions.Kinds[k];
            var runs = sizes.Select(size => Compositions.Trained(context, kind, inputs, size)).ToArray();
            panel = panel.Line($"{kind}, median", [.. runs.Select(r => (double)r.Parameters)],
                [.. runs.Select(r => Spread.Of(r.Errors.Select(e => e.L2)).Median)], k)
                .Points($"{kind}, single seeds", [.. runs.SelectMany(r => r.Errors.Select(_ => (double)r.Parameters))],
                [.. runs.SelectMany(r => r.Errors.Select(e => e.L2))], k);
        }
        var (x, tree, _) = Medians(context, "tree", inputs);
        return panel.Predicted("slope −m/2 = −1", x, p => tree[0].Median * x[0] / p, 7);
    }

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        // What the theorem speaks of is the infimum over all networks of a size; nothing here comes near it from below.
        judge.Hypothesis.AtMost("error of the trained trees over the least error of a tree of their size (not known)", double.NaN, 1);
        var sentences = new List<string>();
        foreach (var n in Compositions.TrainedInputs(context))
        {
            var (_, tree, treeSup) = Medians(context, "tree", n);
            var (_, shallow, shallowSup) = Medians(context, "shallow", n);
            var gains = tree.Zip(shallow, (t, s) => s.Median / t.Median).ToArray();
            var exponents = Exponents(context, "tree", n);
            const string gain = "error of the shallow network over that of the tree, medians";
            for (var i = 0; i < gains.Length; i++)
            {
                var at = $"n = {n}, {Compositions.Sizes(context)[i]} parameters";
                judge.Printed.In(at).AtLeast(gain, gains[i], 1);
                if (i > 0) judge.Amended(Enough).In(at).AtLeast(gain, gains[i], 1);
            }
            judge.Printed.In($"n = {n}").Near("exponent of the tree, median of five", exponents.Median, -1, absolute: .35);
            judge.Measure($"n = {n}: the same for the sup error, at the largest size", shallowSup[^1].Median / treeSup[^1].Median);
            judge.Measure($"n = {n}: error of the shallow network over that of the tree, best of five starts",
                [.. tree.Zip(shallow, (t, s) => s.Min / t.Min)]);
            foreach (var kind in Compositions.Kinds)
            {
                var (parameters, errors, _) = Medians(context, kind, n);
                judge.Measure($"n = {n}, {kind}: parameters", parameters);
                judge.Measure($"n = {n}, {kind}: errors", string.Join("; ", errors.Select(e => e.ToString())));
                judge.Measure($"n = {n}, {kind}: exponent, seed by seed", Exponents(context, kind, n).ToString());
            }
            sentences.Add($"n = {n}: shallow over tree {string.Join(", ", gains.Select(g => Wording.Text(g)))} (best of five starts "
                + $"{string.Join(", ", tree.Zip(shallow, (t, s) => Wording.Text(s.Min / t.Min)))}); "
                + $"exponents tree {Wording.Text(exponents.Median)} ({Wording.Text(exponents.Min)} … {Wording.Text(exponents.Max)}), "
                + $"shared {Wording.Text(Exponents(context, "tree, shared weights", n).Median)}, dense "
                + $"{Wording.Text(Exponents(context, "two dense layers", n).Median)}, shallow "
                + $"{Wording.Text(Exponents(context, "shallow", n).Median)}");
        }
        var size = Compositions.Sizes(context)[^1];
        var wrong = Spread.Of(Compositions.Misplaced(context, 8, size).Select(e => e.L2));
        judge.Measure($"n = 8: a tree of the same size on other pairs (x_1 with x_5 …)", wrong.ToString());
        var numbers = string.Join(". ", sentences);
        var also = " With two units a vertex the tree can be the worse one. Training decides as much as the graph: with shared weights "
            + $"errors of one size reach from {Wording.Text(Shared(context).Min)} to {Wording.Text(Shared(context).Max)} by the start "
            + $"alone. A tree on the wrong pairs of inputs has error {Wording.Text(wrong.Median)} at the largest size: the graph must be "
            + "that of the function.";
        var text =
            $"Errors at equal parameters (about {string.Join(", ", Compositions.Sizes(context))}), medians of five, {numbers}.{also}";
        return judge.Outcome(open: text,
            chart: new Chart([.. Compositions.TrainedInputs(context).Select(n => Panel(context, n))]),
                caption: "Lines: medians of five seeds, each of them a dot.");
    }

    private static Spread Shared(StudyContext context) => Medians(context, "tree, shared weights", 8).Errors[^1];

    private static Spread Exponents(StudyContext context, string kind, int inputs)
    {
        var runs = Compositions.Sizes(context).Select(size => Compositions.Trained(context, kind, inputs, size)).ToArray();
        return Spread.Of(Enumerable.Range(0, Spread.Seeds.Count)
            .Select(s => ApproximationError.Exponent([.. runs.Select(r => (double)r.Parameters)], [.. runs.Select(r => r.Errors[s].L2)])));
    }
}
