using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Measures.Bounds;

/// <summary>
/// The Fisher–Rao norm ‖θ‖_fr² = ⟨θ, F θ⟩, F = E_n ∇ℓ_n ∇ℓ_nᵀ (Liang, Poggio, Rakhlin, Stokes 2019, Definition 2, with the labels of the
/// data). Where f(cθ) = c^D f(θ), Euler's ⟨θ, ∂f/∂θ⟩ = D f gives it from the outputs alone: D² E_n ⟨∂ℓ_n/∂f, f_n⟩² (their Theorem 3.1; D =
/// K for ReLU networks without biases, their L + 1).
/// </summary>
internal static class FisherRao
{
    /// <summary>Null, or why outputs are not enough.</summary>
    internal static string? Refuse(Network network) => network.StatisticsCount > 0
        ? "the Fisher–Rao norm follows from the outputs only where f(cθ) = c^K f(θ); with the running statistics of batch normalization "
        + "it is not so"
        : Homogeneity.Of(network) is { Degree: null } h
        ? $"the Fisher–Rao norm follows from the outputs only where f is homogeneous: {h.Reason}" : null;

    /// <summary>log ‖θ‖_fr; −∞ where the loss is 0 to all orders. NaN where ρ leaves the range of a double.</summary>
    /// <param name="degree">D.</param>
    /// <param name="loss">ℓ.</param>
    /// <param name="normalized">f̃ = f/|ρ|, N × C.</param>
    /// <param name="logRho">log |ρ|.</param>
    /// <param name="targets">y_n.</param>
    /// <param name="outputs">C.</param>
    public static double Log(int degree, Loss loss, ReadOnlySpan<double> normalized, double logRho, ReadOnlySpan<double> targets,
        int outputs)
    {
        double[] f = normalized.ToArray(), weights = new double[f.Length];
        var rho = Math.Exp(logRho);
        foreach (ref var v in f.AsSpan()) v *= rho;
        var value = loss.Evaluate(f, targets, outputs, weights);            // −∂ℓ_n/∂f = e^s weights
        var sum = 0.0;
        for (var n = 0; n < targets.Length; n++)
        {
            var product = Numerics.Vectors.Dot(weights.AsSpan(n * outputs, outputs), normalized.Slice(n * outputs, outputs));
            sum += product * product;
        }
        return Math.Log(degree) + value.LogScale + logRho + 0.5 * Math.Log(sum / targets.Length);
    }
}
