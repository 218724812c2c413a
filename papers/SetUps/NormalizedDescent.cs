using Rhoflow.Data;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Papers.SetUps;

/// <summary>
/// The flow of SQ eq. 5, 6 in Euler steps, V_k put back on its sphere after each: ρ̇ = −2Σ(ρf − y)f − 2λρ, V̇_k = −2ρ S_k Σ(ρf − y)∂f/∂V_k.
/// A step that
/// would raise Σ(ρf − y)² + λρ² is halved, one that does not lets the next be longer, so that it goes to where the flow rests at any
/// stiffness. Below
/// <see cref="Shortest"/>/(1 + ρ²) a step is taken as it is: on a ReLU's kink every step is uphill, and small ones to and fro follow the
/// flow along it. With tied
/// layers V_1 = … = V_{L−1} it is the flow of a recurrent network: the derivatives of its copies are added.
/// </summary>
internal sealed class NormalizedDescent
{
    /// <summary>Steps of this size over 1 + ρ² are taken even where they go uphill.</summary>
    public double Shortest { get; init; } = .03;

    // Where the loss is 0 to the last digit no step goes uphill, and an infinite one times no velocity would be no number.
    private const double Longest = 1e100;

    private readonly Dataset _data;
    private readonly double _lambda;
    private readonly bool _tied;
    private readonly ChainPasses _evaluation;
    private readonly double[] _weights, _h;
    private double[] _next;
    private double _step = 1e-3, _objective;

    /// <param name="network">A chain with one output.</param>
    /// <param name="theta">Directions of the start; tied layers begin as the first.</param>
    /// <param name="data">y: real numbers.</param>
    /// <param name="lambda">λ ≥ 0.</param>
    /// <param name="rho">ρ at the start.</param>
    /// <param name="tied">All layers but the last share their matrix.</param>
    public NormalizedDescent(Network network, double[] theta, Dataset data, double lambda, double rho, bool tied = false)
    {
        (Network, _data, _lambda, _tied, Rho) = (network, data, lambda, tied, rho);
        V = (double[])theta.Clone();
        if (tied)
            foreach (var layer in Shared.Skip(1)) network.Layers[0].Of(V).CopyTo(layer.Of(V));
        Initialization.ScaleLayers(network, V, [1]);
        _evaluation = new ChainPasses(network, data.X, data.Count);
        _weights = new double[data.Count];
        (_h, _next) = (new double[V.Length], new double[V.Length]);
        _objective = Objective(Rho, V);
    }

    /// <summary>The chain.</summary>
    public Network Network { get; }

    /// <summary>ρ, signed.</summary>
    public double Rho { get; private set; }

    /// <summary>V_1 … V_L, each of norm 1.</summary>
    public double[] V { get; private set; }

    /// <summary>Mean of (ρf − y)².</summary>
    public double MeanSquare => (Objective(Rho, V) - _lambda * Rho * Rho) / _data.Count;

    private IEnumerable<Layer> Shared => Network.Layers.Take(Network.Depth - 1);

    /// <summary>So many steps, those that are halved counted.</summary>
    public NormalizedDescent Run(int steps, CancellationToken cancellation = default)
    {
        var fresh = false;
        double drive = 0;
        for (var i = 0; i < steps; i++)
        {
            if (i % 1000 == 0) cancellation.ThrowIfCancellationRequested();
            if (!fresh)
            {
                (drive, fresh) = (Velocity(), true);
            }
            var rho = Rho + _step * drive;
            for (var j = 0; j < V.Length; j++) _next[j] = V[j] + _step * _h[j];
            foreach (var layer in Network.Layers)
            {
                var v = layer.Of(_next);
                Vectors.Scale(1 / Vectors.Norm(v), v, v);
            }
            var objective = Objective(rho, _next);
            if (objective > _objective && _step > Shortest / (1 + Rho * Rho))
            {
                _step /= 2;
                continue;
            }
            (Rho, _objective, fresh) = (rho, objective, false);
            (V, _next) = (_next, V);
            _step = Math.Min(1.1 * _step, Longest);
        }
        return this;
    }

    /// <summary>
    /// sin ∠(V_k, ±h_k) with h_k = Σ(y − ρf)∂f/∂V_k: SQ eq. 36; 0 where layer k rests. Of tied layers it is the common matrix's, at each of
    /// them.
    /// </summary>
    public double[] Residuals()
    {
        Slopes();
        return [.. Network.Layers.Select(layer => Math.Abs(Math.Sin(Vectors.Angle(layer.Of(V), layer.Of(_h)))))];
    }

    /// <summary>ρ f(x) of other examples.</summary>
    public double[] Outputs(ReadOnlySpan<double> x)
    {
        var count = x.Length / Network.Inputs;
        var other = new ChainPasses(Network, x, count);
        other.Forward(V);
        var f = other.Outputs[..count].ToArray();
        Vectors.Scale(Rho, f, f);
        return f;
    }

    private double Objective(double rho, double[] v)
    {
        _evaluation.Forward(v);
        var sum = _lambda * rho * rho;
        for (var n = 0; n < _data.Count; n++)
        {
            var miss = rho * _evaluation.Outputs[n] - _data.Y[n];
            sum += miss * miss;
        }
        return sum;
    }

    // _h ← V̇; returns ρ̇.
    private double Velocity()
    {
        var drive = -2 * _lambda * Rho;
        Slopes();
        for (var n = 0; n < _data.Count; n++) drive += 2 * _weights[n] * _evaluation.Outputs[n];
        foreach (var layer in Network.Layers)
        {
            var v = layer.Of(V);
            var h = layer.Of(_h);
            Vectors.Add(-Vectors.Dot(v, h), v, h);
            Vectors.Scale(2 * Rho, h, h);
        }
        return drive;
    }

    // _h ← Σ(y − ρf)∂f/∂V.
    private void Slopes()
    {
        _evaluation.Forward(V);
        for (var n = 0; n < _data.Count; n++) _weights[n] = _data.Y[n] - Rho * _evaluation.Outputs[n];
        _evaluation.VectorJacobianProduct(V, _weights, _h);
        if (!_tied) return;
        var first = Network.Layers[0].Of(_h);
        foreach (var layer in Shared.Skip(1)) Vectors.Add(1, layer.Of(_h), first);
        foreach (var layer in Shared.Skip(1)) first.CopyTo(layer.Of(_h));
    }
}
