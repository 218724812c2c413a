using Rhoflow.Losses;

namespace Rhoflow.Flows;

/// <summary>
/// <see cref="UnconstrainedFlow"/> of one linear layer in coordinates in which nothing cancels: w = Vᵀ(c̃/m), with V the directions of
/// <see cref="InputBasis"/> and m_i = max(1, size along direction i). The equation stays what it is, ċ̃_i = −m_i² ∂L/∂c̃_i − 2λ c̃_i, but a
/// coordinate that moves 1e16 times as fast as another no longer shares its digits, and the implicit integrator follows both.
/// </summary>
internal sealed class AdaptedFlow : Flow
{
    private readonly UnconstrainedFlow _given;
    private readonly InputBasis _basis;
    private readonly double[] _m, _squares;
    private readonly double _logSquare;

    private AdaptedFlow(UnconstrainedFlow given, InputBasis basis, EmpiricalRisk risk, double[] m) : base(risk, given.Network)
    {
        (_given, _basis, _m) = (given, basis, m);
        var largest = m.Max();
        _logSquare = 2 * Math.Log(largest);
        _squares = [.. m.Select(v => v / largest * (v / largest))];
        // A direction that float64 does not see moves f by about s² t.
        Until = basis.Unresolved == 0 ? null : Instant.FromLog10T(-10 - 2 * Math.Log10(basis.Unresolved));
    }

    /// <summary>Up to when the directions that are not told from rounding do not matter; null if there are none.</summary>
    public Instant? Until { get; }

    /// <inheritdoc/>
    public override FlowKind Kind => _given.Kind;

    /// <inheritdoc/>
    public override int Dimension => Network.ParameterCount;

    /// <inheritdoc/>
    public override double Lambda => _given.Lambda;

    /// <summary>Null where the flow is another one, or where its data need no care.</summary>
    public static AdaptedFlow? Of(Flow flow)
    {
        if (flow is not UnconstrainedFlow given || !given.Risk.Loss.HasExponentialTail || given.Network.Outputs != 1
            || !LinearModes.IsOneLayer(given.Network) || InputBasis.Of(given.Risk.Data) is not { } basis) return null;
        var data = given.Risk.Data;
        int d = data.Inputs;
        double[] m = [.. basis.Sizes.Select(static s => Math.Max(1, s))];
        var x = new double[data.Count * d];
        for (var n = 0; n < data.Count; n++)
        {
            var row = x.AsSpan(n * d, d);
            basis.Forward(data.Example(n), row);
            for (var i = 0; i < d; i++) row[i] = basis.Sizes[i] == 0 ? 0 : row[i] / m[i];
        }
        return new AdaptedFlow(given, basis,
            new EmpiricalRisk(given.Network, given.Risk.Loss, data.WithInputs(x, d), given.Risk.Reduction), m);
    }

    /// <inheritdoc/>
    public override double[] Start(ReadOnlySpan<double> theta)
    {
        var c = new double[Dimension];
        _basis.Forward(theta, c);
        for (var i = 0; i < c.Length; i++) c[i] *= _m[i];
        return c;
    }

    /// <summary>w of a state.</summary>
    public void Weights(ReadOnlySpan<double> state, Span<double> w)
    {
        var c = state.ToArray();
        for (var i = 0; i < c.Length; i++) c[i] /= _m[i];
        _basis.Back(c, w);
    }

    /// <inheritdoc/>
    protected internal override double Field(FlowWorkspace work, double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        var scale = work.Risk.Evaluate(state, velocity).LogScale + _logSquare;
        for (var i = 0; i < velocity.Length; i++) velocity[i] *= _squares[i];
        return Lambda == 0 ? scale : Decay.Combine(scale, velocity, state, Lambda);
    }

    /// <inheritdoc/>
    protected internal override double LogLoss(FlowWorkspace work, double logT, ReadOnlySpan<double> state) => work.Risk.LogLoss(state);

    /// <inheritdoc/>
    public override void Split(double logT, ReadOnlySpan<double> state, Span<double> rho, Span<double> v) =>
        Networks.NormsAndDirections.Split(Network, state, rho, v);
}
