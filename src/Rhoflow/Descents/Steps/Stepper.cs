using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using Rhoflow.Kernels;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Descents;

/// <summary>
/// The step of one replica, in two passes over segments of θ: (1) weight decay and the pull on the coordinates, with its length; (2)
/// momentum, noise and the move. Segments are fixed and sums are added in their order, so any team gives the same bits. Nothing is allocated.
/// </summary>
internal sealed class Stepper<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int NoiseStream = 1000;

    // |N(0, 1)| as it is drawn here never exceeds this.
    private const double LargestNormal = 40;

    private readonly Network _network;
    private readonly DescentOptions _options;
    private readonly ICoordinates<T>? _coordinates;
    private readonly Segment[] _segments;
    private readonly double[] _squares, _normPull, _lambda, _normsBefore, _normMomentumBefore;
    private readonly T[] _xBefore, _momentumBefore;
    private readonly string?[] _failures;
    private readonly RandomStream[] _random;
    private readonly Action<int, int> _pull, _move;
    private readonly bool _decays, _trainsNorms;
    private readonly long _seed;
    private readonly T[] _h;
    private StepFrame _frame;
    private double _multiplier, _eta, _sigma, _reach, _momentumReach;

    public Stepper(Network network, DescentOptions options, ICoordinates<T>? coordinates, DescentState<T> state, T[] weights, T[] h, int threads)
    {
        (_network, _options, _coordinates, State, Weights, _h) = (network, options, coordinates, state, weights, h);
        _segments = Segment.Cover(network, coordinates is null ? null : coordinates.Norms);
        _squares = new double[_segments.Length];
        _failures = new string?[_segments.Length];
        _normPull = new double[state.Norms.Length];
        _lambda = [.. Enumerable.Range(0, network.Depth).Select(options.DecayOf)];
        _decays = _lambda.Any(static l => l > 0);
        _trainsNorms = coordinates is not null && options.NormRule == NormRule.Trained;
        _seed = options.NoiseSeed ?? options.Seed;
        _random = [.. Enumerable.Range(0, threads).Select(static _ => new RandomStream(0))];
        // Only a Lagrange step can fail after others have been taken.
        var keeps = options.Normalization == Normalization.Lagrange;
        (_xBefore, _momentumBefore) = (new T[keeps ? state.X.Length : 0], new T[keeps ? state.Momentum.Length : 0]);
        (_normsBefore, _normMomentumBefore) = (new double[keeps ? state.Norms.Length : 0], new double[keeps ? state.NormMomentum.Length : 0]);
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
            State.X.CopyTo(Weights, 0);
            foreach (var s in _segments)
                if (s.IsWhole) c.Compose(Layer(s), Of(State.X, s), NormsOf(State.Norms, s), Of(Weights, s));
        }
        (_reach, _momentumReach) = (Precise.Norm<T>(State.X), Precise.Norm<T>(State.Momentum));
    }

    /// <summary>The state of the weights in <see cref="Weights"/>.</summary>
    /// <param name="keepNorms">Only the directions are taken.</param>
    public void Adopt(bool keepNorms)
    {
        if (_coordinates is { } c)
        {
            foreach (var s in _segments)
            {
                if (!s.IsWhole) Of(Weights, s).CopyTo(Of(State.X, s));
                else c.Split(Layer(s), Of(Weights, s), Of(State.X, s), keepNorms ? NormsOf(_normPull, s) : NormsOf(State.Norms, s));
            }
        }
        Refresh();
    }

    /// <summary>One step down, with h as the risk left it.</summary>
    /// <returns>Null, or why the step was not taken (then the state is as it was).</returns>
    public string? Step(LossValue value, double eta, Team team)
    {
        _frame = StepFrame.Of(value, _decays, _decays && _options.Rule.Scale == StepScale.LossBased ? LogPenalty() : double.NegativeInfinity);
        team.Run(_segments.Length, _pull);
        var square = _trainsNorms ? Vectors.Dot(_normPull, _normPull) : 0;
        foreach (var part in _squares) square += part;
        if (!double.IsFinite(square)) return $"the gradient is no longer finite, first in {NameOf(FirstNotFinite())}";
        _multiplier = square == 0 && !_decays ? 0 : _frame.Multiplier(_options.Rule.Scale, square);
        _eta = eta;
        _sigma = _options.Rule.Temperature == 0 ? 0 : Math.Sqrt(2 * _frame.Rate(_options.Rule.Scale, eta, square) * _options.Rule.Temperature);
        if (Overflow(Math.Sqrt(square) * _frame.Pull + (_decays ? _frame.Decay * _lambda.Max() * _reach : 0)) is { } overflow) return overflow;
        Keep();
        team.Run(_segments.Length, _move);
        for (var i = 0; i < _failures.Length; i++)
        {
            if (_failures[i] is not { } why) continue;
            Array.Clear(_failures);
            TakeBack();
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
            // Only a normalized step needs the length of all of it now; otherwise the decay is part of the move, and the length is but a bound.
            if (_options.Rule.Scale != StepScale.Normalized)
            {
                _squares[i] = Bound(h);
                return;
            }
            Spheres.Scale(h, _frame.Pull, h);
            if (decay != 0) TensorPrimitives.MultiplyAdd(Of(State.X, s), T.CreateTruncating(-decay), h, h);
            _squares[i] = Precise.SumOfSquares<T>(h);
            return;
        }
        if (_frame.Pull != 1) Spheres.Scale(h, _frame.Pull, h);
        var norms = NormsOf(State.Norms, s);
        var normPull = NormsOf(_normPull, s);
        _squares[i] = _coordinates!.Pull(Layer(s), Of(State.X, s), norms, h, normPull);
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
        var x = Of(State.X, s);
        var step = Of(_h, s);
        if (!s.IsWhole)
        {
            var rule = _options.Rule;
            var normalized = rule.Scale == StepScale.Normalized;
            double pull = normalized ? _multiplier : _multiplier * _frame.Pull, decay = normalized ? 0 : _multiplier * DecayOf(s);
            if (rule.Momentum == 0) Updates.Plain(x, step, pull, decay, _eta);
            else
                Elementwise.MomentumStep(
                    x, Of(State.Momentum, s), step, -Number(_eta), Number(rule.Momentum), Number(pull), -Number(decay), rule.Nesterov);
            AddNoise(i, x, thread);
            if (_coordinates is not null) x.CopyTo(Of(Weights, s));
            return;
        }
        Descend(s, step);
        AddNoise(i, step, thread);
        _failures[i] = _coordinates!.Move(Layer(s), x, step);
        var norms = NormsOf(State.Norms, s);
        if (_trainsNorms) DescendNorms(s, norms);
        _coordinates.Compose(Layer(s), x, norms, Of(Weights, s));
    }

    // h ← the step of a whole layer: g = multiplier·h; m ← μm + g; ηm, or η(g + μm).
    private void Descend(Segment s, Span<T> h)
    {
        var rule = _options.Rule;
        Spheres.Scale(h, _multiplier, h);
        if (rule.Momentum > 0)
        {
            var m = Of(State.Momentum, s);
            TensorPrimitives.MultiplyAdd(m, T.CreateTruncating(rule.Momentum), h, m);
            if (rule.Nesterov) TensorPrimitives.MultiplyAdd(m, T.CreateTruncating(rule.Momentum), h, h);
            else m.CopyTo(h);
        }
        Spheres.Scale(h, _eta, h);
    }

    private void AddNoise(int i, Span<T> x, int thread)
    {
        if (_sigma == 0) return;
        var random = _random[thread];
        random.Restart(_seed, NoiseStream + i, State.Step);
        foreach (ref var value in x) value += T.CreateTruncating(_sigma * random.NextNormal());
    }

    private void DescendNorms(Segment s, Span<double> norms)
    {
        var rule = _options.Rule;
        var pull = NormsOf(_normPull, s);
        for (var r = 0; r < norms.Length; r++)
        {
            var g = _multiplier * pull[r];
            var step = g;
            if (rule.Momentum > 0)
            {
                ref var m = ref State.NormMomentum[s.NormOffset + r];
                m = rule.Momentum * m + g;
                step = rule.Nesterov ? g + rule.Momentum * m : m;
            }
            norms[r] += _eta * step;
        }
    }

    // The new state is finite if bounds on its size are: they cost nothing, where a look at every number would be another pass.
    private string? Overflow(double pull)
    {
        var limit = (typeof(T) == typeof(float) ? float.MaxValue : double.MaxValue) / 4;
        for (var attempt = 0; ; attempt++)
        {
            var g = _multiplier * pull;
            var m = _options.Rule.Momentum * _momentumReach + g;
            var reach = _reach + _eta * (_options.Rule.Nesterov ? g + _options.Rule.Momentum * m : m) + LargestNormal * _sigma;
            foreach (var norm in State.Norms) reach = Math.Max(reach, Math.Abs(norm) + _eta * m);
            if (reach < limit && m < limit)
            {
                (_reach, _momentumReach) = (reach, m);
                return null;
            }
            if (attempt == 1)
                return string.Create(CultureInfo.InvariantCulture, $"the weights would leave the range of {(typeof(T) == typeof(float) ? "float32" : "float64")}, first in {NameOf(Array.IndexOf(_squares, _squares.Max()))}");
            (_reach, _momentumReach) = (Precise.Norm<T>(State.X), Precise.Norm<T>(State.Momentum));
        }
    }

    private void Keep()
    {
        if (_xBefore.Length == 0) return;
        State.X.CopyTo(_xBefore, 0);
        State.Momentum.CopyTo(_momentumBefore, 0);
        State.Norms.CopyTo(_normsBefore, 0);
        State.NormMomentum.CopyTo(_normMomentumBefore, 0);
    }

    private void TakeBack()
    {
        _xBefore.CopyTo(State.X, 0);
        _momentumBefore.CopyTo(State.Momentum, 0);
        _normsBefore.CopyTo(State.Norms, 0);
        _normMomentumBefore.CopyTo(State.NormMomentum, 0);
        Refresh();
    }

    private double LogPenalty()
    {
        var sum = 0.0;
        for (var k = 0; k < _lambda.Length; k++)
            if (_lambda[k] > 0) sum += _lambda[k] * Precise.SumOfSquares<T>(Weights.AsSpan(_network.Layers[k].Offset, _network.Layers[k].Count));
        return Math.Log(sum);
    }

    private int FirstNotFinite()
    {
        for (var i = 0; i < _squares.Length; i++)
            if (!double.IsFinite(_squares[i])) return i;
        return Array.FindIndex(_segments, s => s.IsWhole && NormsOf(_normPull, s).ContainsAnyExceptInRange(double.MinValue, double.MaxValue));
    }

    private static T Number(double number) => T.CreateTruncating(number);

    private double DecayOf(Segment s) => s.Layer < 0 ? 0 : _frame.Decay * _lambda[s.Layer];

    private string NameOf(int segment) => segment < 0 ? "the norms" : _segments[segment].Layer < 0 ? "γ and β of a batch normalization" : $"layer {_segments[segment].Layer + 1}";

    private Layer Layer(Segment s) => _network.Layers[s.Layer];

    private static Span<T> Of(T[] vector, Segment s) => vector.AsSpan(s.Offset, s.Count);

    private Span<double> NormsOf(double[] norms, Segment s) => norms.AsSpan(s.NormOffset, _coordinates!.Norms(_network.Layers[s.Layer]));
}
