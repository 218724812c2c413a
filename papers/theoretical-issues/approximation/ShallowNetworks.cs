using Rhoflow.Approximation;
using Rhoflow.Lab.Claims;
using Rhoflow.Numerics;

namespace Rhoflow.Papers.TheoreticalIssues;

/// <summary>
/// Shallow networks for functions of n variables: M ridges drawn once for all functions, outer weights by least squares. The rivals of
/// <see cref="GraphNetworks"/>, and like those no proof that nothing shallow does better.
/// </summary>
internal static class ShallowNetworks
{
    /// <summary>A size and its errors, the better one of softplus (sharpness 2) and ReLU.</summary>
    internal sealed record Row(int Units, double Parameters, double Sup, double L2);

    /// <summary>M, 64-fold.</summary>
    public static IReadOnlyList<int> Units { get; } = [8, 16, 32, 64, 128, 256, 512];

    /// <summary>β of the smooth ones: features as wide as the cube's half side; one value, not tuned.</summary>
    public const double Sharpness = 2;

    /// <summary>Of <see cref="Of"/>'s functions: ∏ x_i.</summary>
    public const int Product = -1;

    private static readonly RidgeProfile[] s_profiles = [new(Sharpness), RidgeProfile.Relu];

    private static readonly SharedResults<(int Inputs, int Units, int Profile), RidgeFit> s_fits = new(static (context, of) =>
        RidgeFit.OnCube(RidgeDictionary.Cube(of.Inputs, of.Units, s_profiles[of.Profile], new RandomStream(of.Units, of.Inputs)),
            new RandomStream(of.Units, 100 + of.Inputs), context.Cancellation));

    private static readonly SharedResults<(int Family, int Inputs), Row[]> s_rows = new(static (context, of) =>
    {
        var f = of.Family == Product
            ? CompositionalFunction.BinaryTree(of.Inputs, static _ => static x => x[0] * x[1])
            : Constituents.Tree(of.Family, of.Inputs);
        var whole = new CompositionalFunction(of.Inputs, [new Constituent([.. Enumerable.Range(0, of.Inputs)], f.At)]);
        return [.. Units.Select(units =>
        {
            context.Cancellation.ThrowIfCancellationRequested();
            context.Progress($"shallow, {of.Inputs} inputs, {units} units");
            var errors = Enumerable.Range(0, s_profiles.Length).Select(p =>
            {
                var (network, theta) = s_fits.Of(context, (of.Inputs, units, p)).Compose(whole);
                var (onPoints, sup) = GraphNetworks.Search.Of(new NetworkDifference(network, theta, f).At, of.Inputs,
                    new RandomStream(units, 200 + of.Inputs));
                return new Row(units, network.ParameterCount, sup, onPoints.L2);
            }).ToArray();
            return errors[0] with { Sup = errors.Min(static e => e.Sup), L2 = errors.Min(static e => e.L2) };
        })];
    });

    /// <summary>By size, for the tree of a family, or <see cref="Product"/>.</summary>
    public static Row[] Of(StudyContext context, int family, int inputs) => s_rows.Of(context, (family, inputs));
}
