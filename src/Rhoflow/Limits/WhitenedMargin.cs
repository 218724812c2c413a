using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Data;
using Rhoflow.Numerics;

namespace Rhoflow.Limits;

/// <summary>The maximum margin under another norm.</summary>
public sealed record WhitenedMarginSolution
{
    private readonly double[] _direction;

    internal WhitenedMarginSolution(double[] direction) => _direction = direction;

    /// <summary>v, unit L2 norm, d numbers.</summary>
    public ReadOnlySpan<double> Direction => _direction;

    /// <summary>min_n y_n v·x_n: the L2 margin of v, at most the support vector machine's.</summary>
    public required double Margin { get; init; }

    /// <summary>max min_n y_n w·x_n over wᵀCw = 1.</summary>
    public required double MarginInNorm { get; init; }

    /// <summary>
    /// The support vector machine of the whitened inputs L⁻¹x, C = LLᵀ, whose support vectors and certificate carry over.
    /// </summary>
    public required HardMarginSolution Whitened { get; init; }
}

/// <summary>
/// max_w min_n y_n w·x_n subject to wᵀCw = 1: the limit of one linear layer followed by batch normalization, whose output is divided by
/// √(wᵀCw) and not by ‖w‖. T3 §16 has "in the linear one-layer case BN is identical to WN"; that holds for whitened inputs only. Which C,
/// and of which inputs, depends on the normalization: with the mean, the covariance and centred inputs (<see cref="BatchNorm"/>); without
/// it, as T3 §11 simplifies, the second moment and the inputs as they are (<see cref="BatchNormWithoutMean"/>; on Iris 28.76° from the L2
/// direction).
/// </summary>
public static class WhitenedMargin
{
    /// <summary>C = (1/N) Σ x_n x_nᵀ, row-major d × d.</summary>
    public static double[] SecondMoment(Dataset data)
    {
        int count = data.Count, d = data.Inputs;
        var c = new double[d * d];
        for (var n = 0; n < count; n++)
        {
            var x = data.Example(n);
            for (var i = 0; i < d; i++) Vectors.Add(x[i] / count, x, c.AsSpan(i * d, d));
        }
        return c;
    }

    /// <summary>
    /// max min_n y_n w·(x_n − μ)/√(wᵀCw), C the covariance: batch normalization with its mean. The L2 margin reported is that of the
    /// centred inputs.
    /// </summary>
    /// <param name="binary">Labels ±1.</param>
    /// <param name="shift">Whether a learned shift β follows (a bias), as in most implementations.</param>
    /// <exception cref="DataException">The covariance is singular: some combination of inputs is constant. Or the centred data are not
    /// separable.</exception>
    public static WhitenedMarginSolution BatchNorm(Dataset binary, bool shift = false)
    {
        var centred = binary.Center();
        return Solve(centred, SecondMoment(centred), shift);
    }

    /// <summary>max min_n y_n w·x_n/√(wᵀCw), C the second moment: batch normalization that divides by the root mean square only.</summary>
    /// <exception cref="DataException">Some combination of inputs is zero throughout, or the data are not separable.</exception>
    public static WhitenedMarginSolution BatchNormWithoutMean(Dataset binary) => Solve(binary, SecondMoment(binary));

    /// <summary>max_w min_n y_n w·x_n subject to wᵀCw = 1.</summary>
    /// <param name="binary">Labels ±1, N × d.</param>
    /// <param name="c">C, symmetric positive definite, row-major d × d. The identity gives <see cref="HardMargin"/>.</param>
    /// <param name="bias">Whether the hyperplane may miss the origin.</param>
    /// <param name="cancellation">Looked at before every step of the solver.</param>
    /// <exception cref="ArgumentException">C has not d² entries.</exception>
    /// <exception cref="DataException">C is not positive definite.</exception>
    /// <exception cref="NotSeparableException">The data are not separable.</exception>
    public static WhitenedMarginSolution Solve(Dataset binary, ReadOnlySpan<double> c, bool bias = false,
        CancellationToken cancellation = default)
    {
        var d = binary.Inputs;
        if (c.Length != d * d) throw new ArgumentException($"C has {c.Length} entries; {d} × {d} are needed", nameof(c));
        var matrix = new DenseMatrix(d, d, c.ToArray());
        MathNet.Numerics.LinearAlgebra.Matrix<double> l;
        try { l = matrix.Cholesky().Factor; }
        catch (ArgumentException e)
        {
            throw new DataException($"data '{binary.Name}': the norm wᵀCw is zero in some direction (C is not positive definite), so its "
                + "margin has no maximum. Drop inputs that are constant or combinations of others", e);
        }
        // u = Lᵀw has ‖u‖² = wᵀCw and u·(L⁻¹x) = w·x.
        var white = (DenseMatrix)l.Solve(new DenseMatrix(d, binary.Count, binary.X.ToArray()));
        var solution = HardMargin.Solve(binary.WithInputs(white.Values, d), bias, cancellation);
        var w = l.Transpose().Solve(DenseVector.OfArray(solution.Direction.ToArray())).ToArray();
        var norm = Vectors.Norm(w);
        foreach (ref var v in w.AsSpan()) v /= norm;
        var margin = double.PositiveInfinity;
        for (var n = 0; n < binary.Count; n++)
            margin = Math.Min(margin, binary.Y[n] * (Vectors.Dot(w, binary.Example(n)) + solution.Bias / norm));
        return new WhitenedMarginSolution(w) { Margin = margin, MarginInNorm = solution.Margin, Whitened = solution };
    }
}
