using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Iris with ρ(t) prescribed (T3 eq. 81, §13.1, figure 7; reading ρ(t) := α(t)).</summary>
internal static class ScheduledNorm
{
    /// <summary>As <c>figure-07.yaml</c> says.</summary>
    public static FigureSetUp SetUp { get; } = FigureSetUp.Load("theory-iii/figure-07");

    /// <summary>In words, for claims.</summary>
    public const string Words = "Iris, setosa against the rest, v̇ = ρ Σ e^{−ρv·z}(I − vvᵀ)z with ρ(t) = log t, log log t, 1/log t, e^t, from v ∝ (.3, .5, −.7, −.2) at t = 3 to 1e8, Radau, relative tolerance 1e-8";

    /// <summary>v(t) under a schedule from the figure's start.</summary>
    public static IReadOnlyList<FlowPoint> Follow(StudyContext context, Schedule schedule) =>
        context.Shared<IReadOnlyList<FlowPoint>>($"theory-iii/scheduled/{schedule}", () => Integrate(SetUp.Data, schedule, SetUp.Start, context));

    /// <summary>The same from any start and on any data.</summary>
    public static IReadOnlyList<FlowPoint> Integrate(Dataset data, Schedule schedule, double[] start, StudyContext context, params double[] decades)
    {
        var risk = new EmpiricalRisk(SetUp.Network, SetUp.Config.Loss.Loss, data, SetUp.Config.Loss.Reduction);
        return [.. new ScheduledRhoFlow(risk, schedule).From(start, SetUp.Options with { Method = Method.Radau })
            .At((decades.Length > 0 ? decades : Curves.Exponents(.5, 8, 61, 1, 2, 4)).Instants(), context.Cancellation)];
    }

    /// <summary>Where the fixed-ρ flow at the present ρ would end: v*(ρ(t)).</summary>
    public static FixedRhoMinimum Equilibrium(StudyContext context, double rho) =>
        context.Shared($"theory-iii/scheduled/minimum/{rho:R}", () => FixedRhoMinimizer.Solve(SetUp.Data, rho));

    /// <summary>Σz/‖Σz‖, where v*(ρ) goes as ρ → 0.</summary>
    public static double[] MeanDirection { get; } = Mean();

    private static double[] Mean()
    {
        var z = SetUp.Data.Signed();
        var mean = new double[4];
        for (var i = 0; i < z.Length; i++) mean[i % 4] += z[i];
        Vectors.Scale(1 / Vectors.Norm(mean), mean, mean);
        return mean;
    }
}
