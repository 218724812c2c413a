using System.Collections.Immutable;
using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>
/// A flow followed from a start to the instants at which it is observed. ReLU kinks are located to rounding and the integration
/// restarted after them; where explicit steps are limited by stability the implicit method takes over; where the flow comes to rest
/// its state is held. <see cref="Checkpoint"/> lets another instance go on bit for bit.
/// </summary>
/// <remarks>Not thread-safe. Trajectories of one flow are independent: each has its own <see cref="FlowWorkspace"/>.</remarks>
public sealed class Trajectory
{
    private const int ChatterLimit = 60;
    private readonly Flow _flow;
    private readonly FlowWorkspace _work;
    private readonly IntegrationOptions _options;
    private readonly ClockKind _clock;
    private readonly Instant _begin;
    private readonly ClockedField _field;
    private readonly DenseOutput _dense;
    private readonly LossTime _tau;
    private readonly Equilibrium _equilibrium;
    private readonly EventWatch? _watch;
    // Immutable, so that a checkpoint keeps what there was at no cost.
    private ImmutableList<FlowEvent> _events = [];
    private readonly LinearModes? _modes;                // the closed form, where there is one
    private readonly AdaptedFlow? _adapted;              // what is integrated in place of the given flow, where its inputs cancel
    private readonly FlowWorkspace _seen;                // of the flow as it was given
    private readonly bool _cancels;
    private readonly Pace _pace = new();
    private IStepper _stepper;
    private Method _method;
    private double _cut, _lastSwitch = double.NaN;     // where the last step ends: at the integrator's S, or at an event within it
    private string? _violation;
    private int _chatter, _observed;
    private long _earlierEvaluations;
    private bool _separated, _followed;

    internal Trajectory(Flow given, ReadOnlySpan<double> theta, IntegrationOptions options)
    {
        var flow = given;
        if (theta.Length != flow.Network.ParameterCount)
            throw new ArgumentException($"{theta.Length} weights were given; the network has {flow.Network.ParameterCount}", nameof(theta));
        _begin = options.Begin ?? flow.Begin;
        _clock = options.Until.Tau is null ? options.Clock : ClockKind.Tau;
        _modes = LinearModes.Of(flow, theta, options, _begin);
        if (_modes is null && options.Method == Method.Auto && options.Events.Count == 0) _adapted = AdaptedFlow.Of(flow);
        flow = _adapted ?? flow;
        _seen = new FlowWorkspace(given);
        (_flow, _options, _work) = (flow, options, _adapted is null ? _seen : new FlowWorkspace(flow));
        var basis = given.HasRisk ? InputBasis.Of(given.Risk.Data) : null;
        _cancels = basis is not null;
        _field = new ClockedField(_work, _clock);
        _equilibrium = new Equilibrium(_work, _modes, _adapted is null ? basis : null, _adapted is not null);
        var begin = _begin;
        var y = new double[_field.Length];
        flow.Start(theta).CopyTo(y, 0);
        if (_clock == ClockKind.Tau) y[^1] = begin.U;
        _work.BeginMode(begin.LogT, State(y));
        _method = options.Method == Method.Auto ? Method.Dop853 : options.Method;
        _stepper = NewStepper(_method, _clock == ClockKind.Tau ? 0 : _field.S(begin), y, 0);
        _dense = new DenseOutput(_field) { Stepper = _stepper };
        _tau = new LossTime(_work, _clock, _dense) { Modes = _modes, Now = options.TrackTau || _clock == ClockKind.Tau ? 0 : double.NaN };
        _separated = _work.Separates(begin.LogT, State(y));
        if (_separated) Note(new FlowEvent(FlowEventKind.Separation, begin, "the start separates the data"));
        if (options.Events.Count == 0) return;
        _watch = new EventWatch(options.Events, _work, _dense);
        _watch.Begin(_stepper.S, y);
    }

    /// <summary>What happened so far: separation, kinks (the first thousand), stiffness, rest, and the conditions of the options.</summary>
    public IReadOnlyList<FlowEvent> Events => _events;

    /// <summary>Steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>Kinks crossed.</summary>
    public long Kinks { get; private set; }

    /// <summary>Evaluations of the vector field.</summary>
    public long Evaluations => _earlierEvaluations + _stepper.Evaluations;

    /// <summary>The integrator at work.</summary>
    public string MethodName => _stepper.Name;

