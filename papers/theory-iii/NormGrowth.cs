using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Experiments;
using Rhoflow.Limits;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>K equal layers on one example (T3 eq. 61, figure 3), by integration of the K independent norms and in closed form.</summary>
internal static class NormGrowth
{
    /// <summary>The numbers of layers that are compared.</summary>
    public static IReadOnlyList<int> Layers { get; } = [1, 2, 3, 5, 10];

    private static Experiment Config { get; } = FigureSetUp.LoadConfig("theory-iii/figure-03");

    /// <summary>f̃.</summary>
    public static double F => Config.Flow.F![0];

    /// <summary>ρ_k(0).</summary>
    public static double LayerNorm => Config.Flow.RhoK![0];

    /// <summary>In words, for claims.</summary>
    public const string Words = "scalar equations 61 of K layers, f̃ = 1, ρ_k(0) = 0.8, L = e^{−ρf̃}";

    /// <summary>In closed form.</summary>
    public static NormGrowthSolution Solution(int layers, bool printed = false) => NormGrowthSolution.FromLayers(layers, F, LayerNorm, printed);

    /// <summary>The integrated norms, to t = 1e10000; every ρ_k by itself.</summary>
    public static IReadOnlyList<FlowPoint> Flow(StudyContext context, int layers) => context.Shared<IReadOnlyList<FlowPoint>>($"theory-iii/norm-growth/{layers}", () =>
        [.. new NormGrowthFlow(layers, [F]).From([.. Enumerable.Repeat(LayerNorm, layers)],
                new IntegrationOptions { Tolerance = new(Config.Flow.Relative, Config.Flow.Absolute) })
            .At([.. Curves.Exponents(-1, 4, 101).Concat(Curves.Exponents(4, 300, 149, 100)).Concat(Curves.Exponents(300, 10000, 50, 1000)).Distinct().Order().Instants()], context.Cancellation)]);

    /// <summary>log t + (2 − 2/K) log log t + log K, the law for t → ∞ (f̃ = 1).</summary>
    public static double Law(int layers, double log10T) => Solution(layers).AsymptoticLogR(log10T * Curves.Ln10);
}
