using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Flows;

/// <summary>
/// A continuous system of the papers on norms and directions, W_k = ρ_k V_k: state → velocity, with the maps between state and
/// weights. Velocities come with the logarithm of their scale, so that e^{−2000} times a direction stays exact.
/// Owns its room: one instance a thread.
/// </summary>
public abstract class Flow
{
    private readonly double[] _rho, _v;
    private readonly KinkMode? _kinks;

    protected Flow(EmpiricalRisk? risk, Network network)
    {
        Risk = risk?.Copy()!;
        Network = network;
        _rho = new double[network.Depth];
        _v = new double[network.ParameterCount];
        if (risk is not null && network.HasKinks) _kinks = new KinkMode(this);
    }

    /// <summary>Whose discrete mode (active ReLUs, active coordinates) stands frozen in this flow's room.</summary>
    internal Trajectory? ModeOwner { get; set; }

    /// <summary>The name in configs.</summary>
    public abstract string Kind { get; }

    /// <summary>The length of the state.</summary>
    public abstract int Dimension { get; }

    public Network Network { get; }

    /// <summary>What the flow goes down; its own copy.</summary>
    public EmpiricalRisk Risk { get; }

    /// <summary>False if the velocity depends on t itself (schedules).</summary>
    public virtual bool IsAutonomous => true;

    /// <summary>Where the flow begins unless told otherwise; log log t needs t &gt; e.</summary>
    public virtual Instant Begin => Instant.Zero;

    /// <summary>The state that belongs to the weights θ.</summary>
    /// <exception cref="ArgumentException">A layer is zero and a direction is needed.</exception>
    public abstract double[] Start(ReadOnlySpan<double> theta);

    /// <summary>dy/dt = e^{returned} velocity; on the kink of a ReLU the one that stays on it (<see cref="KinkMode"/>).</summary>
    /// <param name="logT">log t, for schedules.</param>
    /// <param name="state">The state.</param>
    /// <param name="velocity">Receives the velocity over e^{returned}; always finite.</param>
    public double Velocity(double logT, ReadOnlySpan<double> state, Span<double> velocity) => _kinks is { IsSliding: true }
        ? _kinks.Velocity(logT, state, velocity)
        : Field(logT, state, velocity);

    /// <summary>The flow's equation at the activation pattern as it is.</summary>
    protected internal abstract double Field(double logT, ReadOnlySpan<double> state, Span<double> velocity);

    /// <summary>
    /// The parameters whose pre-activations decide the pattern, and their velocity: V (or W) is the end of most states. A positive
    /// factor a layer changes no pattern.
    /// </summary>
    protected internal virtual void PatternPoint(ReadOnlySpan<double> state, ReadOnlySpan<double> velocity, Span<double> theta, Span<double> thetaDot)
    {
        state[^Network.ParameterCount..].CopyTo(theta);
        if (!velocity.IsEmpty) velocity[^Network.ParameterCount..].CopyTo(thetaDot);
    }

    /// <summary>ρ_k (signed) and V_k of the state, in the flow's own norm; V_k = 0 where ρ_k = 0 leaves no direction.</summary>
    public abstract void Split(double logT, ReadOnlySpan<double> state, Span<double> rho, Span<double> v);

    /// <summary>log L (natural) at the state; for the network ρ f(V), whatever the signs of ρ_k.</summary>
    public virtual double LogLoss(double logT, ReadOnlySpan<double> state)
    {
        Split(logT, state, _rho, _v);
        return Risk.LogLossScaled(_v, NormsAndDirections.Product(Network, _rho));
    }

    /// <summary>log |ρ|, also where ρ overflows.</summary>
    public virtual double LogRho(double logT, ReadOnlySpan<double> rho) => NormsAndDirections.LogProduct(Network, rho);

    /// <summary>f(V; x_n) times the sign of ρ: the outputs of the normalized network.</summary>
    public virtual double[] NormalizedOutputs(ReadOnlySpan<double> rho, ReadOnlySpan<double> v)
    {
        var sign = NormsAndDirections.Sign(Network, rho);
        var f = Risk.Outputs(v).ToArray();
        foreach (ref var value in f.AsSpan()) value *= sign;
        return f;
    }

    /// <summary>True if every y_n f_n is positive.</summary>
    public bool Separates(double logT, ReadOnlySpan<double> state)
    {
        Split(logT, state, _rho, _v);
        var f = NormalizedOutputs(_rho, _v);
        for (var n = 0; n < f.Length; n++)
            if (!(f[n] * Targets[n] > 0)) return false;
        return true;
    }

    /// <summary>y_n of the outputs.</summary>
    public virtual ReadOnlySpan<double> Targets => Risk.Data.Y;

    /// <summary>log of what L counts a single Σ_n with: −log N for a mean, 0 for a sum.</summary>
    public virtual double LogReduction => Risk.Reduction == Reduction.Mean ? -Math.Log(Risk.Data.Count) : 0;

    /// <summary>Whether the discrete part of the flow (active ReLUs, active coordinates) still fits the state; null if it does, else what does not.</summary>
    public virtual string? ModeViolation(double logT, ReadOnlySpan<double> state) => _kinks?.Violation(logT, state);

    /// <summary>Takes the discrete part from the state; from then on it is frozen until the next call.</summary>
    /// <param name="first">True at the start: forget the mode so far.</param>
    public virtual void AdoptMode(double logT, ReadOnlySpan<double> state, bool first)
    {
        if (first) _kinks?.Begin(state);
        else _kinks?.Cross(logT, state);
    }

    /// <summary>The discrete part as numbers, so that a resumed flow has the same.</summary>
    public virtual double[] SaveMode() => _kinks?.Save() ?? [];

    /// <summary>Takes back what <see cref="SaveMode"/> gave.</summary>
    public virtual void RestoreMode(ReadOnlySpan<double> mode) => _kinks?.Restore(mode);

    /// <summary>A trajectory from the weights θ.</summary>
    public Trajectory From(ReadOnlySpan<double> theta, IntegrationOptions? options = null) => new(this, theta, options ?? new IntegrationOptions());
}
