using Rhoflow.Networks;
using Rhoflow.Observations;

namespace Rhoflow.Flows;

/// <summary>One observation of a flow: a snapshot with its time.</summary>
public sealed class FlowPoint : Snapshot
{
    private readonly double[] _state;

    private FlowPoint(FlowWorkspace work, Instant at, double[] state, double[] rhoK, double[] v, double tau, bool atEquilibrium,
        double[]? outputs, double? logLoss)
        : base(work.Flow.Network, rhoK, v, work.Flow.LogRho(at.LogT, rhoK), outputs ?? work.Flow.NormalizedOutputs(work, rhoK, v),
            work.Flow.Targets.ToArray(), logLoss ?? work.LogLoss(at.LogT, state), work.Flow.LogReduction) =>
        (At, _state, Tau, AtEquilibrium) = (at, state, tau, atEquilibrium);

    /// <param name="outputs">f_n, where they are known more precisely than from the state, or null.</param>
    /// <param name="logLoss">log L, likewise.</param>
    internal static FlowPoint Of(FlowWorkspace work, Instant at, ReadOnlySpan<double> state, double tau, bool atEquilibrium,
        double[]? outputs = null, double? logLoss = null)
    {
        var rhoK = new double[work.Flow.Network.Depth];
        var v = new double[work.Flow.Network.ParameterCount];
        work.Flow.Split(at.LogT, state, rhoK, v);
        if (outputs is not null)
        {
            var rho = NormsAndDirections.Product(work.Flow.Network, rhoK);
            for (var n = 0; n < outputs.Length; n++) outputs[n] = rho == 0 ? 0 : outputs[n] / Math.Abs(rho);
        }
        return new FlowPoint(work, at, state.ToArray(), rhoK, v, tau, atEquilibrium, outputs, logLoss);
    }

    /// <summary>When.</summary>
    public Instant At { get; }

    /// <summary>t; +∞ beyond the range of a double.</summary>
    public double T => At.T;

    /// <summary>log₁₀ t.</summary>
    public double Log10T => At.Log10T;

    /// <summary>τ = ∫L dt; NaN where it was not tracked.</summary>
    public double Tau { get; }

    /// <summary>True if the flow had come to rest before: the state stands still to rounding.</summary>
    public bool AtEquilibrium { get; }

    /// <summary>The flow's own state, <see cref="Flow.Dimension"/> numbers.</summary>
    public ReadOnlySpan<double> State => _state;
}
