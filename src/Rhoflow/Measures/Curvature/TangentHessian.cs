using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Measures.Curvature;

/// <summary>
/// How many eigenvalues of a symmetric matrix are negative, zero and positive; an eigenvalue is zero if its size is at most the threshold.
/// </summary>
/// <param name="Negative">Below −threshold.</param>
/// <param name="Zero">Within the threshold.</param>
/// <param name="Positive">Above the threshold.</param>
/// <param name="Threshold">Absolute, on the scale of the eigenvalues that were counted.</param>
internal readonly record struct Signature(int Negative, int Zero, int Positive, double Threshold)
{
    /// <summary>Counts with the threshold <paramref name="relative"/>·max|μ|.</summary>
    public static Signature Of(ReadOnlySpan<double> eigenvalues, double relative)
    {
        var largest = 0.0;
        foreach (var mu in eigenvalues) largest = Math.Max(largest, Math.Abs(mu));
        var threshold = relative * largest;
        int negative = 0, zero = 0, positive = 0;
        foreach (var mu in eigenvalues)
        {
            if (mu < -threshold) negative++;
            else if (mu > threshold) positive++;
            else zero++;
        }
        return new Signature(negative, zero, positive, threshold);
    }
}

/// <summary>
/// The second derivative of L(ρ f(V)) along the product of unit spheres ‖V_k‖_F = 1, which is what decides whether a stationary point of
/// the fixed-ρ flow (T3 eq. 10, PNAS eq. 5) is hyperbolic (PNAS eq. 7, Lemma 1, Lemma 6, Theorem 3): the Riemannian Hessian Hess = P [∇²L −
/// ⊕_k ⟨V_k, ∇_kL⟩ I] P, P = ⊕_k (I − V_kV_kᵀ). At a stationary point −⟨V_k, ∇_kL⟩ = ρ Σ c_n f_n = 2λ_k is the multiplier.
/// </summary>
/// <remarks>
/// PNAS works with −Hess ("negative definite" there is positive definite here) and tests the quadratic form Σ_{kk'} V_kᵀ H V_{k'}. That is
/// the radial direction, orthogonal to every tangent vector: <see cref="Radial"/> gives it, and it says nothing about the flow.
/// </remarks>
internal sealed record TangentHessian
{
    /// <summary>The P − K eigenvalues on the tangent space, ascending, over e^{<see cref="LogScale"/>}.</summary>
    public required double[] Eigenvalues { get; init; }

    /// <summary>The scale of all numbers here: log L for exponential-type losses.</summary>
    public required double LogScale { get; init; }

    /// <summary>‖P∇L‖/‖∇L‖: 0 at a stationary point of the flow; the share of the gradient that is not normal to the spheres.</summary>
    public required double TangentGradient { get; init; }

    /// <summary>
    /// Σ_{kk'} V_kᵀ (∇²L) V_{k'} with the plain second derivatives: PNAS Lemma 1's form, with the sign of L, over
    /// e^{<see cref="LogScale"/>}.
    /// </summary>
    public required double Radial { get; init; }

    /// <summary>Signs of the eigenvalues.</summary>
    /// <param name="relative">Eigenvalues up to this times the largest |μ| count as zero; rounding alone leaves about P·1e-16.</param>
    public Signature Signature(double relative = 1e-9) => Curvature.Signature.Of(Eigenvalues, relative);

    /// <param name="risk">L; any loss.</param>
    /// <param name="rho">ρ, any finite number.</param>
    /// <param name="v">V, P numbers; layers are scaled to norm 1 here.</param>
    /// <param name="cancellation">Looked at between products; decompositions are left behind.</param>
    /// <exception cref="ArgumentException">The wrong length, or a zero layer (it is named).</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static TangentHessian At(EmpiricalRisk risk, double rho, ReadOnlySpan<double> v, CancellationToken cancellation = default)
    {
        var network = risk.Network;
        if (v.Length != network.ParameterCount)
            throw new ArgumentException($"{v.Length} weights were given; the network has {network.ParameterCount}", nameof(v));
        var unit = v.ToArray();
        for (var k = 0; k < network.Depth; k++)
        {
            var layer = network.Layers[k].Of(unit.AsSpan());
            var norm = Vectors.Norm(layer);
            if (norm == 0) throw new ArgumentException($"layer {k + 1} is zero and has no direction", nameof(v));
            foreach (ref var w in layer) w /= norm;
        }

        // ρ f(V) is the network with ρ on its last layer: ∇_V = D ∇_W and ∇²_V = D ∇²_W D with ρ in the last block of D.
        var last = network.Layers[^1];
        var theta = (double[])unit.Clone();
        Vectors.Scale(rho, last.Of(theta), last.Of(theta));
        var gradient = new double[theta.Length];
        risk.Evaluate(theta, gradient);
        Vectors.Scale(-1, gradient, gradient);
        var (raw, scale) = risk.Hessian(theta, cancellation);
        Vectors.Scale(rho, last.Of(gradient), last.Of(gradient));
        return Unstoppable.Run(4.0 * unit.Length * unit.Length * unit.Length, () => Decomposed(network, rho, unit, raw, gradient, scale),
            cancellation);
    }

    // From ∇²L and −∇L by W, and V.
    private static TangentHessian Decomposed(Network network, double rho, double[] unit, double[,] raw, double[] gradient, LossValue scale)
    {
        var last = network.Layers[^1];
        var h = DenseMatrix.OfArray(raw);
        for (var i = last.Offset; i < last.Offset + last.Count; i++)
        {
            h.SetRow(i, h.Row(i) * rho);
            h.SetColumn(i, h.Column(i) * rho);
        }

        var direction = DenseVector.OfArray(unit);
        var radial = direction * h * direction;
        var basis = TangentBasis(network, unit);
        for (var k = 0; k < network.Depth; k++)
        {
            var layer = network.Layers[k];
            var along = Vectors.Dot(layer.Of(unit), layer.Of(gradient));
            for (var i = layer.Offset; i < layer.Offset + layer.Count; i++) h[i, i] -= along;
        }
        var tangent = basis.TransposeThisAndMultiply(h * basis);
        tangent = (tangent + tangent.Transpose()) / 2;
        var size = Vectors.Norm(gradient);
        return new TangentHessian
        {
            Eigenvalues = tangent.RowCount == 0 ? [] : [.. tangent.Evd(Symmetricity.Symmetric).EigenValues.Select(e => e.Real).Order()],
            LogScale = scale.LogScale,
            TangentGradient = size == 0 ? 0 : basis.TransposeThisAndMultiply(DenseVector.OfArray(gradient)).L2Norm() / size,
            Radial = radial,
        };
    }

    // Orthonormal columns, P × (P − K): of each layer's Householder reflection that takes V_k to ∓e_1, all columns but the first.
    private static Matrix<double> TangentBasis(Network network, double[] unit)
    {
        var basis = new DenseMatrix(network.ParameterCount, network.ParameterCount - network.Depth);
        var column = 0;
        foreach (var layer in network.Layers)
        {
            var u = layer.Of(unit).ToArray();
            u[0] += u[0] < 0 ? -1 : 1;
            var square = Vectors.Dot(u, u);
            for (var j = 1; j < layer.Count; j++, column++)
                for (var i = 0; i < layer.Count; i++)
                    basis[layer.Offset + i, column] = (i == j ? 1 : 0) - 2 * u[i] * u[j] / square;
        }
        return basis;
    }
}
