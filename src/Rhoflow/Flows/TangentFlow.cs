using Rhoflow.Losses;
using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>
/// The tangent-gradient flow u̇ = (I − ννᵀ/‖ν‖²) g, ν = ∂‖u‖_p/∂u, g = −∂L/∂u, layer by layer: every ‖W_k‖_p keeps its initial
/// value (T3 eq 50, 71; Theorem 8). With a given ρ the state is u = V, ‖V_k‖_p = 1, and the network ρ f(V).
/// For p = ∞ the theorem needs a single largest coordinate; where several tie, all of them are held (the printed flow lets the
/// norm grow there). For p = 1 a coordinate that crosses 0 changes the face of the ball.
/// </summary>
public sealed class TangentFlow : Flow
{
    private const double TieTolerance = 1e-13;
    private readonly double _p;
    private readonly double? _rho;
    private readonly double[] _h, _nu;
    private readonly bool[] _held;     // p = ∞: coordinates at the maximum
    private readonly double[] _sign;   // p = 1: the face

    /// <param name="risk">What to go down.</param>
    /// <param name="p">1 ≤ p ≤ ∞.</param>
    /// <param name="rho">Null: u = W as it starts; otherwise u = V on the unit ball and f = ρ f(V).</param>
    public TangentFlow(EmpiricalRisk risk, double p = 2, double? rho = null) : base(risk, risk.Network)
    {
        if (!(p >= 1)) throw new ArgumentOutOfRangeException(nameof(p), p, "p must be at least 1 (∞ is allowed)");
        (_p, _rho) = (p, rho);
        _h = new double[Network.ParameterCount];
        _nu = new double[Network.ParameterCount];
        _held = new bool[Network.ParameterCount];
        _sign = new double[Network.ParameterCount];
    }

    public override string Kind => "tangent";
    public override int Dimension => Network.ParameterCount;

    public override double[] Start(ReadOnlySpan<double> theta)
    {
        var v = new double[Dimension];
        var rho = new double[Network.Depth];
        UnconstrainedFlow.SplitByNorm(Network, theta, _p, rho, v);
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
            if (double.IsInfinity(_p))
            {
                for (var i = 0; i < target.Length; i++)
                    if (_held[layer.Offset + i]) target[i] = 0;
                continue;
            }
            var nu = layer.Of(_nu);
            if (_p == 1) layer.Of(_sign).CopyTo(nu);
            else Norms.PNormGradient(u, _p, nu);
            Vectors.Add(-Vectors.Dot(nu, target) / Vectors.Dot(nu, nu), nu, target);
        }
        return scale;
    }

    public override double LogLoss(double logT, ReadOnlySpan<double> state) => Risk.LogLossScaled(state, _rho ?? 1);

    public override void Split(double logT, ReadOnlySpan<double> state, Span<double> rho, Span<double> v)
    {
        UnconstrainedFlow.SplitByNorm(Network, state, _p, rho, v);
        if (_rho is not { } given) return;
        rho.Fill(1);
        rho[^1] = given;
    }

    public override string? ModeViolation(double logT, ReadOnlySpan<double> state)
    {
        if (base.ModeViolation(logT, state) is { } kink) return kink;
        foreach (var layer in Network.Layers)
        {
            var u = layer.Of(state);
            var largest = Largest(layer, u);
            for (var i = 0; i < u.Length; i++)
            {
                if (double.IsInfinity(_p) && !_held[layer.Offset + i] && Math.Abs(u[i]) > largest) return $"coordinate {layer.Offset + i} reaching the maximum norm";
                if (_p == 1 && u[i] * _sign[layer.Offset + i] < 0) return $"coordinate {layer.Offset + i} crossing 0";
            }
        }
        return null;
    }

    public override void AdoptMode(double logT, ReadOnlySpan<double> state, bool first)
    {
        base.AdoptMode(logT, state, first);
        if (first) Array.Clear(_held);
        foreach (var layer in Network.Layers)
        {
            var u = layer.Of(state);
            var largest = first ? Norms.PNorm(u, double.PositiveInfinity) : Largest(layer, u);
            for (var i = 0; i < u.Length; i++)
            {
                var at = layer.Offset + i;
                if (!_held[at] && Math.Abs(u[i]) >= largest * (1 - TieTolerance)) _held[at] = true;
                if (u[i] != 0 || first) _sign[at] = Math.Sign(u[i]);
            }
        }
    }

    public override double[] SaveMode() => [.. _held.Select(static h => h ? 1.0 : 0.0), .. _sign, .. base.SaveMode()];

    public override void RestoreMode(ReadOnlySpan<double> mode)
    {
        for (var i = 0; i < _held.Length; i++) _held[i] = mode[i] != 0;
        mode.Slice(_held.Length, _sign.Length).CopyTo(_sign);
        base.RestoreMode(mode[(_held.Length + _sign.Length)..]);
    }

    private double Largest(Networks.Layer layer, ReadOnlySpan<double> u)
    {
        var largest = 0.0;
        for (var i = 0; i < u.Length; i++)
            if (_held[layer.Offset + i]) largest = Math.Max(largest, Math.Abs(u[i]));
        return largest;
    }
}
