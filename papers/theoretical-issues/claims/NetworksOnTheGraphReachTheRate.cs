using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoreticalIssues;

/// <summary>
/// Claim b160: Theorem 2 with networks that are put together as in its proof: the error falls at least like N^{−m/2} for every n.
/// </summary>
internal static class NetworksOnTheGraphReachTheRate
{
    /// <summary>Sizes whose order is told: from 64 units a vertex on.</summary>
    private const int From = 8;

    /// <summary>From here on they are told once more.</summary>
    private const int Late = 12;

    /// <summary>How far an exponent of four sizes may be above.</summary>
    private const double Slack = .1;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b160-networks-on-the-graph-reach-the-rate",
        Paper = SourcePapers.TheoreticalIssues,
        Place = "§2C, Theorem 2",
        Equations = ["PNAS.2"],
        Hypothesis = "f is a composition along a graph of functions of two variables with m bounded derivatives; the network has "
            + "the same graph, at each vertex a shallow network whose σ is infinitely differentiable and no polynomial; sup "
            + "norm over the cube. (W_m asks for continuous derivatives and a norm of at most 1. Here the m-th jumps on a "
            + "curve, which a sup norm over the class does not notice: such functions are limits of smooth ones of no larger "
            + "norm. And the norms are above 1, which the paper leaves to the constant.)",
        Statement = "“For f ∈ W_m^{n,2} consider a deep network with the same compositional architecture … The complexity of the network "
            + "to provide approximation with accuracy at least ε is N = O((n − 1) ε^{−2/m}).”",
        SetUp = "Constituents .6 ℓ_v + .3 k(q_v) with angles of their own at every vertex, k(t) = |t|, t|t|, |t|³ (m = 1, 2, "
            + "3), whose m-th derivative jumps on a hyperbola, and one analytic. At each vertex M = D² softplus units of "
            + $"sharpness D/2 at D directions and D offsets of a fixed rule, D = {string.Join(", ", GraphNetworks.Sides)} "
            + "(64-fold), the outer weights by least squares (pivoted QR) on the vertex's own function over the square: "
            + "nothing is trained; put together along the graph as in the proof. Binary trees over n = 2, 4, 8, 16, and "
            + $"overlapping windows over 6, which are no tree. Sup errors by search from {GraphNetworks.Search.Starts} "
            + "starts: the maximum is searched for, so that the bound on the least error is as good as the search (above "
            + $"that over {Wording.Count(GraphNetworks.Search.Samples)} points up to threefold). Exponents over D ≥ {From}; "
            + "at first over D ≥ 6, where they are steeper for m = 3 (to −2.27), since the step from 6 to 8 is not yet the "
            + $"kink's. Kept in results/figure-01/graphs.csv; D ≤ {GraphNetworks.QuickSides[^1]} on n = 8 is computed anew "
            + "each time. Constituents contract for the kinks, so that errors of low vertices are damped. The factor n − 1 "
            + "is b162's. It shows the order for these functions, not for the worst f.",
        Expected = "Exponents of the sup error at most −m/2 + .1 for every n (for the analytic one those of m = 3), flattening "
            + "towards −m/2 as D grows, since the kink is known and the ridges are not told where it is. L2, expected and "
            + "not judged: half a kink's width better, −(m + ½)/2.",
        Figures = ["theoretical-issues/figure-01"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        judge.Premise.AtMost("kept against computed now, largest relative difference of errors", GraphNetworks.Drift(context), .05);
        List<string> sentences = [];
        double steepest = 0, steepestL2 = 0;
        foreach (var m in Constituents.Families)
        {
            List<double> sup = [], late = [], l2 = [], relu = [], reluL2 = [];
            foreach (var (n, tree) in Graphs())
            {
                var rows = GraphNetworks.Of(context, m, smooth: true, n, tree);
                var rough = GraphNetworks.Of(context, m, smooth: false, n, tree);
                sup.Add(GraphNetworks.Exponent(rows, static r => r.Sup, From));
                late.Add(GraphNetworks.Exponent(rows, static r => r.Sup, Late));
                l2.Add(GraphNetworks.Exponent(rows, static r => r.L2, From));
                relu.Add(GraphNetworks.Exponent(rough, static r => r.Sup, From));
                reluL2.Add(GraphNetworks.Exponent(rough, static r => r.L2, From));
                var at = judge.Printed.In($"{Constituents.Name(m)}, {(tree ? $"tree, n = {n}" : $"windows, n = {n}")}");
                at.AtMost("exponent of the sup error", sup[^1], (m == 0 ? -1.5 : -m / 2.0) + Slack);
            }
            (steepest, steepestL2) = (Math.Min(steepest, relu.Min()), Math.Min(steepestL2, reluL2.Min()));
            judge.Measure($"{Constituents.Name(m)}: exponents of the sup error, D ≥ {Late}", [.. late]);
            judge.Measure($"{Constituents.Name(m)}: exponents of the L2 error", [.. l2]);
            judge.Measure($"{Constituents.Name(m)}: ReLU, exponents of the sup error", [.. relu]);
            judge.Measure($"{Constituents.Name(m)}: ReLU, exponents of the L2 error", [.. reluL2]);
            sentences.Add($"{Constituents.Name(m)}: sup {Range(sup)} ({Range(late)} from D = {Late} on), L2 {Range(l2)} "
                + $"(ReLU: sup {Range(relu)}, L2 {Range(reluL2)})");
        }
        var text = $"Exponents over trees of n = 2 … 16 and windows, {string.Join("; ", sentences)}.";
        return judge.Outcome(
            holds: $"{text} No exponent is worse than −m/2 + .1 for any n, on functions whose vertices all differ, so that nothing "
                + "is shared. With ReLUs of the same fixed rule (the paper says after the theorem that it “can be extended to "
                + $"non-smooth ReLU”; not judged here) no exponent of the sup error is below {Text(steepest)}, of the L2 error "
                + $"below {Text(steepestL2)}, for any m: these ReLU vertices gain nothing from m above 2. ReLUs with directions "
                + "fitted to f, or more layers, were not tried.",
            fails: text, chart: new Chart(Constituents.Kinks.Select(m => Panel(context, m, smooth: true)).ToArray()),
            caption: "Softplus networks, dashed the slope −m/2 through the last size of n = 8.");
    }

