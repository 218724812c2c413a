namespace Rhoflow.Kernels;

/// <summary>Which operand of a matrix product is stored transposed. All matrices are row-major.</summary>
internal enum GemmForm
{
    /// <summary>C = A·B: a is m×k, b is k×n.</summary>
    NN,

    /// <summary>C = A·Bᵀ: a is m×k, b is n×k. The forward pass of a dense layer, Z = X·Wᵀ.</summary>
    NT,

    /// <summary>C = Aᵀ·B: a is k×m, b is k×n. The gradient of a dense layer, dW = dZᵀ·X.</summary>
    TN,
}
