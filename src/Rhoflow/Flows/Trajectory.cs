using System.Globalization;
using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>
/// A flow followed from a start to the instants at which it is observed. ReLU kinks are located to rounding and the integration
/// restarted behind them; where explicit steps are limited by stability the implicit method takes over; where the flow comes to rest
/// its state is held. <see cref="Checkpoint"/> lets another instance go on bit for bit.
/// </summary>
public sealed class Trajectory
{
    private const int ChatterLimit = 60;
    private readonly Flow _flow;
    private readonly IntegrationOptions _options;
    private readonly ClockKind _clock;
    private readonly ClockedField _field;
    private readonly Equilibrium _equilibrium;
    private readonly List<FlowEvent> _events = [];
    private readonly double[] _buffer;
    private IStepper _stepper;
    private Method _method;
    private double _tau, _lastSwitch = double.NaN;
    private int _chatter, _observed;
    private bool _separated;

    internal Trajectory(Flow flow, ReadOnlySpan<double> theta, IntegrationOptions options)
    {
        if (theta.Length != flow.Network.ParameterCount)
            throw new ArgumentException($"{theta.Length} weights were given; the network has {flow.Network.ParameterCount}", nameof(theta));
        (_flow, _options) = (flow, options);
        _clock = options.Until.Tau is null ? options.Clock : ClockKind.Tau;
        _field = new ClockedField(flow, _clock);
        _equilibrium = new Equilibrium(flow);
        _buffer = new double[_field.Length];
        var begin = options.Begin ?? flow.Begin;
        var y = new double[_field.Length];
        flow.Start(theta).CopyTo(y, 0);
        if (_clock == ClockKind.Tau) y[^1] = begin.U;
        _tau = options.TrackTau || _clock == ClockKind.Tau ? 0 : double.NaN;
        flow.AdoptMode(begin.LogT, State(y), first: true);
        _method = options.Method == Method.Auto ? Method.Dop853 : options.Method;
        _stepper = NewStepper(_method, _clock == ClockKind.Tau ? 0 : _field.S(begin), y, 0);
        _separated = Separated(begin, y);
        if (_separated) _events.Add(new FlowEvent("separation", begin, "the start separates the data"));
    }

    /// <summary>What happened so far: separation, kinks (the first thousand), stiffness, rest.</summary>
    public IReadOnlyList<FlowEvent> Events => _events;

    /// <summary>Steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>Kinks crossed.</summary>
    public long Kinks { get; private set; }

    /// <summary>Evaluations of the vector field.</summary>
    public long Evaluations => _stepper.Evaluations;

    /// <summary>The integrator at work.</summary>
    public string MethodName => _stepper.Name;

    /// <summary>When the flow came to rest; null while it has not.</summary>
    public Instant? RestedAt { get; private set; }

    /// <summary>Where to go on from; as of the last step behind which no observation is pending. Null before the first.</summary>
    public TrajectoryCheckpoint? Checkpoint { get; private set; }

    /// <summary>Where the integration stands: for progress.</summary>
    public Instant Now => _field.At(_stepper.S, _stepper.Y);

    /// <summary>Goes on from a checkpoint of a trajectory with the same flow, start and options.</summary>
    public Trajectory Resume(TrajectoryCheckpoint checkpoint)
    {
        _flow.RestoreMode(checkpoint.Mode);
        _method = checkpoint.Method;
        _stepper = NewStepper(_method, checkpoint.Stepper.S, checkpoint.Stepper.Y, checkpoint.Stepper.Step);
        _stepper.Restore(checkpoint.Stepper);
        (_observed, _tau, Steps, _separated) = (checkpoint.Observed, checkpoint.Tau, checkpoint.Steps, checkpoint.Separated);
        Checkpoint = checkpoint;
        return this;
    }

