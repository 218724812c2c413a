using Rhoflow.Lab.Claims;
using Rhoflow.Losses;
using Rhoflow.Numerics;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>
/// Gradient descent with the step η/L on an exponential-type loss, θ ← θ + η Σ p_n y_n ∂f_n: where the flow itself would end on kinks that
/// it cannot leave.
/// </summary>
internal static class LossRescaledDescent
{
    /// <summary>
    /// Descends until log L is at most <paramref name="logTarget"/>; changes <paramref name="theta"/>. False where it does not get there.
    /// </summary>
    /// <param name="logTarget">Natural.</param>
    /// <param name="risk">L.</param>
    /// <param name="theta">θ.</param>
    /// <param name="step">η; where ‖∇ log L‖² is large the step is kept to a change of log L by .3.</param>
    /// <param name="context">For Ctrl-C.</param>
    /// <param name="steps">How many at most.</param>
    public static bool To(double logTarget, EmpiricalRisk risk, double[] theta, double step, StudyContext context, int steps = 500_000)
    {
        var descent = new double[theta.Length];
        for (var i = 0; i < steps; i++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var value = risk.Evaluate(theta, descent);
            if (value.LogLoss <= logTarget) return true;
            var slope = Math.Exp(value.LogScale - value.LogLoss) * Vectors.Norm(descent);
            Vectors.Add(Math.Min(step, .3 / (slope * slope)) * Math.Exp(value.LogScale - value.LogLoss), descent, theta);
        }
        return false;
    }
}
