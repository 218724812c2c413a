using System.Numerics;
using System.Numerics.Tensors;
using Rhoflow.Numerics;

namespace Rhoflow.Descents;

/// <summary>
/// m ← μ m + u, u ← m (Polyak 1964); in Nesterov's form, as PyTorch writes it, u ← u + μ m. State: "momentum".
/// </summary>
/// <param name="Mu">μ ∈ [0, 1).</param>
/// <param name="Nesterov">u + μ m instead of m.</param>
public sealed record Momentum(double Mu, bool Nesterov = false) : IRule
{
    /// <inheritdoc/>
    public IUpdate<T> Init<T>(RuleMemory<T> memory) where T : unmanaged, IFloatingPointIeee754<T> => new MomentumUpdate<T>(this, memory);
}

/// <summary>
/// The update of <see cref="Momentum"/>. In plain coordinates the step is one kernel instead, which reads <see cref="M"/>.
/// </summary>
internal sealed class MomentumUpdate<T>(Momentum rule, RuleMemory<T> memory) : IUpdate<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    // A bound on ‖m‖, carried from step to step: a look at every number would be another pass.
    private double _reach;

    public Momentum Rule => rule;

    public T[] M { get; } = memory.Array("momentum");

    public void Update(in Part<T> part, Span<T> u)
    {
        var m = part.Of(M);
        var mu = T.CreateTruncating(rule.Mu);
        TensorPrimitives.MultiplyAdd(m, mu, u, m);
        if (rule.Nesterov) TensorPrimitives.MultiplyAdd(m, mu, u, u);
        else m.CopyTo(u);
    }

    public double Bound(in Reach reach)
    {
        if (reach.Measure) _reach = Precise.Norm<T>(M);
        _reach = rule.Mu * _reach + reach.Direction;
        if (!(_reach < StepRange<T>.Limit)) return double.PositiveInfinity;
        return rule.Nesterov ? reach.Direction + rule.Mu * _reach : _reach;
    }
}
