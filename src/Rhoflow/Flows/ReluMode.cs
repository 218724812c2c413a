using Rhoflow.Losses;

namespace Rhoflow.Flows;

/// <summary>The activation pattern of a ReLU network as the discrete part of a flow.</summary>
internal static class ReluMode
{
    public static string? Violation(EmpiricalRisk risk, ReadOnlySpan<double> theta)
    {
        risk.Evaluation.Forward(theta);
        return risk.Evaluation.Violation() is { } kink ? $"the kink of a ReLU ({kink})" : null;
    }

    public static string? Adopt(EmpiricalRisk risk, ReadOnlySpan<double> theta, bool first)
    {
        risk.Evaluation.FrozenPattern = !first;
        risk.Evaluation.Forward(theta);
        var changed = risk.Evaluation.AdoptPattern();
        risk.Evaluation.FrozenPattern = true;
        return changed is { } kink ? $"the kink of a ReLU ({kink})" : null;
    }
}
