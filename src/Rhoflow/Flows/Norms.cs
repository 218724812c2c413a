using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>What flows on (ρ, V) share: norms, their products over layers, p-norms and their derivatives.</summary>
public static class Norms
{
    /// <summary>ρ = ∏ ρ_k^{e_k}, signed.</summary>
    public static double Product(Network network, ReadOnlySpan<double> rho)
    {
        var product = 1.0;
        for (var k = 0; k < rho.Length; k++) product *= Power(rho[k], network.Exponents[k]);
        return product;
    }

    /// <summary>log |ρ| = Σ e_k log |ρ_k|.</summary>
    public static double LogProduct(Network network, ReadOnlySpan<double> rho)
    {
        var sum = 0.0;
        for (var k = 0; k < rho.Length; k++) sum += network.Exponents[k] * Math.Log(Math.Abs(rho[k]));
        return sum;
    }

    /// <summary>∂ρ/∂ρ_k = e_k ρ_k^{e_k−1} ∏_{j≠k} ρ_j^{e_j}: ρ/ρ_k for one-homogeneous layers, also at ρ_k = 0.</summary>
    public static double ProductDerivative(Network network, ReadOnlySpan<double> rho, int k)
    {
        var e = network.Exponents[k];
        var product = e * Power(rho[k], e - 1);
        for (var j = 0; j < rho.Length; j++)
            if (j != k) product *= Power(rho[j], network.Exponents[j]);
        return product;
    }

    /// <summary>‖u‖_p for p ≥ 1, ∞ included.</summary>
    public static double PNorm(ReadOnlySpan<double> u, double p)
    {
        if (p == 2) return Vectors.Norm(u);
        var largest = 0.0;
        foreach (var v in u) largest = Math.Max(largest, Math.Abs(v));
        if (double.IsInfinity(p) || largest == 0) return largest;
        var sum = 0.0;
        foreach (var v in u) sum += Math.Pow(Math.Abs(v) / largest, p);
        return largest * Math.Pow(sum, 1 / p);
    }

    /// <summary>ν = ∂‖u‖_p/∂u = sign(u) (|u|/‖u‖_p)^{p−1} (T3 eq. 71), for finite p.</summary>
    public static void PNormGradient(ReadOnlySpan<double> u, double p, Span<double> nu)
    {
        var norm = PNorm(u, p);
        for (var i = 0; i < u.Length; i++)
            nu[i] = u[i] == 0 ? 0 : Math.Sign(u[i]) * (p == 1 ? 1 : Math.Pow(Math.Abs(u[i]) / norm, p - 1));
    }

    private static double Power(double x, int e)
    {
        if (e == 1) return x;
        var power = 1.0;
        for (var i = 0; i < e; i++) power *= x;
        return power;
    }
}
