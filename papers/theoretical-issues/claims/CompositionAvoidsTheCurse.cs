using Rhoflow.Approximation;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoreticalIssues;

/// <summary>
/// Claim b53: error against parameters for compositional functions, on grids: −m/n without the graph, −m/2 with it. An illustration of the
/// counting, true by the order of interpolation; claims b160 to b163 have networks.
/// </summary>
internal static class CompositionAvoidsTheCurse
{
    /// <summary>Nodes a side of the grids over all variables.</summary>
    public static IReadOnlyList<int> ShallowNodes { get; } = [17, 25, 35, 49, 69, 97];

    /// <summary>Nodes a side of the grids at the vertices.</summary>
    public static IReadOnlyList<int> DeepNodes { get; } = [9, 13, 19, 27, 39, 55, 79];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b53-composition-avoids-the-curse",
        Paper = SourcePapers.TheoreticalIssues,
        Place = "§2C, Theorems 1 and 2",
        Equations = ["PNAS.1", "PNAS.2", "PNAS.1g", "PNAS.1h"],
        Hypothesis = "A function of n variables with two bounded derivatives, multilinear interpolation over all variables at once or, "
            + "where it is a composition, vertex by vertex of its graph. Theorems 1 and 2 speak of networks with infinitely differentiable "
            + "σ, of the worst f in the sup norm, and of a lower bound (“the best possible”); none of that is tested here.",
        Statement = "On grids the counting of Theorems 1 and 2 is: to interpolate a function of n variables with m = 2 derivatives to "
            + "accuracy ε takes O(ε^{−n/m}) parameters; if it is a composition of functions of two variables along a binary tree, grids at "
            + "its n − 1 vertices take O((n − 1) ε^{−2/m}).",
        SetUp = "An illustration of the counting. h(a, b) = sin(1.5a + b − .7ab) at the vertices of binary trees over n = 2, 4, 8, 16 "
            + "inputs and of the graph of overlapping windows over 6; multilinear interpolation (m = 2) on grids of g nodes a side, over "
            + "all variables (g = 17 … 97, n ≤ 8; nothing is stored, so 97⁸ is no obstacle) and at each vertex (g = 9 … 79); sup error "
            + "over 2,000 random points.",
        History = ["was ≈ until 2026-11-28, because the order of interpolation on grids was taken for that of networks",
            "was ? until 2026-11-29, because networks stood in its hypothesis; grids only illustrate the counting, and other claims test "
                + "networks",
            "stated the theorems on networks until 2026-11-28, of which interpolation on grids is no proof; it speaks of grids now"],
        Expected = "Error ~ parameters^{−m/n} and ~ parameters^{−m/2} = 1/parameters.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var panel = new Panel("Grids: sup error against parameters", new Axis("parameters", Scale.Log), new Axis("sup error", Scale.Log));
        List<double> deep = [], shallow = [], perVertex = [];
        foreach (var n in new[] { 2, 4, 8 })
        {
            var grids = Compositions.Grids(context, Compositions.Tree(n), deep: false, ShallowNodes);
            shallow.Add(Exponent(grids));
            judge.Printed.Near($"one grid over n = {n} variables: exponent of the sup error", shallow[^1], -2.0 / n, relative: .1);
            panel = Draw(panel, $"shallow, n = {n}", grids, -2.0 / n, shallow.Count - 1);
        }
        foreach (var n in new[] { 4, 8, 16 })
        {
            var grids = Compositions.Grids(context, Compositions.Tree(n), deep: true, DeepNodes);
            deep.Add(Exponent(grids));
            judge.Printed.Near($"grids on the tree of n = {n}: exponent of the sup error", deep[^1], -1, relative: .1);
            perVertex.Add(Needed(grids, 1e-3) / (n - 1));
            panel = Draw(panel, $"tree, n = {n}", grids, -1, deep.Count + 2);
        }
        var windows = CompositionalFunction.Overlapping(6, _ => Compositions.H);
        judge.Printed.Near($"grids on overlapping windows ({windows.Vertices.Count} vertices, n = 6): exponent of the sup error",
            Exponent(Compositions.Grids(context, windows, deep: true, DeepNodes)), -1, relative: .1);
        judge.Printed.That("a ReLU network with one layer of N = 100 units on n = 8 has (n + 2)N parameters",
            RidgeNetwork.Shallow(8, 100).ParameterCount == 1000);
        judge.Printed.That("a tree with 10 units a vertex on n = 8 has 4N parameters, N = 10(n − 1)",
            RidgeNetwork.Like(Compositions.Tree(8), 10).ParameterCount == 280);
        judge.Measure("parameters for sup error 1e-3 on the tree over (n − 1), n = 4, 8, 16", [.. perVertex]);
        var rival = Compositions.Grids(context, Compositions.Tree(8), deep: false, ShallowNodes);
        judge.Measure("the same for one grid over n = 8 variables, by its exponent", Needed(rival, 1e-3));
        judge.Identity("multilinear interpolation has order 2 in the width of its cells, by Taylor's theorem: an illustration");
        return judge.Outcome(holds: "An illustration, not a test: multilinear interpolation has order m = 2 by itself, so a grid over all "
            + "n "
                + $"variables has the exponent −m/n (measured {List(shallow)} for n = 2, 4, 8) and grids at the vertices of the tree "
                + $"−m/2 (measured {List(deep)} for n = 4, 8, 16). Networks, of which the theorems speak, are b160 to b163.",
            chart: new Chart(panel), caption: "Dashed: slopes −2/n and −1 through the last grid. "
                + $"One grid over n = 2, 4, 8 variables has exponents {List(shallow)} (−m/n = −1, −.5, −.25); grids at the vertices of "
                + $"the tree over n = 4, 8, 16 have {List(deep)} (−m/2 = −1). "
                + $"For a sup error of 1e-3 the tree takes {string.Join(", ", perVertex.Select(v => Math.Round(v, 0)))} parameters a "
                + "vertex: the prefactor is n − 1 times what errors gain on their way up. One grid over 8 variables would take "
                + $"{Wording.Text(Needed(rival, 1e-3), 2)}. The counts (n + 2)N and 4N are right; the remark “(n + 2)N ∼ n” should say "
                + "nN. Not tested: that nothing shallow does better.");
    }

    private static Panel Draw(Panel panel, string name, (double Parameters, ApproximationError Error)[] grids, double exponent, int colour)
    {
        double[] x = [.. grids.Select(g => g.Parameters)];
        var (parameters, error) = grids[^1];
        return panel.Line(name, x, [.. grids.Select(g => g.Error.Sup)], colour)
            .Predicted($"{name}: slope −{Wording.Text(-exponent)}", [x[0], x[^1]], p =>
            error.Sup * Math.Pow(p / parameters, exponent), colour);
    }

    private static double Exponent((double Parameters, ApproximationError Error)[] grids) =>
        ApproximationError.Exponent([.. grids.Select(g => g.Parameters)], [.. grids.Select(g => g.Error.Sup)]);

    // Along the power law through all grids.
    private static double Needed((double Parameters, ApproximationError Error)[] grids, double error)
    {
        var p = Exponent(grids);
        return Math.Exp(grids.Average(g => Math.Log(g.Parameters) + Math.Log(error / g.Error.Sup) / p));
    }

    private static string List(IEnumerable<double> values) => string.Join(", ", values.Select(v => Wording.Text(v).Replace('-', '−')));
}
