using System.Globalization;
using System.Numerics;
using Rhoflow.Data;
using Rhoflow.Kernels;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Descents;

/// <summary>
/// R ≥ 1 replicas going down over the same minibatches, which are gathered and packed once for all of them. Each has a start and options
/// of its own. Every replica gives the same bits as it would alone, with any number of threads; a training that is cancelled between steps,
/// saved and
/// restored goes on with the same bits. A replica that diverges or meets a condition to stop stays as it is while the others go on.
/// Steps allocate nothing.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class Training<T> : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly DataRisk<T> _risk;
    private readonly TrainingOptions _options;
    private readonly MinibatchOrder _order;
    private readonly Replica<T>[] _replicas, _active;
    private readonly Worker<T>[] _workers;
    private readonly Team _team;
    private readonly Minibatch<T> _batch;
    private readonly Action<int, int> _accumulate, _finish, _both;
    private readonly int _block;
    private int _activeCount, _part, _total;
    private readonly bool _schedules;
    private bool _gathered;

    // f_n and log ℓ_n of all examples, where an epoch leaves some out.
    private readonly double[] _outputs = [], _losses = [], _weights = [];

    /// <summary>A training from the beginning.</summary>
    /// <param name="risk">Network, loss and training set.</param>
    /// <param name="starts">One per replica; their batch, drop-last and seed are equal.</param>
    /// <param name="options">How it uses the machine, and the test set.</param>
    /// <exception cref="ArgumentException">Starts and options that do not fit the network, the loss or each other; the message says
    /// which.</exception>
    public Training(DataRisk<T> risk, IReadOnlyList<ReplicaStart> starts, TrainingOptions? options = null)
    {
        _risk = risk;
        _options = options ?? new TrainingOptions();
        if (starts.Count == 0) throw new ArgumentException("a training needs at least one replica");
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.Block, 1);
        var first = starts[0].Options;
        foreach (var start in starts)
            if ((start.Options.Rule.Batch, start.Options.Rule.DropLast, start.Options.Seed) != (first.Rule.Batch, first.Rule.DropLast,
                first.Seed))
                throw new ArgumentException(
                    "replicas see the same minibatches, so their batch, drop-last and seed must be equal (noise seeds may differ)");
        if (_options.Test is { } test)
        {
            // The same checks as for training data.
            _ = new DataRisk<T>(risk.Network, risk.Loss, test);
        }
        else if (starts.Any(static s => s.Options.Stop.Patience is not null))
            throw new ArgumentException("patience watches the loss on test data; there are none");
        _order = new MinibatchOrder(risk.Data.Count, first.Rule.Batch, first.Rule.DropLast, first.Seed);
        var threads = _options.Threads > 0 ? _options.Threads : Environment.ProcessorCount;
        var outer = Math.Min(threads, starts.Count);
        if (risk.Network.StatisticsCount > 0)
        {
            var why = BatchStatistics.WhyNot(risk.Network, risk.Data.Count, first.Rule.Batch, first.Rule.DropLast)
                ?? BatchStatistics.WhyTooLarge<T>(risk.Network, _order.Largest);
            if (why is not null) throw new ArgumentException(why);
            _block = _order.Largest;
            // Replicas at the same time only as far as their activations fit.
            var room = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2 / BatchStatistics.Bytes<T>(risk.Network, _block);
            outer = (int)Math.Clamp(room, 1, outer);
        }
        else _block = Math.Min(_options.Block, _order.Largest);
        _workers = [.. Enumerable.Range(0, outer).Select(_ => new Worker<T>(risk, _block, threads / outer))];
        _team = outer == 1 ? _workers[0].Team : new Team(outer);
        _batch = new Minibatch<T>(risk.Network.Input, _block, shared: starts.Count > 1, _team);
        _replicas = [.. starts.Select((s, i) => new Replica<T>(i, risk, s, _block, _order.Largest > _block, threads / outer))];
        _active = new Replica<T>[_replicas.Length];
        if (starts.Any(static s => s.Options.Adaptive is { LeftOut: > 0 }))
        {
            if (starts.Count > 1)
                throw new ArgumentException(
                    "a replica whose epochs leave out examples sees minibatches of its own, so it is trained alone");
            (_outputs, _losses) = (new double[risk.Data.Count * risk.Network.Outputs], new double[risk.Data.Count]);
            _weights = new double[risk.Network.Outputs];
        }
        _schedules = starts.Any(static s => s.Options.Norms is { Schedule: not null });
        (_accumulate, _finish, _both) = (Accumulate, Finish, Both);
    }

    /// <summary>The replicas, in the order of their starts.</summary>
    public IReadOnlyList<Replica<T>> Replicas => _replicas;

    /// <summary>Minibatches of an epoch.</summary>
    public int StepsPerEpoch => _order.StepsPerEpoch;

    /// <summary>Epochs finished by the replicas that go on (or the last to end).</summary>
    public int Epoch => Counters().Epoch;

    /// <summary>Trains until so many epochs are finished, counted from the start.</summary>
    /// <param name="epochs">A number of epochs, not one more than there are.</param>
    /// <param name="cancellation">Looked at between steps, and between the blocks of a long one, which is then taken anew.</param>
    /// <param name="afterStep">Called after every step, for progress.</param>
    /// <exception cref="OperationCanceledException">
    /// It was cancelled between two steps; the replicas stand there, can be saved, and go on when this is called again.
    /// </exception>
    /// <exception cref="DivergenceException">
    /// No replica is left: the first one's failure. Failures of some are in <see cref="Replica{T}.Failure"/>.
    /// </exception>
    public void Train(int epochs, CancellationToken cancellation = default, Action<Training<T>>? afterStep = null)
    {
        while (CountActive() > 0)
        {
            var (epoch, step) = Counters();
            if (epoch >= epochs) return;
            cancellation.ThrowIfCancellationRequested();
            if (step == 0) BeginEpoch(cancellation);
            for (var first = step; step < StepsPerEpoch && CountActive() > 0; step++)
            {
                // Not between what an epoch begins with and its first step: a state saved there would have it done twice.
                if (step > first) cancellation.ThrowIfCancellationRequested();
                var active = _active[0].State.Adaptation?.Active;
                Step(active is null ? _order.Examples(epoch, step) : _order.Examples(epoch, step, active.Indices), cancellation);
                afterStep?.Invoke(this);
            }
            CountActive();
            EndEpoch(cancellation);
        }
        if (Array.TrueForAll(_replicas, static r => r.Failure is not null)) throw _replicas[0].Failure!;
    }

    /// <summary>The same, and looks at every replica after each epoch.</summary>
    /// <returns>This training.</returns>
    public Training<T> Train(int epochs, Action<Replica<T>> observe)
    {
        while (Epoch < epochs && CountActive() > 0)
        {
            Train(Epoch + 1);
            foreach (var replica in _replicas) observe(replica);
        }
        return this;
    }

    /// <summary>A replica's loss and error on a data set, by running averages unless said otherwise.</summary>
    /// <param name="data">Null: the training set.</param>
    /// <param name="outputs">Receives f, N × C; empty: not wanted.</param>
    /// <param name="look">Called after every block of examples with the number of its first one, for features.</param>
    public Score Evaluate(Replica<T> replica, Dataset? data = null, NormalizeBy by = NormalizeBy.Running, Span<double> outputs = default,
        Action<int, GraphPasses<T>>? look = null) =>
        _workers[0].Scorer.Evaluate(replica.Weights, replica.State.StatisticsArray, data ?? _risk.Data, by, outputs, look);

    /// <summary>The same by statistics that are given instead of the replica's running averages.</summary>
    internal Score Evaluate(Replica<T> replica, ReadOnlySpan<double> statistics, Dataset data, Span<double> outputs,
        Action<int, GraphPasses<T>>? look) =>
        _workers[0].Scorer.Evaluate(replica.Weights, statistics, data, NormalizeBy.Running, outputs, look);

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        if (_workers.Length > 1) _team.Dispose();
        foreach (var worker in _workers) worker.Dispose();
    }

    private void Step(ReadOnlySpan<int> examples, CancellationToken cancellation)
    {
        (_part, _total) = (0, examples.Length);
        for (var first = 0; first < examples.Length; first += _block, _part++)
        {
            // Until its last block a step has changed nothing but a scheduled ρ.
            if (first > 0 && !_schedules) cancellation.ThrowIfCancellationRequested();
            Gather(examples.Slice(first, Math.Min(_block, examples.Length - first)));
            _team.Run(_activeCount, examples.Length <= _block ? _both : _accumulate);
        }
        if (examples.Length > _block) _team.Run(_activeCount, _finish);
    }

    // Full batches that fit at once are gathered once.
    private void Gather(ReadOnlySpan<int> examples)
    {
        var stays = _order.IsConstant && _order.Largest == _block && _losses.Length == 0;
        if (stays && _gathered) return;
        _batch.Gather(_risk.X, _risk.Y, examples);
        _gathered = stays;
    }

    private void Accumulate(int i, int thread) => _active[i].Accumulate(_workers[thread].Risk, _batch, _part, _total);

    private void Finish(int i, int thread) => _active[i].Finish(_workers[thread].Team);

    private void Both(int i, int thread)
    {
        Accumulate(i, thread);
        Finish(i, thread);
    }

    // The replicas that go on, into the first places of _active.
    private int CountActive()
    {
        _activeCount = 0;
        foreach (var replica in _replicas)
            if (replica.IsActive) _active[_activeCount++] = replica;
        var (epoch, step) = Counters();
        for (var i = 0; i < _activeCount; i++)
            if ((_active[i].State.Epoch, _active[i].State.StepInEpoch) != (epoch, step))
                throw new InvalidOperationException(
                    $"replica {_active[i].Index} stands at epoch {_active[i].State.Epoch}, step {_active[i].State.StepInEpoch}, and "
                    + $"another at epoch {epoch}, step {step}; they go on together, so restore states of the same moment");
        return _activeCount;
    }

    private (int Epoch, int Step) Counters()
    {
        foreach (var replica in _replicas)
            if (replica.IsActive) return (replica.State.Epoch, replica.State.StepInEpoch);
        return (_replicas.Max(static r => r.State.Epoch), 0);
    }

    private void BeginEpoch(CancellationToken cancellation)
    {
        for (var i = 0; i < _activeCount; i++)
        {
            var replica = _active[i];
            if (replica.State.Adaptation is { } first && double.IsNaN(first.LogLoss))
            {
                first.Begin(replica.LogObjective(OnTraining(replica, cancellation).LogLoss));
                first.Active?.Choose(_losses, adds: false);
            }
            replica.BeginEpoch(GradientNorm);
        }
    }

    // All are looked at before one of them goes on: cancelled in between, they stand at the same step.
    private void EndEpoch(CancellationToken cancellation)
    {
        Score?[] scores = [.. _active.Take(_activeCount).Select(r => r.State.Adaptation is null ? (Score?)null
            : r.State.Adaptation.IsLost ? new Score(double.NaN, double.NaN) : OnTraining(r, cancellation))];
        for (var i = 0; i < _activeCount; i++)
        {
            // Of an epoch that is taken back, the loss now is not what was just found.
            var falls = scores[i] is { } s && _active[i].Adapt(s.LogLoss, _losses);
            EndEpoch(_active[i], falls ? scores[i] : null);
        }
    }

    private Score OnTraining(Replica<T> replica, CancellationToken cancellation)
    {
        var score = Evaluate(replica, look: (_, _) => cancellation.ThrowIfCancellationRequested(), outputs: _outputs);
        var classes = _risk.Network.Outputs;
        for (var n = 0; n < _losses.Length; n++)
            _losses[n] = _risk.Loss.Evaluate(_outputs.AsSpan(n * classes, classes), [_risk.Data.Y[n]], classes, _weights).LogLoss;
        return score;
    }

    private void EndEpoch(Replica<T> replica, Score? known)
    {
        replica.EndEpoch();
        var stop = replica.Options.Stop;
        void End(FormattableString why) => replica.End(why.ToString(CultureInfo.InvariantCulture));
        if (stop.Rho is { } rho && replica.LogRho() >= Math.Log(rho)) End($"ρ has reached {rho:g6}");
        if (stop.NeedsTraining)
        {
            var score = known ?? Evaluate(replica);
            if (score.Log10Loss <= stop.Log10Loss) End($"the training loss has reached 10^{stop.Log10Loss:g6}");
            else if (score.Error <= stop.TrainError) End($"the training error has reached {stop.TrainError:g6}");
        }
        if (stop.Rest is { } rest && replica.MovedInDecayTime(StepsPerEpoch) <= rest)
            End($"no layer has moved by more than {rest:g6} of its norm in (1 − μ)/(2ηλ) steps");
        if (stop.Patience is not { } patience) return;
        var state = replica.State;
        var test = Evaluate(replica, _options.Test).LogLoss;
        if (test < state.BestLogLoss) (state.BestLogLoss, state.BestEpoch) = (test, state.Epoch);
        else if (state.Epoch - state.BestEpoch >= patience) End($"the test loss has not improved for {patience} epochs");
    }

    // ‖∇L‖ over all examples; with batch normalization over minibatches in the order of the data, each by its own statistics.
    private double GradientNorm(Replica<T> replica)
    {
        T[] sum = new T[replica.Weights.Length], part = new T[sum.Length];
        var value = new LossValue(double.NegativeInfinity, double.NegativeInfinity);
        var all = Enumerable.Range(0, _risk.Data.Count).ToArray();
        _gathered = false;
        for (var first = 0; first < all.Length; first += _block)
        {
            // A last minibatch of one has no variance.
            if (BatchStatistics.WhyNot(_risk.Network, Math.Min(_block, all.Length - first), 0, false) is not null) break;
            _batch.Gather(_risk.X, _risk.Y, all.AsSpan(first, Math.Min(_block, all.Length - first)));
            var more = _workers[0].Risk.Gradient(replica.Weights, _batch, NormalizeBy.Batch, default, part);
            var share = Math.Log((double)_batch.Count / all.Length);
            value = GradientSum.Add(sum, value, part, new LossValue(more.LogLoss + share, more.LogScale + share));
        }
        return Math.Exp(value.LogScale) * Precise.Norm<T>(sum);
    }
}
