using System.Globalization;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Limits;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.Schedules;

/// <summary>
/// V̇ = ρ Σ e^{−ρv·z}(I − vvᵀ)z under a schedule, and when it can follow. Beside v*(ρ) = v* + c/ρ a deviation outside the span of the
/// support vectors shrinks
/// at the rate γSρe^{−ργ}, one inside it at γSρe^{−ργ}(1 + κγρ) or faster (S = Σ_SV e^{−c·z}, κ of <see cref="FixedRhoExpansion"/>), while
/// v*(ρ) moves at ρ̇/ρ.
/// With ρ = (log t + b log log t)/γ and u = log t the first is S u^{1−b} a unit of u: its integral diverges for b ≤ 2; the second κS
/// u^{2−b}, for b ≤ 3.
/// </summary>
internal sealed class LogFamily(string name, FlowRun setUp)
{
    /// <summary>As <c>linear.yaml</c> says, which has b = 2 on Iris.</summary>
    public static FlowRun SetUp { get; } = new("schedules/linear");

    /// <summary>All of Iris: three support vectors in four dimensions, so one direction is outside their span.</summary>
    public static LogFamily Iris { get; } = new("Iris", SetUp);

    /// <summary>Two examples in the plane: both are support vectors, and span it.</summary>
    public static LogFamily Two { get; } =
        new("two examples", SetUp.With(Override.Data(ExampleSets.TwoByTwo), Override.Weights(ExampleSets.Start)));

    /// <summary>Decades of t that are observed.</summary>
    public static IReadOnlyList<double> Decades => [.. SetUp.Experiment.Observe.Instants.Select(t => t.Log10T)];

    /// <summary>For texts.</summary>
    public string Name => name;

    /// <summary>The maximum margin.</summary>
    public HardMarginSolution Svm => field ??= HardMargin.Solve(setUp.Data);

    /// <summary>c, S, κ.</summary>
    public FixedRhoExpansion Expansion => field ??= FixedRhoExpansion.Of(setUp.Data, Svm);

    /// <summary>ρ = (log(e + t) + b log log(e + t))/γ.</summary>
    public Schedule Log(double b) =>
        Schedule.Parse(string.Create(CultureInfo.InvariantCulture, $"(log(e + t) + {b}*log(log(e + t)))/{Svm.Margin:R}"));

    /// <summary>The run of a schedule.</summary>
    public FlowRun Run(Schedule schedule) => setUp.With($"flow.rho={schedule}");

    /// <summary>v(t) at <see cref="Decades"/>.</summary>
    public IReadOnlyList<FlowPoint> Follow(StudyContext context, Schedule schedule) => Run(schedule).Points(context);

    /// <summary>‖v − v*‖ of an observation.</summary>
    public double Error(FlowPoint p) => p.DirectionError(Svm.Direction);

    /// <summary>‖v − v*‖ρ/‖c‖ at the last instant: 1 where v keeps up, growing with ρ where it froze.</summary>
    public double Lag(StudyContext context, Schedule schedule) =>
        Follow(context, schedule)[^1] is var p ? Math.Exp(Math.Log(Error(p)) + p.LogRho - Math.Log(Expansion.Norm)) : double.NaN;

    /// <summary>The last ρ at which the rate of the deviations in the span is that of ρ: γSρe^{−ργ}(1 + κγρ) = ρ̇/ρ.</summary>
    public double FreezingNorm(Schedule schedule)
    {
        const double Step = 1e-3;
        double gamma = Svm.Margin, margin = 0;
        for (var u = 70.0; u > -5; u -= Step)
        {
            double rho = schedule.Value(u), growth = (schedule.LogValue(u + Step) - schedule.LogValue(u - Step)) / (2 * Step);
            margin = Math.Log(gamma) + Expansion.LogSum + schedule.LogValue(u) - rho * gamma
                + double.LogP1(Expansion.Relaxation * gamma * rho) + u - Math.Log(growth);
            if (margin > 0) return rho;
        }
        return double.NaN;
    }

    /// <summary>‖v*(ρ_f) − v*‖: where v is left behind.</summary>
    public double FreezingError(Schedule schedule) =>
        Vectors.Distance(FixedRhoMinimizer.Solve(setUp.Data, FreezingNorm(schedule)).Direction, Svm.Direction);
}
