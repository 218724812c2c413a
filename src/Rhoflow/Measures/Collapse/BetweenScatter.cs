using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Numerics;

namespace Rhoflow.Measures.Collapse;

/// <summary>
/// Σ_B = (1/C) Σ_c (μ_c − μ_G)(μ_c − μ_G)ᵀ through the C × C Gram matrix of its factor: of p × p numbers at most C−1 directions matter.
/// </summary>
internal sealed class BetweenScatter
{
    /// <summary>Of a pass that does not ask for it.</summary>
    public static readonly BetweenScatter None = new([], 1);

    /// <summary>tr Σ_B.</summary>
    public double Trace { get; }

    /// <summary>r ≤ C − 1, the rank: eigenvalues above max(C, p)·2⁻⁵² of the largest.</summary>
    public int Rank { get; }

    /// <summary>The r × p matrix R with RᵀR = Σ_B⁺, so that tr(ΣΣ_B⁺) is the mean of ‖R h‖².</summary>
    public double[] Root { get; }

    /// <param name="centered">μ_c − μ_G, C × p.</param>
    public BetweenScatter(double[] centered, int classes)
    {
        var p = centered.Length / classes;
        var gram = new DenseMatrix(classes);
        for (var c = 0; c < classes; c++)
            for (var d = 0; d <= c; d++)
                gram[c, d] = gram[d, c] = Vectors.Dot(centered.AsSpan(c * p, p), centered.AsSpan(d * p, p)) / classes;
        Trace = gram.Trace();
        if (!(Trace > 0) || !double.IsFinite(Trace))
        {
            Root = [];
            return;
        }
        var evd = gram.Evd(Symmetricity.Symmetric);
        var tolerance = Math.Max(classes, p) * Math.ScaleB(1, -52) * evd.EigenValues[classes - 1].Real;
        while (Rank < classes - 1 && evd.EigenValues[classes - 1 - Rank].Real > tolerance) Rank++;
        Root = new double[Rank * p];
        for (var i = 0; i < Rank; i++)
        {
            var row = Root.AsSpan(i * p, p);
            for (var c = 0; c < classes; c++) Vectors.Add(evd.EigenVectors[c, classes - 1 - i], centered.AsSpan(c * p, p), row);
            // The eigenvector of Σ_B has unit length, and κ its eigenvalue: u/√κ.
            Vectors.Scale(1 / (Vectors.Norm(row) * Math.Sqrt(evd.EigenValues[classes - 1 - i].Real)), row, row);
        }
    }
}
