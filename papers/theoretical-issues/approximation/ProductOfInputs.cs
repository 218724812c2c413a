using Rhoflow.Approximation;
using Rhoflow.Numerics;

namespace Rhoflow.Papers.TheoreticalIssues;

/// <summary>
/// ∏ x_i on a binary tree of products of two, each by four softplus units: σ(δ(a + b)) + σ(−δ(a + b)) − σ(δ(a − b)) − σ(−δ(a − b)) =
/// 4σ″(0)δ²ab(1 + O(δ²)) (Lin, Tegmark and Rolnick, J. Stat. Phys. 168:1223, 2017). One hidden layer takes 2^n units for accuracies ε → 0,
/// with a σ whose Taylor coefficients do not vanish (there, and Rolnick and Tegmark, ICLR 2018).
/// </summary>
internal static class ProductOfInputs
{
    /// <summary>δ.</summary>
    public const double Step = .003;

    /// <summary>Parameters, and the sup error by search.</summary>
    public static (double Parameters, double Sup) Tree(int inputs)
    {
        var f = CompositionalFunction.BinaryTree(inputs, static _ => static x => x[0] * x[1]);
        var network = RidgeNetwork.Like(f, 4, new RidgeProfile(1));
        var theta = new double[network.ParameterCount];
        // σ″(0) = ¼.
        const double outer = 1 / (Step * Step);
        for (var v = 0; v < f.Vertices.Count; v++)
            for (var q = 0; q < 4; q++)
            {
                double sign = q % 2 == 0 ? 1 : -1, second = q < 2 ? 1 : -1;
                double[] unit = [sign * Step, sign * second * Step, 0, second * outer];
                unit.CopyTo(theta, (4 * v + q) * 4);
            }
        var (_, sup) = GraphNetworks.Search.Of(new NetworkDifference(network, theta, f).At, inputs, new RandomStream(inputs, 7));
        return (network.ParameterCount, sup);
    }

    /// <summary>
    /// The rank of the matrix of ∂_A ∂_B f over the sets A, B of n/2 variables each, for f = ∏ x_i: 1 where B is the complement of A, else
    /// 0. A shallow network of M smooth units gives a sum of M matrices σ^{(n)} w^A w^B of rank 1, so that M is at least this where its
    /// n-th derivatives are those of f.
    /// </summary>
    public static int Rank(int inputs)
    {
        var halves = Enumerable.Range(0, 1 << inputs).Where(s => int.PopCount(s) == inputs / 2).ToArray();
        // A permutation: its rank is the number of different columns that are hit.
        return halves.Select(a => ((1 << inputs) - 1) ^ a).Intersect(halves).Count();
    }
}
