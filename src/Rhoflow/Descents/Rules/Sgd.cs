namespace Rhoflow.Descents;

/// <summary>
/// One step: m ← μ m + g, W ← W − η m, with g = ∇L on a minibatch (plus 2λW). Nesterov's form, as PyTorch writes it: W ← W − η(g + μ m).
/// All examples at once: gradient descent (T3 eq. 8). With a temperature T every step adds √(2ηT) N(0, 1): Langevin (T3 eq. 30), whose
/// stationary density is e^{−L/T} for small η.
/// </summary>
public sealed record Sgd : Optimizer
{
    /// <summary>Gradient descent by minibatches or by all examples, with or without momentum.</summary>
    /// <param name="learningRate">η: a number, or a function of the epoch.</param>
    /// <param name="momentum">μ ∈ [0, 1).</param>
    /// <param name="batch">Examples of a minibatch; 0: all of them, in their order.</param>
    /// <exception cref="ArgumentOutOfRangeException">A momentum outside [0, 1), or a negative batch.</exception>
    public Sgd(LearningRate learningRate, double momentum = 0, int batch = 0) : base(learningRate, batch) => Momentum = momentum;

    /// <summary>In configs: momentum.</summary>
    public static OptimizerKind Kind { get; } = new("momentum", "m ← μ m + ∇L, W ← W − η m; plain steps with μ = 0",
        "T3 eq. 8; Polyak (1964)",
        [
            new("momentum", 0, "μ"),
            new("nesterov", 0, "W ← W − η (∇L + μ m)") { Type = OptimizerKeyType.Flag, Needs = "momentum" },
        ],
        static (rate, batch, values) => new Sgd(rate, values.Number("momentum"), batch) { Nesterov = values.Flag("nesterov") });

    /// <summary>μ.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside [0, 1).</exception>
    public double Momentum
    {
        get;
        init => field = value is >= 0 and < 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Momentum), value, "momentum must be in [0, 1)");
    }

    /// <summary>W ← W − η(g + μ m) instead of − η m.</summary>
    public bool Nesterov { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<IRule> Rules => Momentum == 0 ? [] : [new Momentum(Momentum, Nesterov)];

    /// <inheritdoc/>
    public override void Check()
    {
        if (Nesterov && Momentum == 0) throw new ArgumentException("Nesterov's form needs a momentum above 0");
        base.Check();
    }
}
