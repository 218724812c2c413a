using System.Numerics.Tensors;
using Rhoflow.Data;
using Rhoflow.Kernels;
using Rhoflow.Networks;

namespace Rhoflow.Losses;

/// <summary>Whether L is Σ_n ℓ_n (the papers' flows) or (1/N) Σ_n ℓ_n.</summary>
public enum Reduction
{
    /// <summary>(1/N) Σ_n ℓ_n.</summary>
    Mean,

    /// <summary>Σ_n ℓ_n.</summary>
    Sum,
}

/// <summary>
/// L(θ): network + loss + data, what flows go down. Derivatives come with the logarithm of their scale (<see cref="LossValue"/>).
/// Owns a workspace: not thread-safe; use one instance per thread.
/// </summary>
public sealed class EmpiricalRisk
{
    private readonly Func<Network, Dataset, INetworkPasses<double>> _make;
    private readonly LossOverPasses<double> _risk;
    private readonly double[] _scaled;

    /// <summary>The risk of a chain with one output, as flows need it.</summary>
    /// <param name="network">A chain with one output.</param>
    /// <param name="loss">ℓ.</param>
    /// <param name="data">Examples with labels ±1, or any targets for the square loss.</param>
    /// <param name="reduction">Whether L is a mean or a sum.</param>
    /// <exception cref="DataException">Inputs or labels do not fit the network and loss; the message says which.</exception>
    /// <exception cref="ArgumentException">The network is no chain.</exception>
    public EmpiricalRisk(Network network, Loss loss, Dataset data, Reduction reduction = Reduction.Mean)
        : this(network, loss, Binary(network, loss, data), reduction, static (n, d) => new ChainPasses(n, d.X, d.Count)) { }

    /// <summary>The risk of any network, through passes of the caller's choice.</summary>
    /// <param name="network">The network.</param>
    /// <param name="loss">ℓ.</param>
    /// <param name="data">Examples with labels ±1 for one output, classes 0 … C−1 for more.</param>
    /// <param name="reduction">Whether L is a mean or a sum.</param>
    /// <param name="passes">Makes the network's passes on all examples; called again by <see cref="Copy"/>.</param>
    /// <exception cref="DataException">Inputs or labels do not fit the network and loss; the message says which.</exception>
    public EmpiricalRisk(Network network, Loss loss, Dataset data, Reduction reduction,
        Func<Network, Dataset, INetworkPasses<double>> passes)
    {
        RiskData.Check(network, loss, data);
        (Network, Loss, Data, Reduction, _make) = (network, loss, data, reduction, passes);
        Passes = passes(network, data);
        _risk = new LossOverPasses<double>(Passes, loss, reduction, data.Count);
        _scaled = new double[data.Count * network.Outputs];
    }

    /// <summary>The network.</summary>
    public Network Network { get; }

    /// <summary>ℓ.</summary>
    public Loss Loss { get; }

    /// <summary>The examples.</summary>
    public Dataset Data { get; }

    /// <summary>Whether L is a mean or a sum.</summary>
    public Reduction Reduction { get; }

    /// <summary>The network on the training inputs, as the last call left it.</summary>
    public INetworkPasses<double> Passes { get; }

    /// <summary>The same as the passes of a chain, with activations and kinks.</summary>
    /// <exception cref="InvalidOperationException">The risk was made over other passes.</exception>
    public ChainPasses Chain => Passes as ChainPasses
        ?? throw new InvalidOperationException(
            $"this risk stands over {Passes.GetType().Name}, which keeps no pattern of kinks; flows need the passes of a chain");

    /// <summary>descent with −∇L = e^{LogScale} descent (P numbers).</summary>
    public LossValue Evaluate(ReadOnlySpan<double> theta, Span<double> descent)
    {
        Forward(theta);
        var value = _risk.Weigh(_risk.Outputs, Data.Y);
        _risk.VectorJacobianProduct(theta, descent);
        return value;
    }

