using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Networks;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// All that the claims and figures of the main theorem look at: every setting, every start, every dynamics, computed once.
/// </summary>
internal static class TheoremRuns
{
    /// <summary>log₁₀ t at the end of gradient descent, whose directions settle like (log t)^{−1/K}.</summary>
    public const double LastOfDescent = 1e6;

    /// <summary>log₁₀ t at the end of (B).</summary>
    public const double LastOfLagrange = 1e4;

    /// <summary>log₁₀ t at the end of normalizations by rows.</summary>
    public const double LastOfRows = 300;

    /// <summary>log₁₀ t to which weight normalization by matrices is compared with (B).</summary>
    public const double LastOfMatrices = 100;

    /// <summary>ρ is swept until log N/(ρη), the bound on the KKT residual at a stationary point, is this.</summary>
    public const double LastBound = 2e-3;

    /// <summary>Steps along geodesics at each ρ, at most.</summary>
    public const int GeodesicSteps = 400;

    /// <summary>How far V is moved in every layer before the restarts that look for a larger margin nearby.</summary>
    public const double Radius = 1e-3;

    /// <summary>How many such restarts there are from each limit.</summary>
    public const int Restarts = 3;

    /// <summary>One start with what came of it.</summary>
    internal sealed class Start(int seed, double[] weights)
    {
        /// <summary>Its seed.</summary>
        public int Seed { get; } = seed;

        /// <summary>W at L = 1.</summary>
        public double[] Weights { get; } = weights;

        /// <summary>Each dynamics from there.</summary>
        public required IReadOnlyDictionary<Dynamics, TheoremTrace> Traces { get; init; }

        /// <summary>Ends of gradient descent, (A) and (B), each brought to rest by (A) at the largest ρ.</summary>
        public required IReadOnlyDictionary<Dynamics, SweptDirections.Place> Limits { get; init; }

        /// <summary>From each limit, γ̃/γ̃(V) − 1 of the best restart nearby (<see cref="LocalMargin.Rise"/>).</summary>
        public required IReadOnlyDictionary<Dynamics, double> Rises { get; init; }

        /// <summary>The trace of a dynamics.</summary>
        public TheoremTrace this[Dynamics dynamics] => Traces[dynamics];
    }

    private static readonly SharedResults<int, IReadOnlyList<Start>> Followed = new((context, index) =>
    {
        var setting = TheoremSetting.All(context)[index];
        var starts = setting.Separating(setting.Starts(context), context.Cancellation);
        context.Progress($"the main theorem: {setting.Name}");
        return [.. starts.Select(s => Follow(setting, s.Seed, s.Weights, context.Cancellation))];
    });

    /// <summary>The settings with their starts.</summary>
    public static IReadOnlyList<(TheoremSetting Setting, IReadOnlyList<Start> Starts)> Of(StudyContext context) =>
        [.. TheoremSetting.All(context).Select((s, i) => (s, Followed.Of(context, i)))];

    private static Start Follow(TheoremSetting setting, int seed, double[] weights, CancellationToken cancellation)
    {
        var (v, logRho) = TheoremTrace.Split(setting.Network, weights);
        var risk = setting.Risk();
        TheoremTrace Flow(Flow flow, double last) => TheoremTrace.Follow(setting, flow, weights, last, cancellation);
        var swept = SweptDirections.Flow(setting, v, Math.Exp(logRho), LastBound, cancellation);
        var traces = new Dictionary<Dynamics, TheoremTrace>
        {
            [Dynamics.GradientDescent] = Flow(new UnconstrainedFlow(risk), LastOfDescent),
            [Dynamics.FixedRho] = TheoremTrace.Of(setting, swept),
            [Dynamics.Geodesic] = TheoremTrace.Of(setting, SweptDirections.Geodesics(risk, v, swept.Select(p => p.Rho), GeodesicSteps)),
            [Dynamics.Lagrange] = Flow(new LagrangeFlow(risk), LastOfLagrange),
            [Dynamics.WeightNormalization] = Flow(new WeightNormalizationFlow(risk), LastOfMatrices),
            [Dynamics.RowWeightNormalization] = Flow(new RowWeightNormalizationFlow(risk), LastOfRows),
        };
        AddBatch(setting, weights, traces, cancellation);
        SweptDirections.Place Settled(Dynamics of) => SweptDirections.Settle(setting, traces[of].V, swept[^1].Rho, cancellation);
        var limits = new Dictionary<Dynamics, SweptDirections.Place>
        {
            [Dynamics.GradientDescent] = Settled(Dynamics.GradientDescent),
            [Dynamics.FixedRho] = swept[^1],
            [Dynamics.Lagrange] = Settled(Dynamics.Lagrange),
        };
        return new Start(seed, weights)
        {
            Traces = traces,
            Limits = limits,
            Rises = limits.ToDictionary(l => l.Key, l => LocalMargin.Rise(setting, l.Value, Radius, Restarts, seed, cancellation)),
        };
    }

    private static void AddBatch(
        TheoremSetting setting, double[] weights, Dictionary<Dynamics, TheoremTrace> traces, CancellationToken cancellation)
    {
        if (setting.Network.Depth != 2 || setting.Network.Layers[0].Kind != LayerKind.Dense) return;
        if (SecondMomentMetric.Of(setting.Data) is not { } metric) return;
        var white = setting with { Data = metric.Whiten(setting.Data) };
        var trace = TheoremTrace.Follow(white, new RowWeightNormalizationFlow(white.Risk()), metric.ToWhite(setting.Network, weights),
            LastOfRows, cancellation);
        traces[Dynamics.BatchNormalizationWhitened] = trace;
        traces[Dynamics.BatchNormalization] = trace.Mapped(setting, v => metric.ToInputs(setting.Network, v));
    }
}
