using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>
/// A three-layer ReLU net that fits six examples exactly: where the Hessians of Theory IIIb §12.3 are taken (claims b21, b22).
/// </summary>
/// <param name="Network">4-12-10-1, 178 weights.</param>
/// <param name="Data">Six examples of gaussian-teacher.</param>
/// <param name="Theta">Weights with f(x_n) = y_n to about 1e-12.</param>
internal sealed record InterpolatingNet(Network Network, Dataset Data, double[] Theta)
{
    /// <summary>N.</summary>
    public const int Examples = 6;

    /// <summary>d.</summary>
    public const int Inputs = 4;

    /// <summary>The step of gradient descent, and the loss at which Gauss–Newton takes over.</summary>
    public const double Step = .01, Target = 1e-6;

    /// <summary>Units of the layers.</summary>
    public static readonly int[] Widths = [12, 10, 1];

    /// <summary>4-12-10-1.</summary>
    public static string Layers => $"{Inputs}-{string.Join('-', Widths)}";

    /// <summary>How many weights: 178.</summary>
    public static int Weights => Network.Dense(Inputs, Widths).ParameterCount;

    /// <summary>
    /// One for each of the five seeds, by gradient descent (step 0.01) on the square loss to L = 1e-6, then Gauss–Newton; shared between
    /// claims.
    /// </summary>
    public static readonly SharedResult<InterpolatingNet[]> All = new(static context => [.. Spread.Seeds.Select(seed =>
    {
        var net = Network.Dense(Inputs, Widths);
        var data = GaussianTeacher.Draw(Examples, Inputs, seed);
        var theta = Initialization.Kaiming(net, new RandomStream(seed, 10));
        return new InterpolatingNet(net, data,
            Polish(net, data, Descend(new EmpiricalRisk(net, Loss.Square, data, Reduction.Sum), theta, context)));
    })]);

    // Plain gradient descent: the flow itself may come to stand on kinks where it has no direction to go on in, and any minimum will do.
    private static double[] Descend(EmpiricalRisk risk, double[] theta, StudyContext context)
    {
        var descent = new double[theta.Length];
        for (var step = 0; step < 200_000; step++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var value = risk.Evaluate(theta, descent);
            if (value.LogLoss <= Math.Log(Target)) return theta;
            Vectors.Add(Step * Math.Exp(value.LogScale), descent, theta);
        }
        throw new InvalidOperationException("gradient descent did not come below L = 1e-6 in 200,000 steps");
    }

    /// <summary>
    /// Gauss–Newton with the smallest steps, θ += Jᵀ(JJᵀ)⁻¹(y − f): from 1e-3 to rounding in a few, which the flow would need a long
    /// time for. Changes <paramref name="theta"/>.
    /// </summary>
    internal static double[] Polish(Network net, Dataset data, double[] theta)
    {
        var evaluation = new ChainPasses(net, data.X, data.Count);
        var rows = new double[data.Count * net.ParameterCount];
        for (var step = 0; step < 8; step++)
        {
            evaluation.Forward(theta);
            var error = DenseVector.Create(data.Count, n => data.Y[n] - evaluation.Outputs[n]);
            evaluation.PerExample(theta, rows);
            var transposed = new DenseMatrix(net.ParameterCount, data.Count, rows);
            Vectors.Add(1, (transposed * transposed.TransposeThisAndMultiply(transposed).Solve(error)).ToArray(), theta);
        }
        return theta;
    }

    /// <summary>Eigenvalues of ∇²L in ascending order, over the loss's own scale.</summary>
    public static double[] Spectrum(EmpiricalRisk risk, double[] theta) =>
        [.. DenseMatrix.OfArray(risk.Hessian(theta).Hessian).Evd(Symmetricity.Symmetric).EigenValues.Select(e => e.Real).Order()];

    /// <summary>max_n |f(x_n) − y_n|.</summary>
    public double Misfit
    {
        get
        {
            var f = new EmpiricalRisk(Network, Loss.Square, Data, Reduction.Sum).Outputs(Theta);
            var worst = 0.0;
            for (var n = 0; n < f.Length; n++) worst = Math.Max(worst, Math.Abs(f[n] - Data.Y[n]));
            return worst;
        }
    }
}