    /// <summary>
    /// The loss of the scaled network ρ f(V; x): h with −∂L/∂f_n = e^{LogScale} c_n at f_n = ρ f(V; x_n) and h = Σ c_n ∂f(V; x_n)/∂V.
    /// ρ may have either sign; this is how the flows on (ρ, V) see the data.
    /// </summary>
    /// <param name="v">V, P numbers.</param>
    /// <param name="rho">ρ, any sign.</param>
    /// <param name="h">Receives h, P numbers.</param>
    public LossValue EvaluateScaled(ReadOnlySpan<double> v, double rho, Span<double> h)
    {
        var value = WeighScaled(v, rho);
        _risk.VectorJacobianProduct(v, h);
        return value;
    }

    /// <summary>log L of ρ f(V; x), natural.</summary>
    public double LogLossScaled(ReadOnlySpan<double> v, double rho) => WeighScaled(v, rho).LogLoss;

    /// <summary>Σ_n c_n f_n with the weights c and the (unscaled) outputs of the last evaluation.</summary>
    public double WeightedOutput() => TensorPrimitives.Dot(Weights, _risk.Outputs);

    /// <summary>The same risk with a workspace of its own, for another thread or another pattern of kinks.</summary>
    public EmpiricalRisk Copy() => new(Network, Loss, Data, Reduction, _make);

    /// <summary>log L(θ), natural.</summary>
    public double LogLoss(ReadOnlySpan<double> theta)
    {
        Forward(theta);
        return _risk.Weigh(_risk.Outputs, Data.Y).LogLoss;
    }

    /// <summary>f_n = f(θ; x_n), N (× C) numbers, valid until the next call.</summary>
    public ReadOnlySpan<double> Outputs(ReadOnlySpan<double> theta)
    {
        Forward(theta);
        return _risk.Outputs;
    }

    /// <summary>
    /// The last evaluation's weights c_n, with −∂L/∂f_n = e^{LogScale} c_n; for the exponential loss c_n = p_n y_n with Σp = 1.
    /// </summary>
    public ReadOnlySpan<double> Weights => _risk.Weights;

    /// <summary>result with (∇²L) v = e^{LogScale} result: forward over reverse, exact (0 for a ReLU's own second derivative).</summary>
    /// <param name="theta">θ.</param>
    /// <param name="v">P numbers.</param>
    /// <param name="result">Receives P numbers.</param>
    public LossValue HessianVectorProduct(ReadOnlySpan<double> theta, ReadOnlySpan<double> v, Span<double> result)
    {
        Forward(theta);
        return _risk.HessianVectorProduct(theta, Data.Y, v, result);
    }

    /// <summary>The dense Hessian, P × P, relative to the returned scale. For small networks (P² memory, P products).</summary>
    public (double[,] Hessian, LossValue Scale) Hessian(ReadOnlySpan<double> theta, CancellationToken cancellation = default)
    {
        var p = Network.ParameterCount;
        var h = new double[p, p];
        double[] unit = new double[p], column = new double[p];
        LossValue scale = default;
        for (var j = 0; j < p; j++)
        {
            cancellation.Look();
            unit[j] = 1;
            scale = HessianVectorProduct(theta, unit, column);
            unit[j] = 0;
            for (var i = 0; i < p; i++) h[i, j] = column[i];
        }
        return (h, scale);
    }

    private void Forward(ReadOnlySpan<double> theta)
    {
        Passes.Forward(theta);
        _risk.TakeOutputs(Data.Count);
    }

    private LossValue WeighScaled(ReadOnlySpan<double> v, double rho)
    {
        Forward(v);
        TensorPrimitives.Multiply(_risk.Outputs, rho, _scaled);
        return _risk.Weigh(_scaled, Data.Y);
    }

    private static Dataset Binary(Network network, Loss loss, Dataset data)
    {
        RiskData.CheckInputs(network, data);
        if (network.Outputs != 1)
            throw new DataException(
                $"the {loss.Name} loss of a flow is binary and needs a network with 1 output; this one has {network.Outputs}");
        return data;
    }
}