    /// <summary>Sup error against parameters for all n.</summary>
    public static Panel Panel(StudyContext context, int family, bool smooth)
    {
        var panel = new Panel($"{(smooth ? "Softplus" : "ReLU")} networks on trees, {Constituents.Name(family)}",
            new Axis("parameters", Scale.Log), new Axis("max |f − network|", Scale.Log));
        foreach (var (n, colour) in GraphNetworks.Inputs.Zip([4, 2, 1, 3]))
        {
            var rows = GraphNetworks.Of(context, family, smooth, n);
            panel = panel.Line($"n = {n}", [.. rows.Select(static r => r.Parameters)], [.. rows.Select(static r => r.Sup)], colour);
        }
        var last = GraphNetworks.Of(context, family, smooth, 8);
        double[] x = [.. last.Select(static r => r.Parameters)];
        return family == 0 ? panel : panel.Predicted($"slope −{Wording.Text(family / 2.0)}", x,
            p => last[^1].Sup * Math.Pow(p / x[^1], -family / 2.0), 7);
    }

    private static IEnumerable<(int Inputs, bool IsTree)> Graphs() =>
        GraphNetworks.Inputs.Select(static n => (n, true)).Append((Constituents.WindowInputs, false));

    private static string Range(List<double> values) =>
        $"{Text(values.Min())} … {Text(values.Max())}";

    private static string Text(double value) => Wording.Text(value).Replace('-', '−');
}
