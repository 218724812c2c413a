using Rhoflow.Approximation;
using Rhoflow.Lab.Claims;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoreticalIssues;

/// <summary>
/// Networks that are put together as in the proof of Theorem 2: at every vertex of the graph M = D² ridges of a fixed rule, outer weights
/// by
/// least squares on the vertex's own function. Sizes up to D = 8 on trees over 8 inputs are computed anew each time; all are in
/// results/figure-01/graphs.csv, which <c>reproduce --full</c> makes.
/// </summary>
internal static class GraphNetworks
{
    /// <summary>A network and how far it is from its function.</summary>
    /// <param name="Family">m of the constituents, or 0.</param>
    /// <param name="Smooth">Softplus of sharpness D/2, or ReLU.</param>
    /// <param name="Inputs">n.</param>
    /// <param name="IsTree">A binary tree, or overlapping windows.</param>
    /// <param name="Side">D.</param>
    internal sealed record Setting(int Family, bool Smooth, int Inputs, bool IsTree, int Side)
    {
        public CompositionalFunction F => IsTree ? Constituents.Tree(Family, Inputs) : Constituents.Windows(Family);
    }

    /// <param name="Setting">Which.</param>
    /// <param name="Parameters">4 M a vertex.</param>
    /// <param name="Sup">max |f − network| by search.</param>
    /// <param name="SupOnPoints">The same on the points drawn alone.</param>
    /// <param name="L2">√ mean (f − network)² on them.</param>
    internal sealed record Row(Setting Setting, double Parameters, double Sup, double SupOnPoints, double L2);

    /// <summary>D: from 9 to 576 units a vertex, 64-fold.</summary>
    public static IReadOnlyList<int> Sides { get; } = [3, 4, 6, 8, 12, 16, 24];

    /// <summary>D that are computed anew by the quick variant.</summary>
    public static IReadOnlyList<int> QuickSides { get; } = [3, 4, 6, 8];

    /// <summary>n of trees.</summary>
    public static IReadOnlyList<int> Inputs { get; } = [2, 4, 8, 16];

    /// <summary>The search for the sup norm.</summary>
    public static SupNorm Search { get; } = new();

    private const string Config = "theoretical-issues/figure-01", Table = "graphs";

    private static readonly string[] s_names = ["family", "smooth", "inputs", "tree", "side", "parameters", "sup", "sup_on_points", "l2"];

    private static readonly SharedResults<(int Side, bool Smooth), RidgeFit> s_fits = new(static (context, of) =>
        RidgeFit.OnSquare(of.Side, of.Smooth ? new RidgeProfile(of.Side / 2.0) : RidgeProfile.Relu, context.Cancellation));

    private static readonly SharedResults<Setting, Row> s_rows = new(static (context, of) =>
    {
        context.Cancellation.ThrowIfCancellationRequested();
        context.Progress($"{Constituents.Name(of.Family)}, {(of.Smooth ? "softplus" : "ReLU")}, {of.Inputs} inputs, D = {of.Side}");
        var f = of.F;
        var (network, theta) = s_fits.Of(context, (of.Side, of.Smooth)).Compose(f);
        var (onPoints, sup) = Search.Of(new NetworkDifference(network, theta, f).At, of.Inputs, new RandomStream(of.Side, of.Inputs));
        return new Row(of, network.ParameterCount, sup, onPoints.Sup, onPoints.L2);
    });

    /// <summary>Computed now.</summary>
    public static Row Fresh(StudyContext context, Setting of) => s_rows.Of(context, of);

    private static readonly SharedResult<Row[]> s_all = new(static context =>
    {
        if (!context.Full) return Kept();
        Row[] rows = [.. from side in Sides from setting in Settings(side) select Fresh(context, setting)];
        new KeptTable(s_names, [.. rows.Select(static r => (double[])[r.Setting.Family, r.Setting.Smooth ? 1 : 0, r.Setting.Inputs,
            r.Setting.IsTree ? 1 : 0, r.Setting.Side, r.Parameters, r.Sup, r.SupOnPoints, r.L2])]).Write(context, Config, Table);
        return rows;
    });

    /// <summary>One family on one graph, by size: from the kept table, or at full size computed now.</summary>
    public static Row[] Of(StudyContext context, int family, bool smooth, int inputs, bool isTree = true) =>
        [.. s_all.Of(context).Where(r => r.Setting is var s && s.Family == family && s.Smooth == smooth && s.Inputs == inputs
            && s.IsTree == isTree).OrderBy(static r => r.Setting.Side)];

    /// <summary>The largest relative difference between what is kept and what is computed now, on trees over 8 inputs.</summary>
    public static double Drift(StudyContext context) => (
        from side in QuickSides
        from setting in Settings(side).Where(static s => s is { Inputs: 8, IsTree: true })
        let now = Fresh(context, setting)
        let kept = Of(context, setting.Family, setting.Smooth, 8).Single(r => r.Setting.Side == side)
        select Math.Max(Math.Abs(now.Sup / kept.Sup - 1), Math.Abs(now.L2 / kept.L2 - 1))).Max();

    /// <summary>The exponent p of error ~ parameters^p, over sizes from <paramref name="from"/> on.</summary>
    public static double Exponent(IEnumerable<Row> rows, Func<Row, double> error, int from = 0)
    {
        Row[] those = [.. rows.Where(r => r.Setting.Side >= from)];
        return ApproximationError.Exponent([.. those.Select(static r => r.Parameters)], [.. those.Select(error)]);
    }

    private static IEnumerable<Setting> Settings(int side) =>
        from smooth in new[] { true, false }
        from family in Constituents.Families
        from graph in Inputs.Select(static n => (N: n, Tree: true)).Append((N: Constituents.WindowInputs, Tree: false))
        select new Setting(family, smooth, graph.N, graph.Tree, side);

    private static Row[] Kept()
    {
        var table = KeptRun.Find(Config, Table) ?? throw new InvalidOperationException($"papers/{Config} has no kept table {Table}");
        double[][] c = [.. s_names.Select(n => table[n])];
        return [.. Enumerable.Range(0, c[0].Length).Select(i => new Row(
            new Setting((int)c[0][i], c[1][i] == 1, (int)c[2][i], c[3][i] == 1, (int)c[4][i]), c[5][i], c[6][i], c[7][i], c[8][i]))];
    }
}
