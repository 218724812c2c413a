using MathNet.Numerics.LinearAlgebra;
using Rhoflow.Networks;

namespace Rhoflow.Flows;

/// <summary>
/// A flow of a ReLU network across and along its kinks. The right-hand side jumps where a pre-activation z passes 0. If the
/// velocities on both sides point to the kink, the flow stays on it: in Filippov's sense (T3 §2) its velocity is the one
/// whose slope s ∈ [σ'(0−), 1] gives ż = 0, for all sliding units together. A slide ends when s reaches one of the sides.
/// </summary>
internal sealed class KinkMode : IFlowMode
{
    private const string NoSlide =
        "it stays on kinks of several ReLUs at once, and no slopes between those of the two sides keep it on all of them";

    // A slope must leave its interval by more than the noise it is solved with, or the unit would be released and caught for ever.
    private const double ReleaseTolerance = 1e-9;
    private const int ChordIterations = 6, NewtonIterations = 6;

    // A slope this far outside [σ'(0−), 1] is a diverging iteration, not the end of a slide.
    private const double LargestSlope = 1e3;
    private readonly Flow _flow;
    private readonly FlowWorkspace _work;
    private readonly ChainPasses _evaluation;
    private readonly ActivationPattern _pattern;
    private readonly double[] _theta, _thetaDot;
    private double[] _velocity = [];
    private bool _solved = true;
    private double[,] _inverse = new double[0, 0];   // (∂ż/∂s)⁻¹ over the sliding units
    private double[] _rates = [], _kept = [];

    /// <param name="work">Whose kinks they are; its risk exists already.</param>
    public KinkMode(FlowWorkspace work)
    {
        var flow = work.Flow;
        (_flow, _work) = (flow, work);
        _evaluation = work.Risk.Chain;
        _pattern = new ActivationPattern(flow.Network, _evaluation);
        _theta = new double[flow.Network.ParameterCount];
        _thetaDot = new double[flow.Network.ParameterCount];
    }

    /// <summary>Whether any unit slides along its kink.</summary>
    public bool IsSliding => _pattern.Sliding.Count > 0;

    /// <summary>How many do.</summary>
    public int Sliding => _pattern.Sliding.Count;

    /// <inheritdoc/>
    public void Begin(double logT, ReadOnlySpan<double> state)
    {
        _flow.PatternPoint(state, [], _theta, _thetaDot);
        _pattern.Begin(_theta);
        _inverse = new double[0, 0];
    }

    /// <summary>
    /// The velocity at the slopes for which no sliding unit leaves its kink: chord iterations from the last slopes, then Newton's; where
    /// neither converges the last slopes stay (in a trial step that the step control will refuse; an accepted state is checked).
    /// </summary>
    public double Velocity(double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        for (var i = 0; i < _kept.Length; i++) _kept[i] = _pattern.Slope(_pattern.Sliding[i]);
        for (var iteration = 0; iteration < ChordIterations + NewtonIterations; iteration++)
        {
            var scale = Rates(logT, state, velocity, _rates);
            var residual = 0.0;
            foreach (var r in _rates) residual = Math.Max(residual, Math.Abs(r));
            var reference = _pattern.LargestRate();
            _solved = residual <= (iteration >= ChordIterations ? 1e-9 : 1e-12) * reference;
            if (_solved) return scale;
            if (!double.IsFinite(residual)) break;
            if (iteration >= ChordIterations - 1) Linearize(logT, state, velocity);
            Correct();
            if (Diverged()) break;
        }
        for (var i = 0; i < _kept.Length; i++) _pattern.Slope(_pattern.Sliding[i]) = _kept[i];
        return _flow.Field(_work, logT, state, velocity);
    }

    /// <inheritdoc/>
    public string? Violation(double logT, ReadOnlySpan<double> state)
    {
        if (IsSliding)
        {
            Velocity(logT, state, Scratch());
            if (!_solved) return NoSlide;
            if (Released() is { } released) return $"the end of the slide along a ReLU's kink ({released})";
        }
        Forward(state);
        return _pattern.Violation() is { } kink ? $"the kink of a ReLU ({kink})" : null;
    }

    /// <summary>After a located kink: units that cross take the other slope, units pushed back from both sides begin to slide.</summary>
    public void Cross(double logT, ReadOnlySpan<double> state)
    {
        for (var turn = 0; turn < 200; turn++)
        {
            if (IsSliding)
            {
                Velocity(logT, state, Scratch());
                if (!_solved)
                {
                    var first = string.Join("; ", _pattern.Sliding.Take(3));
                    throw new UnsolvableSlideException(
                        $"{NoSlide} ({_pattern.Sliding.Count} of them: {first}{(_pattern.Sliding.Count > 3 ? " …" : "")})");
                }
                if (Released() is { } released)
                {
                    Forward(state);
                    _pattern.Release(released, _pattern.Slope(released) > 1);
                    Linearize(logT, state, Scratch());
                    continue;
                }
            }
            Forward(state);
            if (_pattern.Violation() is not { } kink) return;
            Meet(kink, logT, state);
        }
    }

    /// <inheritdoc/>
    public double[] Save() => [.. _pattern.Save(), .. _inverse.Cast<double>()];

    /// <inheritdoc/>
    public int Restore(ReadOnlySpan<double> mode)
    {
        var at = _pattern.Restore(mode);
        var m = _pattern.Sliding.Count;
        _inverse = new double[m, m];
        (_rates, _kept) = (new double[m], new double[m]);
        for (var i = 0; i < m; i++)
            for (var j = 0; j < m; j++) _inverse[i, j] = mode[at + i * m + j];
        return at + m * m;
    }

