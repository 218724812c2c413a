using Rhoflow.Lab.Claims;

namespace Rhoflow.Papers.Schedules;

/// <summary>The page of the new algorithms: ρ(t) designed apart from V.</summary>
public static class SchedulesPage
{
    /// <summary>Not a paper: what Theory III §13.1 and Memo 112 §6.1 ask for.</summary>
    public static Paper Paper { get; } = new("schedules", "Schedules of ρ",
        "Our conjectures, not claims of the papers: ρ(t) designed and controlled apart from the descent on V_k, which Theory III "
        + "§13.1 suggests and Memo 112 §6.1 "
        + "asks for");

    /// <summary>Its claims and figures.</summary>
    public static IReadOnlyList<IStudy> Contents =>
    [
        FastestSchedule.Claim,
        StepsToTheMargin.Claim,
        LinearSchedules.Figure,
        DeepSchedules.Figure,
        DesignedNormsReachTheMargin.Claim,
        SchedulesForgetTheScale.Claim,
    ];
}
