using MathNet.Numerics.LinearAlgebra;
using Complex = System.Numerics.Complex;

namespace Rhoflow.Numerics;

/// <summary>
/// The three-stage Radau IIA method of order 5 (Hairer–Wanner II, IV.5, IV.8), computed from its definition: collocation at the
/// zeros c of d²/dx²[x²(x−1)³], and the eigenvectors of A⁻¹ that split a Newton step into one real and one complex system.
/// </summary>
internal static class RadauCollocation
{
    /// <summary>c = ((4−√6)/10, (4+√6)/10, 1).</summary>
    public static readonly double[] C = [(4 - Math.Sqrt(6)) / 10, (4 + Math.Sqrt(6)) / 10, 1];

    /// <summary>A⁻¹ has one real eigenvalue and a complex pair.</summary>
    public static readonly double Real;

    public static readonly Complex Pair;

    /// <summary>Eigenvectors of A⁻¹ as columns, real one first, and the inverse matrix.</summary>
    public static readonly Complex[,] T, TInverse;

    /// <summary>
    /// Coefficients that turn stage increments into the collocation polynomial: y(θ) = y + Σ_i Z_i Σ_j Dense[i, j] θ^{j+1}.
    /// </summary>
    public static readonly double[,] Dense;

    /// <summary>(Σ_i Error_i Z_i)/h is the embedded third-order method's part of the error estimate.</summary>
    public static readonly double[] Error = [(-13 - 7 * Math.Sqrt(6)) / 3, (-13 + 7 * Math.Sqrt(6)) / 3, -1.0 / 3];

    static RadauCollocation()
    {
        // With P_ij = c_i^{j+1} and Q_ij = (j+1) c_i^j (j = 0, 1, 2): A⁻¹ = Q P⁻¹ since Z = P q and h Z' = Q q.
        var p = Matrix<double>.Build.Dense(3, 3, (i, j) => Math.Pow(C[i], j + 1));
        var q = Matrix<double>.Build.Dense(3, 3, (i, j) => (j + 1) * Math.Pow(C[i], j));
        var pInverse = p.Inverse();
        Dense = pInverse.Transpose().ToArray();
        var inverse = q * pInverse;
        var values = inverse.Evd().EigenValues.OrderBy(v => Math.Abs(v.Imaginary)).ThenByDescending(v => v.Imaginary).ToArray();
        Real = values[0].Real;
        Pair = values[1].Imaginary > 0 ? values[1] : values[2];
        var t = Matrix<Complex>.Build.Dense(3, 3);
        Complex[] order = [Real, Pair, Complex.Conjugate(Pair)];
        for (var k = 0; k < 3; k++) t.SetColumn(k, EigenVector(inverse, order[k]));
        T = t.ToArray();
        TInverse = t.Inverse().ToArray();
    }

    // The null vector of A⁻¹ − μI with last component 1, from its first two rows.
    private static Vector<Complex> EigenVector(Matrix<double> m, Complex mu)
    {
        Complex a = m[0, 0] - mu, b = m[0, 1], c = m[1, 0], d = m[1, 1] - mu, r = -m[0, 2], s = -m[1, 2];
        var det = a * d - b * c;
        return Vector<Complex>.Build.Dense([(r * d - b * s) / det, (a * s - r * c) / det, Complex.One]);
    }
}
