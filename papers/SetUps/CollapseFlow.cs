using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Losses;
using Rhoflow.Measures.Collapse;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Observations;

namespace Rhoflow.Papers.SetUps;

/// <summary>
/// The model of SQ eq. 5, 6, followed to where it rests: 20 examples of a teacher in four dimensions, ReLU net 4-16-16-1 (claims b35 to
/// b45).
/// </summary>
internal static class CollapseFlow
{
    /// <summary>N.</summary>
    public const int Examples = 20;

    private const int Inputs = 4, Hidden = 16;

    /// <summary>Euler steps until the flow rests.</summary>
    public const int Steps = 30_000;

    private static readonly Network Net = Network.Dense(Inputs, Hidden, Hidden, 1);

    private static readonly SharedResults<(double Lambda, double Rho, long Seed), NormalizedDescent> Rested =
        new((context, of) => Begin(of.Lambda, of.Rho, of.Seed).Run(Steps, context.Cancellation));

    /// <summary>The end of the flow from ρ0, one start per seed.</summary>
    public static (NormalizedDescent End, Dataset Data) Rest(StudyContext context, double lambda, double rho, long seed) =>
        (Rested.Of(context, (lambda, rho, seed)), Data(seed));

    /// <summary>NC1–NC4 at the start and at the end.</summary>
    public static (NeuralCollapse Start, NeuralCollapse End) Collapse(StudyContext context, double lambda, double rho, long seed) =>
        (Measure(Begin(lambda, rho, seed), seed), Measure(Rest(context, lambda, rho, seed).End, seed));

    /// <summary>NC1–NC4 at some other state of the same problem.</summary>
    public static NeuralCollapse Collapse(NormalizedDescent at, long seed) => Measure(at, seed);

    private static Dataset Data(long seed) => TeacherData.Of(seed, Examples, Inputs);

    private static NormalizedDescent Begin(double lambda, double rho, long seed) =>
        new(Net, Initialization.Normal(Net, new RandomStream(seed, 37)), Data(seed), lambda, rho);

    private static NeuralCollapse Measure(NormalizedDescent at, long seed)
    {
        var data = Data(seed);
        using var passes = Linearization.Of<double>(Net, Loss.Square, data, Reduction.Sum, at.V, default, threads: 1);
        // The decisions are those of ρf, not of f, where ρ has become negative.
        double[] w = Net.Layers[^1].Of(at.V).ToArray();
        Vectors.Scale(Math.Sign(at.Rho), w, w);
        return NeuralCollapse.Of(passes.Features(Net.Depth), ClassLabels.OfTargets(data.Y, 1), w);
    }
}
