using Rhoflow.Lab.Experiments;

namespace Rhoflow.Lab.FlowRuns;

/// <summary>Whether a flow that has ended came as far as its `until`.</summary>
internal static class UntilCheck
{
    // The loss and τ are located to about a rounding; observed, they may fall short of it by some.
    private const double Slack = 1e-9;

    /// <summary>
    /// Judged by the last observation. An instant is reached by every flow that did not fail: at rest it is held until then.
    /// </summary>
    /// <param name="until">Where to end; null: at the last observation.</param>
    /// <param name="columns">Of metrics.csv.</param>
    /// <param name="last">Its last row; null: there is none.</param>
    public static bool IsReached(UntilConfig? until, string[] columns, double[]? last)
    {
        if (until is null or { T: not null }) return true;
        if (last is null) return false;
        var value = last[Array.IndexOf(columns, until.Key == "tau" ? "tau" : "log10_loss")];
        var slack = Slack * Math.Max(1, Math.Abs(until.Value));
        return until.Key == "tau" ? value >= until.Value - slack : value <= until.Value + slack;
    }
}
