using System.Numerics.Tensors;
using Rhoflow.Data;
using Rhoflow.Networks;

namespace Rhoflow.Losses;

/// <summary>Whether L is Σ_n ℓ_n (the papers' flows) or (1/N) Σ_n ℓ_n.</summary>
public enum Reduction { Mean, Sum }

/// <summary>
/// L(θ): network + loss + data, the thing that flows and descents go down. Derivatives come with the logarithm of their
/// scale (<see cref="LossValue"/>). Owns the room it computes in: one instance a thread.
/// </summary>
public sealed class EmpiricalRisk
{
    private readonly Evaluation _evaluation;
    private readonly double[] _weights, _curvature, _weightsDot, _scaled;
    private readonly double _logFactor;

    /// <exception cref="DataException">Inputs or labels do not fit the network and loss; the message says which.</exception>
    public EmpiricalRisk(Network network, Loss loss, Dataset data, Reduction reduction = Reduction.Mean)
    {
        if (data.Inputs != network.Inputs)
            throw new DataException($"data '{data.Name}' has {data.Inputs} inputs; the network takes {network.Inputs}");
        if (network.Outputs != 1)
            throw new DataException($"the {loss.Name} loss of a flow is binary and needs a network with 1 output; this one has {network.Outputs}");
        if (!data.IsBinary && !loss.TakesRealTargets)
            throw new DataException($"data '{data.Name}': the {loss.Name} loss needs labels −1 and +1; found {FirstOther(data)}");
        Network = network;
        Loss = loss;
        Data = data;
        Reduction = reduction;
        _logFactor = reduction == Reduction.Mean ? -Math.Log(data.Count) : 0;
        _evaluation = new Evaluation(network, data.X, data.Count);
        _weights = new double[_evaluation.Stride];
        _curvature = new double[_evaluation.Stride];
        _weightsDot = new double[_evaluation.Stride];
        _scaled = new double[data.Count];
    }

    public Network Network { get; }
    public Loss Loss { get; }
    public Dataset Data { get; }
    public Reduction Reduction { get; }

    /// <summary>The network on the training inputs, as the last call left it (activations, for kinks and features).</summary>
    public Evaluation Evaluation => _evaluation;

    /// <summary>descent with −∇L = e^{LogScale} descent (P numbers).</summary>
    public LossValue Evaluate(ReadOnlySpan<double> theta, Span<double> descent)
    {
        _evaluation.Forward(theta);
        var value = Weigh(Outputs());
        _evaluation.Backward(theta, _weights, descent);
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
        _evaluation.Forward(v);
        TensorPrimitives.Multiply(Outputs(), rho, _scaled);
        var value = Weigh(_scaled);
        _evaluation.Backward(v, _weights, h);
        return value;
    }

    /// <summary>log L of ρ f(V; x), natural.</summary>
    public double LogLossScaled(ReadOnlySpan<double> v, double rho)
    {
        _evaluation.Forward(v);
        TensorPrimitives.Multiply(Outputs(), rho, _scaled);
        return Weigh(_scaled).LogLoss;
    }

    /// <summary>Σ_n c_n f_n with the weights c and the (unscaled) outputs of the last evaluation.</summary>
    public double WeightedOutput() => TensorPrimitives.Dot(Weights, Outputs());

    /// <summary>The same risk with room of its own, for another thread or another pattern of kinks.</summary>
    public EmpiricalRisk Copy() => new(Network, Loss, Data, Reduction);

    /// <summary>log L(θ), natural.</summary>
    public double LogLoss(ReadOnlySpan<double> theta)
    {
        _evaluation.Forward(theta);
        return Weigh(Outputs()).LogLoss;
    }

    /// <summary>f_n = f(θ; x_n), N numbers, valid until the next call.</summary>
    public ReadOnlySpan<double> Outputs(ReadOnlySpan<double> theta)
    {
        _evaluation.Forward(theta);
        return _evaluation.Outputs[..Data.Count];
    }

    /// <summary>
    /// The last evaluation's weights c_n, with −∂L/∂f_n = e^{LogScale} c_n; for the exponential loss c_n = p_n y_n with Σp = 1.
    /// </summary>
    public ReadOnlySpan<double> Weights => _weights.AsSpan(0, Data.Count);

    /// <summary>result with (∇²L) v = e^{LogScale} result: forward over reverse, exact (0 for a ReLU's own second derivative).</summary>
    public LossValue HessianVector(ReadOnlySpan<double> theta, ReadOnlySpan<double> v, Span<double> result)
    {
        _evaluation.Forward(theta);
        var value = Weigh(Outputs());
        Loss.Curvature(Outputs(), Data.Y, value with { LogScale = value.LogScale - _logFactor }, _curvature.AsSpan(0, Data.Count));
        var fDot = _evaluation.Tangent(theta, v);
        TensorPrimitives.Multiply(_curvature, fDot, _weightsDot);          // d(∂L/∂f) = ℓ'' ḟ
        TensorPrimitives.Negate(_weights, _weights);                       // ∂L/∂f
        _evaluation.BackwardTangent(theta, v, _weights, _weightsDot, result);
        TensorPrimitives.Negate(_weights, _weights);
        return value;
    }

    /// <summary>The dense Hessian, P × P, relative to the returned scale. For small networks (P² memory, P products).</summary>
    public (double[,] Hessian, LossValue Scale) Hessian(ReadOnlySpan<double> theta)
    {
        var p = Network.ParameterCount;
        var h = new double[p, p];
        double[] unit = new double[p], column = new double[p];
        LossValue scale = default;
        for (var j = 0; j < p; j++)
        {
            unit[j] = 1;
            scale = HessianVector(theta, unit, column);
            unit[j] = 0;
            for (var i = 0; i < p; i++) h[i, j] = column[i];
        }
        return (h, scale);
    }

    private ReadOnlySpan<double> Outputs() => _evaluation.Outputs[..Data.Count];

    // The 1/N of a mean moves into the scale, so the weights are the same for both reductions.
    private LossValue Weigh(ReadOnlySpan<double> f)
    {
        var value = Loss.Evaluate(f, Data.Y, _weights.AsSpan(0, Data.Count));
        return new LossValue(value.LogLoss + _logFactor, value.LogScale + _logFactor);
    }

    private static string FirstOther(Dataset data)
    {
        var n = data.Y.ToArray().AsSpan().IndexOfAnyExcept(1.0, -1.0);
        return $"y[{n}] = {data.Y[n]}";
    }
}
