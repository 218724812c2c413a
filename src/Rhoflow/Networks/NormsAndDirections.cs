using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>
/// W_k = ρ_k V_k: weights as norms ρ_k = ‖W_k‖_p and directions V_k with ‖V_k‖_p = 1 (T3 §4, T3 eq. 71 for p ≠ 2), and what follows from
/// homogeneity: f(W; x) = ρ f(V; x) with ρ = ∏ρ_k^{e_k}, where e_k = 1 for linear and ReLU networks (<see cref="Network.Exponents"/>).
/// Pure functions on spans: θ and V have P = <see cref="Network.ParameterCount"/> numbers, the norms K = <see cref="Network.Depth"/>.
/// ρ_k may be negative where it is carried as a coordinate. Nothing here allocates but <see cref="Weights"/>.
/// </summary>
public static class NormsAndDirections
{
    /// <summary>ρ_k = ‖W_k‖_p of every layer.</summary>
    /// <param name="network">The network.</param>
    /// <param name="theta">θ, P numbers.</param>
    /// <param name="rho">Receives ρ_k ≥ 0, K numbers.</param>
    /// <param name="p">p ≥ 1, ∞ included; 2 is the Frobenius norm.</param>
    public static void Norms(Network network, ReadOnlySpan<double> theta, Span<double> rho, double p = 2)
    {
        for (var k = 0; k < network.Depth; k++) rho[k] = PNorm(network.Layers[k].Of(theta), p);
    }

    /// <summary>ρ_k = ‖W_k‖_p and V_k = W_k/ρ_k, by multiplying with 1/ρ_k; a layer of zeros has ρ_k = 0 and V_k = 0.</summary>
    /// <param name="network">The network.</param>
    /// <param name="theta">θ, P numbers; may be the span that <paramref name="v"/> is.</param>
    /// <param name="rho">Receives ρ_k ≥ 0, K numbers.</param>
    /// <param name="v">Receives V, P numbers in the shape of θ.</param>
    /// <param name="p">p ≥ 1, ∞ included.</param>
    public static void Split(Network network, ReadOnlySpan<double> theta, Span<double> rho, Span<double> v, double p = 2)
    {
        for (var k = 0; k < network.Depth; k++)
        {
            var w = network.Layers[k].Of(theta);
            rho[k] = PNorm(w, p);
            Vectors.Scale(rho[k] > 0 ? 1 / rho[k] : 1, w, network.Layers[k].Of(v));
        }
    }

    /// <summary>The same for p = 2 in place, every entry divided by ρ_k: V_k is then W_k/ρ_k correctly rounded.</summary>
    /// <param name="network">The network.</param>
    /// <param name="w">θ, which becomes V; P numbers.</param>
    /// <param name="rho">Receives ρ_k ≥ 0, K numbers.</param>
    public static void SplitByDivision(Network network, Span<double> w, Span<double> rho)
    {
        for (var k = 0; k < network.Depth; k++)
        {
            var layer = network.Layers[k].Of(w);
            rho[k] = Vectors.Norm(layer);
            if (!(rho[k] > 0)) continue;
            foreach (ref var x in layer) x /= rho[k];
        }
    }

    /// <summary>W_k = ρ_k V_k, layer by layer.</summary>
    /// <param name="network">The network.</param>
    /// <param name="rho">ρ_k, any sign, K numbers.</param>
    /// <param name="v">V, P numbers.</param>
    /// <param name="theta">Receives θ, P numbers.</param>
    public static void Compose(Network network, ReadOnlySpan<double> rho, ReadOnlySpan<double> v, Span<double> theta)
    {
        for (var k = 0; k < network.Depth; k++) Vectors.Scale(rho[k], network.Layers[k].Of(v), network.Layers[k].Of(theta));
    }

    /// <summary>
    /// θ with f(θ; x) = ρ f(V; x), whatever the signs of ρ_k. A negative ρ_k below a ReLU would switch its units to their other side
    /// instead of changing the sign of f; its sign then stands on the last layer.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="rho">ρ_k, any sign, K numbers.</param>
    /// <param name="v">V, P numbers.</param>
    /// <returns>A new array of P numbers; parameters of no layer are those of <paramref name="v"/>.</returns>
    public static double[] Weights(Network network, ReadOnlySpan<double> rho, ReadOnlySpan<double> v)
    {
        var theta = v.ToArray();
        var sign = 1.0;
        for (var k = 0; k < network.Depth; k++)
        {
            var w = network.Layers[k].Of(theta);
            var moved = rho[k] < 0 && network.Activations.Skip(k).Any(static s => s.HasKink);
            if (moved && network.Exponents[k] % 2 != 0) sign = -sign;
            Vectors.Scale((moved ? -1 : 1) * (k == network.Depth - 1 ? sign : 1) * rho[k], w, w);
        }
        return theta;
    }

    /// <summary>ρ = ∏ρ_k^{e_k}, signed; every power is formed before it is multiplied in.</summary>
    /// <param name="network">The network.</param>
    /// <param name="rho">ρ_k, any sign, K numbers.</param>
    public static double Product(Network network, ReadOnlySpan<double> rho)
    {
        var product = 1.0;
        for (var k = 0; k < rho.Length; k++) product *= Power(rho[k], network.Exponents[k]);
        return product;
    }

