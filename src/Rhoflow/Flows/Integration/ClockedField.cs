using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>
/// A flow as a vector field of its clock: dy/du = e^{u+s} v for u = log(1 + t), dy/dt = e^s v, or dy/dτ = e^{s−log L} v
/// with u carried as a last component. e^{u+s} is formed from the sum of the logarithms, so that nothing underflows.
/// </summary>
internal sealed class ClockedField(FlowWorkspace work, ClockKind clock)
{
    private readonly Flow _flow = work.Flow;

    /// <summary>The length of the integrated vector.</summary>
    public int Length => _flow.Dimension + (clock == ClockKind.Tau ? 1 : 0);

    /// <summary>dy/ds: a <see cref="VectorField"/>.</summary>
    public void Evaluate(double s, ReadOnlySpan<double> y, Span<double> dy)
    {
        var state = y[.._flow.Dimension];
        var velocity = dy[.._flow.Dimension];
        switch (clock)
        {
            case ClockKind.LogT:
                Scale(work.Velocity(_flow.IsAutonomous ? 0 : Instant.FromU(s).LogT, state, velocity) + s, velocity);
                break;
            case ClockKind.T:
                Scale(work.Velocity(Math.Log(s), state, velocity), velocity);
                break;
            default:
                var u = y[^1];
                var logT = _flow.IsAutonomous ? 0 : Instant.FromU(u).LogT;
                var logLoss = work.LogLoss(logT, state);
                Scale(work.Velocity(logT, state, velocity) - logLoss, velocity);
                dy[^1] = Math.Exp(-logLoss - u);
                break;
        }
    }

    /// <summary>The instant at which the clock shows s.</summary>
    public Instant At(double s, ReadOnlySpan<double> y) => clock switch
    {
        ClockKind.LogT => Instant.FromU(s),
        ClockKind.T => Instant.FromT(s),
        _ => Instant.FromU(y[^1]),
    };

    /// <summary>What the clock shows at an instant; NaN for τ, which only the trajectory knows.</summary>
    public double S(Instant at) => clock switch
    {
        ClockKind.LogT => at.U,
        ClockKind.T => at.T,
        _ => double.NaN,
    };

    /// <summary>dτ/ds = L dt/ds.</summary>
    public double TauRate(double s, ReadOnlySpan<double> y)
    {
        var logT = _flow.IsAutonomous ? 0 : At(s, y).LogT;
        return Math.Exp(work.LogLoss(logT, y[.._flow.Dimension]) + (clock == ClockKind.LogT ? s : 0));
    }

    private static void Scale(double log, Span<double> v)
    {
        if (log == 0) return;
        var factor = Math.Exp(log);
        // Zero velocity stays zero where e^{…} overflows (a flow at rest at t = 1e1000).
        if (double.IsPositiveInfinity(factor)) { foreach (ref var x in v) x = x == 0 ? 0 : x * factor; }
        else Vectors.Scale(factor, v, v);
    }
}
