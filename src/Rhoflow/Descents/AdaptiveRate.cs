using Rhoflow.Numerics;

namespace Rhoflow.Descents;

/// <summary>
/// A learning rate that is found on the way (after the scheme by which Lyu and Li 2020 trained a network to a loss of 1e-882, with a
/// growth of 2^{1/5}, a back-off of 2^{−1/10}, every step divided by its own loss, and no momentum): an epoch of
/// steps W ← W − η_e ∇L_b/L̂. L_b is the loss of the minibatch. L̂ begins as that of the whole training set (with the penalty λ‖W‖²) and
/// goes with the minibatches, L̂ ← L̂ + (L_b − L̂)/n before each step, so that an epoch may lower L by many powers of ten, and no step is
/// longer than n η_e‖∇L_b‖/L_b. If the epoch ends with a smaller L of the whole set, η_{e+1} = <see cref="Growth"/> η_e. If not, or if a
/// step has left the range of numbers, weights and statistics go back to where it began, η_{e+1} = <see cref="BackOff"/> η_e, and rules
/// forget: a momentum may have been on its way up, and would be so again at any η. Both are epochs, with minibatches in an order of their
/// own. n begins at <see cref="Window"/>, its least value, and is divided by the same factors: where few examples are most of L, the
/// minibatches without them must not go by their own small loss. η_0 is the learning rate of the optimizer, whose scale is
/// <see cref="StepScale.WholeLoss"/>.
/// </summary>
/// <param name="Growth">What η is multiplied by after an epoch that lowered L; at least 1.</param>
/// <param name="BackOff">What η is multiplied by after one that did not; in (0, 1).</param>
/// <param name="Patience">
/// So many epochs in a row that do not lower L end the descent: a smaller η did not help, and it gets nowhere.
/// </param>
/// <param name="Window">The least n, minibatches that L̂ is a mean over; 1: each is divided by its own loss.</param>
/// <param name="LeftOut">
/// ε, in [0, 1): an epoch goes over the examples that are all but a share ε of L where it begins, as often as its number of steps allows;
/// 0: over all. Whether it is kept is decided by the loss of all.
/// </param>
public sealed record AdaptiveRate(double Growth = 1.1, double BackOff = 0.5, int Patience = 40, int Window = 10, double LeftOut = 0);

/// <summary>Where an <see cref="AdaptiveRate"/> stands.</summary>
/// <param name="moving">The arrays of the state that steps change.</param>
/// <param name="ofRules">Those of them that rules remember gradients by.</param>
/// <param name="active">The examples that an epoch goes over; null: all.</param>
internal sealed class Adaptation(IReadOnlyList<StateArray> moving, IReadOnlyList<StateArray> ofRules, ActiveExamples? active)
{
    private readonly StateCopy _start = new(moving);

    /// <summary>η_e/η_0.</summary>
    public double Factor { get; private set; } = 1;

    /// <summary>log L_e (natural); NaN before the first epoch.</summary>
    public double LogLoss { get; private set; } = double.NaN;

    /// <summary>n over the window that is asked for: at least 1.</summary>
    public double Widening { get; private set; } = 1;

    /// <summary>log L̂.</summary>
    public double Running { get; private set; } = double.NaN;

    /// <summary>A step of the epoch that has begun could not be taken: those that are left are left out.</summary>
    public bool IsLost { get; set; }

    /// <summary>Epochs that were taken back, and how many of them are the last ones.</summary>
    public int TakenBack { get; private set; }

    /// <inheritdoc cref="TakenBack"/>
    public int InARow { get; private set; }

    /// <summary>τ = ∫ L dt: Σ η_e over the steps of the epochs that were kept.</summary>
    public double Tau { get; private set; }

    /// <summary>The examples that the epoch goes over; null: all.</summary>
    public ActiveExamples? Active => active;

    /// <summary>The state where the epoch began.</summary>
    public IReadOnlyList<StateArray> Arrays =>
        [.. _start.Kept("epoch-"), .. active is null ? Array.Empty<StateArray>() : [new("active", active.Mask)]];

    /// <summary>Everything else, by name.</summary>
    public IReadOnlyDictionary<string, double> Scalars => new Dictionary<string, double>(StringComparer.Ordinal)
    {
        ["rate-factor"] = Factor,
        ["epoch-log-loss"] = LogLoss,
        ["running-log-loss"] = Running,
        ["widening"] = Widening,
        ["epoch-is-lost"] = IsLost ? 1 : 0,
        ["taken-back"] = TakenBack,
        ["taken-back-in-a-row"] = InARow,
        ["tau"] = Tau,
    };

    public void Restore(Func<string, double> scalar)
    {
        (Factor, LogLoss, IsLost) = (scalar("rate-factor"), scalar("epoch-log-loss"), scalar("epoch-is-lost") != 0);
        (Running, Widening) = (scalar("running-log-loss"), scalar("widening"));
        (TakenBack, InARow, Tau) = ((int)scalar("taken-back"), (int)scalar("taken-back-in-a-row"), scalar("tau"));
        active?.Refresh();
    }

    /// <summary>Before the first epoch.</summary>
    /// <param name="logLoss">log L_0.</param>
    public void Begin(double logLoss)
    {
        (LogLoss, Running) = (logLoss, logLoss);
        _start.Keep();
    }

    /// <summary>Before a step.</summary>
    /// <param name="rate">The window.</param>
    /// <param name="logLoss">log L_b.</param>
    public void Follow(AdaptiveRate rate, double logLoss)
    {
        var share = 1 / (rate.Window * Widening);
        Running = Vectors.LogAddExp(Running + Math.Log(1 - share), logLoss + Math.Log(share));
    }

    /// <summary>After the last step of an epoch.</summary>
    /// <param name="rate">Growth and back-off.</param>
    /// <param name="logLoss">log L now; NaN is not less.</param>
    /// <param name="tau">η_e times the steps of the epoch.</param>
    /// <returns>Whether the epoch is kept; if not, the weights are what they were where it began.</returns>
    public bool End(AdaptiveRate rate, double logLoss, double tau)
    {
        var falls = !IsLost && logLoss < LogLoss;
        IsLost = false;
        if (falls)
        {
            Begin(logLoss);
            Tau += tau;
            (Factor, Widening, InARow) = (Factor * rate.Growth, Math.Max(1, Widening / rate.Growth), 0);
            return true;
        }
        _start.TakeBack();
        foreach (var memory in ofRules) Array.Clear(memory.Values);
        Begin(LogLoss);
        (Factor, Widening) = (Factor * rate.BackOff, Widening / rate.BackOff);
        (TakenBack, InARow) = (TakenBack + 1, InARow + 1);
        return false;
    }
}