    /// <summary>Units that slide along the kinks of their ReLUs at present.</summary>
    public int SlidingUnits => _work.SlidingUnits;

    /// <summary>When the flow came to rest; null while it has not.</summary>
    public Instant? RestedAt { get; private set; }

    /// <summary>Where to go on from; as of the last step after which no observation is pending. Null before the first.</summary>
    public TrajectoryCheckpoint? Checkpoint { get; private set; }

    /// <summary>Called after each step, when <see cref="Checkpoint"/> is that of the step.</summary>
    internal Action? AfterStep { get; set; }

    /// <summary>The length of the integrated vector.</summary>
    internal int Unknowns => _field.Length;

    /// <summary>Where the integration stands: for progress.</summary>
    public Instant Now => _field.At(_stepper.S, _stepper.Y);

    /// <summary>Goes on from a checkpoint of a trajectory with the same flow, start and options.</summary>
    /// <exception cref="ArgumentException">The checkpoint is of another integrator than it says.</exception>
    public Trajectory Resume(TrajectoryCheckpoint checkpoint)
    {
        _method = checkpoint.Method;
        Use(NewStepper(_method, checkpoint.Stepper.S, checkpoint.Stepper.Y.Span, checkpoint.Stepper.Step));
        _stepper.Restore(checkpoint.Stepper);
        _cut = _stepper.S;
        (_observed, _tau.Now, Steps, _separated) = (checkpoint.Observed, checkpoint.Tau, checkpoint.Steps, checkpoint.Separated);
        (Kinks, _chatter, _lastSwitch) = (checkpoint.Kinks, checkpoint.Chatter, checkpoint.LastKink);
        (_earlierEvaluations, RestedAt, _events) = (checkpoint.EarlierEvaluations, checkpoint.RestedAt, [.. checkpoint.Events]);
        Checkpoint = checkpoint;
        _watch?.Begin(_stepper.S, _stepper.Y);
        // Last: a velocity along a kink is found from the slopes of the one before, and leaves its own.
        _work.RestoreMode(checkpoint.Mode.Span);
        return this;
    }

    /// <summary>
    /// The observations at <paramref name="instants"/> (in ascending order, none before the beginning), ending early where
    /// <see cref="Until"/> says so. A trajectory is followed once.
    /// </summary>
    /// <exception cref="IntegrationException">The flow could not be followed further; what was observed before has been
    /// returned.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; <see cref="Checkpoint"/> says where to go on.</exception>
    public IEnumerable<FlowPoint> At(IReadOnlyList<Instant> instants, CancellationToken cancellation = default)
    {
        for (var i = 1; i < instants.Count; i++)
        {
            if (instants[i].U >= instants[i - 1].U) continue;
            throw new ArgumentException(
                $"instants of observation must ascend; {instants[i]} comes after {instants[i - 1]}", nameof(instants));
        }
        if (instants.Count > 0 && instants[0].U < _begin.U * (1 - 1e-12))
        {
            throw new ArgumentException(
                $"the first observation, at {instants[0]}, lies before the flow's beginning at {_begin}; observe later or begin earlier",
                nameof(instants));
        }
        return Follow(instants, cancellation);
    }

