using System.Globalization;
using System.Numerics;
using Rhoflow.Kernels;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Descents;

/// <summary>One network in training among others that see the same minibatches: its state, its weights, and how it ended.</summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class Replica<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Network _network;
    private readonly Stepper<T> _stepper;
    private readonly TargetNoise? _noise;
    private readonly T[] _h;
    private readonly T[] _block;
    private readonly double[] _statistics;
    private readonly StateCopy _before;
    private (long Step, int Epoch, int StepInEpoch, double LogLoss)? _counters;
    private LossValue _value;
    private double _lastFinite = double.NaN;

    internal Replica(int index, DataRisk<T> risk, ReplicaStart start, int capacity, bool severalBlocks, int threads)
    {
        (Index, Options, _network) = (index, start.Options, risk.Network);
        Options.Check(_network, risk.Loss);
        if (start.Theta.Length != _network.ParameterCount)
            throw new ArgumentException(
                $"the network has {_network.ParameterCount} parameters; {start.Theta.Length} were given as a start");
        var coordinates = Coordinates<T>.Of(Options.Normalization);
        var norms = coordinates is null ? 0 : _network.Layers.Sum(coordinates.Norms);
        var memory = new RuleMemory<T>(_network.ParameterCount, _network.Layers);
        var trains = coordinates is not null && Options.NormRule == NormRule.Trained;
        var normMemory = trains ? new RuleMemory<double>(norms, [], "norm-") : null;
        var rules = new RulePipeline<T>(Options.Rule.Rules, memory, normMemory);
        StateArray[] ofRules = [.. memory.Arrays, .. normMemory?.Arrays ?? []];
        State = new DescentState<T>(_network.ParameterCount, norms, ofRules, _network.StatisticsCount,
            keepsBefore: Options.Stop.Rest is not null, adapts: Options.Adaptive is not null,
            Options.Adaptive is { LeftOut: > 0 } leaves ? new ActiveExamples(risk.Data.Count, leaves.LeftOut) : null);
        double[] statistics = start.Statistics is { } given ? [.. given] : _network.StartStatistics();
        if (statistics.Length != _network.StatisticsCount)
            throw new ArgumentException(
                $"the network has {_network.StatisticsCount} running statistics; {statistics.Length} were given as a start");
        statistics.CopyTo(State.StatisticsArray, 0);
        var w = coordinates is null ? State.XArray : new T[_network.ParameterCount];
        var theta = start.Theta.Span;
        for (var i = 0; i < w.Length; i++) w[i] = T.CreateTruncating(theta[i]);
        _h = new T[w.Length];
        _block = new T[severalBlocks ? w.Length : 0];
        _statistics = new double[_network.StatisticsCount];
        _stepper = new Stepper<T>(_network, Options, coordinates, rules, State, w, _h, threads);
        _stepper.Adopt(keepNorms: false);
        w.AsSpan(0, State.BeforeArray.Length).CopyTo(State.BeforeArray);
        _before = new StateCopy(State.Moving);
        if (Options.LabelNoise is { } noise) _noise = new TargetNoise(noise, _network.Outputs, capacity, Seed);
    }

    /// <summary>Which of the replicas, from 0.</summary>
    public int Index { get; }

    /// <summary>What is done to it.</summary>
    public DescentOptions Options { get; }

    /// <summary>Where it stands; its arrays are live.</summary>
    public DescentState<T> State { get; }

    /// <summary>W, P numbers.</summary>
    public ReadOnlySpan<T> Weights => _stepper.Weights;

    /// <summary>W in float64, P numbers: a copy.</summary>
    public double[] Theta() => [.. _stepper.Weights.Select(static w => double.CreateTruncating(w))];

    /// <summary>Why it could not go on; null while it can.</summary>
    public DivergenceException? Failure { get; private set; }

    /// <summary>Which condition of <see cref="StopWhen"/> ended it, in words; null while none has.</summary>
    public string? Ending { get; private set; }

    internal bool IsActive => Failure is null && !State.IsStopped;

    private long Seed => Options.NoiseSeed ?? Options.Seed;

    /// <summary>Goes back (or on) to a saved state.</summary>
    /// <param name="arrays">By the names of <see cref="DescentState{T}.Arrays"/>.</param>
    /// <param name="scalars">By the names of <see cref="DescentState{T}.Scalars"/>.</param>
    /// <exception cref="ArgumentException">
    /// Something is missing or has another length or type; it is named, and nothing has changed.
    /// </exception>
    public void Restore(IReadOnlyDictionary<string, Array> arrays, IReadOnlyDictionary<string, double> scalars)
    {
        State.Restore(arrays, scalars);
        (Failure, _counters) = (null, null);
        _stepper.Refresh();
    }

    /// <summary>ρ_k = ‖W_k‖.</summary>
    public double Norm(int layer) =>
        Precise.Norm<T>(_network.Layers[layer] is var l ? _stepper.Weights.AsSpan(l.Offset, l.Count) : default);

    /// <summary>log ρ = Σ e_k log ‖W_k‖.</summary>
    public double LogRho()
    {
        Span<double> norms = new double[_network.Depth];
        for (var k = 0; k < norms.Length; k++) norms[k] = Norm(k);
        return NormsAndDirections.LogProduct(_network, norms);
    }

    /// <summary>What happens at the beginning of an epoch, before its first step.</summary>
    /// <param name="gradientNorm">‖∇L‖ over all examples, asked for only where a perturbation is relative to it.</param>
    internal void BeginEpoch(Func<Replica<T>, double> gradientNorm)
    {
        if (Options.Rescaling is { } rescaling && rescaling.At.Contains(State.Epoch)) Rescale(rescaling.Factor);
        if (Options.Perturbation is { } perturbation && perturbation.At.Contains(State.Epoch)) Perturb(perturbation, gradientNorm);
    }

    /// <summary>Adds one block of the minibatch to the gradient of this step.</summary>
    internal void Accumulate(MinibatchRisk<T> risk, Minibatch<T> batch, int block, int total)
    {
        if (State.Adaptation is { IsLost: true }) return;
        if (block == 0)
        {
            Schedule();
            State.StatisticsArray.CopyTo(_statistics, 0);
        }
        _noise?.Draw(batch.Y, State.Step, block);
        var target = block == 0 ? _h : _block;
        var value = risk.Gradient(_stepper.Weights, batch, NormalizeBy.Batch, _statistics, target,
            _noise is null ? default : _noise.Y, _noise is null ? default : _noise.Shift);
        var share = Math.Log((double)batch.Count / total) + (State.Adaptation?.Active?.LogShare ?? 0);
        value = new LossValue(value.LogLoss + share, value.LogScale + share);
        _value = block == 0 ? value : GradientSum.Add(_h, _value, _block, value);
    }

    /// <summary>
    /// Takes the step. A failure is kept in <see cref="Failure"/>, and the last state whose loss was finite: the one before this step, or,
    /// where the loss itself is no longer a number, the one before the step that led there.
    /// </summary>
    internal void Finish(Team team)
    {
        if (State.Adaptation is { IsLost: true })
        {
            State.Step++;
            State.StepInEpoch++;
            return;
        }
        var eta = Options.Rule.LearningRate.At(State.Epoch) * State.RateFactor;
        var lost = double.IsNaN(_value.LogLoss) ? $"the loss is not a number{FirstWeight()}"
            : double.IsPositiveInfinity(_value.LogLoss) ? $"the loss is infinite{FirstWeight()}"
            : null;
        if (lost is null)
        {
            _lastFinite = _value.LogLoss;
            _before.Keep();
            _counters = State.Counters;
        }
        State.Adaptation?.Follow(Options.Adaptive!, LogObjective(_value.LogLoss));
        var why = lost ?? (eta > 0 ? _stepper.Step(_value, eta, team) : null);
        if (why is not null && State.Adaptation is { } adaptation)
        {
            // Taken back at the end of the epoch, with a smaller rate afterwards.
            adaptation.IsLost = true;
            State.Step++;
            State.StepInEpoch++;
            return;
        }
        if (why is not null)
        {
            Fail(why, eta, loses: lost is not null);
            return;
        }
        _statistics.CopyTo(State.StatisticsArray, 0);
        State.LogLoss = _value.LogLoss;
        State.Step++;
        State.StepInEpoch++;
    }

    private void Fail(string why, double eta, bool loses)
    {
        var (epoch, step) = (State.Epoch, State.Step);
        var kept = "the state before this step is kept";
        if (loses && _counters is { } counters)
        {
            _before.TakeBack();
            State.Counters = counters;
            _stepper.Refresh();
            kept = $"the state that had it, after step {State.Step}, is kept";
        }
        Failure = new DivergenceException(string.Create(CultureInfo.InvariantCulture,
            $"the descent diverged at epoch {epoch}, step {step}, with learning rate {eta:g6}: {why}. ")
            + string.Create(CultureInfo.InvariantCulture, $"The last finite loss was 10^{_lastFinite / Math.Log(10):g6}; ")
            + $"{kept}. Try a smaller learning rate.");
    }

    /// <summary>log(L + Σ λ_k‖W_k‖²), which an adaptive rate looks at.</summary>
    /// <param name="logLoss">log L of the whole training set.</param>
    internal double LogObjective(double logLoss) => Vectors.LogAddExp(logLoss, _stepper.LogPenalty());

    /// <summary>Keeps an epoch or takes it back, and decides the next rate.</summary>
    /// <param name="logLoss">log L of the whole training set now.</param>
    /// <param name="logLosses">log ℓ_n, where epochs leave out examples.</param>
    /// <returns>Whether it is kept.</returns>
    internal bool Adapt(double logLoss, ReadOnlySpan<double> logLosses)
    {
        var (adaptation, rate) = (State.Adaptation!, Options.Adaptive!);
        var tau = Options.Rule.LearningRate.At(State.Epoch) * adaptation.Factor * State.StepInEpoch;
        var isLost = adaptation.IsLost;
        var keeps = adaptation.End(rate, LogObjective(logLoss), tau);
        if (!isLost) adaptation.Active?.Choose(logLosses, adds: !keeps);
        if (keeps) return true;
        _stepper.Refresh();
        if (adaptation.InARow >= rate.Patience)
            End(string.Create(CultureInfo.InvariantCulture, $"the training loss has not fallen for {adaptation.InARow} epochs, though the "
                + $"learning rate fell to {Options.Rule.LearningRate.At(State.Epoch) * adaptation.Factor:g3}: it gets nowhere"));
        return false;
    }

    internal void EndEpoch()
    {
        State.Epoch++;
        State.StepInEpoch = 0;
    }

    /// <summary>What the layers have moved by in the time of decay that an epoch has ended; NaN while it lasts.</summary>
    /// <param name="steps">Steps of an epoch.</param>
    internal double MovedInDecayTime(int steps)
    {
        State.DecayTime += RestOfTraining.Time(Options, State.Epoch - 1, steps);
        // Nine digits: the sum of so many equal parts misses 1 by its roundings.
        if (State.DecayTime < 1 - 1e-9) return double.NaN;
        var moved = RestOfTraining.Motion<T>(_network, _stepper.Weights, State.BeforeArray);
        _stepper.Weights.CopyTo(State.BeforeArray);
        State.DecayTime = 0;
        return moved;
    }

    internal void End(string why) => (Ending, State.IsStopped) = (why, true);

    // ρ(t) of a schedule: all ρ_k times one factor.
    private void Schedule()
    {
        if (Options.Norms is not { Schedule: { } schedule } norms || !norms.InSteps && State.StepInEpoch > 0) return;
        double t = norms.InSteps ? State.Step : State.Epoch, rho = schedule.At(t);
        if (!(rho > 0 && double.IsFinite(rho)))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"the schedule of ρ gives {rho} at {(norms.InSteps ? "step" : "epoch")} {t}; a positive finite number is needed"));
        var log = NormsAndDirections.LogProduct(_network, State.NormsArray.AsSpan(0, _network.Depth));
        var factor = Math.Exp((Math.Log(rho) - log) / _network.Degree);
        if (factor != 1) Rescale(factor);
    }

    private void Rescale(double factor)
    {
        foreach (ref var norm in State.NormsArray.AsSpan()) norm *= factor;
        if (State.NormsArray.Length == 0)
            foreach (var layer in _network.Layers)
            {
                var w = State.XArray.AsSpan(layer.Offset, layer.Count);
                Spheres.Scale(w, factor, w);
            }
        _stepper.Refresh();
    }

    private void Perturb(Perturbation perturbation, Func<Replica<T>, double> gradientNorm)
    {
        WeightPerturbation.Add(_network, _stepper.Weights.AsSpan(), perturbation, Seed, State.Step, () => gradientNorm(this));
        _stepper.Adopt(keepNorms: Options.NormRule != NormRule.Trained);
    }

    private string FirstWeight()
    {
        foreach (var (k, layer) in _network.Layers.Index())
            if (!double.IsFinite(Precise.SumOfSquares<T>(_stepper.Weights.AsSpan(layer.Offset, layer.Count))))
                return $", from layer {k + 1}, whose weights are not finite,";
        return "";
    }
}
