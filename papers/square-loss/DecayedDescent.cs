using Rhoflow.Data;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Gradient descent on Σ(g_n − y_n)² + λΣ‖W_k‖² (SQ eq. 24 as λ → 0), or with errors that count only below the margin 1,
/// Σ max(0, 1 − y_ng_n)² + λΣ‖W_k‖² (SQ eq. 25). A step that would raise it is halved, one that does not lets the next be longer.
/// </summary>
internal sealed class DecayedDescent
{
    private const double Shortest = 1e-4;

    private readonly Network _network;
    private readonly Dataset _data;
    private readonly double _lambda;
    private readonly bool _oneSided;
    private readonly ChainPasses _passes;
    private readonly double[] _errors, _slope;
    private double[] _next;

    /// <param name="network">A chain with one output.</param>
    /// <param name="theta">The start.</param>
    /// <param name="data">Labels ±1.</param>
    /// <param name="lambda">λ ≥ 0.</param>
    /// <param name="oneSided">Errors count only below the margin 1.</param>
    public DecayedDescent(Network network, double[] theta, Dataset data, double lambda, bool oneSided)
    {
        (_network, _data, _lambda, _oneSided, Weights) = (network, data, lambda, oneSided, (double[])theta.Clone());
        _passes = new ChainPasses(network, data.X, data.Count);
        (_errors, _slope, _next) = (new double[data.Count], new double[theta.Length], new double[theta.Length]);
    }

    /// <summary>W_1 … W_L.</summary>
    public double[] Weights { get; private set; }

    /// <summary>∏‖W_k‖.</summary>
    public double Norm => _network.Layers.Aggregate(1.0, (product, l) => product * Vectors.Norm(l.Of(Weights)));

    /// <summary>y_n g_n.</summary>
    public double[] Margins
    {
        get
        {
            _passes.Forward(Weights);
            var margins = new double[_data.Count];
            for (var n = 0; n < margins.Length; n++) margins[n] = _data.Y[n] * _passes.Outputs[n];
            return margins;
        }
    }

    /// <summary>So many steps, those that are halved counted.</summary>
    public DecayedDescent Run(int steps, CancellationToken cancellation)
    {
        var size = 1e-2;
        var objective = Objective(Weights);
        for (var i = 0; i < steps; i++)
        {
            if (i % 1000 == 0) cancellation.ThrowIfCancellationRequested();
            Objective(Weights);
            _passes.VectorJacobianProduct(Weights, _errors, _slope);
            for (var j = 0; j < _next.Length; j++) _next[j] = Weights[j] + size * (_slope[j] - 2 * _lambda * Weights[j]);
            var next = Objective(_next);
            if (next > objective && size > Shortest)
            {
                size /= 2;
                continue;
            }
            objective = next;
            (Weights, _next) = (_next, Weights);
            size *= 1.1;
        }
        return this;
    }

    // Leaves 2(y − g), or its one-sided form, in _errors.
    private double Objective(double[] theta)
    {
        _passes.Forward(theta);
        var sum = _lambda * Vectors.Dot(theta, theta);
        for (var n = 0; n < _errors.Length; n++)
        {
            var miss = 1 - _data.Y[n] * _passes.Outputs[n];
            if (_oneSided && miss < 0) miss = 0;
            sum += miss * miss;
            _errors[n] = 2 * _data.Y[n] * miss;
        }
        return sum;
    }
}
