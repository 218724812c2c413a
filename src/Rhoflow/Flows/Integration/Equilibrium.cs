using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>
/// Whether a flow has come to rest: its velocity is no larger than what one rounding of the state changes in it. Slow flows
/// (1/log t) are not at rest by this measure, however small their velocity. Where the inputs are large beside their differences, that
/// must hold along every direction of the inputs by itself: the rounding of large parts that cancel says nothing of the small ones.
/// </summary>
/// <param name="work">The flow.</param>
/// <param name="modes">Its closed form, which knows; null where there is none.</param>
/// <param name="basis">The directions of the inputs; null where nothing cancels.</param>
/// <param name="adapted">Whether the state's own coordinates are those directions.</param>
internal sealed class Equilibrium(FlowWorkspace work, LinearModes? modes = null, InputBasis? basis = null, bool adapted = false)
{
    private const int Probes = 3;
    private readonly double[] _point = new double[work.Flow.Dimension], _velocity = new double[work.Flow.Dimension];
    private readonly double[] _probe = new double[work.Flow.Dimension], _changes = new double[work.Flow.Dimension];
    private readonly double[] _along = new double[basis?.Inputs ?? 0];

    /// <summary>Whether the flow stands still at this state; never for one that depends on t itself.</summary>
    /// <param name="state">The state.</param>
    /// <param name="now">When.</param>
    /// <param name="log10Loss">A loss that ends the flow, if one does: a closed form goes on until that.</param>
    public bool Reached(ReadOnlySpan<double> state, Instant now, double? log10Loss) =>
        modes?.IsAtRest(now, log10Loss) ?? (StandsStill(state) && !GrowsForEver(state));

    // Where the data are separated ‖W‖ grows for ever under a loss with an exponential tail: there is no rest to find.
    private bool GrowsForEver(ReadOnlySpan<double> state) => work.Flow is UnconstrainedFlow or AdaptedFlow && work.Flow.Lambda == 0
        && work.Flow.Risk.Loss.HasExponentialTail && work.Flow.Network.Exponents.IndexOfAnyExceptInRange(1, int.MaxValue) < 0
        && work.Separates(0, state);

    private bool StandsStill(ReadOnlySpan<double> state)
    {
        if (!work.Flow.IsAutonomous) return false;
        var scale = work.Velocity(0, state, _velocity);
        var speed = Vectors.Norm(_velocity);
        if (speed == 0) return true;
        var change = 0.0;
        Array.Clear(_changes);
        for (uint probe = 1; probe <= Probes; probe++)
        {
            var bits = probe * 2654435761u;
            for (var i = 0; i < _point.Length; i++)
            {
                bits = bits * 1664525u + 1013904223u;
                _point[i] = state[i] * (1 + ((bits & 0x10000) == 0 ? 1 : -1) * 2.2204460492503131e-16);
            }
            var factor = Math.Exp(work.Velocity(0, _point, _probe) - scale);
            var sum = 0.0;
            for (var i = 0; i < _probe.Length; i++)
            {
                var d = factor * _probe[i] - _velocity[i];
                sum += d * d;
                _probe[i] = d;
            }
            Along(_probe);
            for (var i = 0; i < _probe.Length; i++) _changes[i] = Math.Max(_changes[i], Math.Abs(_probe[i]));
            change = Math.Max(change, Math.Sqrt(sum));
        }
        // Written so that a velocity that is no number is no rest.
        if (!(speed <= 2 * change)) return false;
        if (basis is null && !adapted) return true;
        Along(_velocity);
        for (var i = 0; i < _velocity.Length; i++)
            if (!(Math.Abs(_velocity[i]) <= 2 * _changes[i])) return false;
        return true;
    }

    // The first layer's rows by their parts along the directions of the inputs.
    private void Along(Span<double> velocity)
    {
        if (basis is null || work.Flow.Network.Layers[0] is not { Kind: Networks.LayerKind.Dense } layer
            || layer.Columns != basis.Inputs) return;
        var w = layer.Of(velocity[^work.Flow.Network.ParameterCount..]);
        for (var r = 0; r < layer.Rows; r++)
        {
            var row = w.Slice(r * layer.Columns, layer.Columns);
            basis.Forward(row, _along);
            _along.CopyTo(row);
        }
    }
}
