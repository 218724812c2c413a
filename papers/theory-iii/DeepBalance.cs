using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// Deep networks with unequal layers, for what the norms of layers do (claims b02, b03): ReLU networks 4-8-6-1, and deep linear ones of the
/// same
/// shape under gradient flow, which is smooth, so that the integrator's own error is all that can be seen.
/// </summary>
internal static class DeepBalance
{
    /// <summary>In words.</summary>
    public static string Words =>
        $"Networks {Shape}, N(0, 1) weights with ‖W_k‖ set to {string.Join(", ", Norms.Select(n => Wording.Text(n)))}, "
        + $"seeds 0–4, L = Σ e^{{−yf}} over {Examples} unit-norm inputs; deep linear networks (labels sign x_1) under gradient flow to t = "
        + $"{Wording.Decade(Last)}, DOP853 in log t, relative tolerance {Wording.Text(Tolerance.Relative)}";

    /// <summary>log₁₀ t at the end.</summary>
    public const int Last = 8;

    /// <summary>The widths, in words.</summary>
    public static string Shape => string.Join('-', Widths);

    private const int Examples = 10;
    private static readonly int[] Widths = [4, 8, 6, 1];
    private static readonly double[] Norms = [1.2, .8, 1.6];
    private static readonly Tolerance Tolerance = new(1e-12, 1e-14);

    /// <summary>Network, risk and start of a seed.</summary>
    public static (Network Network, EmpiricalRisk Risk, double[] Start) Linear(int seed, params double[] norms) =>
        Of(Network.Linear(Widths[0], Widths[1..]), seed, TeacherData.Of(seed, Examples, Widths[0]).WithLinearLabels(), norms);

    /// <summary>The same with ReLUs, and labels of a random 3-unit ReLU teacher.</summary>
    public static (Network Network, EmpiricalRisk Risk, double[] Start) Relu(int seed, params double[] norms) =>
        Of(Network.Dense(Widths[0], Widths[1..]), seed, TeacherData.Of(seed, Examples, Widths[0]), norms);

    private static (Network, EmpiricalRisk, double[]) Of(Network net, int seed, Dataset data, double[] norms)
    {
        var start = Initialization.Normal(net, new RandomStream(seed));
        Initialization.ScaleLayers(net, start, norms.Length == 0 ? Norms : norms);
        return (net, new EmpiricalRisk(net, Loss.Exponential, data, Reduction.Sum), start);
    }

    /// <summary>The observations of a seed; log₁₀ t = −2 … 8.</summary>
    public static IReadOnlyList<FlowPoint> Gd(StudyContext context, int seed) => Followed.Of(context, seed);

    private static readonly SharedResults<int, IReadOnlyList<FlowPoint>> Followed = new((context, seed) =>
    {
        var (_, risk, start) = Linear(seed);
        return Follow(risk, start, context);
    });

    /// <summary>Gradient flow from any start.</summary>
    public static IReadOnlyList<FlowPoint> Follow(EmpiricalRisk risk, double[] start, StudyContext context) =>
        [.. new UnconstrainedFlow(risk).From(start, new IntegrationOptions { Tolerance = Tolerance })
            .At([Instant.Zero, .. Curves.Exponents(-2, Last, 61).Instants()], context.Cancellation)];

    /// <summary>2 ⟨W_k, Ẇ_k⟩ = dρ_k²/dt of every layer at θ, over e^{LogScale} of the loss.</summary>
    public static double[] Rates(Network net, EmpiricalRisk risk, ReadOnlySpan<double> theta, out double logScale)
    {
        var descent = new double[net.ParameterCount];
        logScale = risk.Evaluate(theta, descent).LogScale;
        var rates = new double[net.Depth];
        for (var k = 0; k < net.Depth; k++) rates[k] = 2 * Vectors.Dot(net.Layers[k].Of(theta), net.Layers[k].Of(descent));
        return rates;
    }
}