    /// <summary>The observations at <paramref name="instants"/> (in ascending order), ending early where <see cref="Until"/> says so.</summary>
    /// <exception cref="IntegrationException">The flow could not be followed further; what was observed before has been returned.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; <see cref="Checkpoint"/> says where to go on.</exception>
    public IEnumerable<FlowPoint> At(IReadOnlyList<Instant> instants, CancellationToken cancellation = default)
    {
        for (var i = 1; i < instants.Count; i++)
            if (instants[i].U < instants[i - 1].U) throw new ArgumentException("instants of observation must ascend", nameof(instants));
        var end = _options.Until.Time ?? (instants.Count > 0 || OpenEnded ? null : (Instant?)Instant.Zero);
        while (_observed < instants.Count && instants[_observed].U <= _field.At(_stepper.S, _stepper.Y).U)
            yield return Observe(instants[_observed++], _stepper.Y);
        Instant? stop = null;
        while (stop is null && (_observed < instants.Count || OpenEnded))
        {
            cancellation.ThrowIfCancellationRequested();
            var reached = RestedAt is null ? Advance(instants, end) : Rest(instants, end);
            var limit = reached ?? _field.At(_stepper.S, _stepper.Y);
            if (end is { } last && limit.U >= last.U) (limit, stop) = (last, last);
            stop ??= reached;
            while (_observed < instants.Count && instants[_observed].U <= limit.U)
                yield return ObserveInStep(instants[_observed++]);
            if (stop is not null) break;
            FinishStep();
        }
        if (stop is not null && (instants.Count == 0 || _observed < instants.Count || instants[^1].U < stop.Value.U) && EndsByItself)
            yield return ObserveInStep(stop.Value);
    }

    private bool OpenEnded => _options.Until.Log10Loss is not null || _options.Until.Tau is not null;

    // A loss or τ that ends the run deserves an observation of its own; a time is observed where it is asked for.
    private bool EndsByItself => OpenEnded;

    private double SLimit(IReadOnlyList<Instant> instants, Instant? end)
    {
        if (_clock == ClockKind.Tau) return _options.Until.Tau ?? double.MaxValue;
        var next = _observed < instants.Count ? instants[_observed] : (Instant?)null;
        var limit = end is { } e ? _field.S(e) : _clock == ClockKind.LogT ? 1e7 : double.MaxValue;
        if (!OpenEnded && instants.Count > 0) limit = Math.Min(limit, Math.Max(_field.S(instants[^1]), _field.S(next ?? instants[^1])));
        return next is { } n && !_stepper.DenseIsAccurate ? Math.Min(limit, _field.S(n)) : limit;
    }

    // One step, cut back to the kink it crosses or to the loss that ends the run (which is then returned).
    private Instant? Advance(IReadOnlyList<Instant> instants, Instant? end)
    {
        var limit = SLimit(instants, end);
        var result = _stepper.Step(limit);
        if (result != StepResult.Accepted)
        {
            if (TryRest()) return null;
            if (result == StepResult.TooSmall && _method == Method.Dop853 && _options.Method == Method.Auto) { BecomeStiff(); return null; }
            throw Failure(result);
        }
        if (++Steps > _options.MaxSteps) throw Failure(null);
        _cut = _stepper.S;
        LocateKink();
        if (_options.Until.Log10Loss is { } target) return LocateLoss(target * Math.Log(10));
        return _clock == ClockKind.Tau && _stepper.S >= limit ? _field.At(_stepper.S, _stepper.Y) : null;
    }

    private double _cut;
    private string? _violation;

    private void LocateKink()
    {
        _violation = _flow.ModeViolation(LogT(_stepper.S, _stepper.Y), State(_stepper.Y));
        if (_violation is null) return;
        double low = _stepper.PreviousS, high = _stepper.S;
        while (high - low > 2e-16 * Math.Abs(high))
        {
            var middle = low + (high - low) / 2;
            if (middle <= low || middle >= high) break;
            _stepper.Interpolate(middle, _buffer);
            if (_flow.ModeViolation(LogT(middle, _buffer), State(_buffer)) is { } found) (high, _violation) = (middle, found);
            else low = middle;
        }
        _cut = high;
    }

