using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;
using Rhoflow.Kernels;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Numerics.Eigen;

namespace Rhoflow.Measures.Structure;

/// <summary>
/// The singular values σ_1 ≥ σ_2 ≥ … of one weight matrix and what they alone decide. Of a convolution it is the matrix of maps × patch;
/// the map from image to image has others: <see cref="CircularConvolution"/>, <see cref="ConvolutionNorm"/>. Of a matrix that is 0, ratios
/// are NaN.
/// </summary>
internal sealed class SingularSpectrum
{
    private const double Rounding = 2.220446049250313e-16;

    // σ_i/σ_1: nothing here overflows, however large or small the weights are.
    private readonly double[] _ratios;

    private SingularSpectrum(double[] values)
    {
        Values = values;
        _ratios = [.. values.Select(s => s / values[0])];
    }

    /// <summary>σ_1 ≥ … ≥ σ_min(m, n) ≥ 0.</summary>
    public double[] Values { get; }

    /// <summary>‖W‖₂ = σ_1.</summary>
    public double SpectralNorm => Values[0];

    /// <summary>‖W‖_F²/‖W‖₂², between 1 and the rank.</summary>
    public double StableRank => TensorPrimitives.SumOfSquares<double>(_ratios);

    /// <summary>exp(−Σ p_i log p_i) with p_i = σ_i/Σσ (Roy and Vetterli 2007), between 1 and the rank.</summary>
    public double EffectiveRank
    {
        get
        {
            var (sum, entropy) = (TensorPrimitives.Sum<double>(_ratios), 0.0);
            foreach (var r in _ratios)
                if (r != 0) entropy -= r / sum * Math.Log(r / sum);
            return Math.Exp(entropy);
        }
    }

    /// <summary>Singular values above <paramref name="relative"/>·σ_1.</summary>
    public int Rank(double relative) => _ratios.Count(r => r > relative);

    /// <summary>The sine of the angle to the nearest matrix of rank one, √(1 − σ_1²/Σσ²): 0 for rank one.</summary>
    public double RankOneDistance => Math.Sqrt(TensorPrimitives.SumOfSquares(_ratios.AsSpan(1)) / StableRank);

    /// <summary>
    /// The sine of the angle to the nearest multiple of a (semi-)orthogonal matrix, √(1 − (Σσ)²/(min(m, n) Σσ²)) (SQ H.2): the nearest is
    /// UVᵀ, and 0 means that all singular values are equal.
    /// </summary>
    public double OrthogonalDistance
    {
        get
        {
            // Σ(σ − mean σ)² = Σσ² − (Σσ)²/min(m, n), without cancellation.
            var (mean, squares) = (_ratios.Average(), 0.0);
            foreach (var r in _ratios) squares += (r - mean) * (r - mean);
            return Math.Sqrt(squares / StableRank);
        }
    }

    /// <summary>Of a full matrix.</summary>
    /// <param name="w">Row-major rows × columns.</param>
    /// <param name="rows">Of it.</param>
    /// <param name="columns">Of it.</param>
    /// <param name="cancellation">Leaves the decomposition behind.</param>
    /// <exception cref="ArgumentException">Not a matrix of that size, or a weight that is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static SingularSpectrum Of(ReadOnlySpan<double> w, int rows, int columns, CancellationToken cancellation = default)
    {
        if (rows < 1 || columns < 1 || w.Length != rows * columns)
            throw new ArgumentException($"{w.Length} weights are no matrix of {rows} × {columns}");
        var scale = Largest(w);
        if (scale == 0) return new SingularSpectrum(new double[Math.Min(rows, columns)]);
        var scaled = new double[w.Length];
        for (var i = 0; i < scaled.Length; i++) scaled[i] = w[i] / scale;
        // Row-major of W is MathNet's column order of Wᵀ.
        var values = Unstoppable.Run(10.0 * scaled.Length * Math.Min(rows, columns),
            () => Matrix<double>.Build.Dense(columns, rows, scaled).Svd(computeVectors: false).S, cancellation);
        return new SingularSpectrum([.. values.Select(s => scale * s)]);
    }

