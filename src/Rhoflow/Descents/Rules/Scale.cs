using Rhoflow.Losses;
using Rhoflow.Numerics;

namespace Rhoflow.Descents;

/// <summary>What the learning rate η is divided by in every step.</summary>
public enum StepScale
{
    /// <summary>Nothing: W ← W − η∇L.</summary>
    Plain,

    /// <summary>
    /// L: W ← W − η∇L/L = W + η∇(−log L) (Lyu and Li 2020). Formed in the log frame, so that training goes on where L itself has left
    /// the range of any number: −∇L = e^s h gives η e^{s − log L} h.
    /// </summary>
    LossBased,

    /// <summary>
    /// ‖∇L‖ in the coordinates that move (on the spheres: its tangential part): normalized gradient descent, steps of length η.
    /// </summary>
    Normalized,

    /// <summary>
    /// L̂ of <see cref="AdaptiveRate"/>, the mean over the last minibatches that begins as the loss of the whole training set, in the log
    /// frame as well.
    /// </summary>
    WholeLoss,
}

/// <summary>
/// The factors of one step, in the log frame. The risk gives −∇L = e^{s} h; with weight decay the total is e^{s'}(e^{s−s'} h − 2λe^{−s'}
/// W),
/// s' = max(s, 0), so that nothing overflows; without it s' = s, and h stays as it is down to any loss.
/// </summary>
/// <param name="LogScale">s'.</param>
/// <param name="Pull">e^{s−s'}, the factor of h.</param>
/// <param name="Decay">2e^{−s'}, the factor of λW.</param>
/// <param name="LogLoss">log of L, with λ‖W‖² if there is decay; of the minibatch, or of the whole set by
/// <see cref="StepScale.WholeLoss"/>.</param>
internal readonly record struct StepFrame(double LogScale, double Pull, double Decay, double LogLoss)
{
    /// <param name="value">Of the risk.</param>
    /// <param name="decays">Whether any λ is positive.</param>
    /// <param name="logPenalty">log Σ λ_k‖W_k‖²; needed for loss-based steps only.</param>
    public static StepFrame Of(LossValue value, bool decays, double logPenalty)
    {
        if (!decays) return new StepFrame(value.LogScale, 1, 0, value.LogLoss);
        var frame = Math.Max(value.LogScale, 0);
        return new StepFrame(frame, Math.Exp(value.LogScale - frame), 2 * Math.Exp(-frame), Vectors.LogAddExp(value.LogLoss, logPenalty));
    }

    /// <summary>What a direction of the squared length <paramref name="square"/> in this frame is multiplied by before η.</summary>
    public double Multiplier(StepScale scale, double square) => scale switch
    {
        StepScale.Plain => Math.Exp(LogScale),
        StepScale.LossBased or StepScale.WholeLoss => double.IsNegativeInfinity(LogLoss) ? 0 : Math.Exp(LogScale - LogLoss),
        _ => square == 0 ? 0 : 1 / Math.Sqrt(square),
    };

    /// <summary>η as the noise of Langevin sees it: what −∇L itself is multiplied by.</summary>
    public double Rate(StepScale scale, double eta, double square) => scale switch
    {
        StepScale.Plain => eta,
        StepScale.LossBased or StepScale.WholeLoss => eta * Math.Exp(-LogLoss),
        _ => square == 0 ? 0 : eta * Math.Exp(-LogScale) / Math.Sqrt(square),
    };
}
