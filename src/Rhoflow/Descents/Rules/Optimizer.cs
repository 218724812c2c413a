using System.Globalization;

namespace Rhoflow.Descents;

/// <summary>
/// How a gradient becomes a step: which examples it is taken of, its learning rate and its scale, and a pipeline of <see cref="Rules"/>
/// between scale and learning rate. Weight decay, coordinates and interventions belong to <see cref="DescentOptions"/>.
/// </summary>
/// <remarks>
/// One derives from it for an optimizer with a name of its own (see <see cref="IRule"/>); <see cref="Chain"/> takes any rules.
/// With a public static property of type <see cref="OptimizerKind"/> it can be chosen in a config as well.
/// </remarks>
public abstract record Optimizer
{
    /// <summary>What every optimizer has.</summary>
    /// <param name="learningRate">η: a number, or a function of the epoch.</param>
    /// <param name="batch">Examples of a minibatch; 0: all of them, in their order.</param>
    /// <exception cref="ArgumentOutOfRangeException">A negative batch.</exception>
    protected Optimizer(LearningRate learningRate, int batch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        (LearningRate, Batch) = (learningRate, batch);
    }

    /// <summary>η.</summary>
    public LearningRate LearningRate { get; init; }

    /// <summary>What the gradient is divided by before the rules.</summary>
    public StepScale Scale { get; init; }

    /// <summary>
    /// T of the noise √(2ηT) N(0, 1) that every step adds; 0: none. η is what the step really has, with <see cref="Scale"/>.
    /// </summary>
    public double Temperature { get; init; }

    /// <summary>Examples of a minibatch; 0: all.</summary>
    public int Batch { get; init; }

    /// <summary>Leaves out the last minibatch of an epoch where it is smaller.</summary>
    public bool DropLast { get; init; }

    /// <summary>The rules, in the order in which a direction goes through them.</summary>
    public abstract IReadOnlyList<IRule> Rules { get; }

    /// <summary>
    /// False: the decay of weights is part of the gradient, ∇L + 2λW, and goes through scale and rules with it. True: one of the rules adds
    /// −2λW to what the others made of −∇L (<see cref="IRule.DecaysWeights"/>).
    /// </summary>
    public bool DecouplesDecay => Rules.Any(static r => r.DecaysWeights);

    /// <summary>Checks what the constructor and single properties cannot.</summary>
    /// <exception cref="ArgumentException">Numbers that do not fit each other; the message is a sentence.</exception>
    public virtual void Check()
    {
        if (!(Temperature >= 0 && double.IsFinite(Temperature)))
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"the temperature must be finite and not negative; {Temperature} was given"));
    }
}

/// <summary>Any rules in any order: an optimizer without a name of its own.</summary>
/// <example><code>
/// new Chain(0.01, batch: 64, new Momentum(0.9), new Sign())      // Signum
/// </code></example>
public sealed record Chain : Optimizer
{
    /// <summary>A pipeline of rules.</summary>
    /// <param name="learningRate">η: a number, or a function of the epoch.</param>
    /// <param name="batch">Examples of a minibatch; 0: all of them, in their order.</param>
    /// <param name="rules">The first one gets the gradient.</param>
    public Chain(LearningRate learningRate, int batch, params IReadOnlyList<IRule> rules) : base(learningRate, batch) => Rules = [.. rules];

    /// <inheritdoc/>
    public override IReadOnlyList<IRule> Rules { get; }
}
