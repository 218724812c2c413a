namespace Rhoflow.Numerics.Eigen;

/// <summary>A symmetric matrix A that is known by its products alone.</summary>
public interface ISymmetricOperator
{
    /// <summary>n: rows and columns.</summary>
    int Size { get; }

    /// <summary>result ← A v; n numbers each, which do not overlap.</summary>
    void Apply(ReadOnlySpan<double> v, Span<double> result);
}
