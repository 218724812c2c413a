using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;
using Complex = System.Numerics.Complex;

namespace Rhoflow.Numerics;

/// <summary>
/// Radau IIA of order 5 with simplified Newton iterations, for stiff flows: weight normalization at large ρ (rates ~ρ²), weight
/// decay and fixed ρ at large t. The Jacobian is taken by finite differences. Memory and time grow as n² and n³.
/// </summary>
internal sealed class RadauStepper : IStepper
{
    private const int MaxIterations = 7;
    private const double Safety = 0.9, SmallestFactor = 0.2, LargestFactor = 10;
    private readonly VectorField _field;
    private readonly Tolerance _tolerance;
    private readonly int _n;
    private readonly double[][] _z, _zOld, _f;
    private readonly Complex[] _w2, _r2;
    private readonly double[] _y, _yNew, _f0, _w1, _r1, _point, _error, _start;
    private readonly Matrix<double> _jacobian;
    private LU<double>? _lu1;
    private LU<Complex>? _lu2;
    private double _h, _hOld, _errorOld = double.NaN, _span, _factoredStep;
    private bool _jacobianIsCurrent, _rejected, _haveOld;

    /// <inheritdoc cref="ExplicitStepper(ButcherTableau, VectorField, double, ReadOnlySpan{double}, Tolerance, double)"/>
    public RadauStepper(VectorField field, double s, ReadOnlySpan<double> y, Tolerance tolerance, double step)
    {
        (_field, _tolerance, _n) = (field, tolerance, y.Length);
        NewtonTolerance = Math.Max(2.2e-15 / tolerance.Relative, Math.Min(0.03, Math.Sqrt(tolerance.Relative)));
        (_z, _zOld, _f) = (Rows(), Rows(), Rows());
        (_w2, _r2) = (new Complex[_n], new Complex[_n]);
        (_y, _yNew, _f0, _w1, _r1) = (y.ToArray(), new double[_n], new double[_n], new double[_n], new double[_n]);
        (_point, _error, _start) = (new double[_n], new double[_n], new double[_n]);
        _jacobian = Matrix<double>.Build.Dense(_n, _n);
        S = PreviousS = s;
        Evaluate(s, _y, _f0);
        _h = step > 0 ? step : InitialStep.Choose(Evaluate, s, _y, _f0, tolerance, 3);
        UpdateJacobian();
    }

    /// <inheritdoc/>
    public string Name => "radau";

    /// <inheritdoc/>
    public bool DenseIsAccurate => false;

    /// <inheritdoc/>
    public double S { get; private set; }

    /// <inheritdoc/>
    public double PreviousS { get; private set; }

    /// <inheritdoc/>
    public ReadOnlySpan<double> Y => _y;

    /// <inheritdoc/>
    public long Evaluations { get; private set; }

    /// <inheritdoc/>
    public bool IsStiff => false;

    /// <summary>How far Newton's iterations go, relative to the allowed error; tests tighten it to see the method's own order.</summary>
    internal double NewtonTolerance { get; set; }

    /// <inheritdoc/>
    public StepResult Step(double limit)
    {
        foreach (var v in _f0)
            if (!double.IsFinite(v)) return StepResult.NotFinite;
        while (true)
        {
            var h = Math.Min(_h, limit - S);
            var last = S + h >= limit || limit - S - h < 1e-3 * h;
            if (last) h = limit - S;
            if (h <= 4 * double.Epsilon || S + h == S) return StepResult.TooSmall;
            var sNew = last ? limit : S + h;
            Factor(h);
            var (converged, iterations, rate) = Newton(h);
            if (!converged)
            {
                if (!_jacobianIsCurrent) { UpdateJacobian(); continue; }
                _h = 0.5 * h;
                _rejected = true;
                continue;
            }
            for (var i = 0; i < _n; i++) _yNew[i] = _y[i] + _z[2][i];
            var error = ErrorNorm(h);
            var safety = Safety * (2 * MaxIterations + 1) / (2 * MaxIterations + iterations);
            if (error >= 1 || !double.IsFinite(error))
            {
                _h = h * (double.IsFinite(error) ? Math.Max(SmallestFactor, safety * Math.Pow(error, -0.25)) : 0.1);
                _rejected = true;
                continue;
            }
            var factor = Math.Min(LargestFactor, safety * PredictFactor(h, error));
            if (_rejected) factor = Math.Min(1, factor);
            var refresh = iterations > 2 && rate > 1e-3;
            if (!refresh && factor < 1.2) factor = 1;
            Accept(sNew, h, error);
            if (!last || h >= 0.999 * _h) _h = h * factor; else _h = Math.Max(_h, h * factor);
            if (refresh) UpdateJacobian(); else _jacobianIsCurrent = false;
            return StepResult.Accepted;
        }
    }

