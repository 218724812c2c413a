using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>
/// Weight normalization row by row, w_i = g_i v_i with one norm g_i per unit: ġ_i = ⟨v_i, ẇ_i⟩ − 2λg_i, v̇_i = g_i S ẇ_i
/// (Salimans and Kingma's form; T3 eq. 52, 53 unit by unit). Diagonal layers count as one row. State: (g of every row, v).
/// </summary>
public sealed class RowWeightNormalizationFlow : Flow
{
    private readonly double _lambda;
    private readonly (int Offset, int Length)[] _rows;

    /// <inheritdoc cref="UnconstrainedFlow(EmpiricalRisk, double)"/>
    public RowWeightNormalizationFlow(EmpiricalRisk risk, double weightDecay = 0) : base(risk, risk.Network)
    {
        _lambda = weightDecay;
        _rows = [.. Network.Layers.SelectMany(l => l.Kind == LayerKind.Diagonal
            ? [(l.Offset, l.Count)]
            : Enumerable.Range(0, l.Rows).Select(i => (l.Offset + i * l.Columns, l.Columns)))];
    }

    /// <inheritdoc/>
    public override FlowKind Kind => WeightNormalizationFlow.Definition;

    /// <summary>Rows of all layers + P.</summary>
    public override int Dimension => _rows.Length + Network.ParameterCount;

    /// <inheritdoc/>
    public override double Lambda => _lambda;

    /// <inheritdoc/>
    public override double[] Start(ReadOnlySpan<double> theta)
    {
        var state = new double[Dimension];
        for (var r = 0; r < _rows.Length; r++)
        {
            var w = theta.Slice(_rows[r].Offset, _rows[r].Length);
            state[r] = Vectors.Norm(w);
            if (state[r] == 0)
            {
                throw new ArgumentException(
                    $"row {r} (counted over all layers) is zero at the start; "
                    + "weight normalization per row needs a direction for every row");
            }
            Vectors.Scale(1 / state[r], w, state.AsSpan(_rows.Length + _rows[r].Offset, _rows[r].Length));
        }
        return state;
    }

    /// <inheritdoc/>
    protected internal override double Field(FlowWorkspace work, double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        Compose(state, work.W);
        var scale = work.Risk.Evaluate(work.W, work.H).LogScale;
        for (var r = 0; r < _rows.Length; r++)
        {
            var (offset, length) = _rows[r];
            var v = state.Slice(_rows.Length + offset, length);
            var h = work.H.Slice(offset, length);
            velocity[r] = Vectors.Dot(v, h);
            NormsAndDirections.Tangent(state[r], v, h, velocity.Slice(_rows.Length + offset, length));
        }
        return Decay.OfNorms(scale, velocity, state[.._rows.Length], _lambda);
    }

    /// <inheritdoc/>
    protected internal override double LogLoss(FlowWorkspace work, double logT, ReadOnlySpan<double> state)
    {
        Compose(state, work.W);
        return work.Risk.LogLoss(work.W);
    }

    /// <inheritdoc/>
    public override void Split(double logT, ReadOnlySpan<double> state, Span<double> rho, Span<double> v)
    {
        Compose(state, v);
        NormsAndDirections.Split(Network, v, rho, v);
    }

    // Rows scale apart, so the pattern belongs to W: ẇ = ġ v + g v̇.
    /// <inheritdoc/>
    protected internal override void PatternPoint(
        ReadOnlySpan<double> state, ReadOnlySpan<double> velocity, Span<double> theta, Span<double> thetaDot)
    {
        Compose(state, theta);
        if (velocity.IsEmpty) return;
        for (var r = 0; r < _rows.Length; r++)
        {
            var (offset, length) = _rows[r];
            var target = thetaDot.Slice(offset, length);
            Vectors.Scale(state[r], velocity.Slice(_rows.Length + offset, length), target);
            Vectors.Add(velocity[r], state.Slice(_rows.Length + offset, length), target);
        }
    }

    // W: w_i = g_i v_i, row by row.
    private void Compose(ReadOnlySpan<double> state, Span<double> w)
    {
        for (var r = 0; r < _rows.Length; r++)
        {
            var (offset, length) = _rows[r];
            Vectors.Scale(state[r], state.Slice(_rows.Length + offset, length), w.Slice(offset, length));
        }
    }
}
