using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Ẇ_k = −∂/∂W_k [L + λ Σ‖W_k‖²] in Euler steps without normalization, as the descents of the model (SQ eq. 5, 6) make theirs
/// (<see cref="SetUps.NormalizedDescent"/>): a step that would raise the objective is halved, one that does not lets the next be longer,
/// and below <see cref="Shortest"/>/(1 + max_k ∏_{j≠k}‖W_j‖²) it is taken as it is, to and fro across the kinks of ReLUs.
/// </summary>
/// <param name="risk">L.</param>
/// <param name="lambda">λ ≥ 0.</param>
internal sealed class PlainDescent(EmpiricalRisk risk, double lambda)
{
    /// <summary>Steps of this size over 1 + max_k ∏_{j≠k}‖W_j‖² are taken even where they go uphill.</summary>
    public double Shortest { get; init; } = .03;

    private readonly double[] _descent = new double[risk.Network.ParameterCount];
    private readonly double[] _norms = new double[risk.Network.Depth];

    /// <summary>So many steps from a start, those that are halved counted; fewer where the objective rests or is enough.</summary>
    /// <param name="theta">W.</param>
    /// <param name="steps">Steps.</param>
    /// <param name="enough">An objective that is small enough.</param>
    /// <param name="cancellation">Looked at every thousand steps.</param>
    public double[] Run(ReadOnlySpan<double> theta, int steps, double enough = 0, CancellationToken cancellation = default)
    {
        double[] w = theta.ToArray(), next = new double[w.Length];
        double step = 1e-3, objective = Slope(w);
        for (var i = 0; i < steps && objective > enough; i++)
        {
            if (i % 1000 == 0) cancellation.ThrowIfCancellationRequested();
            w.CopyTo(next, 0);
            Vectors.Add(step, _descent, next);
            var there = Math.Exp(risk.LogLoss(next)) + lambda * Vectors.Dot(next, next);
            if (there > objective && step > Shortest / (1 + Steepness(w)))
            {
                step /= 2;
                continue;
            }
            (w, next) = (next, w);
            objective = Slope(w);
            step = Math.Min(1.1 * step, 1e100);
        }
        return w;
    }

    // max_k ∏_{j≠k}‖W_j‖², which bounds ‖∂g/∂W_k‖² for ‖x‖ = 1.
    private double Steepness(double[] w)
    {
        NormsAndDirections.Norms(risk.Network, w, _norms);
        double product = 1, least = double.PositiveInfinity;
        foreach (var norm in _norms) (product, least) = (product * norm, Math.Min(least, norm));
        return least > 0 ? product / least * (product / least) : 0;
    }

    // −∇ of the objective into _descent; returns the objective.
    private double Slope(double[] w)
    {
        var value = risk.Evaluate(w, _descent);
        Vectors.Scale(Math.Exp(value.LogScale), _descent, _descent);
        Vectors.Add(-2 * lambda, w, _descent);
        return Math.Exp(value.LogLoss) + lambda * Vectors.Dot(w, w);
    }
}