    /// <inheritdoc/>
    public void Interpolate(double s, Span<double> y)
    {
        if (s == S || _span == 0) { _y.CopyTo(y); return; }
        Extrapolate(_zOld, _start, (s - PreviousS) / _span, y);
    }

    /// <inheritdoc/>
    public void Restart(double s, ReadOnlySpan<double> y)
    {
        y.CopyTo(_y);
        S = PreviousS = s;
        _span = 0;
        (_haveOld, _rejected, _errorOld) = (false, false, double.NaN);
        Evaluate(s, _y, _f0);
        UpdateJacobian();
    }

    /// <inheritdoc/>
    public StepperState Save() => new RadauStepperState(
        S, (double[])_y.Clone(), _h, Evaluations, _errorOld, _hOld, _span, PreviousS, _rejected, _haveOld, _jacobianIsCurrent,
            _factoredStep,
        (double[])_start.Clone(), [.. _zOld.Select(static z => (ReadOnlyMemory<double>)(double[])z.Clone())],
            _jacobian.ToColumnMajorArray())
    {
        Velocity = (double[])_f0.Clone(),
    };

    /// <inheritdoc/>
    public void Restore(StepperState state)
    {
        if (state is not RadauStepperState saved) throw StepperState.OfAnother(Name, state);
        saved.Y.CopyTo(_y);
        (S, PreviousS, _h, _hOld, _span, _errorOld) = (saved.S, saved.PreviousS, saved.Step, saved.StepOld, saved.Span, saved.ErrorOld);
        (_rejected, _haveOld, _jacobianIsCurrent) = (saved.Rejected, saved.HasPolynomial, saved.JacobianIsCurrent);
        if (saved.Velocity.IsEmpty) Evaluate(S, _y, _f0);
        else saved.Velocity.CopyTo(_f0);
        saved.Start.CopyTo(_start);
        for (var i = 0; i < 3; i++) saved.Stages[i].CopyTo(_zOld[i]);
        saved.Jacobian.CopyTo(_jacobian.AsColumnMajorArray());
        _factoredStep = 0;
        if (saved.FactoredStep > 0) Factor(saved.FactoredStep);
        Evaluations = saved.Evaluations;
    }

    private double[][] Rows() => [new double[_n], new double[_n], new double[_n]];

    // M_real = Real/h − J, M_complex = Pair/h − J. A changed step below 20 % keeps the old factors only if it is the same step.
    private void Factor(double h)
    {
        if (_factoredStep == h) return;
        var real = _jacobian.Multiply(-1);
        var complex = real.ToComplex();
        for (var i = 0; i < _n; i++)
        {
            real[i, i] += RadauCollocation.Real / h;
            complex[i, i] += RadauCollocation.Pair / h;
        }
        _lu1 = real.LU();
        _lu2 = complex.LU();
        _factoredStep = h;
    }

    private (bool Converged, int Iterations, double Rate) Newton(double h)
    {
        StartingValues(h);
        var ti = RadauCollocation.TInverse;
        for (var i = 0; i < _n; i++)
        {
            _w1[i] = (ti[0, 0] * _z[0][i] + ti[0, 1] * _z[1][i] + ti[0, 2] * _z[2][i]).Real;
            _w2[i] = ti[1, 0] * _z[0][i] + ti[1, 1] * _z[1][i] + ti[1, 2] * _z[2][i];
        }
        double normOld = double.NaN, rate = double.NaN;
        for (var iteration = 1; iteration <= MaxIterations; iteration++)
        {
            for (var j = 0; j < 3; j++)
            {
                for (var i = 0; i < _n; i++) _point[i] = _y[i] + _z[j][i];
                Evaluate(S + RadauCollocation.C[j] * h, _point, _f[j]);
            }
            for (var i = 0; i < _n; i++)
            {
                _r1[i] = (ti[0, 0] * _f[0][i] + ti[0, 1] * _f[1][i] + ti[0, 2] * _f[2][i]).Real - RadauCollocation.Real / h * _w1[i];
                _r2[i] = ti[1, 0] * _f[0][i] + ti[1, 1] * _f[1][i] + ti[1, 2] * _f[2][i] - RadauCollocation.Pair / h * _w2[i];
            }
            var d1 = _lu1!.Solve(Vector<double>.Build.Dense(_r1));
            var d2 = _lu2!.Solve(Vector<Complex>.Build.Dense(_r2));
            var norm = 0.0;
            for (var i = 0; i < _n; i++)
            {
                var scale = _tolerance.Scale(_y[i], _y[i]);
                norm += (d1[i] * d1[i] + 2 * (d2[i].Real * d2[i].Real + d2[i].Imaginary * d2[i].Imaginary)) / (scale * scale);
                _w1[i] += d1[i];
                _w2[i] += d2[i];
            }
            norm = Math.Sqrt(norm / (3 * _n));
            if (!double.IsFinite(norm)) return (false, iteration, double.NaN);
            StagesFromW();
            if (iteration > 1) rate = norm / normOld;
            if (norm == 0 || (iteration > 1 && rate < 1 && rate / (1 - rate) * norm < NewtonTolerance)) return (true, iteration, rate);
            if (iteration > 1 && (rate >= 1 || Math.Pow(rate, MaxIterations - iteration) / (1 - rate) * norm > NewtonTolerance))
                return (norm < NewtonTolerance, iteration, rate);
            normOld = norm;
        }
        return (false, MaxIterations, rate);
    }

