using System.Globalization;
using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>A flow that could not be followed to its end: where, why, and what to try.</summary>
public sealed class IntegrationException(string message) : Exception(message)
{
    internal const string Center = "center the inputs (data.transforms: [center])";

    internal static IntegrationException Unresolved(Instant at) => new($"the flow stopped at {at}: not resolved in float64: {Center}. "
        + "The examples lie so far from the origin that their differences are lost in rounding, and from here on these decide. What was "
        + "observed before is right and kept.");

    internal static IntegrationException Stopped(Instant at, StepResult result, bool cancels) => Because(at,
        result == StepResult.NotFinite
            ? "the velocity is no longer a finite number (the loss or a norm has left the range of a double)"
            : "the step that the tolerance asks for has fallen below the resolution of the clock",
        cancels ? $"to {Center}: not resolved in float64" : "an earlier end, method: radau, a looser tolerance, or the clock log-t");

    internal static IntegrationException TooLong(Instant at, long steps, bool stiff, string rate, bool cancels) => Because(at,
        string.Create(CultureInfo.InvariantCulture,
            $"{steps:N0} steps were not enough; the steps are limited by {(stiff ? "stability (the flow is stiff)" : "accuracy")}{rate}"),
        cancels ? $"to {Center}" : "an earlier end, method: radau, a looser tolerance, or the clock log-t");

    internal static IntegrationException Stuck(Instant at, string why) => Because(at,
        $"{why} (on a kink the gradient jumps and the papers' flow has no derivative)",
        "other initial weights, a leaky-relu or power unit, or an earlier end");

    private static IntegrationException Because(Instant at, string why, string remedy) =>
        new($"the flow stopped at {at}: {why}. What was observed before is kept; try {remedy}.");
}

/// <summary>No velocity keeps the sliding units of a network on their kinks; the trajectory says where.</summary>
internal sealed class UnsolvableSlideException(string message) : Exception(message);
