using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Limits;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>K equal layers on one example (T3 eq. 61, figure 3), by integration of the K independent norms and in closed form.</summary>
internal static class NormGrowth
{
    /// <summary>The numbers of layers that are compared.</summary>
    public static IReadOnlyList<int> Layers { get; } = [1, 2, 3, 5, 10];

    /// <summary>As <c>figure-03.yaml</c> says, which other claims vary.</summary>
    public static FlowRun SetUp { get; } = new("theory-iii/figure-03");

    /// <summary>f̃.</summary>
    public static double F => SetUp.Experiment.Flow.Settings.Get(NormGrowthFlow.MarginsKey)![0];

    /// <summary>ρ_k(0).</summary>
    public static double LayerNorm => SetUp.Experiment.Flow.Settings.Get(NormGrowthFlow.NormsKey)![0];

    /// <summary>In words, for claims.</summary>
    public static string Words =>
        $"scalar equations 61 of K layers, f̃ = {Wording.Text(F)}, ρ_k(0) = {Wording.Text(LayerNorm)}, L = e^{{−ρf̃}}";

    /// <summary>In closed form.</summary>
    public static NormGrowthSolution Solution(int layers, bool printed = false) =>
        NormGrowthSolution.FromLayers(layers, F, LayerNorm, printed);

    /// <summary>The run of K layers, to t = 1e10000; every ρ_k by itself.</summary>
    public static FlowRun Run(int layers) => SetUp.With($"flow.layers={layers}");

    /// <summary>Its observations.</summary>
    public static IReadOnlyList<FlowPoint> Flow(StudyContext context, int layers) => Run(layers).Points(context);

    /// <summary>log t + (2 − 2/K) log log t + log K, the law for t → ∞ (f̃ = 1).</summary>
    public static double Law(int layers, double log10T) => Solution(layers).AsymptoticLogR(log10T * Curves.Ln10);
}
