using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Losses;
using Rhoflow.Measures.Curvature;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>
/// A minimum of L + λΣ‖W_k‖² of a deep linear network 3-H-1, where the gradient flow with decay ends: what Lemma 2 and §12.3.2 are about
/// (claims b20, b63, b64).
/// </summary>
/// <param name="Risk">L, a sum.</param>
/// <param name="Lambda">λ.</param>
/// <param name="Hidden">H.</param>
/// <param name="Theta">Where it is.</param>
/// <param name="Eigenvalues">Of ∇²(L + λΣ‖W_k‖²), ascending, over a common scale.</param>
/// <param name="Gradient">‖∇(L + λΣ‖W_k‖²)‖ over the largest weight.</param>
/// <param name="AlongRotation">
/// ‖∇² δ‖/(‖∇²‖ ‖δ‖), the greatest over δ = (A W_1, −W_2 A) with the elementary skew A: rotations of the hidden units.
/// </param>
internal sealed record DecayedMinimum(
    EmpiricalRisk Risk, double Lambda, int Hidden, double[] Theta, double[] Eigenvalues, double Gradient, double AlongRotation)
{
    /// <summary>As many examples as inputs for the square loss, so that a linear network fits them (Lemma 2: a zero minimizer).</summary>
    public const int Inputs = 3, Examples = 6, Fitted = 3;

    /// <summary>An eigenvalue up to this times the largest is zero; log₁₀ t of the end.</summary>
    public const double Zero = 1e-7, LogEnd = 6;

    /// <summary>How many eigenvalues are negative, zero, positive.</summary>
    public Signature Signs => Signature.Of(Eigenvalues, Zero);

    /// <summary>‖θ‖.</summary>
    public double Norm => Vectors.Norm(Theta);

    /// <summary>Six directions labelled by a half-space; three under the square loss.</summary>
    public static Dataset Data(Loss loss, long seed) =>
        GaussianTeacher.Draw(loss == Loss.Square ? Fitted : Examples, Inputs, seed).WithLinearLabels();

    /// <summary>max_n |X⁺y·x_n − y_n|.</summary>
    public static double Misfit(Dataset data)
    {
        var w = Limits.MinimumNorm.Of(data).Weights;
        return Enumerable.Range(0, data.Count).Max(n => Math.Abs(Vectors.Dot(w, data.Example(n)) - data.Y[n]));
    }

    /// <summary>Where the flow with decay from Kaiming’s start ends.</summary>
    public static DecayedMinimum Of(Loss loss, double lambda, int hidden, long seed, CancellationToken cancellation)
    {
        var net = Network.Linear(Inputs, hidden, 1);
        var risk = new EmpiricalRisk(net, loss, Data(loss, seed), Reduction.Sum);
        var w = End(risk, lambda, Initialization.Kaiming(net, new RandomStream(seed, 20)), cancellation);
        var (hessian, value) = risk.Hessian(w);
        var n = w.Length;
        for (var i = 0; i < n; i++) hessian[i, i] += 2 * lambda * Math.Exp(-value.LogScale);
        double[] eigenvalues =
            [.. DenseMatrix.OfArray(hessian).Evd(Symmetricity.Symmetric).EigenValues.Select(static e => e.Real).Order()];
        var velocity = new double[n];
        var scale = Math.Exp(new UnconstrainedFlow(risk, lambda).NewWorkspace().Velocity(0, w, velocity));
        return new DecayedMinimum(risk, lambda, hidden, w, eigenvalues, scale * Vectors.Norm(velocity) / w.Max(Math.Abs),
            Rotation(net, w, hessian, hidden) / eigenvalues[^1]);
    }

    /// <summary>The weights at t = 1e6 of the gradient flow with decay λ.</summary>
    public static double[] End(EmpiricalRisk risk, double lambda, double[] start, CancellationToken cancellation) =>
        new UnconstrainedFlow(risk, lambda).From(start, new IntegrationOptions { Tolerance = new(1e-11, 1e-13) })
            .At([Instant.FromLog10T(LogEnd)], cancellation).Single().Weights();

    // ‖∇² δ‖/‖δ‖ for the greatest of the elementary skew A.
    private static double Rotation(Network net, double[] w, double[,] hessian, int hidden)
    {
        var worst = 0.0;
        var n = w.Length;
        for (var a = 0; a < hidden; a++)
            for (var b = 0; b < a; b++)
            {
                var delta = new double[n];
                int first = net.Layers[0].Offset, last = net.Layers[1].Offset;
                for (var j = 0; j < Inputs; j++)
                {
                    delta[first + a * Inputs + j] = w[first + b * Inputs + j];
                    delta[first + b * Inputs + j] = -w[first + a * Inputs + j];
                }
                delta[last + a] = w[last + b];
                delta[last + b] = -w[last + a];
                var size = Vectors.Norm(delta);
                if (size < 1e-6 * Vectors.Norm(w)) continue;
                var squares = 0.0;
                for (var i = 0; i < n; i++)
                {
                    var sum = 0.0;
                    for (var j = 0; j < n; j++) sum += hessian[i, j] * delta[j];
                    squares += sum * sum;
                }
                worst = Math.Max(worst, Math.Sqrt(squares) / size);
            }
        return worst;
    }
}
