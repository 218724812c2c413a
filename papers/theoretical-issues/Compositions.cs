using Rhoflow.Approximation;
using Rhoflow.Lab.Claims;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoreticalIssues;

/// <summary>
/// The compositional functions of Theoretical issues §2, on grids and in trained networks, computed once for the figure and the claims.
/// </summary>
internal static class Compositions
{
    /// <summary>The kinds of networks that are trained.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["shallow", "two dense layers", "tree", "tree, shared weights"];

    /// <summary>The constituent: smooth, within [−1, 1], not additive.</summary>
    public static LocalFunction H { get; } = static x => Math.Sin(1.5 * x[0] + x[1] - .7 * x[0] * x[1]);

    /// <summary>H at every vertex of a binary tree.</summary>
    public static CompositionalFunction Tree(int inputs) => CompositionalFunction.BinaryTree(inputs, _ => H);

    /// <summary>
    /// Parameters, sup and L2 error of one grid over all variables, or of one per vertex, for several numbers of nodes per side.
    /// </summary>
    public static (double Parameters, ApproximationError Error)[] Grids(StudyContext context, CompositionalFunction f, bool deep,
        IReadOnlyList<int> nodes) =>
        AllGrids.Of(context, new Grid(f, deep, nodes));

    // A function is known by its graph: all vertices compute H. Whoever asks for the grids of one gives the same numbers of nodes.
    private sealed record Grid(CompositionalFunction F, bool Deep, IReadOnlyList<int> Nodes)
    {
        private (int Inputs, int Vertices, bool Deep) Key => (F.Inputs, F.Vertices.Count, Deep);

        public bool Equals(Grid? other) => other is not null && Key == other.Key && Nodes.SequenceEqual(other.Nodes);

        public override int GetHashCode() => Key.GetHashCode();
    }

    private static readonly SharedResults<Grid, (double Parameters, ApproximationError Error)[]> AllGrids = new((context, grid) =>
    {
        var f = grid.F;
        context.Progress($"grids for {f.Inputs} variables");
        var points = ApproximationError.Points(2000, f.Inputs, new RandomStream(0, 5));
        return [.. grid.Nodes.Select(g =>
        {
            var approximation = grid.Deep ? MultilinearGrid.Interpolate(f, g).At : MultilinearGrid.Interpolate(f.At, f.Inputs, g);
            var parameters = grid.Deep ? MultilinearGrid.Parameters(f, g) : MultilinearGrid.Parameters(f.Inputs, g);
            return (parameters, ApproximationError.Of(f.At, approximation, points, f.Inputs));
        })];
    });

    /// <summary>Steps of the training at quick size.</summary>
    public const int QuickSteps = 3000;

    /// <summary>Sizes and numbers of inputs at quick size.</summary>
    public static readonly IReadOnlyList<int> QuickSizes = [56, 112, 224], QuickInputs = [4, 8];

    /// <summary>Sizes that are compared.</summary>
    public static int[] Sizes(StudyContext context) => context.Size<int[]>([.. QuickSizes], [.. QuickSizes, 448, 896]);

    /// <summary>Numbers of inputs of trained networks.</summary>
    public static int[] TrainedInputs(StudyContext context) => context.Size<int[]>([.. QuickInputs], [.. QuickInputs, 16]);

    /// <summary>Steps and the rest of the training.</summary>
    public static RidgeTraining Training(StudyContext context) => new() { Steps = context.Size(QuickSteps, 30_000) };

    /// <summary>The network of a kind whose number of parameters is nearest to <paramref name="parameters"/>.</summary>
    public static RidgeNetwork Network(string kind, int inputs, int parameters) => Enumerable.Range(1, parameters)
        .TakeWhile(q => q <= 2 || Build(kind, inputs, q - 1).ParameterCount < parameters).Select(q => Build(kind, inputs, q))
        .MinBy(n => Math.Abs(n.ParameterCount - parameters))!;

    /// <summary>Parameters and errors over the seeds.</summary>
    public static (int Parameters, ApproximationError[] Errors) Trained(StudyContext context, string kind, int inputs, int parameters) =>
        AllTrained.Of(context, (kind, inputs, parameters));

    private static readonly SharedResults<(string Kind, int Inputs, int Parameters), (
        int Parameters, ApproximationError[] Errors)> AllTrained =
        new((context, of) =>
        {
            context.Progress($"{of.Kind}, {of.Inputs} inputs, {of.Parameters} parameters");
            var network = Network(of.Kind, of.Inputs, of.Parameters);
            return (network.ParameterCount, Fits(context, network, of.Inputs));
        });

    /// <summary>
    /// A tree that pairs x_i with x_{i+n/2} first, where the function pairs neighbours: the wrong graph, of the same size.
    /// </summary>
    public static ApproximationError[] Misplaced(StudyContext context, int inputs, int parameters) =>
        AllMisplaced.Of(context, (inputs, parameters));

    private static readonly SharedResults<(int Inputs, int Parameters), ApproximationError[]> AllMisplaced = new((context, of) =>
    {
        var (graph, half) = (Tree(of.Inputs), of.Inputs / 2);
        var other = new CompositionalFunction(of.Inputs,
            [.. graph.Vertices.Select((v, i) => i < half ? v with { Sources = [i, i + half] } : v)]);
        var network = RidgeNetwork.Like(other, Math.Max(1, of.Parameters / (4 * (of.Inputs - 1))));
        return Fits(context, network, of.Inputs);
    });

    private static ApproximationError[] Fits(StudyContext context, RidgeNetwork network, int inputs)
    {
        var errors = new ApproximationError[Spread.Seeds.Count];
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = context.Size(1, Environment.ProcessorCount),
            CancellationToken = context.Cancellation
        };
        Parallel.For(0, errors.Length, options, s => errors[s] = Training(context).Fit(network, Tree(inputs), Spread.Seeds[s]));
        return errors;
    }

    private static RidgeNetwork Build(string kind, int inputs, int units) => kind switch
    {
        "shallow" => RidgeNetwork.Shallow(inputs, units),
        "two dense layers" => RidgeNetwork.Dense(inputs, units, units),
        "tree" => RidgeNetwork.Like(Tree(inputs), units),
        "tree, shared weights" => RidgeNetwork.Like(Tree(inputs), units, shared: true),
        _ => throw new ArgumentException($"no network is called '{kind}'", nameof(kind)),
    };
}
