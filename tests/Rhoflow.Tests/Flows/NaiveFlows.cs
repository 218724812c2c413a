using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Losses;
using Rhoflow.Tests.Networks;

namespace Rhoflow.Tests.Flows;

/// <summary>
/// The papers' equations, corrected, written out with sums over examples and loops over weights, without logarithms, shared
/// sub-expressions or the library's kernels. With units of degree p the layers' exponents e_k enter as they do in T3 eq. 3.
/// </summary>
internal sealed class NaiveFlows(RandomNetwork r, Loss loss, double factor)
{
    private readonly Network _net = r.Net;

    /// <summary>Σ |g_n| ‖∂f_n/∂θ‖ where the loss was last looked at: what the terms measure before projections cancel them.</summary>
    public double Unprojected { get; private set; }

    // f_n and ∂f_n/∂θ at θ, and −∂L/∂f_n at c f_n
    private (double[] G, double[] F, double[][] Gradients) At(double[] theta, double c)
    {
        var f = Enumerable.Range(0, r.Examples).Select(n => ReferenceNetwork.Outputs(_net, theta, r.Example(n))[0]).ToArray();
        var g = EmpiricalRiskTests.NegativeDerivative(loss, [.. f.Select(v => c * v)], r.Y);
        double[][] gradients = [.. Enumerable.Range(0, r.Examples).Select(n => ReferenceNetwork.Gradient(_net, theta, r.Example(n)))];
        Unprojected = factor * g.Zip(gradients, (v, d) => Math.Abs(v) * Vectors.Norm(d)).Sum();
        return ([.. g.Select(v => factor * v)], f, gradients);
    }

    private double[] Sum(double[] g, double[][] gradients)
    {
        var sum = new double[_net.ParameterCount];
        for (var n = 0; n < g.Length; n++)
            for (var i = 0; i < sum.Length; i++) sum[i] += g[n] * gradients[n][i];
        return sum;
    }

    private double Product(double[] rho) => rho.Select((v, k) => Math.Pow(v, _net.Exponents[k])).Aggregate((a, b) => a * b);

    private double[] Scaled(double[] rho, double[] v)
    {
        var w = (double[])v.Clone();
        for (var k = 0; k < _net.Depth; k++)
            for (var i = 0; i < _net.Layers[k].Count; i++) w[_net.Layers[k].Offset + i] *= rho[k];
        return w;
    }

    private (double[] Rho, double[] V) Parts(double[] state) => (state[.._net.Depth], state[_net.Depth..]);

    /// <summary>T3 eq. 8, T3b eq. 8, 14, 60: Ẇ = Σ g_n ∂f_n/∂W − 2λW.</summary>
    public double[] Unconstrained(double[] w, double lambda)
    {
        var (g, _, gradients) = At(w, 1);
        return [.. Sum(g, gradients).Zip(w, (d, v) => d - 2 * lambda * v)];
    }

    /// <summary>
    /// T3 eq. 22 (power 1) and T3 eq. 20, 21: ρ̇_k = (ρ/ρ_k) Σ g f − 2λρ_k, V̇_k = c Σ g (∂f/∂V_k − V_k f) with c = ρ or ρ/ρ_k².
    /// </summary>
    public double[] NormsAndDirections(double[] state, double lambda, bool reparametrized)
    {
        var (rho, v) = Parts(state);
        var product = Product(rho);
        var (g, f, gradients) = At(v, product);
        var velocity = new double[state.Length];
        for (var k = 0; k < _net.Depth; k++)
        {
            var e = _net.Exponents[k];
            var c = reparametrized ? product / (rho[k] * rho[k]) : product;
            for (var n = 0; n < g.Length; n++)
            {
                velocity[k] += e * product / rho[k] * g[n] * f[n];
                for (var i = _net.Layers[k].Offset; i < _net.Layers[k].Offset + _net.Layers[k].Count; i++)
                    velocity[_net.Depth + i] += c * g[n] * (gradients[n][i] - e * v[i] * f[n]);
            }
            velocity[k] -= 2 * lambda * rho[k];
        }
        return velocity;
    }

    /// <summary>T3 eq. 52, 53: ρ̇_k = ⟨V_k, Ẇ_k⟩ − 2λρ_k, V̇_k = ρ_k (I − V_kV_kᵀ) Ẇ_k, in windows (matrices or rows).</summary>
    public double[] WeightNormalization(double[] state, (int Offset, int Count)[] windows, double lambda)
    {
        var v = state[windows.Length..];
        var w = (double[])v.Clone();
        for (var q = 0; q < windows.Length; q++)
            for (var i = 0; i < windows[q].Count; i++) w[windows[q].Offset + i] *= state[q];
        var dw = Unconstrained(w, 0);
        var velocity = new double[state.Length];
        for (var q = 0; q < windows.Length; q++)
        {
            for (var i = windows[q].Offset; i < windows[q].Offset + windows[q].Count; i++)
            {
                velocity[q] += v[i] * dw[i];
                for (var j = windows[q].Offset; j < windows[q].Offset + windows[q].Count; j++)
                    velocity[windows.Length + i] += state[q] * ((i == j ? 1 : 0) - v[i] * v[j]) * dw[j];
            }
            velocity[q] -= 2 * lambda * state[q];
        }
        return velocity;
    }

