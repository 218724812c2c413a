using System.Numerics;
using System.Numerics.Tensors;
using Rhoflow.Kernels;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Descents;

/// <summary>
/// The step of one replica, in passes over segments of θ: first weight decay and the pull on the coordinates, with its length; then the
/// rules, stage by stage; with the last of them learning rate, noise and the move. Without rules beyond a momentum all of the second kind
/// are one pass, and in plain coordinates one fused kernel. Segments are fixed and sums are added in their order, so any team gives the
/// same bits. Nothing is allocated.
/// </summary>
internal sealed class Stepper<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Network _network;
    private readonly Optimizer _optimizer;
    private readonly ICoordinates<T>? _coordinates;
    private readonly RulePipeline<T> _rules;
    private readonly StateCopy? _copy;
    private readonly Segment[] _segments, _wholes;
    private readonly double[] _squares, _normPull, _lambda;
    private readonly string?[] _failures;
    private readonly RandomStream[] _random;
    private readonly Action<int, int> _pull, _move;
    private readonly bool _couples, _trainsNorms, _isFused;
    private readonly double _largestLambda;
    private readonly long _seed;
    private readonly T[] _h;
    private StepFrame _frame;
    private Stage _stage;
    private double _multiplier, _eta, _sigma, _reach;
    private bool _begins, _ends, _measures;

    public Stepper(
        Network network, DescentOptions options, ICoordinates<T>? coordinates, RulePipeline<T> rules, DescentState<T> state, T[] weights,
            T[] h,
        int threads)
    {
        (_network, _optimizer, _coordinates, _rules, State, Weights, _h) = (network, options.Rule, coordinates, rules, state, weights, h);
        _segments = Segment.Cover(network, coordinates is null ? null : coordinates.Norms);
        _wholes = coordinates is null ? Segment.Cover(network, static _ => 0) : _segments;
        _squares = new double[_segments.Length];
        _failures = new string?[_segments.Length];
        _normPull = new double[state.NormsArray.Length];
        _lambda = [.. Enumerable.Range(0, network.Depth).Select(options.DecayOf)];
        _largestLambda = _lambda.Max();
        _couples = _largestLambda > 0 && !_optimizer.DecouplesDecay;
        _trainsNorms = coordinates is not null && options.NormRule == NormRule.Trained;
        _isFused = rules.IsFused;
        _seed = options.NoiseSeed ?? options.Seed;
        _random = [.. Enumerable.Range(0, threads).Select(static _ => new RandomStream(0))];
        // Only a Lagrange step can fail after others have been taken.
        if (options.Normalization == Normalization.Lagrange) _copy = new StateCopy(state.Moving);
        (_pull, _move) = (Pull, Move);
    }

    public DescentState<T> State { get; }

    /// <summary>W, what the network runs with; the same array as <see cref="DescentState{T}.X"/> where W itself moves.</summary>
    public T[] Weights { get; }

    /// <summary>W of the state, and how far from overflow it is: after a start, a restored state or an intervention.</summary>
    public void Refresh()
    {
        if (_coordinates is { } c)
        {
            State.XArray.CopyTo(Weights, 0);
            foreach (var s in _segments)
                if (s.IsWhole) c.Compose(Layer(s), Of(State.XArray, s), NormsOf(State.NormsArray, s), Of(Weights, s));
        }
        (_reach, _measures) = (Precise.Norm<T>(State.XArray), true);
    }

    /// <summary>The state of the weights in <see cref="Weights"/>.</summary>
    /// <param name="keepNorms">Only the directions are taken.</param>
    public void Adopt(bool keepNorms)
    {
        if (_coordinates is { } c)
        {
            foreach (var s in _segments)
            {
                if (!s.IsWhole) Of(Weights, s).CopyTo(Of(State.XArray, s));
                else c.Split(Layer(s), Of(Weights, s), Of(State.XArray, s), NormsOf(keepNorms ? _normPull : State.NormsArray, s));
            }
        }
        Refresh();
    }

    /// <summary>One step down, with h as the risk left it.</summary>
    /// <returns>Null, or why the step was not taken (then the state is as it was).</returns>
    public string? Step(LossValue value, double eta, Team team)
    {
        var scale = _optimizer.Scale;
        _frame = StepFrame.Of(value, _couples, _couples && scale == StepScale.LossBased ? LogPenalty() : double.NegativeInfinity);
        if (State.Adaptation is { } adaptation) _frame = _frame with { LogLoss = adaptation.Running };
        team.Run(_segments.Length, _pull);
        var square = _trainsNorms ? Vectors.Dot(_normPull, _normPull) : 0;
        foreach (var part in _squares) square += part;
        if (!double.IsFinite(square)) return $"the gradient is no longer finite, first in {NameOf(FirstNotFinite())}";
        _multiplier = square == 0 && !_couples ? 0 : _frame.Multiplier(scale, square);
        _eta = eta;
        _sigma = LangevinNoise.Deviation(_frame.Rate(scale, eta, square), _optimizer.Temperature);
        var pull = Math.Sqrt(square) * _frame.Pull + (_couples ? _frame.Decay * _largestLambda * _reach : 0);
        if (Overflow(pull) is { } overflow) return overflow;
        _copy?.Keep();
        var stages = _rules.Stages;
        for (var i = 0; i < stages.Length; i++)
        {
            (_stage, _begins, _ends) = (stages[i], i == 0, i == stages.Length - 1);
            if (_stage.TakesLayers) Layers(team);
            else team.Run(_segments.Length, _move);
        }
        for (var i = 0; i < _failures.Length; i++)
        {
            if (_failures[i] is not { } why) continue;
            Array.Clear(_failures);
            _copy?.TakeBack();
            Refresh();
            return $"{why}, in {NameOf(i)}";
        }
        return null;
    }

    private void Pull(int i, int thread)
    {
        var s = _segments[i];
        var h = Of(_h, s);
        var decay = DecayOf(s);
        if (!s.IsWhole)
        {
            // A fused step has the decay in its move, and the length is but a bound, unless the step is divided by it.
            if (_isFused && _optimizer.Scale != StepScale.Normalized)
            {
                _squares[i] = Bound(h);
                return;
            }
            Spheres.Scale(h, _frame.Pull, h);
            if (decay != 0) TensorPrimitives.MultiplyAdd(Of(State.XArray, s), T.CreateTruncating(-decay), h, h);
            _squares[i] = Precise.SumOfSquares<T>(h);
            return;
        }
        if (_frame.Pull != 1) Spheres.Scale(h, _frame.Pull, h);
        var norms = NormsOf(State.NormsArray, s);
        var normPull = NormsOf(_normPull, s);
        _squares[i] = _coordinates!.Pull(Layer(s), Of(State.XArray, s), norms, h, normPull);
        for (var r = 0; r < norms.Length; r++) normPull[r] -= decay * norms[r];
    }

    // ‖h‖² in the precision of h, which is fast; in float64 where that leaves its range.
    private static double Bound(ReadOnlySpan<T> h)
    {
        var square = double.CreateTruncating(Updates.SumOfSquares(h));
        return square is > 1e-30 and < 1e30 ? square : Precise.SumOfSquares(h);
    }

    private void Move(int i, int thread)
    {
        var s = _segments[i];
        var x = Of(State.XArray, s);
        var u = Of(_h, s);
        if (_isFused && !s.IsWhole)
        {
            MoveFused(s, x, u);
            LangevinNoise.Add(x, _sigma, _random[thread], _seed, i, State.Step);
            if (_coordinates is not null) x.CopyTo(Of(Weights, s));
            return;
        }
        if (_begins) Spheres.Scale(u, _multiplier, u);
        _rules.Apply(_stage, PartOf(s, x, null), u);
        if (_trainsNorms && s.IsWhole) MoveNorms(s);
        if (!_ends) return;
        Spheres.Scale(u, _eta, u);
        if (!s.IsWhole)
        {
            TensorPrimitives.Add(x, u, x);
            LangevinNoise.Add(x, _sigma, _random[thread], _seed, i, State.Step);
            if (_coordinates is not null) x.CopyTo(Of(Weights, s));
            return;
        }
        LangevinNoise.Add(u, _sigma, _random[thread], _seed, i, State.Step);
        _failures[i] = _coordinates!.Move(Layer(s), x, u);
        _coordinates.Compose(Layer(s), x, NormsOf(State.NormsArray, s), Of(Weights, s));
    }

    private void MoveFused(Segment s, Span<T> x, Span<T> h)
    {
        var normalized = _optimizer.Scale == StepScale.Normalized;
        double pull = normalized ? _multiplier : _multiplier * _frame.Pull, decay = normalized ? 0 : _multiplier * DecayOf(s);
        if (_rules.FusedMomentum is { } momentum)
            Elementwise.MomentumStep(
                x, Of(momentum.M, s), h, -Number(_eta), Number(momentum.Rule.Mu), Number(pull), -Number(decay), momentum.Rule.Nesterov);
        else Updates.Plain(x, h, pull, decay, _eta);
    }

    // The rules of this stage on the norms of a layer, and their move in the last.
    private void MoveNorms(Segment s)
    {
        var norms = NormsOf(State.NormsArray, s);
        var u = NormsOf(_normPull, s);
        if (_begins) Vectors.Scale(_multiplier, u, u);
        _rules.ApplyToNorms(_stage, new Part<double> { Offset = s.NormOffset, X = norms, Decay = _lambda[s.Layer], Step = State.Step }, u);
        if (!_ends) return;
        for (var r = 0; r < norms.Length; r++) norms[r] += _eta * u[r];
    }

    // A stage that takes whole layers: one after the other, each by the whole team.
    private void Layers(Team team)
    {
        foreach (var s in _wholes)
        {
            _rules.Apply(_stage, PartOf(s, Of(State.XArray, s), team), Of(_h, s));
            if (_trainsNorms && s.IsWhole) MoveNorms(s);
        }
    }

    private Part<T> PartOf(Segment s, Span<T> x, Team? team) => new()
    {
        Offset = s.Offset,
        X = x,
        Layer = s.Layer < 0 ? null : Layer(s),
        Decay = s.Layer < 0 || _coordinates is not null ? 0 : _lambda[s.Layer],
        Step = State.Step,
        Team = team,
    };

    // The new state is finite if bounds on its size are: they cost nothing, where a look at every number would be another pass.
    private string? Overflow(double pull)
    {
        for (var attempt = 0; ; attempt++)
        {
            var g = _multiplier * pull;
            var weights = _reach;
            foreach (var norm in State.NormsArray) weights = Math.Max(weights, Math.Abs(norm));
            var u = _rules.Bound(new Reach(g, weights, _largestLambda, _measures || attempt == 1));
            var reach = _reach + _eta * u + LangevinNoise.LargestNormal * _sigma;
            foreach (var norm in State.NormsArray) reach = Math.Max(reach, Math.Abs(norm) + _eta * u);
            if (reach < StepRange<T>.Limit && g < StepRange<T>.Limit)
            {
                (_reach, _measures) = (reach, false);
                return null;
            }
            if (attempt == 1) return StepRange<T>.Left(NameOf(Array.IndexOf(_squares, _squares.Max())));
            _reach = Precise.Norm<T>(State.XArray);
        }
    }

    /// <summary>log Σ λ_k‖W_k‖²; −∞ without decay.</summary>
    public double LogPenalty()
    {
        var sum = 0.0;
        for (var k = 0; k < _lambda.Length; k++)
            if (_lambda[k] > 0)
                sum += _lambda[k] * Precise.SumOfSquares<T>(Weights.AsSpan(_network.Layers[k].Offset, _network.Layers[k].Count));
        return Math.Log(sum);
    }

    private int FirstNotFinite()
    {
        for (var i = 0; i < _squares.Length; i++)
            if (!double.IsFinite(_squares[i])) return i;
        return Array.FindIndex(_segments, s => s.IsWhole
            && NormsOf(_normPull, s).ContainsAnyExceptInRange(double.MinValue, double.MaxValue));
    }

    private static T Number(double number) => T.CreateTruncating(number);

    private double DecayOf(Segment s) => s.Layer < 0 ? 0 : _frame.Decay * _lambda[s.Layer];

    private string NameOf(int segment) => segment < 0 ? "the norms"
        : _segments[segment].Layer < 0 ? "γ and β of a batch normalization"
        : $"layer {_segments[segment].Layer + 1}";

    private Layer Layer(Segment s) => _network.Layers[s.Layer];

    private static Span<T> Of(T[] vector, Segment s) => vector.AsSpan(s.Offset, s.Count);

    private Span<double> NormsOf(double[] norms, Segment s) => norms.AsSpan(s.NormOffset, _coordinates!.Norms(_network.Layers[s.Layer]));
}