    private Instant? LocateLoss(double logTarget)
    {
        _stepper.Interpolate(_cut, _buffer);
        if (_flow.LogLoss(LogT(_cut, _buffer), State(_buffer)) > logTarget) return null;
        double low = _stepper.PreviousS, high = _cut;
        while (high - low > 4e-16 * Math.Abs(high))
        {
            var middle = low + (high - low) / 2;
            if (middle <= low || middle >= high) break;
            _stepper.Interpolate(middle, _buffer);
            if (_flow.LogLoss(LogT(middle, _buffer), State(_buffer)) <= logTarget) high = middle; else low = middle;
        }
        _cut = high;
        _violation = null;
        _stepper.Interpolate(high, _buffer);
        var at = _field.At(high, _buffer);
        _events.Add(new FlowEvent("loss", at, "the loss that ends the run is reached"));
        return at;
    }

    // After the observations of a step: τ, separation, the mode behind a kink, stiffness, rest, checkpoint.
    private void FinishStep()
    {
        if (RestedAt is not null) return;
        if (!double.IsNaN(_tau)) _tau = TauAt(_cut);
        if (!_separated)
        {
            _stepper.Interpolate(_cut, _buffer);
            var at = _field.At(_cut, _buffer);
            if (_separated = Separated(at, _buffer)) _events.Add(new FlowEvent("separation", at, "all margins are positive"));
        }
        if (_violation is not null) CrossKink();
        else if (_stepper.IsStiff && _options.Method == Method.Auto && _flow.Dimension <= 1200) BecomeStiff();
        if (_method == Method.Radau || Steps % 64 == 0) TryRest();
        Checkpoint = new TrajectoryCheckpoint(_stepper.Save(), _method, _observed, _tau, Steps, _separated, _flow.SaveMode());
    }

    private void CrossKink()
    {
        var y = new double[_field.Length];
        _stepper.Interpolate(_cut, y);
        Kinks++;
        if (_events.Count < 1000) _events.Add(new FlowEvent("kink", _field.At(_cut, y), _violation!));
        _chatter = _cut - _lastSwitch <= 1e-12 * Math.Max(1, Math.Abs(_cut)) ? _chatter + 1 : 0;
        _lastSwitch = _cut;
        if (_chatter > ChatterLimit)
            throw new IntegrationException(
                $"the flow stopped at {_field.At(_cut, y)}: it stays on {_violation}, because the descent directions on both sides point to it " +
                "(there the gradient jumps and the papers' flow has no derivative). What was observed before is kept; try other initial weights, a leaky-relu or power unit, or an earlier end.");
        _flow.AdoptMode(LogT(_cut, y), State(y), first: false);
        _stepper.Restart(_cut, y);
    }

    private void BecomeStiff()
    {
        var state = _stepper.Save();
        _events.Add(new FlowEvent("stiff", _field.At(state.S, state.Y), "steps are limited by stability; radau takes over"));
        _method = Method.Radau;
        _stepper = NewStepper(_method, state.S, state.Y, state.Step);
        _cut = state.S;
        _violation = null;
    }

    private bool TryRest()
    {
        if (_clock == ClockKind.Tau || !_equilibrium.Reached(State(_stepper.Y))) return false;
        RestedAt = _field.At(_stepper.S, _stepper.Y);
        _events.Add(new FlowEvent("equilibrium", RestedAt.Value, "the flow is at rest to rounding; its state is held from here on"));
        return true;
    }

    // At rest every remaining instant sees the same state.
    private static Instant? Rest(IReadOnlyList<Instant> instants, Instant? end) => end ?? (instants.Count > 0 ? instants[^1] : Instant.FromU(double.MaxValue));