    /// <summary>
    /// From G = WᵀW or WWᵀ, whichever is the smaller: σ_i = √λ_i(G). An n × n matrix is all that is in memory, however long W is; what is
    /// paid is that σ_i below √(n ε) σ_1, ε = 2.2e-16, drown in G's rounding: they are given as 0.
    /// </summary>
    /// <param name="gram">Row-major n × n, both triangles; overwritten.</param>
    /// <param name="n">min(rows, columns).</param>
    /// <param name="scale">G is of W/scale.</param>
    /// <param name="team">Who works; the bits do not depend on it.</param>
    /// <param name="cancellation">Looked at before every reflection.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static SingularSpectrum OfGram(double[] gram, int n, double scale, Team team, CancellationToken cancellation = default)
    {
        var (diagonal, offDiagonal) = TridiagonalReduction.Of(gram, n, team, cancellation);
        var squares = Tridiagonal.Eigenvalues(diagonal, offDiagonal);
        Array.Reverse(squares);
        var least = n * Rounding * squares[0];
        return new SingularSpectrum([.. squares.Select(s => s > least ? scale * Math.Sqrt(s) : 0)]);
    }

    /// <summary>Of a diagonal matrix.</summary>
    /// <param name="diagonal">At least one number.</param>
    public static SingularSpectrum OfDiagonal(ReadOnlySpan<double> diagonal)
    {
        Largest(diagonal);
        var values = new double[diagonal.Length];
        for (var i = 0; i < values.Length; i++) values[i] = Math.Abs(diagonal[i]);
        Array.Sort(values, static (a, b) => b.CompareTo(a));
        return new SingularSpectrum(values);
    }

    /// <summary>Of one layer.</summary>
    /// <param name="theta">θ, or V for the directions.</param>
    /// <param name="cancellation">Leaves the decomposition behind.</param>
    public static SingularSpectrum Of(Layer layer, ReadOnlySpan<double> theta, CancellationToken cancellation = default) =>
        layer.Kind == LayerKind.Diagonal ? OfDiagonal(layer.Of(theta))
            : Of(layer.Of(theta), layer.Rows, layer.Columns, cancellation);

    /// <summary>
    /// The sine of the angle to the nearest multiple of an orthogonal projection P = P² = Pᵀ (SQ H.1) of any rank r ≥ 1: √(1 − max_r
    /// (Σ_{i≤r} λ_i)²/(r ‖W‖_F²)), λ the eigenvalues of (W + Wᵀ)/2 from either end. NaN where W is 0 or not square.
    /// </summary>
    /// <remarks>
    /// The nearest is the projection on the eigenvectors of the first r; SQ H.1 also allows oblique projections, which have no such
    /// formula.
    /// </remarks>
    public static double ProjectionDistance(Layer layer, ReadOnlySpan<double> theta, CancellationToken cancellation = default)
    {
        if (layer.Rows != layer.Columns) return double.NaN;
        var n = layer.Rows;
        var w = layer.Of(theta);
        var norm = Vectors.Norm(w);
        if (Largest(w) == 0) return double.NaN;
        double[] eigenvalues;
        if (layer.Kind == LayerKind.Diagonal) eigenvalues = [.. w.ToArray().Select(v => v / norm).Order()];
        else
        {
            var symmetric = Matrix<double>.Build.Dense(n, n);
            for (var i = 0; i < n; i++)
                for (var j = 0; j < n; j++) symmetric[i, j] = (w[i * n + j] / norm + w[j * n + i] / norm) / 2;
            eigenvalues = [.. Unstoppable.Run(10.0 * n * n * n, () => symmetric.Evd(Symmetricity.Symmetric).EigenValues, cancellation)
                .Select(static e => e.Real).Order()];
        }
        var (best, up, down) = (0.0, 0.0, 0.0);
        for (var r = 1; r <= n; r++)
        {
            (up, down) = (up + eigenvalues[n - r], down - eigenvalues[r - 1]);
            best = Math.Max(best, Math.Max(up, down) / Math.Sqrt(r));
        }
        return Math.Sqrt(Math.Max(0, (1 - best) * (1 + best)));
    }

    private static double Largest(ReadOnlySpan<double> w)
    {
        if (w.IsEmpty) throw new ArgumentException("a matrix without weights has no singular values");
        var largest = Math.Abs(TensorPrimitives.MaxMagnitude(w));
        return double.IsFinite(largest) ? largest
            : throw new ArgumentException("a weight is not a finite number: the matrix has no singular values");
    }
}
