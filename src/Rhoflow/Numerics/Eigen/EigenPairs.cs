namespace Rhoflow.Numerics.Eigen;

/// <summary>What the residual of a wanted eigenvalue is compared with.</summary>
public enum ResidualScale
{
    /// <summary>The largest |θ|: an error relative to ‖A‖₂.</summary>
    Norm,

    /// <summary>The eigenvalue itself (but no less than rounding of ‖A‖₂): small eigenvalues to as many digits as large ones.</summary>
    Value,
}

/// <summary>How a solver goes about eigenpairs.</summary>
public sealed record EigenOptions
{
    /// <summary>‖A x − θ x‖ at most this times <see cref="Scale"/>; rounding allows about 1e-12.</summary>
    public double Tolerance { get; init; } = 1e-6;

    /// <summary>What <see cref="Tolerance"/> multiplies: ‖A‖, or the eigenvalue itself.</summary>
    public ResidualScale Scale { get; init; } = ResidualScale.Norm;

    /// <summary>Products after which the solver returns what it has, with its residuals.</summary>
    public int MostProducts { get; init; } = 20_000;

    /// <summary>Vectors of a Krylov basis; 0: twice the wanted pairs and 20.</summary>
    public int Basis { get; init; }

    /// <summary>
    /// Whether a search from a random vector orthogonal to the pairs that were found comes at the end: a Krylov space holds one vector of
    /// every eigenspace, so that of a multiple eigenvalue the others would be missing.
    /// </summary>
    public bool SearchForMultiples { get; init; } = true;

    /// <summary>Whether residuals are computed from one more product per pair, instead of those that the recurrence gives.</summary>
    public bool ConfirmResiduals { get; init; } = true;

    /// <summary>The seed of the random start.</summary>
    public long Seed { get; init; }
}

/// <summary>Eigenpairs of a symmetric matrix, by descending eigenvalue: the largest, then the smallest.</summary>
public sealed record EigenPairs
{
    private readonly double[] _values, _residuals;
    private readonly double[][] _vectors;

    internal EigenPairs(double[] values, double[][] vectors, double[] residuals) => (_values, _vectors, _residuals) =
        (values, vectors, residuals);

    /// <summary>θ_i, descending.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>x_i, n numbers; all of them are orthonormal.</summary>
    /// <param name="i">As in <see cref="Values"/>, from 0.</param>
    public ReadOnlySpan<double> Vector(int i) => _vectors[i];

    /// <summary>‖A x_i − θ_i x_i‖₂: an eigenvalue of A lies within it of θ_i (Weyl).</summary>
    public ReadOnlySpan<double> Residuals => _residuals;

    /// <summary>How many of them are largest eigenvalues; the others are the smallest.</summary>
    public required int Top { get; init; }

    /// <summary>Whether all residuals came below the tolerance before the products ran out.</summary>
    public required bool Converged { get; init; }

    /// <summary>Products with A.</summary>
    public required int Products { get; init; }
}
