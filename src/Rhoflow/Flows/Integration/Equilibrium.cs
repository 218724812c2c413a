using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>
/// Whether a flow has come to rest: its velocity is no larger than what one rounding of the state changes in it. Slow flows
/// (1/log t) are not at rest by this measure, however small their velocity.
/// </summary>
internal sealed class Equilibrium(FlowWorkspace work)
{
    private const int Probes = 3;
    private readonly double[] _point = new double[work.Flow.Dimension], _velocity = new double[work.Flow.Dimension];
    private readonly double[] _probe = new double[work.Flow.Dimension];

    /// <summary>Whether the flow stands still at this state; never for one that depends on t itself.</summary>
    public bool Reached(ReadOnlySpan<double> state)
    {
        if (!work.Flow.IsAutonomous) return false;
        var scale = work.Velocity(0, state, _velocity);
        var speed = Vectors.Norm(_velocity);
        if (speed == 0) return true;
        var change = 0.0;
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
            }
            change = Math.Max(change, Math.Sqrt(sum));
        }
        return speed <= 2 * change;
    }
}
