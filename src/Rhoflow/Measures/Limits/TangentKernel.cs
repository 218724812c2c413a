using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Kernels;
using Rhoflow.Numerics;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Limits;

/// <summary>
/// The Gram matrix of the neural tangent kernel Θ_nm = C⁻¹ Σ_c ⟨∂f_c(x_n)/∂θ, ∂f_c(x_m)/∂θ⟩ (Jacot et al. 2018; T3, discussion). Of several
/// outputs it is the mean of the diagonal blocks of the full NC × NC matrix. All parameters count, γ and β of batch normalization among
/// them, by running statistics.
/// </summary>
internal sealed class TangentKernel
{
    /// <summary>
    /// At most this many examples are looked at, at equal distances; fewer of very large networks, so that their gradients fit into memory.
    /// </summary>
    public const int LargestSample = 512;

    private TangentKernel(int[] examples, double[] gram, CancellationToken cancellation)
    {
        (Examples, Gram) = (examples, gram);
        double n = examples.Length;
        Eigenvalues = [.. Unstoppable.Run(10 * n * n * n, () => DenseMatrix.OfColumnMajor(examples.Length, examples.Length, gram)
            .Evd(Symmetricity.Symmetric).EigenValues, cancellation).Select(static e => e.Real).OrderDescending()];
    }

    /// <summary>n.</summary>
    public int[] Examples { get; }

    /// <summary>Θ, row-major.</summary>
    public double[] Gram { get; }

    /// <summary>The eigenvalues, descending.</summary>
    public double[] Eigenvalues { get; }

    /// <summary>How many examples are looked at.</summary>
    public static int Size(int parameters, int examples) => Math.Min(examples, Sampling.Gradients(parameters, LargestSample));

    /// <summary>Θ over the sample: C gradients an example.</summary>
    public static TangentKernel Of(Linearization passes)
    {
        int p = passes.Theta.Length, outputs = passes.Network.Outputs;
        var examples = Sampling.Even(passes.Data.Count, Size(p, passes.Data.Count));
        var size = examples.Length;
        double[] gradients = new double[size * p], gram = new double[size * size];
        using var team = new Team { Cancellation = passes.Cancellation };
        for (var c = 0; c < outputs; c++)
        {
            var one = new double[size * outputs];
            for (var i = 0; i < size; i++) one[i * outputs + c] = 1;
            passes.EachVectorJacobianProduct(examples, one, (_, i, gradient) => gradient.CopyTo(gradients.AsSpan(i * p)));
            Gemm.Gram<double>(GemmForm.NT, size, p, gradients, p, gram, size, accumulate: true, team);
        }
        Gemm.Mirror<double>(size, gram, size);
        TensorPrimitives.Divide(gram, outputs, gram);
        return new TangentKernel(examples, gram, passes.Cancellation);
    }

    /// <summary>
    /// The largest over the smallest eigenvalue; ∞ where the smallest is what rounding leaves of 0, as with duplicated examples.
    /// </summary>
    public double Condition
    {
        get
        {
            var rounding = Eigenvalues.Length * 2.3e-16 * Eigenvalues[0];
            return Eigenvalues[0] > 0 ? Eigenvalues[^1] > rounding ? Eigenvalues[0] / Eigenvalues[^1] : double.PositiveInfinity
                : double.NaN;
        }
    }

    /// <summary>
    /// Kernel–target alignment ⟨Θ, YYᵀ⟩_F/(‖Θ‖_F ‖YYᵀ‖_F) (Cristianini et al. 2001), Y the targets of one output or one-hot codes; centred:
    /// with HΘH and HY, H = I − 11ᵀ/n (Cortes et al. 2012). NaN where a norm is 0: a kernel of zeros, or one class alone when centred.
    /// </summary>
    /// <param name="y">Targets of all examples.</param>
    public double Alignment(ReadOnlySpan<double> y, int outputs, bool centred)
    {
        var size = Examples.Length;
        var codes = DenseMatrix.Create(size, outputs, 0);
        for (var i = 0; i < size; i++)
        {
            if (outputs == 1) codes[i, 0] = y[Examples[i]];
            else codes[i, (int)y[Examples[i]]] = 1;
        }
        Matrix<double> kernel = DenseMatrix.OfColumnMajor(size, size, Gram), targets = codes;
        if (centred)
        {
            targets = codes - Ones(size) * (codes.ColumnSums() / size).ToRowMatrix();
            var columns = kernel.ColumnSums() / size;
            kernel = kernel - Ones(size) * columns.ToRowMatrix() - columns.ToColumnMatrix() * Ones(size).Transpose() + columns.Sum() / size;
        }
        var labels = targets.TransposeThisAndMultiply(targets).FrobeniusNorm();
        var inner = targets.TransposeThisAndMultiply(kernel * targets).Trace();
        // Targets that are equal leave rounding after centring, no direction.
        return labels > 1e-13 * size && kernel.FrobeniusNorm() > 0 ? inner / kernel.FrobeniusNorm() / labels : double.NaN;
    }

    private static DenseMatrix Ones(int size) => DenseMatrix.Create(size, 1, 1);
}