    private void StagesFromW()
    {
        var t = RadauCollocation.T;
        for (var j = 0; j < 3; j++)
            for (var i = 0; i < _n; i++)
                _z[j][i] = t[j, 0].Real * _w1[i] + 2 * (t[j, 1] * _w2[i]).Real;
    }

    // The last step's collocation polynomial, continued.
    private void StartingValues(double h)
    {
        for (var j = 0; j < 3; j++)
        {
            if (!_haveOld) { Array.Clear(_z[j]); continue; }
            Extrapolate(_zOld, _start, (S + RadauCollocation.C[j] * h - PreviousS) / _span, _z[j]);
            for (var i = 0; i < _n; i++) _z[j][i] -= _y[i];
        }
    }

    private static void Extrapolate(double[][] z, double[] start, double theta, Span<double> y)
    {
        start.CopyTo(y);
        for (var i = 0; i < 3; i++)
        {
            var weight = ((RadauCollocation.Dense[i, 2] * theta + RadauCollocation.Dense[i, 1]) * theta + RadauCollocation.Dense[i, 0])
                * theta;
            Vectors.Add(weight, z[i], y);
        }
    }

    private double ErrorNorm(double h)
    {
        for (var i = 0; i < _n; i++)
            _r1[i] = (RadauCollocation.Error[0] * _z[0][i] + RadauCollocation.Error[1] * _z[1][i] + RadauCollocation.Error[2] * _z[2][i])
                / h;
        SolveError(_f0);
        var norm = _tolerance.Norm(_error, _y, _yNew);
        if (norm < 1 || !(_rejected || !_haveOld)) return norm;
        for (var i = 0; i < _n; i++) _point[i] = _y[i] + _error[i];
        Evaluate(S, _point, _f[0]);
        SolveError(_f[0]);
        return _tolerance.Norm(_error, _y, _yNew);
    }

    private void SolveError(double[] f)
    {
        for (var i = 0; i < _n; i++) _point[i] = f[i] + _r1[i];
        _lu1!.Solve(Vector<double>.Build.Dense(_point)).AsArray().CopyTo(_error, 0);
    }

    private double PredictFactor(double h, double error)
    {
        var factor = Math.Pow(Math.Max(error, 1e-10), -0.25);
        if (double.IsNaN(_errorOld)) return factor;
        return factor * Math.Min(1, h / _hOld * Math.Pow(_errorOld / Math.Max(error, 1e-10), 0.25));
    }

    private void Accept(double sNew, double h, double error)
    {
        _y.CopyTo(_start, 0);
        for (var j = 0; j < 3; j++) _z[j].CopyTo(_zOld[j], 0);
        _yNew.CopyTo(_y, 0);
        PreviousS = S;
        S = sNew;
        _span = h;
        _hOld = h;
        _errorOld = Math.Max(error, 1e-10);      // an exact step must not forbid longer ones
        (_haveOld, _rejected) = (true, false);
        Evaluate(S, _y, _f0);
    }

    private void UpdateJacobian()
    {
        _y.CopyTo(_point, 0);
        for (var j = 0; j < _n; j++)
        {
            var delta = 1.5e-8 * Math.Max(Math.Abs(_y[j]), _tolerance.Absolute / _tolerance.Relative);
            _point[j] = _y[j] + delta;
            delta = _point[j] - _y[j];
            Evaluate(S, _point, _f[0]);
            _point[j] = _y[j];
            for (var i = 0; i < _n; i++) _jacobian[i, j] = (_f[0][i] - _f0[i]) / delta;
        }
        _jacobianIsCurrent = true;
        _factoredStep = 0;
    }

    private void Evaluate(double s, ReadOnlySpan<double> y, Span<double> dy)
    {
        Evaluations++;
        _field(s, y, dy);
    }
}
