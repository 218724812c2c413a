using Rhoflow.Kernels;

namespace Rhoflow.Numerics.Eigen;

/// <summary>A symmetric matrix that is written out, row-major n × n.</summary>
internal sealed class DenseOperator : ISymmetricOperator
{
    /// <param name="matrix">n² numbers, kept, not copied; both triangles hold the same.</param>
    /// <param name="size">n.</param>
    /// <exception cref="ArgumentException">Not n² numbers.</exception>
    public DenseOperator(double[] matrix, int size)
    {
        if (matrix.LongLength != (long)size * size)
            throw new ArgumentException($"a matrix of {size} × {size} has {(long)size * size} numbers; {matrix.LongLength} were given",
                nameof(matrix));
        (Matrix, Size) = (matrix, size);
    }

    /// <summary>Row-major.</summary>
    public double[] Matrix { get; }

    public int Size { get; }

    /// <summary>The diagonal matrix of these numbers.</summary>
    public static DenseOperator Diagonal(ReadOnlySpan<double> diagonal)
    {
        var n = diagonal.Length;
        var matrix = new double[n * n];
        for (var i = 0; i < n; i++) matrix[i * n + i] = diagonal[i];
        return new DenseOperator(matrix, n);
    }

    /// <summary>Any operator, written out by n products; of what rounding leaves of asymmetry the mean is taken.</summary>
    public static DenseOperator Of(ISymmetricOperator a, CancellationToken cancellation = default)
    {
        var n = a.Size;
        double[] matrix = new double[n * n], unit = new double[n];
        for (var i = 0; i < n; i++)
        {
            cancellation.Look();
            unit[i] = 1;
            a.Apply(unit, matrix.AsSpan(i * n, n));
            unit[i] = 0;
        }
        for (var i = 0; i < n; i++)
            for (var j = 0; j < i; j++) matrix[i * n + j] = matrix[j * n + i] = (matrix[i * n + j] + matrix[j * n + i]) / 2;
        return new DenseOperator(matrix, n);
    }

    public void Apply(ReadOnlySpan<double> v, Span<double> result)
    {
        for (var i = 0; i < Size; i++) result[i] = Vectors.Dot(Matrix.AsSpan(i * Size, Size), v);
    }

    /// <summary>All n eigenvalues, ascending, by <see cref="TridiagonalReduction"/> and implicit QL: about 4n³/3 operations.</summary>
    /// <param name="team">The threads that share the work; no influence on results.</param>
    public double[] Eigenvalues(Team team, CancellationToken cancellation = default)
    {
        var (diagonal, offDiagonal) = TridiagonalReduction.Of((double[])Matrix.Clone(), Size, team, cancellation);
        return Tridiagonal.Eigenvalues(diagonal, offDiagonal);
    }
}
