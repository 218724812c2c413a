using Rhoflow.Data;
using Rhoflow.Kernels;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// A local minimizer of Σ(ρ f(V; x_n) − y_n)² on the product of the spheres ‖V_k‖ = 1 at a fixed ρ, of a chain of any depth, by Levenberg
/// and Marquardt's steps: δ = −Jᵀ(JJᵀ + μI)⁻¹r with r_n = ρf_n − y_n, J_n = ρ(∂f_n/∂V_k − V_k f_n)_k, then V + δ put back on the spheres.
/// A step that raises the loss is not taken, and μ grows.
/// </summary>
internal sealed class SphereLeastSquares
{
    private readonly Network _network;
    private readonly Dataset _data;
    private readonly ChainPasses _passes;
    private readonly double[] _rows, _gram, _step;
    private readonly Team _team = new(1);

    /// <param name="network">A chain with one output.</param>
    /// <param name="data">y: real numbers.</param>
    public SphereLeastSquares(Network network, Dataset data)
    {
        (_network, _data) = (network, data);
        _passes = new ChainPasses(network, data.X, data.Count);
        (_rows, _gram) = (new double[data.Count * network.ParameterCount], new double[data.Count * data.Count]);
        _step = new double[network.ParameterCount];
    }

    /// <summary>Where a descent ended.</summary>
    /// <param name="V">Layers of norm 1.</param>
    /// <param name="Loss">Σ(ρf − y)².</param>
    public sealed record End(double[] V, double Loss);

    /// <summary>Descends from a start, whose layers are scaled to norm 1.</summary>
    /// <param name="rho">ρ &gt; 0.</param>
    /// <param name="start">P numbers, no layer zero.</param>
    /// <param name="steps">At most so many.</param>
    /// <param name="enough">A loss that is small enough.</param>
    public End Descend(double rho, ReadOnlySpan<double> start, int steps = 200, double enough = 1e-20)
    {
        var v = start.ToArray();
        Initialization.ScaleLayers(_network, v, [1]);
        var r = Residuals(rho, v);
        double loss = Vectors.Dot(r, r), mu = 1e-3 * rho * rho;
        for (var i = 0; i < steps && loss > enough; i++)
        {
            Jacobian(rho, v);
            var before = loss;
            for (var tries = 0; tries < 30; tries++)
            {
                if (Step(r, mu) is not { } step) break;
                var next = (double[])v.Clone();
                Vectors.Add(-1, step, next);
                Initialization.ScaleLayers(_network, next, [1]);
                var there = Residuals(rho, next);
                var value = Vectors.Dot(there, there);
                if (value < loss)
                {
                    (v, r, loss, mu) = (next, there, value, mu / 5);
                    break;
                }
                mu *= 4;
            }
            // Steps on kinks lower the loss by less and less.
            if (loss > before * (1 - 1e-9)) break;
        }
        return new End(v, loss);
    }

    /// <summary>The rank of J at V, from the eigenvalues of JJᵀ above 1e-10 of the largest.</summary>
    public int Rank(double[] v)
    {
        Jacobian(1, v);
        var gram = MathNet.Numerics.LinearAlgebra.Double.DenseMatrix.Create(_data.Count, _data.Count, (m, n) => _gram[m * _data.Count + n]);
        double[] values = [.. gram.Evd(MathNet.Numerics.LinearAlgebra.Symmetricity.Symmetric).EigenValues.Select(static e => e.Real)];
        return values.Count(e => e > 1e-10 * values.Max());
    }

    private double[] Residuals(double rho, double[] v)
    {
        _passes.Forward(v);
        return [.. Enumerable.Range(0, _data.Count).Select(n => rho * _passes.Outputs[n] - _data.Y[n])];
    }

    // J, N × P, and JJᵀ.
    private void Jacobian(double rho, double[] v)
    {
        int p = v.Length, count = _data.Count;
        _passes.Forward(v);
        var f = _passes.Outputs[..count].ToArray();
        _passes.PerExample(v, _rows);
        for (var n = 0; n < count; n++)
        {
            var row = _rows.AsSpan(n * p, p);
            Vectors.Add(-f[n], v, row);
            Vectors.Scale(rho, row, row);
        }
        for (var m = 0; m < count; m++)
            for (var n = 0; n <= m; n++)
                _gram[m * count + n] = _gram[n * count + m] = Vectors.Dot(_rows.AsSpan(m * p, p), _rows.AsSpan(n * p, p));
    }

    // Jᵀ(JJᵀ + μI)⁻¹r; null where rounding leaves no factor.
    private double[]? Step(double[] r, double mu)
    {
        int p = _step.Length, count = r.Length;
        var damped = (double[])_gram.Clone();
        for (var n = 0; n < count; n++) damped[n * count + n] += mu;
        if (Cholesky.Of(damped, count, _team) is not { } factor) return null;
        var c = factor.Solve(r, 1);
        Array.Clear(_step);
        for (var n = 0; n < count; n++) Vectors.Add(c[n], _rows.AsSpan(n * p, p), _step);
        return _step;
    }
}
