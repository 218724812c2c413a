using Rhoflow.Data;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>A small two-layer network with the dual that tells global from local minimizers of its loss at fixed ρ.</summary>
/// <param name="Name">In words.</param>
/// <param name="Network">f.</param>
/// <param name="Data">Labels ±1.</param>
/// <param name="Dual">Its class's dual.</param>
internal sealed record TwoLayerCase(string Name, Network Network, Dataset Data, MarginDual Dual)
{
    // Units that are 0 without need leave saddles at margins like 1e-29.
    private const double Separated = 1e-6;

    /// <summary>Exponential loss, summed.</summary>
    public EmpiricalRisk Risk => new(Network, Loss.Exponential, Data, Reduction.Sum);

    /// <summary>
    /// From every random start a minimizer for the first ρ, then from it for the next: a list for each start. A start that a kink stopped,
    /// or that a unit off at every example left without a gradient, is left out from there on.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<SphereMinimum>> Branches(IReadOnlyList<double> rhos, int starts, CancellationToken cancellation)
    {
        var branches = new List<IReadOnlyList<SphereMinimum>>();
        for (var seed = 0; seed < starts; seed++)
        {
            cancellation.ThrowIfCancellationRequested();
            var branch = new List<SphereMinimum>();
            var v = Initialization.Normal(Network, new RandomStream(seed, 31));
            foreach (var rho in rhos)
            {
                var minimum = SphereMinimum.Descend(Risk, rho, v);
                if (!(minimum.Residual < 1e-6) || !(minimum.Margin > Separated)) break;
                branch.Add(minimum);
                v = minimum.V;
            }
            if (branch.Count == rhos.Count) branches.Add(branch);
        }
        return branches;
    }

    /// <summary>log L − (H(p) − ρ h(p)), p the minimizer's own weights: 0 proves that it is global.</summary>
    public double Gap(SphereMinimum minimum) => minimum.LogLoss - Dual.LowerLogLoss(minimum.Weights, minimum.Rho);

    /// <summary>The residual of the maximum-margin problem at a minimizer, with all examples within log N/ρ of the margin.</summary>
    public double KktResidual(SphereMinimum minimum) => KarushKuhnTucker.At(Network, minimum.V, Data,
        20 * Math.Log(Data.Count) / (minimum.Rho * minimum.Margin)).Residual;

    /// <summary>Unit vectors in the plane.</summary>
    public static Dataset Circle(string name, IReadOnlyList<double> degrees, IReadOnlyList<double> labels) => new(name,
        [.. degrees.SelectMany(static a => new[] { Math.Cos(a * Math.PI / 180), Math.Sin(a * Math.PI / 180) })], [.. labels], 2);
}
