using MathNet.Numerics.LinearAlgebra;
using Rhoflow.Descents;

namespace Rhoflow.Tests.Descents;

/// <summary>
/// Optimizers written out with loops and plain numbers, for one matrix of weights (or one norm): the readable second opinion.
/// </summary>
/// <param name="rows">Of the matrix; 1 × 1 for a norm.</param>
internal sealed class NaiveRules(Optimizer optimizer, int rows, int columns)
{
    private readonly double[] _m = new double[rows * columns], _v = new double[rows * columns];
    private int _t;

    /// <summary>What is multiplied by η and added to w.</summary>
    /// <param name="g">The negative gradient, row by row.</param>
    /// <param name="lambda">λ of a decay that acts on w apart from the gradient.</param>
    public double[] Step(double[] g, double[] w, double lambda)
    {
        _t++;
        return optimizer switch
        {
            Sgd sgd => Momentum(g, sgd.Momentum, sgd.Nesterov),
            Adam adam => Moments(g, adam.Moments),
            AdamW adam => [.. Moments(g, adam.Moments).Zip(w, (u, value) => u - 2 * lambda * value)],
            SignDescent sign => [.. Momentum(g, sign.Momentum, false).Select(static u => (double)Math.Sign(u))],
            Muon muon => Polar(Momentum(g, muon.Momentum, muon.Nesterov)),
            _ => throw new NotSupportedException(),
        };
    }

    private double[] Momentum(double[] g, double mu, bool nesterov)
    {
        for (var i = 0; i < g.Length; i++) _m[i] = mu * _m[i] + g[i];
        return [.. _m.Select((m, i) => nesterov ? g[i] + mu * m : m)];
    }

    private double[] Moments(double[] g, Moments rule)
    {
        var step = new double[g.Length];
        for (var i = 0; i < g.Length; i++)
        {
            _m[i] = rule.Beta1 * _m[i] + (1 - rule.Beta1) * g[i];
            _v[i] = rule.Beta2 * _v[i] + (1 - rule.Beta2) * g[i] * g[i];
            var mean = _m[i] / (1 - Math.Pow(rule.Beta1, _t));
            var square = _v[i] / (1 - Math.Pow(rule.Beta2, _t));
            step[i] = mean / (Math.Sqrt(square) + rule.Epsilon);
        }
        return step;
    }

    /// <summary>U Vᵀ of M = U Σ Vᵀ, without the singular values that are 0 to rounding.</summary>
    public static double[] Polar(double[] m, int rows, int columns)
    {
        var largest = m.Max(Math.Abs);
        var svd = Matrix<double>.Build.Dense(rows, columns, (i, j) => m[i * columns + j] / largest).Svd();
        var rank = svd.S.Count(s => s > 1e-12 * svd.S[0]);
        var polar = svd.U.SubMatrix(0, rows, 0, rank) * svd.VT.SubMatrix(0, rank, 0, columns);
        return polar.ToRowMajorArray();
    }

    private double[] Polar(double[] m) => m.All(static v => v == 0) ? m : Polar(m, rows, columns);
}
