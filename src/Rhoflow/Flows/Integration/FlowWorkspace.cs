using Rhoflow.Losses;

namespace Rhoflow.Flows;

/// <summary>
/// Everything that changes while a <see cref="Flow"/> is computed: a copy of its risk (activations, frozen ReLUs), its discrete modes and
/// scratch vectors. Not thread-safe; every trajectory has its own, so that trajectories of one flow are independent.
/// </summary>
public sealed class FlowWorkspace
{
    private readonly EmpiricalRisk? _risk;
    private readonly KinkMode? _kinks;
    private readonly IFlowMode? _mode;
    private readonly double[] _rho, _v;
    private readonly List<double[]> _scratch = [];
    private double[]? _h, _w, _nu;

    /// <param name="flow">The equation to compute.</param>
    public FlowWorkspace(Flow flow)
    {
        Flow = flow;
        _rho = new double[flow.Network.Depth];
        _v = new double[flow.Network.ParameterCount];
        _risk = flow.HasRisk ? flow.Risk.Copy() : null;
        if (_risk is not null && flow.Network.HasKinks) _kinks = new KinkMode(this);
        _mode = flow.CreateMode(this);
    }

    /// <summary>The equation.</summary>
    public Flow Flow { get; }

    /// <summary>The flow's risk to compute with, this workspace's own.</summary>
    /// <exception cref="InvalidOperationException">The flow is about norms alone.</exception>
    public EmpiricalRisk Risk => _risk ?? Flow.Risk;

    /// <summary>Scratch for Σ c_n ∂f̃_n/∂V or −∂L/∂W, P numbers; the flow's equation may overwrite it.</summary>
    public Span<double> H => _h ??= new double[_v.Length];

    /// <summary>Scratch for W, P numbers.</summary>
    public Span<double> W => _w ??= new double[_v.Length];

    /// <summary>Scratch for ν = ∂‖u‖_p/∂u, P numbers.</summary>
    public Span<double> Nu => _nu ??= new double[_v.Length];

    /// <summary>The flow's own discrete mode (<see cref="Flow.CreateMode"/>); null where it has none.</summary>
    public IFlowMode? Mode => _mode;

    /// <summary>Units that slide along their kinks at present.</summary>
    public int SlidingUnits => _kinks?.Sliding ?? 0;

    /// <summary>A scratch vector of any length that keeps its contents between calls.</summary>
    /// <param name="slot">Which one, from 0.</param>
    /// <param name="length">Its length, always the same.</param>
    public Span<double> Scratch(int slot, int length)
    {
        while (_scratch.Count <= slot) _scratch.Add([]);
        if (_scratch[slot].Length != length) _scratch[slot] = new double[length];
        return _scratch[slot];
    }

    /// <summary>dy/dt = e^{returned} velocity; on the kink of a ReLU the one that stays on it (Filippov's sliding velocity).</summary>
    /// <param name="logT">log t, natural, for schedules.</param>
    /// <param name="state">The state, <see cref="Flow.Dimension"/> numbers.</param>
    /// <param name="velocity">Receives the velocity over e^{returned}, as many; always finite.</param>
    public double Velocity(double logT, ReadOnlySpan<double> state, Span<double> velocity) => _kinks is { IsSliding: true }
        ? _kinks.Velocity(logT, state, velocity)
        : Flow.Field(this, logT, state, velocity);

    /// <summary>log L (natural) at the state.</summary>
    public double LogLoss(double logT, ReadOnlySpan<double> state) => Flow.LogLoss(this, logT, state);

    /// <summary>ρ_k and V_k of the state, valid until the next call.</summary>
    public SplitState Split(double logT, ReadOnlySpan<double> state)
    {
        Flow.Split(logT, state, _rho, _v);
        return new SplitState(_rho, _v);
    }

    /// <summary>True if every y_n f_n is positive.</summary>
    public bool Separates(double logT, ReadOnlySpan<double> state)
    {
        var (rho, v) = Split(logT, state);
        var f = Flow.NormalizedOutputs(this, rho, v);
        var y = Flow.Targets;
        if (f.Length != y.Length) return Margin.CountErrors(f, y, f.Length / y.Length) == 0;
        for (var n = 0; n < f.Length; n++)
            if (!(f[n] * y[n] > 0)) return false;
        return true;
    }

    /// <summary>
    /// Whether the discrete modes (active ReLUs, active coordinates) still fit the state; null if they do, else what does not.
    /// </summary>
    internal string? ModeViolation(double logT, ReadOnlySpan<double> state) =>
        _kinks?.Violation(logT, state) ?? _mode?.Violation(logT, state);

    /// <summary>Takes the discrete modes from a start; from then on they are frozen.</summary>
    internal void BeginMode(double logT, ReadOnlySpan<double> state)
    {
        _kinks?.Begin(logT, state);
        _mode?.Begin(logT, state);
    }

    /// <summary>Takes the discrete modes that hold after a located event.</summary>
    internal void CrossMode(double logT, ReadOnlySpan<double> state)
    {
        _kinks?.Cross(logT, state);
        _mode?.Cross(logT, state);
    }

    /// <summary>The discrete modes as numbers: the flow's own, then the kinks.</summary>
    internal double[] SaveMode() => [.. _mode?.Save() ?? [], .. _kinks?.Save() ?? []];

    /// <summary>Takes back what <see cref="SaveMode"/> gave.</summary>
    internal void RestoreMode(ReadOnlySpan<double> mode) => _kinks?.Restore(mode[(_mode?.Restore(mode) ?? 0)..]);
}

/// <summary>A state as norms and directions.</summary>
/// <param name="rho">ρ_k, signed, K numbers.</param>
/// <param name="v">V, P numbers.</param>
public readonly ref struct SplitState(ReadOnlySpan<double> rho, ReadOnlySpan<double> v)
{
    private readonly ReadOnlySpan<double> _rho = rho, _v = v;

    /// <summary>ρ_k, signed, K numbers.</summary>
    public ReadOnlySpan<double> Rho => _rho;

    /// <summary>V, P numbers.</summary>
    public ReadOnlySpan<double> V => _v;

    /// <summary>Both.</summary>
    public void Deconstruct(out ReadOnlySpan<double> rho, out ReadOnlySpan<double> v)
    {
        rho = _rho;
        v = _v;
    }
}
