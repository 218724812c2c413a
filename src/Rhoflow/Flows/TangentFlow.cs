using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>
/// The tangent-gradient flow u̇ = (I − ννᵀ/‖ν‖²) g, ν = ∂‖u‖_p/∂u, g = −∂L/∂u, layer by layer: every ‖W_k‖_p keeps its initial
/// value (T3 eq. 50, 50a, 71; T3 Theorem 8). With a given ρ the state is u = V, ‖V_k‖_p = 1, and the network ρ f(V).
/// For p = ∞ the theorem needs a single largest coordinate; where several tie, all of them are held (the printed flow lets the
/// norm grow there). For p = 1 a coordinate at 0 stands on a corner: there u̇ is the nearest to g of the directions that keep the norm,
/// and the coordinate stays while its pull is too weak to leave (<see cref="BallFace"/>).
/// </summary>
public sealed class TangentFlow : Flow
{
    private readonly double _p;
    private readonly double? _rho;

    /// <param name="risk">What to go down.</param>
    /// <param name="p">1 ≤ p ≤ ∞.</param>
    /// <param name="rho">Null: u = W as it starts; otherwise u = V on the unit ball and f = ρ f(V).</param>
    /// <exception cref="ArgumentOutOfRangeException">p is below 1.</exception>
    public TangentFlow(EmpiricalRisk risk, double p = 2, double? rho = null) : base(risk, risk.Network)
    {
        if (!(p >= 1)) throw new ArgumentOutOfRangeException(nameof(p), p, "p must be at least 1 (∞ is allowed)");
        (_p, _rho) = (p, rho);
    }

    /// <summary>The kind in configs.</summary>
    public static FlowKind Definition { get; } = new("tangent",
        "u̇ = −(I − ννᵀ/|ν|²) ∂L/∂u, ν = ∂‖u‖_p/∂u: keeps ‖W_k‖_p",
        "T3 eq. 50, 71",
        [FlowKeys.P, FlowKeys.Rho],
        static (settings, problem) => new TangentFlow(problem.Risk, settings.Get(FlowKeys.P), settings.Get(FlowKeys.Rho)))
    { Place = 6 };

    /// <inheritdoc/>
    public override FlowKind Kind => Definition;

    /// <inheritdoc/>
    public override int Dimension => Network.ParameterCount;

    /// <inheritdoc/>
    public override double[] Start(ReadOnlySpan<double> theta)
    {
        var v = new double[Dimension];
        var rho = new double[Network.Depth];
        NormsAndDirections.Split(Network, theta, rho, v, _p);
        RequireDirections(rho);
        return _rho is null ? theta.ToArray() : v;
    }

    /// <inheritdoc/>
    protected internal override double Field(FlowWorkspace work, double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        var scale = work.Risk.EvaluateScaled(state, _rho ?? 1, work.H).LogScale;
        for (var k = 0; k < Network.Depth; k++)  // not foreach, which allocates an enumerator of the list
        {
            var layer = Network.Layers[k];
            var u = layer.Of(state);
            var target = layer.Of(velocity);
            Vectors.Scale(_rho ?? 1, layer.Of(work.H), target);
            if (work.Mode is BallFace face)
            {
                face.Project(layer, target);
                continue;
            }
            var nu = layer.Of(work.Nu);
            NormsAndDirections.PNormGradient(u, _p, nu);
            NormsAndDirections.ProjectOut(nu, target);
        }
        return scale;
    }

    /// <inheritdoc/>
    protected internal override double LogLoss(FlowWorkspace work, double logT, ReadOnlySpan<double> state) =>
        work.Risk.LogLossScaled(state, _rho ?? 1);

    /// <inheritdoc/>
    public override void Split(double logT, ReadOnlySpan<double> state, Span<double> rho, Span<double> v)
    {
        NormsAndDirections.Split(Network, state, rho, v, _p);
        if (_rho is not { } given) return;
        rho.Fill(1);
        rho[^1] = given;
    }

    /// <summary>The face of the ball where it has corners (p = 1, ∞); it asks for −∂L/∂u up to the loss's scale.</summary>
    protected internal override IFlowMode? CreateMode(FlowWorkspace work)
    {
        if (_p != 1 && !double.IsInfinity(_p)) return null;
        return new BallFace(Network, _p, u =>
        {
            work.Risk.EvaluateScaled(u, _rho ?? 1, work.H);
            return work.H;
        });
    }
}
