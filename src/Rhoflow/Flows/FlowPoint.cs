using Rhoflow.Observations;

namespace Rhoflow.Flows;

/// <summary>One observation of a flow: a snapshot with its time.</summary>
public sealed class FlowPoint : Snapshot
{
    private FlowPoint(Flow flow, Instant at, double[] state, double[] rhoK, double[] v, double tau, bool atEquilibrium)
        : base(flow.Network, rhoK, v, flow.LogRho(at.LogT, rhoK), flow.NormalizedOutputs(rhoK, v), flow.Targets.ToArray(),
            flow.LogLoss(at.LogT, state), flow.LogReduction) =>
        (At, State, Tau, AtEquilibrium) = (at, state, tau, atEquilibrium);

    internal static FlowPoint Of(Flow flow, Instant at, ReadOnlySpan<double> state, double tau, bool atEquilibrium)
    {
        var rhoK = new double[flow.Network.Depth];
        var v = new double[flow.Network.ParameterCount];
        flow.Split(at.LogT, state, rhoK, v);
        return new FlowPoint(flow, at, state.ToArray(), rhoK, v, tau, atEquilibrium);
    }

    public Instant At { get; }
    public double T => At.T;
    public double Log10T => At.Log10T;

    /// <summary>τ = ∫L dt; NaN where it was not tracked.</summary>
    public double Tau { get; }

    /// <summary>True if the flow had come to rest before: the state stands still to rounding.</summary>
    public bool AtEquilibrium { get; }

    /// <summary>The flow's own state.</summary>
    public double[] State { get; }
}
