using System.Numerics;
using System.Numerics.Tensors;

namespace Rhoflow.Descents;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2): W ← W − η (m̂/(√v̂ + ε) + 2λW), m and v of ∇L alone.
/// λ is that of <see cref="DescentOptions.WeightDecay"/>, of λ‖W‖²: PyTorch's AdamW takes weight_decay = 2λ for the same steps. With a
/// schedule of η the decay follows it, as in PyTorch and in the paper's algorithm with its η_t and α in one.
/// </summary>
/// <remarks>
/// Where it comes to rest it has found a stationary point of the loss under ‖W‖∞ ≤ 1/(2λ) (Xie and Li 2024), not one of L + λ‖W‖².
/// </remarks>
public sealed record AdamW : Optimizer
{
    /// <inheritdoc cref="Adam(LearningRate, double, double, double, int)"/>
    public AdamW(LearningRate learningRate, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, int batch = 0)
        : base(learningRate, batch) => Moments = new Moments(beta1, beta2, epsilon);

    /// <summary>In configs: adamw.</summary>
    public static OptimizerKind Kind { get; } = new("adamw",
        "W ← W − η (m̂/(√v̂ + ε) + 2λW), m and v of ∇L alone; λ is weight-decay (PyTorch's weight_decay is 2λ)",
        "Loshchilov and Hutter (2019), algorithm 2",
        Moments.Keys, static (rate, batch, values) => new AdamW(rate, batch: batch) { Moments = Moments.Of(values) });

    /// <summary>β₁, β₂ and ε.</summary>
    public Moments Moments { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<IRule> Rules => [Moments, new DecoupledDecay()];

    /// <inheritdoc/>
    public override void Check()
    {
        Moments.Check();
        base.Check();
    }
}

/// <summary>u ← u − 2λX, after the rules that make a step of a gradient. X is W, or the norms where coordinates keep them apart.</summary>
public sealed record DecoupledDecay : IRule
{
    /// <inheritdoc/>
    public bool DecaysWeights => true;

    /// <inheritdoc/>
    public IUpdate<T> Init<T>(RuleMemory<T> memory) where T : unmanaged, IFloatingPointIeee754<T> => new Update<T>();

    private sealed class Update<T> : IUpdate<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        void IUpdate<T>.Update(in Part<T> part, Span<T> u)
        {
            if (part.Decay != 0) TensorPrimitives.MultiplyAdd(part.X, T.CreateTruncating(-2 * part.Decay), u, u);
        }

        public double Bound(in Reach reach) => reach.Direction + 2 * reach.Decay * reach.Weights;
    }
}
