namespace Rhoflow.Descents;

/// <summary>
/// One step: m ← μ m + g, W ← W − η m, with g = ∇L on a minibatch (plus 2λW). Nesterov's form, as PyTorch writes it: W ← W − η(g + μ m).
/// All examples at once: gradient descent. With a temperature T every step adds √(2ηT) N(0, 1): Langevin (T3 eq. 30), whose stationary
/// density is e^{−L/T} for small η.
/// </summary>
public sealed record Sgd
{
    /// <param name="learningRate">η: a number, or a function of the epoch.</param>
    /// <param name="momentum">μ ∈ [0, 1).</param>
    /// <param name="batch">Examples of a minibatch; 0: all of them, in their order.</param>
    public Sgd(LearningRate learningRate, double momentum = 0, int batch = 0)
    {
        if (!(momentum >= 0 && momentum < 1)) throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "momentum must be in [0, 1)");
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        (LearningRate, Momentum, Batch) = (learningRate, momentum, batch);
    }

    /// <summary>η.</summary>
    public LearningRate LearningRate { get; init; }

    /// <summary>What η is divided by.</summary>
    public StepScale Scale { get; init; }

    /// <summary>μ.</summary>
    public double Momentum { get; init; }

    /// <summary>W ← W − η(g + μ m) instead of − η m.</summary>
    public bool Nesterov { get; init; }

    /// <summary>T of the noise √(2ηT); 0: none. η is what the step really has, with <see cref="Scale"/>.</summary>
    public double Temperature { get; init; }

    /// <summary>Examples of a minibatch; 0: all.</summary>
    public int Batch { get; init; }

    /// <summary>Leaves out the last minibatch of an epoch where it is smaller.</summary>
    public bool DropLast { get; init; }
}
