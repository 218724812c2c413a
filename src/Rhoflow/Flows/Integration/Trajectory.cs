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
    private readonly Instant _begin;
    private readonly ClockedField _field;
    private readonly Equilibrium _equilibrium;
    private readonly List<FlowEvent> _events = [];
    private readonly double[] _buffer;
    private IStepper _stepper;
    private Method _method;
    private double[] _mode = [];      // while another trajectory uses the flow's room
    private double _tau, _lastSwitch = double.NaN;
    private int _chatter, _observed;
    private long _earlierEvaluations;
    private bool _separated, _followed;

    internal Trajectory(Flow flow, ReadOnlySpan<double> theta, IntegrationOptions options)
    {
        if (theta.Length != flow.Network.ParameterCount)
            throw new ArgumentException($"{theta.Length} weights were given; the network has {flow.Network.ParameterCount}", nameof(theta));
        (_flow, _options) = (flow, options);
        _begin = options.Begin ?? flow.Begin;
        _clock = options.Until.Tau is null ? options.Clock : ClockKind.Tau;
        _field = new ClockedField(flow, _clock);
        _equilibrium = new Equilibrium(flow);
        _buffer = new double[_field.Length];
        var begin = _begin;
        var y = new double[_field.Length];
        flow.Start(theta).CopyTo(y, 0);
        if (_clock == ClockKind.Tau) y[^1] = begin.U;
        _tau = options.TrackTau || _clock == ClockKind.Tau ? 0 : double.NaN;
        LeaveRoom();
        flow.AdoptMode(begin.LogT, State(y), first: true);
        _method = options.Method == Method.Auto ? Method.Dop853 : options.Method;
        _stepper = NewStepper(_method, _clock == ClockKind.Tau ? 0 : _field.S(begin), y, 0);
        _separated = flow.Separates(begin.LogT, State(y));
        if (_separated) _events.Add(new FlowEvent("separation", begin, "the start separates the data"));
    }

    /// <summary>What happened so far: separation, kinks (the first thousand), stiffness, rest.</summary>
    public IReadOnlyList<FlowEvent> Events => _events;

    /// <summary>Steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>Kinks crossed.</summary>
    public long Kinks { get; private set; }

    /// <summary>Evaluations of the vector field.</summary>
    public long Evaluations => _earlierEvaluations + _stepper.Evaluations;

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
        TakeRoom();
        _flow.RestoreMode(checkpoint.Mode);
        _method = checkpoint.Method;
        _stepper = NewStepper(_method, checkpoint.Stepper.S, checkpoint.Stepper.Y, checkpoint.Stepper.Step);
        _stepper.Restore(checkpoint.Stepper);
        _cut = _stepper.S;
        (_observed, _tau, Steps, _separated) = (checkpoint.Observed, checkpoint.Tau, checkpoint.Steps, checkpoint.Separated);
        Checkpoint = checkpoint;
        if (LooksForRest) TryRest();
        return this;
    }

    /// <summary>
    /// The observations at <paramref name="instants"/> (in ascending order, none before the beginning), ending early where
    /// <see cref="Until"/> says so. A trajectory is followed once.
    /// </summary>
    /// <exception cref="IntegrationException">The flow could not be followed further; what was observed before has been returned.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; <see cref="Checkpoint"/> says where to go on.</exception>
    public IEnumerable<FlowPoint> At(IReadOnlyList<Instant> instants, CancellationToken cancellation = default)
    {
        for (var i = 1; i < instants.Count; i++)
            if (instants[i].U < instants[i - 1].U) throw new ArgumentException($"instants of observation must ascend; {instants[i]} stands behind {instants[i - 1]}", nameof(instants));
        if (instants.Count > 0 && instants[0].U < _begin.U * (1 - 1e-12))
            throw new ArgumentException($"the first observation, at {instants[0]}, lies before the flow's beginning at {_begin}; observe later or begin earlier", nameof(instants));
        return Follow(instants, cancellation);
    }

    private IEnumerable<FlowPoint> Follow(IReadOnlyList<Instant> instants, CancellationToken cancellation)
    {
        if (_followed) throw new InvalidOperationException("this trajectory has been followed already; keep its observations, or make another with From (and Resume)");
        _followed = true;
        var end = _options.Until.Time;
        TakeRoom();
        while (_observed < instants.Count && Shown(instants[_observed]) <= Math.Max(ShownAt(_stepper.S), Shown(_begin)))
            yield return Observe(instants[_observed++], _stepper.Y);
        if (end is { } early && Shown(early) <= ShownAt(_stepper.S)) yield break;
        Instant? stop = null;
        while (stop is null && (_observed < instants.Count || OpenEnded))
        {
            cancellation.ThrowIfCancellationRequested();
            var reached = RestedAt is null ? Advance(instants, end) : Rest(instants, end);
            var limit = reached is { } r ? Shown(r) : ShownAt(_cut);
            if (end is { } last && limit >= Shown(last)) (limit, stop) = (Shown(last), last);
            stop ??= reached;
            while (_observed < instants.Count && Shown(instants[_observed]) <= limit)
                yield return ObserveInStep(instants[_observed++]);
            if (stop is not null) break;
            FinishStep();
        }
        if (stop is not null && (instants.Count == 0 || _observed < instants.Count || instants[^1].U < stop.Value.U) && EndsByItself)
            yield return ObserveInStep(stop.Value);
    }

    // Instants compare by what the clock shows: log(1 + t) of a t need not be the u that this t was made from.
    private double Shown(Instant at) => _clock == ClockKind.T ? at.T : at.U;

    private double ShownAt(double s)
    {
        if (_clock != ClockKind.Tau) return s;
        _stepper.Interpolate(s, _buffer);
        return _buffer[^1];
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
        TakeRoom();
        var limit = SLimit(instants, end);
        var result = _stepper.Step(limit);
        if (result != StepResult.Accepted)
        {
            if (TryRest()) return null;
            if (result == StepResult.TooSmall && _method == Method.Dop853 && _options.Method == Method.Auto) { BecomeStiff(); return null; }
            throw IntegrationException.Stopped(Now, result);
        }
        if (++Steps > _options.MaxSteps) throw IntegrationException.TooLong(Now, _options.MaxSteps, _stepper.IsStiff);
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
        _cut = First(_stepper.S, s =>
        {
            var found = _flow.ModeViolation(LogT(s, _buffer), State(_buffer));
            _violation = found ?? _violation;
            return found is not null;
        });
    }

    private Instant? LocateLoss(double logTarget)
    {
        _stepper.Interpolate(_cut, _buffer);
        if (_flow.LogLoss(LogT(_cut, _buffer), State(_buffer)) > logTarget) return null;
        _cut = First(_cut, s => _flow.LogLoss(LogT(s, _buffer), State(_buffer)) <= logTarget);
        _violation = null;
        _stepper.Interpolate(_cut, _buffer);
        var at = _field.At(_cut, _buffer);
        _events.Add(new FlowEvent("loss", at, "the loss that ends the run is reached"));
        return at;
    }

    // The first s of the last step at which something has come to pass that is so at `high`, by bisection of the dense output (in _buffer).
    private double First(double high, Func<double, bool> passed)
    {
        var low = _stepper.PreviousS;
        while (high - low > 2e-16 * Math.Abs(high))
        {
            var middle = low + (high - low) / 2;
            if (middle <= low || middle >= high) break;
            _stepper.Interpolate(middle, _buffer);
            if (passed(middle)) high = middle; else low = middle;
        }
        return high;
    }

    // After the observations of a step: τ, separation, the mode behind a kink, stiffness, rest, checkpoint.
    private void FinishStep()
    {
        if (RestedAt is not null) return;
        TakeRoom();
        if (!double.IsNaN(_tau)) _tau = TauAt(_cut);
        if (!_separated)
        {
            _stepper.Interpolate(_cut, _buffer);
            var at = _field.At(_cut, _buffer);
            if (_separated = _flow.Separates(at.LogT, State(_buffer))) _events.Add(new FlowEvent("separation", at, "all margins are positive"));
        }
        if (_violation is not null) CrossKink();
        else if (_stepper.IsStiff && _options.Method == Method.Auto && _flow.Dimension <= 1200) BecomeStiff();
        if (LooksForRest) TryRest();
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
        if (_chatter > ChatterLimit) throw IntegrationException.Stuck(_field.At(_cut, y), $"it stays on {_violation}, because the descent directions on both sides point to it");
        try
        {
            _flow.AdoptMode(LogT(_cut, y), State(y), first: false);
        }
        catch (UnsolvableSlideException e)
        {
            throw IntegrationException.Stuck(_field.At(_cut, y), e.Message);
        }
        _stepper.Restart(_cut, y);
    }

    private void BecomeStiff()
    {
        var state = _stepper.Save();
        _events.Add(new FlowEvent("stiff", _field.At(state.S, state.Y), "steps are limited by stability; radau takes over"));
        _method = Method.Radau;
        _earlierEvaluations += _stepper.Evaluations;
        _stepper = NewStepper(_method, state.S, state.Y, state.Step);
        _cut = state.S;
        _violation = null;
    }

    private bool LooksForRest => _method == Method.Radau || Steps % 64 == 0;

    private bool TryRest()
    {
        if (_clock == ClockKind.Tau || !_equilibrium.Reached(State(_stepper.Y))) return false;
        RestedAt = _field.At(_stepper.S, _stepper.Y);
        _events.Add(new FlowEvent("equilibrium", RestedAt.Value, "the flow is at rest to rounding; its state is held from here on"));
        return true;
    }

    // At rest every remaining instant sees the same state; a loss that is never reached ends the run where it came to rest.
    private Instant? Rest(IReadOnlyList<Instant> instants, Instant? end) => end ?? (_observed < instants.Count ? instants[^1] : RestedAt);

    private FlowPoint ObserveInStep(Instant at)
    {
        TakeRoom();
        if (RestedAt is { } rested) return Observe(at, _stepper.Y, TauAtRest(rested, at));
        var s = _clock == ClockKind.Tau ? First(_cut, _ => _buffer[^1] >= at.U) : Math.Min(_field.S(at), _cut);
        _stepper.Interpolate(s, _buffer);
        var y = (double[])_buffer.Clone();
        return Observe(at, y, _clock == ClockKind.Tau ? s : double.IsNaN(_tau) ? double.NaN : TauAt(s));
    }

    private FlowPoint Observe(Instant at, ReadOnlySpan<double> y) => Observe(at, y, _tau);

    private FlowPoint Observe(Instant at, ReadOnlySpan<double> y, double tau) => FlowPoint.Of(_flow, at, State(y), tau, RestedAt is not null);

    // τ(s) = τ(PreviousS) + ∫ L dt by Gauss–Legendre quadrature with three nodes on the dense output.
    private double TauAt(double s)
    {
        if (_clock == ClockKind.Tau) return s;
        double h = s - _stepper.PreviousS, middle = _stepper.PreviousS + h / 2, offset = h / 2 * Math.Sqrt(0.6);
        return _tau + h / 18 * (5 * Rate(middle - offset) + 8 * Rate(middle) + 5 * Rate(middle + offset));
    }

    // The loss is constant: τ = τ(rest) + L (t − t(rest)), through logarithms where t overflows.
    private double TauAtRest(Instant rested, Instant at)
    {
        var logLoss = _flow.LogLoss(0, State(_stepper.Y));
        if (double.IsNaN(_tau) || double.IsNegativeInfinity(logLoss)) return _tau;
        return _tau + (double.IsFinite(at.T) ? (at.T - rested.T) * Math.Exp(logLoss) : Math.Exp(at.LogT + logLoss));
    }

    private double Rate(double s)
    {
        _stepper.Interpolate(s, _buffer);
        return _field.TauRate(s, _buffer);
    }

    // Trajectories of one flow share its room: whoever used it in between, the frozen kinks are this trajectory's again.
    private void TakeRoom()
    {
        if (ReferenceEquals(_flow.ModeOwner, this)) return;
        LeaveRoom();
        _flow.RestoreMode(_mode);
    }

    private void LeaveRoom()
    {
        if (_flow.ModeOwner is { } owner) owner._mode = _flow.SaveMode();
        _flow.ModeOwner = this;
    }

    private IStepper NewStepper(Method method, double s, ReadOnlySpan<double> y, double step) => method switch
    {
        Method.DormandPrince => new ExplicitStepper(ButcherTableau.DormandPrince54, _field.Evaluate, s, y, _options.Tolerance, step),
        Method.Radau => new RadauStepper(_field.Evaluate, s, y, _options.Tolerance, step),
        _ => new ExplicitStepper(ButcherTableau.DormandPrince853, _field.Evaluate, s, y, _options.Tolerance, step),
    };

    private double LogT(double s, ReadOnlySpan<double> y) => _flow.IsAutonomous ? 0 : _field.At(s, y).LogT;

    private ReadOnlySpan<double> State(ReadOnlySpan<double> y) => y[.._flow.Dimension];
}
