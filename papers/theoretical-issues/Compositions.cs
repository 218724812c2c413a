using Rhoflow.Approximation;
using Rhoflow.Lab.Claims;
using Rhoflow.Numerics;

namespace Rhoflow.Papers.TheoreticalIssues;

/// <summary>
/// A compositional function of Theoretical issues §2 on grids, computed once for all who look.
/// </summary>
internal static class Compositions
{
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
}
