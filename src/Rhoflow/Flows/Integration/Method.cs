using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>Which integrator to use.</summary>
public enum Method
{
    /// <summary>dop853 until the flow becomes stiff, then radau.</summary>
    Auto,

    /// <summary>Dormand–Prince 5(4), explicit.</summary>
    DormandPrince,

    /// <summary>Dormand–Prince 8(5,3), explicit.</summary>
    Dop853,

    /// <summary>Radau IIA of order 5, implicit.</summary>
    Radau,
}

/// <summary>The integrators that the methods name.</summary>
internal static class Integrators
{
    /// <summary>An integrator of the flow on its clock, at (s, y).</summary>
    /// <param name="method">Which one; <see cref="Method.Auto"/> begins with dop853.</param>
    /// <param name="field">The flow on its clock.</param>
    /// <param name="s">Where to begin.</param>
    /// <param name="y">The integrated vector there.</param>
    /// <param name="tolerance">Local error allowed.</param>
    /// <param name="step">First step; 0 chooses one.</param>
    public static IStepper Begin(
        this Method method, ClockedField field, double s, ReadOnlySpan<double> y, Tolerance tolerance, double step) => method switch
        {
            Method.DormandPrince => new ExplicitStepper(ButcherTableau.DormandPrince54, field.Evaluate, s, y, tolerance, step),
            Method.Radau => new RadauStepper(field.Evaluate, s, y, tolerance, step),
            _ => new ExplicitStepper(ButcherTableau.DormandPrince853, field.Evaluate, s, y, tolerance, step),
        };
}
