using Rhoflow.Data;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>The tangent kernel K_mn = ⟨∂g(x_m)/∂W, ∂g(x_n)/∂W⟩ of a chain with one output, and what it says of the fit.</summary>
internal sealed class TangentKernel
{
    private readonly Network _network;
    private readonly double[] _rows, _outputs;

    /// <param name="network">A chain with one output.</param>
    /// <param name="data">The examples.</param>
    /// <param name="theta">W.</param>
    public TangentKernel(Network network, Dataset data, double[] theta)
    {
        _network = network;
        var passes = new ChainPasses(network, data.X, data.Count);
        passes.Forward(theta);
        _outputs = passes.Outputs[..data.Count].ToArray();
        var (count, p) = (data.Count, theta.Length);
        _rows = new double[count * p];
        passes.PerExample(theta, _rows);
        Values = new double[count * count];
        for (var m = 0; m < count; m++)
            for (var n = 0; n < count; n++) Values[m * count + n] = Vectors.Dot(_rows.AsSpan(m * p, p), _rows.AsSpan(n * p, p));
    }

    /// <summary>K, N × N.</summary>
    public double[] Values { get; }

    /// <summary>‖K − other‖_F/‖other‖_F.</summary>
    public double ChangeFrom(TangentKernel other) => Vectors.Distance(Values, other.Values) / Vectors.Norm(other.Values);

    /// <summary>
    /// ‖ΔW_k‖ of the least change of all weights that fits targets y if g is linear in W: ΔW = Jᵀ K⁻¹(y − g), where gradient flow on the
    /// square loss goes as long as K does not change.
    /// </summary>
    /// <param name="y">N targets.</param>
    public double[] PredictedMoves(ReadOnlySpan<double> y)
    {
        int count = _outputs.Length, p = _rows.Length / count;
        var kernel = MathNet.Numerics.LinearAlgebra.Double.DenseMatrix.OfColumnMajor(count, count, Values);
        var miss = MathNet.Numerics.LinearAlgebra.Double.DenseVector.Create(count, 0);
        for (var n = 0; n < count; n++) miss[n] = y[n] - _outputs[n];
        var c = kernel.Cholesky().Solve(miss);
        var move = new double[p];
        for (var n = 0; n < count; n++) Vectors.Add(c[n], _rows.AsSpan(n * p, p), move);
        return [.. _network.Layers.Select(layer => Vectors.Norm(layer.Of(move)))];
    }
}
