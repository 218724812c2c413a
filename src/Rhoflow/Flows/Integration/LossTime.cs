namespace Rhoflow.Flows;

/// <summary>τ = ∫L dt along a trajectory: the integrated variable itself on the clock τ, else a quadrature on the dense output.</summary>
internal sealed class LossTime(FlowWorkspace work, ClockKind clock, DenseOutput dense)
{
    /// <summary>The closed form of the flow, which knows τ; null where there is none.</summary>
    public LinearModes? Modes { get; init; }

    /// <summary>τ at the integrator's S; NaN where it is not tracked.</summary>
    public double Now { get; set; }

    /// <summary>τ(s) = τ(PreviousS) + ∫ L dt by Gauss–Legendre quadrature with three nodes.</summary>
    public double At(double s)
    {
        if (clock == ClockKind.Tau) return s;
        if (Modes is not null) return Modes.Tau(dense.Instant(s));
        double previous = dense.Stepper.PreviousS, h = s - previous, middle = previous + h / 2, offset = h / 2 * Math.Sqrt(0.6);
        return Now + h / 18 * (5 * Rate(middle - offset) + 8 * Rate(middle) + 5 * Rate(middle + offset));
    }

    /// <summary>At rest the loss is constant: τ = τ(rest) + L (t − t(rest)), through logarithms where t overflows.</summary>
    /// <param name="state">The state at rest.</param>
    /// <param name="rested">When it came to rest.</param>
    /// <param name="at">When τ is asked for.</param>
    public double AtRest(ReadOnlySpan<double> state, Instant rested, Instant at)
    {
        if (Modes is not null) return double.IsNaN(Now) ? Now : Modes.Tau(at);
        var logLoss = work.LogLoss(0, state);
        if (double.IsNaN(Now) || double.IsNegativeInfinity(logLoss)) return Now;
        return Now + (double.IsFinite(at.T) ? (at.T - rested.T) * Math.Exp(logLoss) : Math.Exp(at.LogT + logLoss));
    }

    private double Rate(double s) => dense.Field.TauRate(s, dense.At(s));
}