    private IEnumerable<FlowPoint> Follow(IReadOnlyList<Instant> instants, CancellationToken cancellation)
    {
        if (_followed)
        {
            throw new InvalidOperationException(
                "this trajectory has been followed already; keep its observations, or make another with From (and Resume)");
        }
        _followed = true;
        var end = _options.Until.Time;
        while (_observed < instants.Count && Shown(instants[_observed]) <= Math.Max(ShownAt(_stepper.S), Shown(_begin)))
            yield return Observe(instants[_observed++], _stepper.Y, _tau.Now);
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
            {
                cancellation.ThrowIfCancellationRequested();
                yield return ObserveInStep(instants[_observed++]);
                if (RestedAt is not null) Checkpoint = Capture();
            }
            if (stop is not null) break;
            FinishStep();
            AfterStep?.Invoke();
        }
        // A loss, a τ or a condition that ends the run deserves an observation of its own; a time is observed where it is asked for.
        if (stop is { } at && OpenEnded && (instants.Count == 0 || _observed < instants.Count || instants[^1].U < at.U))
            yield return ObserveInStep(at);
    }

    // Instants compare by what the clock shows: log(1 + t) of a t need not be the u that this t was made from.
    private double Shown(Instant at) => _clock == ClockKind.T ? at.T : at.U;

    private double ShownAt(double s) => _clock != ClockKind.Tau ? s : _dense.At(s)[^1];

    private bool OpenEnded => _options.Until.Log10Loss is not null || _options.Until.Tau is not null || _watch is { CanStop: true };

    // Null where a loss, a τ or a condition decides.
    private Instant? Goal(IReadOnlyList<Instant> instants, Instant? end) =>
        end ?? (!OpenEnded && instants.Count > 0 ? instants[^1] : null);

    private double SLimit(IReadOnlyList<Instant> instants, Instant? end)
    {
        if (_clock == ClockKind.Tau) return _options.Until.Tau ?? double.MaxValue;
        var next = _observed < instants.Count ? instants[_observed] : (Instant?)null;
        var limit = end is { } e ? _field.S(e) : _clock == ClockKind.LogT ? 1e7 : double.MaxValue;
        if (!OpenEnded && instants.Count > 0) limit = Math.Min(limit, Math.Max(_field.S(instants[^1]), _field.S(next ?? instants[^1])));
        return next is { } n && !_stepper.DenseIsAccurate ? Math.Min(limit, _field.S(n)) : limit;
    }

    // One step, cut back to the kink it crosses or to what ends the run (whose instant is then returned).
    private Instant? Advance(IReadOnlyList<Instant> instants, Instant? end)
    {
        var limit = SLimit(instants, end);
        if (_adapted?.Until is { } resolved && _clock != ClockKind.Tau)
        {
            if (_stepper.S >= _field.S(resolved)) throw IntegrationException.Unresolved(Now);
            limit = Math.Min(limit, _field.S(resolved));
        }
        var result = _stepper.Step(limit);
        if (result != StepResult.Accepted)
        {
            if (TryRest()) return null;
            if (result == StepResult.TooSmall && _method == Method.Dop853 && _options.Method == Method.Auto) { BecomeStiff(); return null; }
            throw IntegrationException.Stopped(Now, result, _cancels);
        }
        if (++Steps > _options.MaxSteps)
            throw IntegrationException.TooLong(
                Now, _options.MaxSteps, _stepper.IsStiff, _pace.AtTheEnd(Steps, Now, Goal(instants, end)), _cancels);
        _pace.Step(Steps, Now);
        if (_options.Told is { } told && _pace.Look(Steps, Now, Goal(instants, end)) is { } sentence) told(sentence);
        _cut = _stepper.S;
        LocateKink();
        var stop = LocateCondition();
        if (_options.Until.Log10Loss is { } target) stop = LocateLoss(target * Math.Log(10)) ?? stop;
        _watch?.Accept(_cut, Note);
        return stop ?? (_clock == ClockKind.Tau && _stepper.S >= limit ? _field.At(_stepper.S, _stepper.Y) : null);
    }

    private void LocateKink()
    {
        _violation = _work.ModeViolation(LogT(_stepper.S, _stepper.Y), State(_stepper.Y));
        if (_violation is null) return;
        _cut = _dense.First(_stepper.S, (s, y) =>
        {
            var found = _work.ModeViolation(LogT(s, y), State(y));
            _violation = found ?? _violation;
            return found is not null;
        });
    }

    private Instant? LocateCondition()
    {
        if (_watch?.Locate(_cut) is not { } s) return null;
        (_cut, _violation) = (s, null);
        return _dense.Instant(s);
    }

    private Instant? LocateLoss(double logTarget)
    {
        double LogLoss(double s, ReadOnlySpan<double> y) => _modes?.LogLoss(_field.At(s, y)) ?? _flow.LogLoss(_work, LogT(s, y), State(y));
        bool Reached(double s, ReadOnlySpan<double> y) => LogLoss(s, y) <= logTarget;
        if (LogLoss(_cut, _dense.At(_cut)) > logTarget) return null;
        _cut = _dense.First(_cut, Reached);
        _violation = null;
        var at = _dense.Instant(_cut);
        Note(new FlowEvent(FlowEventKind.Loss, at, "the loss that ends the run is reached"));
        return at;
    }

    // After the observations of a step: τ, separation, the mode after a kink, stiffness, rest, checkpoint.
    private void FinishStep()
    {
        if (RestedAt is not null) return;
        if (!double.IsNaN(_tau.Now)) _tau.Now = _tau.At(_cut);
        if (!_separated)
        {
            var y = _dense.At(_cut);
            var at = _field.At(_cut, y);
            _separated = _work.Separates(at.LogT, State(y));
            if (_separated) Note(new FlowEvent(FlowEventKind.Separation, at, "all margins are positive"));
        }
        if (_violation is not null) CrossKink();
        else if (_stepper.IsStiff && _options.Method == Method.Auto && _flow.Dimension <= 1200) BecomeStiff();
        if (LooksForRest) TryRest();
        Checkpoint = Capture();
    }

    private TrajectoryCheckpoint Capture() =>
        new(_stepper.Save(), _method, _observed, _tau.Now, Steps, _separated, _work.SaveMode())
        {
            Kinks = Kinks,
            Chatter = _chatter,
            LastKink = _lastSwitch,
            EarlierEvaluations = _earlierEvaluations,
            RestedAt = RestedAt,
            Events = _events,
        };

    private void Note(FlowEvent happened) => _events = _events.Add(happened);

    private void CrossKink()
    {
        var y = _dense.At(_cut).ToArray();
        Kinks++;
        if (_events.Count < 1000) Note(new FlowEvent(FlowEventKind.Kink, _field.At(_cut, y), _violation!));
        _chatter = _cut - _lastSwitch <= 1e-12 * Math.Max(1, Math.Abs(_cut)) ? _chatter + 1 : 0;
        _lastSwitch = _cut;
        if (_chatter > ChatterLimit)
        {
            throw IntegrationException.Stuck(_field.At(_cut, y),
                $"it stays on {_violation}, because the descent directions on both sides point to it");
        }
        try
        {
            _work.CrossMode(LogT(_cut, y), State(y));
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
        Note(new FlowEvent(FlowEventKind.Stiff, _field.At(state.S, state.Y.Span),
            "steps are limited by stability; radau takes over"));
        _method = Method.Radau;
        _earlierEvaluations += _stepper.Evaluations;
        Use(NewStepper(_method, state.S, state.Y.Span, state.Step));
        _cut = state.S;
        _violation = null;
    }

    private bool LooksForRest => _modes is not null || _method == Method.Radau || Steps % 64 == 0;

    private bool TryRest()
    {
        if (_clock == ClockKind.Tau || !_equilibrium.Reached(State(_stepper.Y), Now, _options.Until.Log10Loss)) return false;
        RestedAt = _field.At(_stepper.S, _stepper.Y);
        Note(new FlowEvent(FlowEventKind.Equilibrium, RestedAt.Value,
            "the flow is at rest to rounding; its state is held from here on"));
        return true;
    }

    // At rest every remaining instant sees the same state; a loss that is never reached ends the run where it came to rest.
    private Instant? Rest(IReadOnlyList<Instant> instants, Instant? end) => end ?? (_observed < instants.Count ? instants[^1] : RestedAt);

    private FlowPoint ObserveInStep(Instant at)
    {
        if (RestedAt is { } rested) return Observe(at, _stepper.Y, _tau.AtRest(State(_stepper.Y), rested, at));
        var s = _clock == ClockKind.Tau ? _dense.First(_cut, (_, y) => y[^1] >= at.U) : Math.Min(_field.S(at), _cut);
        var y = _dense.At(s).ToArray();
        return Observe(at, y, _clock == ClockKind.Tau ? s : double.IsNaN(_tau.Now) ? double.NaN : _tau.At(s));
    }

    private FlowPoint Observe(Instant at, ReadOnlySpan<double> y, double tau)
    {
        if (_adapted is null) return FlowPoint.Of(_work, at, State(y), tau, RestedAt is not null, logLoss: _modes?.LogLoss(at));
        var w = new double[_adapted.Dimension];
        _adapted.Weights(State(y), w);
        return FlowPoint.Of(_seen, at, w, tau, RestedAt is not null, _work.Risk.Outputs(State(y)).ToArray(), _work.Risk.LogLoss(State(y)));
    }

    private void Use(IStepper stepper) => _stepper = _dense.Stepper = stepper;

    private IStepper NewStepper(Method method, double s, ReadOnlySpan<double> y, double step) =>
        _modes is not null ? new ModesStepper(_modes, _clock, s, y) : method.Begin(_field, s, y, _options.Tolerance, step);

    private double LogT(double s, ReadOnlySpan<double> y) => _flow.IsAutonomous ? 0 : _field.At(s, y).LogT;

    private ReadOnlySpan<double> State(ReadOnlySpan<double> y) => y[.._flow.Dimension];
}
