namespace Rhoflow.Numerics;

/// <summary>
/// Coordinates in the span of some vectors: an orthonormal basis Q of span{a_n} ⊂ R^m, so that a problem in R^m whose solution lies in the
/// span becomes one of rank many unknowns.
/// </summary>
internal sealed class RowSpace
{
    private readonly UpdatableQr _basis;

    /// <param name="vectors">a_n, m numbers each.</param>
    /// <param name="m">Their length.</param>
    /// <param name="tolerance">A vector whose part outside the span so far is below this, relative to its own length, adds no
    /// dimension.</param>
    public RowSpace(IEnumerable<double[]> vectors, int m, double tolerance = 1e-11)
    {
        _basis = new UpdatableQr(m);
        double[] coefficients = new double[m], rest = new double[m];
        foreach (var a in vectors)
        {
            if (_basis.Count == m) break;
            _basis.Project(a, coefficients, rest);
            if (Vectors.Norm(rest) > tolerance * Vectors.Norm(a)) _basis.Append(coefficients, rest);
        }
    }

    /// <summary>The dimension of the span.</summary>
    public int Rank => _basis.Count;

    /// <summary>Qᵀa, rank numbers.</summary>
    public double[] Coordinates(ReadOnlySpan<double> a)
    {
        var c = new double[Rank];
        _basis.MultiplyTransposed(a, c);
        return c;
    }

    /// <summary>Qc, m numbers.</summary>
    public double[] Vector(ReadOnlySpan<double> c)
    {
        var a = new double[_basis.Rows];
        _basis.Multiply(c, a);
        return a;
    }

    /// <summary>a − QQᵀa: the part outside the span, m numbers.</summary>
    public double[] Outside(ReadOnlySpan<double> a)
    {
        double[] c = new double[_basis.Rows], rest = new double[_basis.Rows];
        _basis.Project(a, c, rest);
        return rest;
    }
}
