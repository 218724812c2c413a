using Rhoflow.Numerics;

namespace Rhoflow.Regression;

/// <summary>One degree of a <see cref="DegreeSweep"/>.</summary>
/// <param name="Degree">d.</param>
/// <param name="TrainError">Mean squared error on the nodes: 0 up to the precision once d + 1 ≥ N.</param>
/// <param name="TestError">Mean squared error on the test points.</param>
/// <param name="NormSquared">‖w‖².</param>
public sealed record DegreeResult(int Degree, double TrainError, double TestError, double NormSquared);

/// <summary>
/// The minimum-norm polynomial (<see cref="PolynomialRegression.MinimumNorm"/>) of one data set at any number of degrees: T3b Fig 6.
/// Reference (76 Chebyshev nodes, sin(2π·4x), 600 equally spaced test points with both ends): test error .4757, 1.02e-4, 9.89e-13, 4.2e-59,
/// 2.05e-30, 1.45e-17, 7.5e-11, 1.83e-3 at d = 5, 30, 40, 75, 100, 150, 200, 300, ‖w‖ ≈ 1.38e10 from d = 75 on. (A first computation gave
/// 1e-53 at 75, where the precision that it was computed with ends.)
/// </summary>
public sealed class DegreeSweep
{
    private readonly BigFloat[] _x, _y, _points, _values;
    private readonly MonomialKernel _gram, _toPoints;

    /// <param name="nodes">x_n, N different numbers.</param>
    /// <param name="targets">y_n, N.</param>
    /// <param name="points">Test points.</param>
    /// <param name="values">The targets there.</param>
    /// <param name="precisionBits">The precision of everything in between.</param>
    /// <exception cref="ArgumentException">Lengths that differ, no nodes or points, or nodes that coincide.</exception>
    public DegreeSweep(IReadOnlyList<BigFloat> nodes, IReadOnlyList<BigFloat> targets, IReadOnlyList<BigFloat> points,
        IReadOnlyList<BigFloat> values,
        int precisionBits = PolynomialRegression.DefaultBits)
    {
        (_x, _y) = PolynomialRegression.Check(nodes, targets, 0, precisionBits);
        if (points.Count == 0 || points.Count != values.Count)
            throw new ArgumentException($"{points.Count} test points were given with {values.Count} values", nameof(points));
        _points = [.. points.Select(p => p.WithBits(precisionBits))];
        _values = [.. values.Select(p => p.WithBits(precisionBits))];
        (_gram, _toPoints) = (new MonomialKernel(_x, _x), new MonomialKernel(_x, _points));
    }

    /// <summary>Errors and norm at one degree.</summary>
    /// <exception cref="ArithmeticException">The bits do not suffice for the matrix.</exception>
    public DegreeResult At(int degree)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(degree);
        if (degree + 1 < _x.Length)
        {
            var p = PolynomialRegression.LeastSquares(_x, _y, degree);
            return new DegreeResult(degree, p.MeanSquaredError(_x, _y).ToDouble(), p.MeanSquaredError(_points, _values).ToDouble(),
                p.NormSquared.ToDouble());
        }
        // ‖w‖² = αᵀKα = yᵀα: w itself is not needed.
        var alpha = BigCholesky.Of(_gram.Triangle(degree)).Solve(_y);
        return new DegreeResult(degree, Error(_gram, degree, alpha, _y), Error(_toPoints, degree, alpha, _values),
            BigFloat.Dot(_y, alpha).ToDouble());
    }

    /// <summary>All degrees, on several threads; the same bits on any number of them.</summary>
    /// <param name="degrees">Any, in any order.</param>
    /// <param name="threads">No influence on results.</param>
    /// <param name="cancellation">Looked at before every degree.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public DegreeResult[] At(IReadOnlyList<int> degrees, int threads = 1, CancellationToken cancellation = default)
    {
        var results = new DegreeResult[degrees.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        Parallel.For(0, results.Length, options, i => results[i] = At(degrees[i]));
        return results;
    }

    private static double Error(MonomialKernel kernel, int degree, BigFloat[] alpha, BigFloat[] values)
    {
        var errors = kernel.Apply(degree, alpha);
        for (var t = 0; t < errors.Length; t++) errors[t] -= values[t];
        return Polynomial.MeanSquare(errors).ToDouble();
    }
}
