using Rhoflow.Approximation;
using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoreticalIssues;

/// <summary>
/// Networks for n = 8 that are trained by Adam and then by Levenberg and Marquardt from several starts: shallow, dense, on the tree of the
/// function with weights of each vertex or shared, on the wrong tree. All are in results/figure-01/trained.csv, which
/// <c>reproduce --full</c> makes; the smallest are trained anew each time.
/// </summary>
internal static class TrainedNetworks
{
    /// <summary>n.</summary>
    public const int Inputs = 8;

    /// <summary>Starts of each setting.</summary>
    public const int Starts = 6;

    /// <summary>β of the softplus units: smooth over a quarter of the cube's half side.</summary>
    public const double Sharpness = 4;

    /// <summary>Units a vertex of trees; what else is compared with them has as many parameters, as nearly as it can.</summary>
    public static IReadOnlyList<int> Units { get; } = [2, 4, 8];

    /// <summary>The optimizer.</summary>
    public static LevenbergMarquardt Optimizer { get; } = new() { Steps = 200, First = new RidgeTraining { Steps = 4000, Batch = 128 } };

    /// <summary>Kinds of networks, in the order of their numbers in the table.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["shallow", "dense", "tree", "tree, shared weights", "wrong tree"];

    /// <summary>Targets: one function at all vertices of the tree, or seven different ones.</summary>
    public static IReadOnlyList<string> Targets { get; } = ["equal vertices", "different vertices"];

    /// <summary>What is trained.</summary>
    /// <param name="Target">Of <see cref="Targets"/>.</param>
    /// <param name="Kind">Of <see cref="Kinds"/>.</param>
    /// <param name="Units">Of the tree with whose size it is compared.</param>
    internal sealed record Setting(int Target, int Kind, int Units);

    /// <summary>One start: parameters, errors over the standard deviation of f, whether it came to rest.</summary>
    internal sealed record Row(Setting Setting, int Seed, double Parameters, double L2, double Sup, double Training, double Steps,
        bool Settled);

    private const string Config = "theoretical-issues/figure-01", Table = "trained";

    private static readonly string[] s_names =
        ["target", "kind", "units", "seed", "parameters", "l2", "sup", "training", "steps", "settled"];

    /// <summary>The function of a target.</summary>
    public static CompositionalFunction F(int target) =>
        target == 0 ? Compositions.Tree(Inputs) : Constituents.Tree(0, Inputs);

    /// <summary>The network of a setting.</summary>
    public static RidgeNetwork Network(Setting of)
    {
        var f = F(of.Target);
        var parameters = RidgeNetwork.Like(f, of.Units).ParameterCount;
        return (of.Kind switch
        {
            0 => Nearest(u => RidgeNetwork.Shallow(Inputs, u)),
            1 => Nearest(static u => RidgeNetwork.Dense(Inputs, u, u, u)),
            2 => RidgeNetwork.Like(f, of.Units),
            3 => RidgeNetwork.Like(f, of.Units, shared: true),
            4 => RidgeNetwork.Like(Wrong(f), of.Units),
            _ => throw new ArgumentOutOfRangeException(nameof(of), of.Kind, "there are five kinds"),
        }).With(new RidgeProfile(Sharpness));
        RidgeNetwork Nearest(Func<int, RidgeNetwork> build) =>
            Enumerable.Range(1, parameters).TakeWhile(u => u <= 2 || build(u - 1).ParameterCount < parameters).Select(build)
                .MinBy(net => Math.Abs(net.ParameterCount - parameters))!;
    }

    // x_i is paired with x_{i + n/2} first, where the function pairs neighbours.
    private static CompositionalFunction Wrong(CompositionalFunction f) => new(f.Inputs,
        [.. f.Vertices.Select((v, i) => i < f.Inputs / 2 ? v with { Sources = [i, i + f.Inputs / 2] } : v)]);

    private static readonly SharedResults<(Setting Setting, int Seed), Row> s_rows = new(static (context, of) =>
    {
        context.Progress($"{Kinds[of.Setting.Kind]}, {Targets[of.Setting.Target]}, {of.Setting.Units} units, start {of.Seed}");
        var network = Network(of.Setting);
        var end = Optimizer.Fit(network, F(of.Setting.Target), of.Seed, context.Cancellation);
        return new Row(of.Setting, of.Seed, network.ParameterCount, end.Test.L2, end.Test.Sup, end.Training, end.Steps, end.Settled);
    });

    private static readonly SharedResult<Row[]> s_all = new(static context =>
    {
        if (!context.Full) return Kept();
        (Setting Setting, int Seed)[] all = [.. from units in Units
            from target in Enumerable.Range(0, Targets.Count)
            from kind in Enumerable.Range(0, Kinds.Count)
            from seed in Enumerable.Range(0, Starts)
            select (new Setting(target, kind, units), seed)];
        var rows = new Row[all.Length];
        Parallel.For(0, rows.Length, new ParallelOptions { CancellationToken = context.Cancellation },
            i => rows[i] = s_rows.Of(context, all[i]));
        new KeptTable(s_names, [.. rows.Select(static r => (double[])[r.Setting.Target, r.Setting.Kind, r.Setting.Units, r.Seed,
            r.Parameters, r.L2, r.Sup, r.Training, r.Steps, r.Settled ? 1 : 0])]).Write(context, Config, Table);
        return rows;
    });

    /// <summary>All starts of a setting.</summary>
    public static Row[] Of(StudyContext context, int target, int kind, int units) =>
        [.. s_all.Of(context).Where(r => r.Setting == new Setting(target, kind, units))];

    /// <summary>
    /// L2 errors over the starts: the least bounds the degree of approximation from above, the spread is the optimizer's.
    /// </summary>
    public static Spread Errors(StudyContext context, int target, int kind, int units) =>
        Spread.Of(Of(context, target, kind, units).Select(static r => r.L2));

    /// <summary>
    /// The least error on the training points over the starts: what a rival is given, so that it does not lose by too few points. The least
    /// that was found; no bound on the best network of the size, which may fit better.
    /// </summary>
    public static double Fitted(StudyContext context, int target, int kind, int units) =>
        Of(context, target, kind, units).Min(static r => r.Training);

    /// <summary>
    /// The least error of the smallest trees over all starts, trained anew, over what is kept. Single starts go apart by the rounding of
    /// another processor.
    /// </summary>
    public static double Again(StudyContext context) => Of(context, 0, 2, Units[0]).Min(r => s_rows.Of(context, (r.Setting, r.Seed)).L2)
        / Errors(context, 0, 2, Units[0]).Min;

    private static Row[] Kept()
    {
        var table = KeptRun.Find(Config, Table) ?? throw new InvalidOperationException($"papers/{Config} has no kept table {Table}");
        double[][] c = [.. s_names.Select(n => table[n])];
        return [.. Enumerable.Range(0, c[0].Length).Select(i => new Row(
            new Setting((int)c[0][i], (int)c[1][i], (int)c[2][i]), (int)c[3][i], c[4][i], c[5][i], c[6][i], c[7][i], c[8][i],
            c[9][i] == 1))];
    }
}