    private FlowPoint ObserveInStep(Instant at)
    {
        if (RestedAt is { } rested) return Observe(at, _stepper.Y, _tau + (at.T - rested.T) * Math.Exp(_flow.LogLoss(0, State(_stepper.Y))));
        var s = _clock == ClockKind.Tau ? LocateInTau(at) : Math.Min(_field.S(at), _cut);
        _stepper.Interpolate(s, _buffer);
        var y = (double[])_buffer.Clone();
        return Observe(at, y, _clock == ClockKind.Tau ? s : double.IsNaN(_tau) ? double.NaN : TauAt(s));
    }

    private FlowPoint Observe(Instant at, ReadOnlySpan<double> y) => Observe(at, y, _tau);

    private FlowPoint Observe(Instant at, ReadOnlySpan<double> y, double tau) => FlowPoint.Of(_flow, at, State(y), tau, RestedAt is not null);

    private double LocateInTau(Instant at)
    {
        double low = _stepper.PreviousS, high = _cut;
        for (var i = 0; i < 100 && high - low > 1e-15 * Math.Abs(high); i++)
        {
            var middle = low + (high - low) / 2;
            _stepper.Interpolate(middle, _buffer);
            if (_buffer[^1] >= at.U) high = middle; else low = middle;
        }
        return high;
    }

    // τ(s) = τ(PreviousS) + ∫ L dt by Gauss–Legendre quadrature with three nodes on the dense output.
    private double TauAt(double s)
    {
        if (_clock == ClockKind.Tau) return s;
        double h = s - _stepper.PreviousS, middle = _stepper.PreviousS + h / 2, offset = h / 2 * Math.Sqrt(0.6);
        return _tau + h / 18 * (5 * Rate(middle - offset) + 8 * Rate(middle) + 5 * Rate(middle + offset));
    }

    private double Rate(double s)
    {
        _stepper.Interpolate(s, _buffer);
        return _field.TauRate(s, _buffer);
    }

    private bool Separated(Instant at, ReadOnlySpan<double> y)
    {
        var rho = new double[_flow.Network.Depth];
        var v = new double[_flow.Network.ParameterCount];
        _flow.Split(at.LogT, State(y), rho, v);
        var f = _flow.NormalizedOutputs(rho, v);
        for (var n = 0; n < f.Length; n++)
            if (!(f[n] * _flow.Targets[n] > 0)) return false;
        return true;
    }

    private IStepper NewStepper(Method method, double s, ReadOnlySpan<double> y, double step) => method switch
    {
        Method.DormandPrince => new ExplicitStepper(ButcherTableau.DormandPrince54, _field.Evaluate, s, y, _options.Tolerance, step),
        Method.Radau => new RadauStepper(_field.Evaluate, s, y, _options.Tolerance, step),
        _ => new ExplicitStepper(ButcherTableau.DormandPrince853, _field.Evaluate, s, y, _options.Tolerance, step),
    };

    private double LogT(double s, ReadOnlySpan<double> y) => _flow.IsAutonomous ? 0 : _field.At(s, y).LogT;

    private ReadOnlySpan<double> State(ReadOnlySpan<double> y) => y[.._flow.Dimension];

    private IntegrationException Failure(StepResult? result)
    {
        var at = Now;
        var why = result switch
        {
            StepResult.NotFinite => "the velocity is no longer a finite number (the loss or a norm has left the range of a double)",
            StepResult.TooSmall => "the step that the tolerance asks for has fallen below the resolution of the clock",
            _ => string.Create(CultureInfo.InvariantCulture, $"{_options.MaxSteps:N0} steps were not enough; the steps are limited by {(_stepper.IsStiff ? "stability (the flow is stiff)" : "accuracy")}"),
        };
        return new IntegrationException(
            $"the flow stopped at {at}: {why}. What was observed before is kept; try an earlier end, method: radau, a looser tolerance, or the clock log-t.");
    }
}
