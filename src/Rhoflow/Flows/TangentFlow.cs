using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>
/// The tangent-gradient flow u̇ = (I − ννᵀ/‖ν‖²) g, ν = ∂‖u‖_p/∂u, g = −∂L/∂u, layer by layer: every ‖W_k‖_p keeps its initial
/// value (T3 eq. 50, 71; Theorem 8). With a given ρ the state is u = V, ‖V_k‖_p = 1, and the network ρ f(V).
/// For p = ∞ the theorem needs a single largest coordinate; where several tie, all of them are held (the printed flow lets the
/// norm grow there). For p = 1 a coordinate at 0 stands on a corner: there u̇ is the nearest to g of the directions that keep the norm,
/// and the coordinate stays while its pull is too weak to leave (<see cref="BallFace"/>).
/// </summary>
public sealed class TangentFlow : Flow
{
    private readonly double _p;
    private readonly double? _rho;
    private readonly double[] _h, _nu;
    private readonly BallFace? _face;

    /// <param name="risk">What to go down.</param>
    /// <param name="p">1 ≤ p ≤ ∞.</param>
    /// <param name="rho">Null: u = W as it starts; otherwise u = V on the unit ball and f = ρ f(V).</param>
    public TangentFlow(EmpiricalRisk risk, double p = 2, double? rho = null) : base(risk, risk.Network)
    {
        if (!(p >= 1)) throw new ArgumentOutOfRangeException(nameof(p), p, "p must be at least 1 (∞ is allowed)");
        (_p, _rho) = (p, rho);
        _h = new double[Network.ParameterCount];
        _nu = new double[Network.ParameterCount];
        if (p == 1 || double.IsInfinity(p)) _face = new BallFace(Network, p);
    }

    public override string Kind => "tangent";
    public override int Dimension => Network.ParameterCount;

    public override double[] Start(ReadOnlySpan<double> theta)
    {
        var v = new double[Dimension];
        var rho = new double[Network.Depth];
        NormsAndDirections.Split(Network, theta, rho, v, _p);
        NormDirectionFlow.RequireDirections(rho, Kind);
        return _rho is null ? theta.ToArray() : v;
    }

    protected internal override double Field(double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        var scale = Risk.EvaluateScaled(state, _rho ?? 1, _h).LogScale;
        foreach (var layer in Network.Layers)
        {
            var u = layer.Of(state);
            var h = layer.Of(_h);
            var target = layer.Of(velocity);
            Vectors.Scale(_rho ?? 1, h, target);
            if (_face is not null)
            {
                _face.Project(layer, target);
                continue;
            }
            var nu = layer.Of(_nu);
            NormsAndDirections.PNormGradient(u, _p, nu);
            NormsAndDirections.ProjectOut(nu, target);
        }
        return scale;
    }

    public override double LogLoss(double logT, ReadOnlySpan<double> state) => Risk.LogLossScaled(state, _rho ?? 1);

    public override void Split(double logT, ReadOnlySpan<double> state, Span<double> rho, Span<double> v)
    {
        NormsAndDirections.Split(Network, state, rho, v, _p);
        if (_rho is not { } given) return;
        rho.Fill(1);
        rho[^1] = given;
    }

    public override string? ModeViolation(double logT, ReadOnlySpan<double> state)
    {
        if (base.ModeViolation(logT, state) is { } kink) return kink;
        if (_face is null) return null;
        var u = state.ToArray();
        return _face.Violation(state, () => Pull(u));
    }

    public override void AdoptMode(double logT, ReadOnlySpan<double> state, bool first)
    {
        base.AdoptMode(logT, state, first);
        if (first) _face?.Begin(state, Pull(state));
        else _face?.Cross(state, Pull(state));
    }

    public override double[] SaveMode() => [.. _face?.Save() ?? [], .. base.SaveMode()];

    public override void RestoreMode(ReadOnlySpan<double> mode) => base.RestoreMode(mode[(_face?.Restore(mode) ?? 0)..]);

    // −∂L/∂u up to the loss's scale.
    private double[] Pull(ReadOnlySpan<double> u)
    {
        Risk.EvaluateScaled(u, _rho ?? 1, _h);
        return _h;
    }
}
