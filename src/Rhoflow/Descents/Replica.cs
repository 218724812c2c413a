using System.Globalization;
using System.Numerics;
using Rhoflow.Kernels;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Descents;

/// <summary>Where a replica starts, and how it goes down.</summary>
/// <param name="Theta">The weights θ, P numbers.</param>
public sealed record ReplicaStart(double[] Theta, DescentOptions Options);

/// <summary>One network in training among others that see the same minibatches: its state, its weights, and how it ended.</summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class Replica<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int PerturbationStream = 200;

    private readonly Network _network;
    private readonly Stepper<T> _stepper;
    private readonly TargetNoise? _noise;
    private readonly T[] _h;
    private readonly T[] _block;
    private readonly double[] _statistics;
    private LossValue _value;
    private double _lastFinite = double.NaN;

    internal Replica(int index, DataRisk<T> risk, ReplicaStart start, int capacity, bool severalBlocks, int threads)
    {
        (Index, Options, _network) = (index, start.Options, risk.Network);
        if (Options.Refuse(_network, risk.Loss) is { } why) throw new ArgumentException(why);
        if (start.Theta.Length != _network.ParameterCount)
            throw new ArgumentException($"the network has {_network.ParameterCount} parameters; {start.Theta.Length} were given as a start");
        ICoordinates<T>? coordinates = Options.Normalization switch
        {
            Normalization.None => null,
            Normalization.Weight => new WeightNormalizationCoordinates<T>(perRow: false),
            Normalization.WeightPerRow => new WeightNormalizationCoordinates<T>(perRow: true),
            _ => new UnitNormCoordinates<T>(Options.Normalization),
        };
        var norms = coordinates is null ? 0 : _network.Layers.Sum(coordinates.Norms);
        var momentum = Options.Rule.Momentum > 0;
        State = new DescentState<T>(_network.ParameterCount, norms, momentum, momentum && Options.NormRule == NormRule.Trained, _network.StatisticsCount);
        _network.StartStatistics().CopyTo(State.Statistics, 0);
        var w = coordinates is null ? State.X : new T[_network.ParameterCount];
        for (var i = 0; i < w.Length; i++) w[i] = T.CreateTruncating(start.Theta[i]);
        _h = new T[w.Length];
        _block = new T[severalBlocks ? w.Length : 0];
        _statistics = new double[_network.StatisticsCount];
        _stepper = new Stepper<T>(_network, Options, coordinates, State, w, _h, threads);
        _stepper.Adopt(keepNorms: false);
        if (Options.LabelNoise is { } noise) _noise = new TargetNoise(noise, _network.Outputs, capacity, Seed);
    }

    /// <summary>Which of the replicas, from 0.</summary>
    public int Index { get; }

    public DescentOptions Options { get; }

    /// <summary>Where it stands; its arrays are live.</summary>
    public DescentState<T> State { get; }

    /// <summary>W, P numbers.</summary>
    public ReadOnlySpan<T> Weights => _stepper.Weights;

    /// <summary>W in float64.</summary>
    public double[] Theta => [.. _stepper.Weights.Select(static w => double.CreateTruncating(w))];

    /// <summary>Why it could not go on; null while it can.</summary>
    public DivergenceException? Failure { get; private set; }

    /// <summary>Which condition of <see cref="StopWhen"/> ended it, in words; null while none has.</summary>
    public string? Ending { get; private set; }

    internal bool IsActive => Failure is null && !State.IsStopped;

    private long Seed => Options.NoiseSeed ?? Options.Seed;

    /// <summary>Goes back (or on) to a saved state.</summary>
    /// <param name="arrays">By the names of <see cref="DescentState{T}.Arrays"/>.</param>
    /// <param name="scalars">By the names of <see cref="DescentState{T}.Scalars"/>.</param>
    /// <exception cref="ArgumentException">Something is missing or has another length or type; it is named, and nothing has changed.</exception>
    public void Restore(IReadOnlyDictionary<string, Array> arrays, IReadOnlyDictionary<string, double> scalars)
    {
        State.Restore(arrays, scalars);
        Failure = null;
        _stepper.Refresh();
    }

    /// <summary>ρ_k = ‖W_k‖.</summary>
    public double Norm(int layer) => Precise.Norm<T>(_network.Layers[layer] is var l ? _stepper.Weights.AsSpan(l.Offset, l.Count) : default);

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
        if (block == 0)
        {
            Schedule();
            State.Statistics.CopyTo(_statistics, 0);
        }
        _noise?.Draw(batch.Y, State.Step, block);
        var target = block == 0 ? _h : _block;
        var value = risk.Gradient(_stepper.Weights, batch, NormalizeBy.Batch, _statistics, target, _noise is null ? default : _noise.Y, _noise is null ? default : _noise.Shift);
        var share = Math.Log((double)batch.Count / total);
        value = new LossValue(value.LogLoss + share, value.LogScale + share);
        _value = block == 0 ? value : GradientSum.Add(_h, _value, _block, value);
    }

    /// <summary>Takes the step. A failure is kept in <see cref="Failure"/>, and the state as it was before the step.</summary>
    internal void Finish(Team team)
    {
        var eta = Options.Rule.LearningRate.At(State.Epoch);
        var why = double.IsNaN(_value.LogLoss) || double.IsPositiveInfinity(_value.LogLoss) ? $"the loss is {(double.IsNaN(_value.LogLoss) ? "not a number" : "infinite")}{FirstWeight()}"
            : eta > 0 ? _stepper.Step(_value, eta, team) : null;
        if (why is not null)
        {
            Failure = new DivergenceException(string.Create(CultureInfo.InvariantCulture,
                $"the descent diverged at epoch {State.Epoch}, step {State.Step}, with learning rate {eta:g6}: {why}. The last finite loss was 10^{_lastFinite / Math.Log(10):g6}; the state before this step is kept. Try a smaller learning rate."));
            return;
        }
        _statistics.CopyTo(State.Statistics, 0);
        _lastFinite = State.LogLoss = _value.LogLoss;
        State.Step++;
        State.StepInEpoch++;
    }

    internal void EndEpoch()
    {
        State.Epoch++;
        State.StepInEpoch = 0;
    }

    internal void End(string why) => (Ending, State.IsStopped) = (why, true);

    // ρ(t) of a schedule: all ρ_k times one factor.
    private void Schedule()
    {
        if (Options.Norms is not { Schedule: { } schedule } norms || !norms.InSteps && State.StepInEpoch > 0) return;
        double t = norms.InSteps ? State.Step : State.Epoch, rho = schedule.At(t);
        if (!(rho > 0 && double.IsFinite(rho)))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"the schedule of ρ gives {rho} at {(norms.InSteps ? "step" : "epoch")} {t}; a positive finite number is needed"));
        var log = NormsAndDirections.LogProduct(_network, State.Norms.AsSpan(0, _network.Depth));
        var factor = Math.Exp((Math.Log(rho) - log) / _network.Degree);
        if (factor != 1) Rescale(factor);
    }

    private void Rescale(double factor)
    {
        foreach (ref var norm in State.Norms.AsSpan()) norm *= factor;
        if (State.Norms.Length == 0)
            foreach (var layer in _network.Layers) Spheres.Scale(State.X.AsSpan(layer.Offset, layer.Count), factor, State.X.AsSpan(layer.Offset, layer.Count));
        _stepper.Refresh();
    }

    private void Perturb(Perturbation perturbation, Func<Replica<T>, double> gradientNorm)
    {
        var random = new RandomStream(0);
        var gradient = perturbation.RelativeTo == PerturbationScale.GradientNorm ? gradientNorm(this) : 1;
        for (var k = 0; k < _network.Depth; k++)
        {
            var w = _stepper.Weights.AsSpan(_network.Layers[k].Offset, _network.Layers[k].Count);
            var sigma = perturbation.Amplitude * (perturbation.RelativeTo == PerturbationScale.LayerDeviation ? Deviation(w) : gradient);
            random.Restart(Seed, PerturbationStream + k, State.Step);
            foreach (ref var value in w) value += T.CreateTruncating(sigma * random.NextNormal());
        }
        _stepper.Adopt(keepNorms: Options.NormRule != NormRule.Trained);
    }

    // Of the population: the mean square from the mean.
    private static double Deviation(ReadOnlySpan<T> w)
    {
        double sum = 0, squares = 0;
        foreach (var value in w) sum += double.CreateTruncating(value);
        var mean = sum / w.Length;
        foreach (var value in w) squares += Math.Pow(double.CreateTruncating(value) - mean, 2);
        return Math.Sqrt(squares / w.Length);
    }

    private string FirstWeight()
    {
        foreach (var (k, layer) in _network.Layers.Index())
            if (!double.IsFinite(Precise.SumOfSquares<T>(_stepper.Weights.AsSpan(layer.Offset, layer.Count)))) return $", from layer {k + 1}, whose weights are not finite,";
        return "";
    }
}
