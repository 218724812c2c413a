using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// Gradient flow of one linear unit with batch normalization as T3 §11 simplifies it, f(x) = g w·x/√(wᵀCw) without mean and shift, C a
/// second moment of the inputs: with v = w/s, s = √(wᵀCw) and h = −∂L/∂(gv), ġ = v·h and ẇ = (g/s)(I − Cv vᵀ)h. C = I is weight
/// normalization. ‖w‖ = 1 at the start is kept. State: (g, w).
/// </summary>
/// <param name="risk">One linear layer with one output.</param>
/// <param name="moment">C, d × d by rows.</param>
/// <param name="scale">g at the start.</param>
internal sealed class BatchNormalizedUnit(EmpiricalRisk risk, double[] moment, double scale) : Flow(risk, risk.Network)
{
    /// <summary>Not a kind of configs: C belongs to the data.</summary>
    public override FlowKind Kind { get; } = new("batch-normalized-unit", "ġ = v·h,  ẇ = (g/s)(I − Cv vᵀ)h,  v = w/s", "T3 §11.3, §16", [],
        static (_, problem) => new BatchNormalizedUnit(problem.Risk, Identity(problem.Risk.Network.Inputs), 1));

    /// <inheritdoc/>
    public override int Dimension => 1 + Network.ParameterCount;

    /// <inheritdoc/>
    public override double[] Start(ReadOnlySpan<double> theta)
    {
        double[] state = [scale, .. theta];
        Vectors.Scale(1 / Vectors.Norm(theta), theta, state.AsSpan(1));
        return state;
    }

    /// <inheritdoc/>
    protected internal override double Field(FlowWorkspace work, double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        var v = Normalized(state[1..], out var size);
        var logScale = work.Risk.EvaluateScaled(v, state[0], work.H).LogScale;
        var along = Vectors.Dot(v, work.H);
        velocity[0] = along;
        var w = velocity[1..];
        work.H.CopyTo(w);
        Vectors.Add(-along, Times(v), w);
        Vectors.Scale(state[0] / size, w, w);
        return logScale;
    }

    /// <inheritdoc/>
    public override void Split(double logT, ReadOnlySpan<double> state, Span<double> rho, Span<double> v)
    {
        var w = state[1..];
        Normalized(w, out var size);
        var norm = Vectors.Norm(w);
        rho[0] = state[0] * norm / size;
        Vectors.Scale(1 / norm, w, v);
    }

    /// <summary>The identity, d × d by rows.</summary>
    public static double[] Identity(int d) => [.. Enumerable.Range(0, d * d).Select(i => i % (d + 1) == 0 ? 1.0 : 0)];

    /// <summary>x → C^{−s/2}x; with s = 1 the second moment of the result is I.</summary>
    public static Dataset Whiten(Dataset data, double[] moment, double s = 1)
    {
        var d = data.Inputs;
        var eigen = new DenseMatrix(d, d, [.. moment]).Evd(Symmetricity.Symmetric);
        var root = eigen.EigenVectors * DenseMatrix.OfDiagonalVector(eigen.EigenValues.Map(e => Math.Pow(e.Real, -s / 2)))
            * eigen.EigenVectors.Transpose();
        return data.WithInputs(((DenseMatrix)(root * new DenseMatrix(d, data.Count, data.X.ToArray()))).Values, d);
    }

    // w/√(wᵀCw).
    private double[] Normalized(ReadOnlySpan<double> w, out double size)
    {
        size = Math.Sqrt(Vectors.Dot(w, Times(w)));
        var v = w.ToArray();
        Vectors.Scale(1 / size, v, v);
        return v;
    }

    private double[] Times(ReadOnlySpan<double> w)
    {
        var product = new double[w.Length];
        for (var i = 0; i < product.Length; i++) product[i] = Vectors.Dot(moment.AsSpan(i * w.Length, w.Length), w);
        return product;
    }
}
