using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Limits;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Iris with ρ(t) prescribed (T3 eq. 81, §13.1, figure 7; reading ρ(t) := α(t)).</summary>
internal static class ScheduledNorm
{
    /// <summary>As <c>figure-07.yaml</c> says, which has ρ = log t.</summary>
    public static FlowRun SetUp { get; } = new("theory-iii/figure-07");

    private static readonly SharedResults<double, FixedRhoMinimum> Minima = new((_, rho) => FixedRhoMinimizer.Solve(SetUp.Data, rho));

    /// <summary>In words, for claims.</summary>
    public static string Words => "Iris, setosa against the rest, v̇ = ρ Σ e^{−ρv·z}(I − vvᵀ)z with ρ(t) = log t, log log t, 1/log t, "
        + $"e^t, from v ∝ {Wording.Row(SetUp.Experiment.Init!.Weights![0][0])} at t = {Wording.Text(SetUp.Experiment.Flow.From.T)} to "
        + $"{Wording.Decade(SetUp.Experiment.Flow.Until!.T!.Value.Log10T)}, Radau, relative tolerance "
        + $"{Wording.Text(SetUp.Experiment.Flow.Relative)}";

    /// <summary>
    /// The readings of T3 eq. 81 and figure 7. In the second reading of the equation ρ is α, which at ρ = 1 the first one is as well.
    /// </summary>
    public static IReadOnlyList<ScheduledReading> Readings { get; } =
    [
        new("ρ := ρ(t), weight normalization (V̇ = ρ Σ…)", "ρ(t), weight normalization", Run),
        new("ρ := ρ(t), gradient descent (V̇ = (1/ρ) Σ…)", "ρ(t), gradient descent", static s => Run(s).With("flow.factor=1/rho")),
        new("T3 eq. 81: α(t), ρ = 2 constant", "α(t), ρ = 2", static s => SetUp.With("flow.kind=scheduled-direction", $"flow.alpha={s}",
            Override.Of("flow.rho", 2))),
        new("T3 eq. 81: α(t), ρ moves by gradient descent", "α(t), ρ moves", static s => SetUp.With("flow.kind=scheduled-outputs",
            "~flow.rho", $"flow.alpha={s}")),
    ];

    /// <summary>The run of a schedule from the figure's start.</summary>
    public static FlowRun Run(Schedule schedule) => SetUp.With($"flow.rho={schedule}");

    /// <summary>v(t) under a schedule from the figure's start.</summary>
    public static IReadOnlyList<FlowPoint> Follow(StudyContext context, Schedule schedule) => Run(schedule).Points(context);

    /// <summary>Where the fixed-ρ flow at the present ρ would end: v*(ρ(t)).</summary>
    public static FixedRhoMinimum Equilibrium(StudyContext context, double rho) => Minima.Of(context, rho);

    /// <summary>Σz/‖Σz‖, where v*(ρ) goes as ρ → 0.</summary>
    public static double[] MeanDirection => field ??= Mean(SetUp.Data);

    private static double[] Mean(Dataset data)
    {
        var z = data.Signed();
        var mean = new double[4];
        for (var i = 0; i < z.Length; i++) mean[i % 4] += z[i];
        Vectors.Scale(1 / Vectors.Norm(mean), mean, mean);
        return mean;
    }
}

/// <summary>A reading of T3 eq. 81 with figure 7.</summary>
/// <param name="Name">In full.</param>
/// <param name="Short">In a legend.</param>
/// <param name="Run">The run of a schedule.</param>
internal sealed record ScheduledReading(string Name, string Short, Func<Schedule, FlowRun> Run);
