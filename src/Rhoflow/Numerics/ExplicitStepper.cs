using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Rhoflow.Numerics;

/// <summary>
/// An explicit embedded Runge–Kutta pair with PI step control (Gustafsson; Hairer–Wanner II, IV.2), dense output and a
/// detector of stiffness. Allocates nothing after construction.
/// </summary>
internal sealed class ExplicitStepper : IStepper
{
    private const double Safety = 0.9, SmallestFactor = 0.2, LargestFactor = 8;
    private readonly ButcherTableau _tableau;
    private readonly VectorField _field;
    private readonly Tolerance _tolerance;
    private readonly double[][] _k;
    private readonly double[] _stage, _error, _errorLow, _start;
    private double[] _y, _yNew;
    private double _h, _errorOld = 1e-4, _span;
    private int _stiffSteps, _easySteps;
    private bool _denseReady, _rejected;

    /// <param name="tableau">The pair.</param>
    /// <param name="field">dy/ds.</param>
    /// <param name="s">Where to begin.</param>
    /// <param name="y">The initial state (copied).</param>
    /// <param name="tolerance">Local error allowed.</param>
    /// <param name="step">First step; 0 chooses one.</param>
    public ExplicitStepper(ButcherTableau tableau, VectorField field, double s, ReadOnlySpan<double> y, Tolerance tolerance,
        double step = 0)
    {
        (_tableau, _field, _tolerance) = (tableau, field, tolerance);
        var n = y.Length;
        _k = [.. Enumerable.Range(0, tableau.A.Length).Select(_ => new double[n])];
        (_stage, _error, _errorLow, _start) = (new double[n], new double[n], new double[n], new double[n]);
        (_y, _yNew) = (y.ToArray(), new double[n]);
        S = PreviousS = s;
        Evaluate(s, _y, _k[0]);
        _h = step > 0 ? step : InitialStep.Choose(Evaluate, s, _y, _k[0], tolerance, tableau.Order);
    }

    /// <inheritdoc/>
    public string Name => _tableau.Name;

    /// <inheritdoc/>
    public bool DenseIsAccurate => true;

    /// <inheritdoc/>
    public double S { get; private set; }

    /// <inheritdoc/>
    public double PreviousS { get; private set; }

    /// <inheritdoc/>
    public ReadOnlySpan<double> Y => _y;

    /// <inheritdoc/>
    public long Evaluations { get; private set; }

    /// <inheritdoc/>
    public bool IsStiff => _stiffSteps >= 15;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public StepResult Step(double limit)
    {
        if (!Finite(_k[0])) return StepResult.NotFinite;
        while (true)
        {
            var h = Math.Min(_h, limit - S);
            var last = S + h >= limit || limit - S - h < 1e-3 * h;
            if (last) h = limit - S;
            if (h <= 4 * double.Epsilon || (S + h == S && limit > S)) return StepResult.TooSmall;
            var sNew = last ? limit : S + h;
            Stages(h, sNew);
            var error = ErrorNorm(h);
            if (error < 1)
            {
                var factor = Safety * Math.Pow(Math.Max(error, 1e-10), -0.7 / _tableau.Order) * Math.Pow(_errorOld, 0.4 / _tableau.Order);
                factor = Math.Clamp(factor, SmallestFactor, _rejected ? 1 : LargestFactor);
                // A step shortened only to land on the limit says little about the next one.
                if (!last || h >= _h) _h = h * factor; else _h = Math.Max(_h, h * factor);
                _errorOld = Math.Max(error, 1e-4);
                _rejected = false;
                DetectStiffness(h);
                Accept(sNew, h);
                return StepResult.Accepted;
            }
            _rejected = true;
            _h = h * (double.IsFinite(error) ? Math.Max(SmallestFactor, Safety * Math.Pow(error, -1.0 / _tableau.Order)) : 0.1);
            if (S + _h == S) return StepResult.TooSmall;
        }
    }

    /// <inheritdoc/>
    public void Interpolate(double s, Span<double> y)
    {
        if (s == S) { _y.CopyTo(y); return; }
        if (s == PreviousS || _span == 0) { _start.CopyTo(y); return; }
        PrepareDense();
        var theta = (s - PreviousS) / _span;
        _start.CopyTo(y);
        for (var i = 0; i < _k.Length; i++)
        {
            var weights = _tableau.Dense[i];
            var sum = 0.0;
            for (var j = weights.Length - 1; j >= 0; j--) sum = (sum + weights[j]) * theta;
            if (sum != 0) Vectors.Add(_span * sum, _k[Slot(i)], y);
        }
    }