    /// <summary>
    /// ρ = ∏ρ_k^{e_k}, signed, multiplied one factor at a time. Where some e_k &gt; 1 it can differ from <see cref="Product"/> in the
    /// last bit; what is reported as ρ has always been this one.
    /// </summary>
    /// <inheritdoc cref="Product" path="/param"/>
    public static double ProductByFactors(Network network, ReadOnlySpan<double> rho)
    {
        var product = 1.0;
        for (var k = 0; k < rho.Length; k++)
            for (var e = 0; e < network.Exponents[k]; e++) product *= rho[k];
        return product;
    }

    /// <summary>log |ρ| = Σ e_k log |ρ_k|, natural, also where ρ leaves the range of a double; −∞ where a norm is 0.</summary>
    /// <inheritdoc cref="Product" path="/param"/>
    public static double LogProduct(Network network, ReadOnlySpan<double> rho)
    {
        var sum = 0.0;
        for (var k = 0; k < rho.Length; k++) sum += network.Exponents[k] * Math.Log(Math.Abs(rho[k]));
        return sum;
    }

    /// <summary>The sign of ρ = ∏ρ_k^{e_k}, also where ρ leaves the range of a double; norms of 0 count as positive.</summary>
    /// <inheritdoc cref="Product" path="/param"/>
    public static double Sign(Network network, ReadOnlySpan<double> rho)
    {
        var sign = 1.0;
        for (var k = 0; k < rho.Length; k++)
            if (rho[k] < 0 && network.Exponents[k] % 2 != 0) sign = -sign;
        return sign;
    }

    /// <summary>∂ρ/∂ρ_k = e_k ρ_k^{e_k−1} ∏_{j≠k} ρ_j^{e_j}: ρ/ρ_k for one-homogeneous layers, also at ρ_k = 0.</summary>
    /// <param name="network">The network.</param>
    /// <param name="rho">ρ_k, any sign, K numbers.</param>
    /// <param name="k">The layer, from 0.</param>
    public static double ProductDerivative(Network network, ReadOnlySpan<double> rho, int k)
    {
        var e = network.Exponents[k];
        var product = e * Power(rho[k], e - 1);
        for (var j = 0; j < rho.Length; j++)
            if (j != k) product *= Power(rho[j], network.Exponents[j]);
        return product;
    }

    /// <summary>f ← f/ρ, with ρ as its logarithm because it may leave the range of a double. Outputs of 0 stay 0.</summary>
    /// <param name="outputs">f, any number of outputs; becomes f̃ = f/ρ.</param>
    /// <param name="logRho">log ρ, natural.</param>
    public static void DivideByRho(Span<double> outputs, double logRho)
    {
        foreach (ref var f in outputs)
            if (f != 0) f = Math.CopySign(Math.Exp(Math.Log(Math.Abs(f)) - logRho), f);
    }

    /// <summary>‖u‖_p, safe against overflow and underflow.</summary>
    /// <param name="u">Any number of components.</param>
    /// <param name="p">p ≥ 1, ∞ included.</param>
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

    /// <summary>ν = ∂‖u‖_p/∂u = sign(u) (|u|/‖u‖_p)^{p−1} (T3 eq. 71), for finite p; 0 for components that are 0.</summary>
    /// <param name="u">u ≠ 0.</param>
    /// <param name="p">1 ≤ p &lt; ∞.</param>
    /// <param name="nu">Receives ν, as many numbers as u has.</param>
    public static void PNormGradient(ReadOnlySpan<double> u, double p, Span<double> nu)
    {
        var norm = PNorm(u, p);
        for (var i = 0; i < u.Length; i++)
        {
            // What is not finite goes on to ν, so that a step that went too far is refused and made again.
            nu[i] = u[i] == 0 ? 0 : Math.CopySign(p == 1 ? 1 : Math.Pow(Math.Abs(u[i]) / norm, p - 1), u[i]);
        }
    }

    /// <summary>
    /// velocity ← c (I − VVᵀ/‖V‖²) h: the part of c·h tangent to the sphere through V (T3 eq. 50). With V = ν it is the projection S_p of
    /// T3 eq. 71, 72 for the p-norm. Projected twice: near equilibrium the first pass leaves rounding of size ε|h| along V, which
    /// nothing damps and which e^u (a clock in log t) would blow up.
    /// </summary>
    /// <param name="c">A factor.</param>
    /// <param name="v">V ≠ 0, of one layer; its norm need not be 1.</param>
    /// <param name="h">As many numbers as V has.</param>
    /// <param name="velocity">Receives the projection; not the span of <paramref name="v"/>.</param>
    public static void Tangent(double c, ReadOnlySpan<double> v, ReadOnlySpan<double> h, Span<double> velocity)
    {
        var square = Vectors.Dot(v, v);
        Vectors.Scale(c, h, velocity);
        Vectors.Add(-c * Vectors.Dot(v, h) / square, v, velocity);
        Vectors.Add(-Vectors.Dot(v, velocity) / square, v, velocity);
    }

    /// <summary>g ← (I − ννᵀ/‖ν‖²) g, projected once: what keeps ‖u‖_p to first order (T3 eq. 50, 71).</summary>
    /// <param name="nu">ν = ∂‖u‖_p/∂u (<see cref="PNormGradient"/>).</param>
    /// <param name="g">Projected in place.</param>
    public static void ProjectOut(ReadOnlySpan<double> nu, Span<double> g) =>
        Vectors.Add(-Vectors.Dot(nu, g) / Vectors.Dot(nu, nu), nu, g);

    private static double Power(double x, int e)
    {
        if (e == 1) return x;
        var power = 1.0;
        for (var i = 0; i < e; i++) power *= x;
        return power;
    }
}