    // The unit's ż with either slope decides: through the kink, or along it.
    private void Meet(Kink kink, double logT, ReadOnlySpan<double> state)
    {
        if (!double.IsFinite(_pattern.Value(kink)))
            throw new UnsolvableSlideException($"the pre-activation of a ReLU ({kink}) is no longer a finite number");
        var side = Math.Sign(_pattern.Value(kink));
        var before = _pattern.Slope(kink);
        var rateBefore = RateOf(kink, logT, state);
        Forward(state);
        _pattern.Cross(kink);
        var after = _pattern.Slope(kink);
        var rateAfter = RateOf(kink, logT, state);
        if (rateAfter * side > 0 || rateBefore * side <= 0) return;
        _pattern.Slope(kink) = before + (after - before) * rateBefore / (rateBefore - rateAfter);
        _pattern.Sliding.Add(kink);
        Linearize(logT, state, Scratch());
    }

    private double RateOf(Kink kink, double logT, ReadOnlySpan<double> state)
    {
        var velocity = Scratch();
        if (IsSliding) Velocity(logT, state, velocity); else _flow.Field(_work, logT, state, velocity);
        Tangent(state, velocity);
        return _pattern.Rate(kink);
    }

    // The sliding unit whose slope has left its interval farthest.
    private Kink? Released()
    {
        Kink? released = null;
        var farthest = ReleaseTolerance;
        foreach (var kink in _pattern.Sliding)
        {
            var slope = _pattern.Slope(kink);
            var beyond = Math.Max(slope - 1, _pattern.Low(kink) - slope);
            if (beyond > farthest) (released, farthest) = (kink, beyond);
        }
        return released;
    }

    private double Rates(double logT, ReadOnlySpan<double> state, Span<double> velocity, Span<double> rates)
    {
        var scale = _flow.Field(_work, logT, state, velocity);
        Tangent(state, velocity);
        for (var i = 0; i < rates.Length; i++) rates[i] = _pattern.Rate(_pattern.Sliding[i]);
        return scale;
    }

    private bool Diverged()
    {
        foreach (var kink in _pattern.Sliding)
            if (!(Math.Abs(_pattern.Slope(kink)) <= LargestSlope)) return true;
        return false;
    }

    private void Correct()
    {
        for (var i = 0; i < _rates.Length; i++)
        {
            var step = 0.0;
            for (var j = 0; j < _rates.Length; j++) step += _inverse[i, j] * _rates[j];
            _pattern.Slope(_pattern.Sliding[i]) -= step;
        }
    }

    // ∂ż/∂s by differences: exact where no two sliding units stand on one path, for then ż is affine in s.
    private void Linearize(double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        var m = _pattern.Sliding.Count;
        if (_rates.Length != m) (_rates, _kept) = (new double[m], new double[m]);
        _inverse = new double[m, m];
        if (m == 0) return;
        var scale = Rates(logT, state, velocity, _rates);
        var changed = new double[m];
        var jacobian = Matrix<double>.Build.Dense(m, m);
        for (var j = 0; j < m; j++)
        {
            ref var slope = ref _pattern.Slope(_pattern.Sliding[j]);
            var kept = slope;
            slope = kept + 0.25;
            var factor = Math.Exp(Rates(logT, state, velocity, changed) - scale);
            _pattern.Slope(_pattern.Sliding[j]) = kept;
            for (var i = 0; i < m; i++) jacobian[i, j] = (changed[i] * factor - _rates[i]) / 0.25;
        }
        _inverse = TruncatedInverse(jacobian);
    }

    // Singular directions are left alone: two units with the same weights slide as one.
    private static double[,] TruncatedInverse(Matrix<double> jacobian)
    {
        foreach (var entry in jacobian.Enumerate())
            if (!double.IsFinite(entry)) return new double[jacobian.RowCount, jacobian.ColumnCount];
        // Rows and columns differ by many orders (a well-classified example weighs e^{−ρf}), so they are brought to one scale first.
        var rows = jacobian.EnumerateRows().Select(static r => Reciprocal(r.AbsoluteMaximum())).ToArray();
        var scaled = jacobian.MapIndexed((i, _, v) => v * rows[i], Zeros.Include);
        var columns = scaled.EnumerateColumns().Select(static c => Reciprocal(c.AbsoluteMaximum())).ToArray();
        scaled = scaled.MapIndexed((_, j, v) => v * columns[j], Zeros.Include);
        var svd = scaled.Svd();
        var inverted = svd.S.Map(sigma => sigma > 1e-10 * svd.S[0] ? 1 / sigma : 0, Zeros.Include);
        return svd.VT.TransposeThisAndMultiply(Matrix<double>.Build.DenseOfDiagonalVector(inverted)).Multiply(svd.U.Transpose())
            .MapIndexed((i, j, v) => v * columns[i] * rows[j], Zeros.Include).ToArray();
    }

    private static double Reciprocal(double largest) => largest > 0 ? 1 / largest : 0;

    private void Forward(ReadOnlySpan<double> state)
    {
        _flow.PatternPoint(state, [], _theta, _thetaDot);
        _evaluation.Forward(_theta);
    }

    private void Tangent(ReadOnlySpan<double> state, ReadOnlySpan<double> velocity)
    {
        _flow.PatternPoint(state, velocity, _theta, _thetaDot);
        _evaluation.Forward(_theta);
        _evaluation.JacobianVectorProduct(_theta, _thetaDot);
    }

    private double[] Scratch() => _velocity.Length > 0 ? _velocity : _velocity = new double[_flow.Dimension];
}
