using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Flows;

/// <summary>
/// An equation of the papers on norms and directions, W_k = ρ_k V_k: state → velocity, with the maps between state and weights.
/// Velocities come with the logarithm of their scale, so that e^{−2000} times a direction stays exact.
/// </summary>
/// <remarks>
/// A flow is immutable and may be shared by threads and trajectories. What computing changes (activations, scratch vectors, which ReLUs
/// are active) belongs to a <see cref="FlowWorkspace"/>; every <see cref="Trajectory"/> has one of its own. A new flow is one file with
/// one class: its equation, and a <see cref="FlowKind"/> that says how configs name it and which keys they give it.
/// </remarks>
public abstract class Flow
{
    private readonly EmpiricalRisk? _risk;

    /// <param name="risk">What the flow goes down; null for equations of the norms alone.</param>
    /// <param name="network">The network whose norms and directions the state describes.</param>
    protected Flow(EmpiricalRisk? risk, Network network) => (_risk, Network) = (risk, network);

    /// <summary>Its kind, as configs name it: equations, source and keys.</summary>
    public abstract FlowKind Kind { get; }

    /// <summary>The length of the state.</summary>
    public abstract int Dimension { get; }

    /// <summary>The network; W_k = ρ_k V_k are its weights.</summary>
    public Network Network { get; }

    /// <summary>What the flow goes down, as it was given: a description. Workspaces compute in copies of it.</summary>
    /// <exception cref="InvalidOperationException">The flow is about norms alone (<see cref="HasRisk"/> is false).</exception>
    public EmpiricalRisk Risk => _risk ?? throw new InvalidOperationException($"{Kind} is about norms alone and has no data");

    /// <summary>False for equations of the norms alone.</summary>
    public bool HasRisk => _risk is not null;

    /// <summary>λ of the penalty λ Σ ρ_k² (or λρ²) that the equation contains; 0 where it has none.</summary>
    public virtual double Lambda => 0;

    /// <summary>False if the velocity depends on t itself (schedules).</summary>
    public virtual bool IsAutonomous => true;

    /// <summary>Where the flow begins unless told otherwise; log log t needs t &gt; e.</summary>
    public virtual Instant Begin => Instant.Zero;

    /// <summary>The state that belongs to the weights θ.</summary>
    /// <param name="theta">θ, P numbers.</param>
    /// <returns>A new array of <see cref="Dimension"/> numbers.</returns>
    /// <exception cref="ArgumentException">A layer is zero and a direction is needed.</exception>
    public abstract double[] Start(ReadOnlySpan<double> theta);

    /// <summary>The flow's equation: dy/dt = e^{returned} velocity, at the activation pattern that the workspace holds.</summary>
    /// <param name="work">Where it is computed.</param>
    /// <param name="logT">log t, natural, for schedules.</param>
    /// <param name="state">The state, <see cref="Dimension"/> numbers.</param>
    /// <param name="velocity">Receives the velocity over e^{returned}, as many; always finite.</param>
    protected internal abstract double Field(FlowWorkspace work, double logT, ReadOnlySpan<double> state, Span<double> velocity);

    /// <summary>
    /// The parameters whose pre-activations decide the pattern, and their velocity: V (or W) is the end of most states. A positive
    /// factor per layer changes no pattern.
    /// </summary>
    /// <param name="state">The state.</param>
    /// <param name="velocity">Its velocity; may be empty, and then <paramref name="thetaDot"/> is not written.</param>
    /// <param name="theta">Receives the parameters, P numbers.</param>
    /// <param name="thetaDot">Receives their velocity, P numbers.</param>
    protected internal virtual void PatternPoint(
        ReadOnlySpan<double> state, ReadOnlySpan<double> velocity, Span<double> theta, Span<double> thetaDot)
    {
        state[^Network.ParameterCount..].CopyTo(theta);
        if (!velocity.IsEmpty) velocity[^Network.ParameterCount..].CopyTo(thetaDot);
    }

    /// <summary>The discrete part of the state beyond ReLU kinks (active coordinates, faces); null where there is none.</summary>
    /// <param name="work">The workspace that will own it.</param>
    protected internal virtual IFlowMode? CreateMode(FlowWorkspace work) => null;

    /// <summary>ρ_k (signed) and V_k of the state, in the flow's own norm; V_k = 0 where ρ_k = 0 leaves no direction.</summary>
    /// <param name="logT">log t, natural, for schedules.</param>
    /// <param name="state">The state.</param>
    /// <param name="rho">Receives ρ_k, K numbers.</param>
    /// <param name="v">Receives V, P numbers.</param>
    public abstract void Split(double logT, ReadOnlySpan<double> state, Span<double> rho, Span<double> v);

    /// <summary>log L (natural) at the state; for the network ρ f(V), whatever the signs of ρ_k.</summary>
    protected internal virtual double LogLoss(FlowWorkspace work, double logT, ReadOnlySpan<double> state)
    {
        var (rho, v) = work.Split(logT, state);
        return work.Risk.LogLossScaled(v, NormsAndDirections.Product(Network, rho));
    }

    /// <summary>log |ρ|, natural, also where ρ overflows.</summary>
    public virtual double LogRho(double logT, ReadOnlySpan<double> rho) => NormsAndDirections.LogProduct(Network, rho);

    /// <summary>f(V; x_n) times the sign of ρ: the outputs of the normalized network, N numbers.</summary>
    protected internal virtual double[] NormalizedOutputs(FlowWorkspace work, ReadOnlySpan<double> rho, ReadOnlySpan<double> v)
    {
        var sign = NormsAndDirections.Sign(Network, rho);
        var f = work.Risk.Outputs(v).ToArray();
        foreach (ref var value in f.AsSpan()) value *= sign;
        return f;
    }

    /// <summary>y_n of the outputs, N numbers.</summary>
    public virtual ReadOnlySpan<double> Targets => Risk.Data.Y;

    /// <summary>log of what L counts a single Σ_n with: −log N for a mean, 0 for a sum.</summary>
    public virtual double LogReduction => Risk.Reduction == Reduction.Mean ? -Math.Log(Risk.Data.Count) : 0;

    /// <summary>Where this flow can be computed: its velocity, its loss.</summary>
    public FlowWorkspace NewWorkspace() => new(this);

    /// <summary>A trajectory from the weights θ, with a workspace of its own.</summary>
    /// <param name="theta">θ, P numbers.</param>
    /// <param name="options">How to integrate; null takes the defaults.</param>
    /// <exception cref="ArgumentException">θ has another length, or no direction where one is needed.</exception>
    public Trajectory From(ReadOnlySpan<double> theta, IntegrationOptions? options = null) =>
        new(this, theta, options ?? new IntegrationOptions());

    /// <summary>Refuses a start with a layer that has no direction.</summary>
    /// <param name="rho">‖W_k‖, K numbers.</param>
    /// <exception cref="ArgumentException">Some ρ_k is 0; the message names the layer.</exception>
    protected void RequireDirections(ReadOnlySpan<double> rho)
    {
        for (var k = 0; k < rho.Length; k++)
        {
            if (rho[k] != 0) continue;
            throw new ArgumentException(
                $"layer {k + 1} is zero at the start; {Kind} needs a direction V_{k + 1} = W_{k + 1}/‖W_{k + 1}‖ for every layer");
        }
    }
}
