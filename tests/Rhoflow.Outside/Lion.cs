using System.Numerics;
using Rhoflow.Descents;

namespace Rhoflow.Outside;

/// <summary>
/// Lion (Chen et al. 2023, algorithm 2): u = sign(β₁ m + (1 − β₁) g), m ← β₂ m + (1 − β₂) g, W ← W − η (u + 2λW). An optimizer of another
/// assembly: this file is all of it. OptimizerKind.Register(Lion.Kind) lets configs choose it.
/// </summary>
public sealed record Lion(LearningRate Rate, double Beta1, double Beta2, int Examples) : Optimizer(Rate, Examples)
{
    /// <summary>In configs: lion.</summary>
    public static OptimizerKind Kind { get; } = new("lion", "W ← W − η (sign(β₁ m + (1 − β₁) ∇L) + 2λW), m ← β₂ m + (1 − β₂) ∇L",
        "Chen et al. (2023), algorithm 2",
        [new("beta1", 0.9, "β₁"), new("beta2", 0.99, "β₂")],
        static (rate, batch, values) => new Lion(rate, values.Number("beta1"), values.Number("beta2"), batch));

    /// <inheritdoc/>
    public override IReadOnlyList<IRule> Rules => [new Interpolated(Beta1, Beta2), new Sign(), new DecoupledDecay()];

    private sealed record Interpolated(double Beta1, double Beta2) : IRule
    {
        public IUpdate<T> Init<T>(RuleMemory<T> memory) where T : unmanaged, IFloatingPointIeee754<T> => new Update<T>(this, memory);
    }

    private sealed class Update<T>(Interpolated rule, RuleMemory<T> memory) : IUpdate<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly T[] _m = memory.Array("lion-momentum");
        private readonly T _beta1 = T.CreateTruncating(rule.Beta1), _beta2 = T.CreateTruncating(rule.Beta2);
        private double _largest;

        void IUpdate<T>.Update(in Part<T> part, Span<T> u)
        {
            var m = part.Of(_m);
            for (var i = 0; i < u.Length; i++)
            {
                var g = u[i];
                u[i] = _beta1 * m[i] + (T.One - _beta1) * g;
                m[i] = _beta2 * m[i] + (T.One - _beta2) * g;
            }
        }

        // Means of gradients are no longer than the longest of them.
        public double Bound(in Reach reach)
        {
            if (reach.Measure)
            {
                _largest = 0;
                foreach (var v in _m) _largest += double.CreateTruncating(v * v);
                _largest = Math.Sqrt(_largest);
            }
            return _largest = Math.Max(_largest, reach.Direction);
        }
    }
}