    /// <summary>T3 eq. 81 where ρ moves: Ẇ = α Σ g_n(α f) ∂f_n/∂W.</summary>
    public double[] ScaledOutputs(double[] w, double alpha)
    {
        var (g, _, gradients) = At(w, alpha);
        return [.. Sum(g, gradients).Select(d => alpha * d)];
    }

    /// <summary>T3 eq. 10, 81: V̇_k = c Σ g_n(s f)(∂f/∂V_k − V_k f) at the norm s.</summary>
    public double[] Directions(double[] v, double s, double c)
    {
        var (g, f, gradients) = At(v, s);
        var velocity = new double[v.Length];
        for (var k = 0; k < _net.Depth; k++)
            for (var n = 0; n < g.Length; n++)
                for (var i = _net.Layers[k].Offset; i < _net.Layers[k].Offset + _net.Layers[k].Count; i++)
                    velocity[i] += c * g[n] * (gradients[n][i] - _net.Exponents[k] * v[i] * f[n]);
        return velocity;
    }

    /// <summary>SQ eq. 5, 6: ρ̇ = Σ g(ρf) f − 2λρ, V̇_k = ρ Σ g (∂f/∂V_k − V_k f).</summary>
    public double[] BatchNorm(double[] state, double lambda)
    {
        var v = state[1..];
        var (g, f, _) = At(v, state[0]);
        return [g.Zip(f, (a, b) => a * b).Sum() - 2 * lambda * state[0], .. Directions(v, state[0], state[0])];
    }

    /// <summary>∂‖u‖_p/∂u by central differences.</summary>
    public static double[] Nu(double[] u, double p)
    {
        const double H = 1e-6;
        double Norm(int i, double h) => Math.Pow(u.Select((v, j) => Math.Pow(Math.Abs(j == i ? v + h : v), p)).Sum(), 1 / p);
        return [.. u.Select((_, i) => (Norm(i, H) - Norm(i, -H)) / (2 * H))];
    }

    private double[] PerLayer(double[] u, double[] dw, Func<double[], double[], double[]> map) =>
        [.. _net.Layers.SelectMany(l => map(l.Of(u).ToArray(), l.Of(dw).ToArray()))];

    /// <summary>T3 eq. 50: u̇ = (I − ννᵀ/‖ν‖²) g layer by layer; s is the norm where u = V.</summary>
    public double[] Tangent(double[] u, double p, double s)
    {
        var (g, _, gradients) = At(u, s);
        return PerLayer(u, [.. Sum(g, gradients).Select(v => s * v)], (layer, d) =>
        {
            var nu = double.IsInfinity(p) ? [.. layer.Select(v => Math.Abs(v) == layer.Max(Math.Abs) ? Math.Sign(v) : 0.0)] : Nu(layer, p);
            return [.. d.Select((v, i) => v - nu[i] * Vectors.Dot(nu, d) / Vectors.Dot(nu, nu))];
        });
    }

    /// <summary>T3 eq. 72, 73: ρ̇_k = ⟨V_k, Ẇ_k⟩, V̇_k = ρ_k S_p Ẇ_k; or ρ̇_k = ⟨ν_k, Ẇ_k⟩, V̇_k = (I − V_kν_kᵀ) Ẇ_k/ρ_k.</summary>
    public double[] Lp(double[] state, double p, bool reparametrized)
    {
        var (rho, v) = Parts(state);
        var dw = Unconstrained(Scaled(rho, v), 0);
        var velocity = new List<double>();
        var k = 0;
        var rates = new double[_net.Depth];
        velocity.AddRange(PerLayer(v, dw, (layer, d) =>
        {
            var nu = Nu(layer, p);
            var r0 = rho[k];
            rates[k++] = Vectors.Dot(reparametrized ? nu : layer, d);
            return reparametrized
                ? [.. d.Select((x, i) => (x - layer[i] * Vectors.Dot(nu, d)) / r0)]
                : [.. d.Select((x, i) => r0 * (x - nu[i] * Vectors.Dot(nu, d) / Vectors.Dot(nu, nu)))];
        }));
        return [.. rates, .. velocity];
    }
}
