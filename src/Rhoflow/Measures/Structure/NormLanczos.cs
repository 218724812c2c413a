using Rhoflow.Kernels;
using Rhoflow.Numerics;

namespace Rhoflow.Measures.Structure;

/// <summary>The largest singular value of a linear map, and how far a singular value can be from it.</summary>
/// <param name="Value">σ = √θ, never above ‖A‖₂ but for rounding.</param>
/// <param name="Bound">One of the map's singular values is within it, by the residual ‖AᵀAx − θx‖; the error itself is of second order in
/// that.</param>
/// <param name="Steps">Products with AᵀA.</param>
internal readonly record struct OperatorNorm(double Value, double Bound, int Steps);

/// <summary>
/// ‖A‖₂ by Lanczos' three-term recurrence on AᵀA. Vectors are not orthogonalized again: copies of the largest eigenvalue that appear late
/// do not move it. The start is random, so that it misses the top only with probability 0.
/// </summary>
internal sealed class NormLanczos(int dimension)
{
    /// <summary>
    /// The residual at which to stop, relative to θ; the error of θ is then of order 1e-18 over the relative gap below it.
    /// </summary>
    public const double Tolerance = 1e-9;

    private const int StepsACheck = 4;

    private readonly double[] _start = new double[dimension], _before = new double[dimension], _now = new double[dimension], _next =
        new double[dimension];
    private readonly List<double> _alpha = [], _beta = [];

    /// <param name="normal">Given x, writes AᵀA x.</param>
    /// <param name="most">Steps at most.</param>
    /// <param name="coordinates">The first so many belong to the problem; default all.</param>
    /// <param name="cancellation">Looked at before every product.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public OperatorNorm Run(Action<double[], double[]> normal, int most, int coordinates = 0, CancellationToken cancellation = default)
    {
        var d = coordinates > 0 ? coordinates : dimension;
        _alpha.Clear();
        _beta.Clear();
        Start(d);
        double[] before = _before, now = _now, next = _next;
        Array.Clear(before);
        double theta = 0, residual = 0;
        for (var step = 1; ; step++)
        {
            cancellation.Look();
            normal(now, next);
            var alpha = Vectors.Dot(now.AsSpan(0, d), next.AsSpan(0, d));
            Vectors.Add(-alpha, now.AsSpan(0, d), next.AsSpan(0, d));
            if (step > 1) Vectors.Add(-_beta[^1], before.AsSpan(0, d), next.AsSpan(0, d));
            var beta = Vectors.Norm(next.AsSpan(0, d));
            _alpha.Add(alpha);
            var ends = step >= most || beta <= 1e-15 * Math.Max(alpha, theta);
            if (ends || step % StepsACheck == 0)
            {
                (theta, var last) = Top();
                residual = beta * last;
                if (ends || residual <= Tolerance * theta)
                    return new OperatorNorm(Math.Sqrt(theta), Math.Sqrt(theta + residual) - Math.Sqrt(theta), step);
            }
            _beta.Add(beta);
            Vectors.Scale(1 / beta, next.AsSpan(0, d), next.AsSpan(0, d));
            (before, now, next) = (now, next, before);
        }
    }

    // The same start for every problem of a size.
    private void Start(int d)
    {
        if (_start[0] == 0)
        {
            var random = new RandomStream(1);
            for (var i = 0; i < dimension; i++) _start[i] = random.NextNormal();
        }
        Vectors.Scale(1 / Vectors.Norm(_start.AsSpan(0, d)), _start.AsSpan(0, d), _now.AsSpan(0, d));
    }

    // The largest eigenvalue θ of the tridiagonal matrix, by bisection, and the last entry of its unit eigenvector.
    private (double Theta, double Last) Top()
    {
        var k = _alpha.Count;
        double low = 0, high = 0;
        for (var j = 0; j < k; j++)
        {
            low = Math.Max(low, _alpha[j]);
            high = Math.Max(high, _alpha[j] + (j > 0 ? _beta[j - 1] : 0) + (j < k - 1 ? _beta[j] : 0));
        }
        high *= 1 + 1e-15;
        while (true)
        {
            var middle = low + (high - low) / 2;
            if (middle <= low || middle >= high) break;
            if (IsAbove(middle)) high = middle;
            else low = middle;
        }
        // Upwards from the last entry, the direction in which the vector grows and the recurrence is stable.
        double above = 0, entry = 1, squares = 1;
        for (var j = k - 1; j > 0 && squares < 1e200; j--)
        {
            (above, entry) = (entry, ((high - _alpha[j]) * entry - (j < k - 1 ? _beta[j] * above : 0)) / _beta[j - 1]);
            squares += entry * entry;
        }
        return (high, 1 / Math.Sqrt(squares));
    }

    // Whether x is above all eigenvalues: every quotient of successive leading characteristic polynomials is positive.
    private bool IsAbove(double x)
    {
        var q = x - _alpha[0];
        for (var j = 1; j < _alpha.Count && q > 0; j++) q = x - _alpha[j] - _beta[j - 1] * _beta[j - 1] / q;
        return q > 0;
    }
}