    /// <inheritdoc/>
    public void Restart(double s, ReadOnlySpan<double> y)
    {
        BeginAt(s, y);
        Evaluate(s, _y, _k[0]);
    }

    /// <inheritdoc/>
    public StepperState Save() =>
        new ExplicitStepperState(S, (double[])_y.Clone(), _h, Evaluations, _errorOld, _stiffSteps, _easySteps, _rejected)
        {
            Velocity = (double[])_k[0].Clone(),
        };

    /// <inheritdoc/>
    public void Restore(StepperState state)
    {
        if (state is not ExplicitStepperState saved) throw StepperState.OfAnother(Name, state);
        BeginAt(saved.S, saved.Y.Span);
        if (saved.Velocity.IsEmpty) Evaluate(S, _y, _k[0]);
        else saved.Velocity.CopyTo(_k[0]);
        (_h, Evaluations) = (saved.Step, saved.Evaluations);
        (_errorOld, _stiffSteps, _easySteps, _rejected) = (saved.ErrorOld, saved.StiffSteps, saved.EasySteps, saved.Rejected);
    }

    private void BeginAt(double s, ReadOnlySpan<double> y)
    {
        y.CopyTo(_y);
        S = PreviousS = s;
        _span = 0;
        _y.CopyTo(_start, 0);
        (_denseReady, _rejected, _stiffSteps, _easySteps, _errorOld) = (false, false, 0, 0, 1e-4);
    }

    // Between steps k[0] holds the derivative at S (first same as last), and the slot Stages that of the last step's start.
    private int Slot(int stage) => stage == 0 ? _tableau.Stages : stage == _tableau.Stages ? 0 : stage;

    private void Stages(double h, double sNew)
    {
        _denseReady = false;
        for (var i = 1; i <= _tableau.Stages; i++)
        {
            var target = i == _tableau.Stages ? _yNew : _stage;
            Combine(i, h, target, swapped: false);
            Evaluate(i == _tableau.Stages ? sNew : S + _tableau.C[i] * h, target, _k[i]);
        }
    }

    private void Combine(int i, double h, double[] target, bool swapped)
    {
        (swapped ? _start : _y).CopyTo(target, 0);
        var row = _tableau.A[i];
        for (var j = 0; j < row.Length; j++)
            if (row[j] != 0) Vectors.Add(h * row[j], _k[swapped ? Slot(j) : j], target);
    }

    private double ErrorNorm(double h)
    {
        WeightedError(_tableau.Error, _error);
        var high = _tolerance.Norm(_error, _y, _yNew);
        if (_tableau.ErrorLow is null) return Math.Abs(h) * high;
        WeightedError(_tableau.ErrorLow, _errorLow);
        var low = _tolerance.Norm(_errorLow, _y, _yNew);
        var both = high * high + 0.01 * low * low;
        return both == 0 ? 0 : Math.Abs(h) * high * high / Math.Sqrt(both);
    }

    private void WeightedError(double[] weights, double[] error)
    {
        Array.Clear(error);
        for (var i = 0; i < weights.Length; i++)
            if (weights[i] != 0) Vectors.Add(weights[i], _k[i], error);
    }

    private void Accept(double sNew, double h)
    {
        _y.CopyTo(_start, 0);
        (_y, _yNew) = (_yNew, _y);
        (_k[0], _k[_tableau.Stages]) = (_k[_tableau.Stages], _k[0]);
        PreviousS = S;
        S = sNew;
        _span = h;
    }

    private void PrepareDense()
    {
        if (_denseReady) return;
        for (var i = _tableau.Stages + 1; i < _k.Length; i++)
        {
            Combine(i, _span, _stage, swapped: true);
            Evaluate(PreviousS + _tableau.C[i] * _span, _stage, _k[i]);
        }
        _denseReady = true;
    }

    // The last two stages stand close together: ‖Δk‖/‖Δy‖ estimates the dominant eigenvalue (Hairer–Wanner II, IV.2).
    private void DetectStiffness(double h)
    {
        var s = _tableau.Stages;
        var distance = Vectors.Distance(_yNew, _stage);
        if (distance == 0) return;
        var boundary = _tableau.Order >= 8 ? 6.1 : 3.25;
        if (h * Vectors.Distance(_k[s], _k[s - 1]) / distance > boundary)
        {
            _easySteps = 0;
            _stiffSteps++;
        }
        else if (_stiffSteps < 15 && ++_easySteps >= 6) _stiffSteps = 0;
    }

    private void Evaluate(double s, ReadOnlySpan<double> y, Span<double> dy)
    {
        Evaluations++;
        _field(s, y, dy);
    }

    private static bool Finite(double[] v) => double.IsFinite(TensorPrimitives.SumOfMagnitudes<double>(v));
}
