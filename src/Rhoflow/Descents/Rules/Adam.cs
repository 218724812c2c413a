using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rhoflow.Descents;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1): with g = ∇L and t = 1, 2, …
/// m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², W ← W − η m̂/(√v̂ + ε), m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ), number by number.
/// Weight decay is part of g here (2λW), and so is divided by √v̂ too; <see cref="AdamW"/> decouples it.
/// </summary>
/// <remarks>
/// A step hardly depends on the size of g as long as ε is small beside it. While it is, directions on separable data go to the maximum
/// margin in ℓ∞, max min_n y_n w·x_n over ‖w‖∞ ≤ 1 (Zhang, Zou and Cao 2024); where g has become small beside ε, to that in ℓ₂, as gradient
/// descent's do (Wang, Meng, Chen and Liu 2021). With <see cref="StepScale.LossBased"/> g = ∇L/L, which does not become small.
/// </remarks>
public sealed record Adam : Optimizer
{
    /// <summary>Adam with the numbers of the paper, unless others are given.</summary>
    /// <param name="learningRate">η: a number, or a function of the epoch.</param>
    /// <param name="beta1">β₁ ∈ [0, 1), of the mean of gradients.</param>
    /// <param name="beta2">β₂ ∈ [0, 1), of the mean of their squares; above β₁².</param>
    /// <param name="epsilon">ε > 0.</param>
    /// <param name="batch">Examples of a minibatch; 0: all of them, in their order.</param>
    public Adam(LearningRate learningRate, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, int batch = 0)
        : base(learningRate, batch) => Moments = new Moments(beta1, beta2, epsilon);

    /// <summary>In configs: adam.</summary>
    public static OptimizerKind Kind { get; } = new("adam",
        "W ← W − η m̂/(√v̂ + ε), m and v means of g and g² with weights β₁ᵗ, β₂ᵗ; g = ∇L + 2λW", "Kingma and Ba (2015), algorithm 1",
        Moments.Keys, static (rate, batch, values) => new Adam(rate, batch: batch) { Moments = Moments.Of(values) });

    /// <summary>β₁, β₂ and ε.</summary>
    public Moments Moments { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<IRule> Rules => [Moments];

    /// <inheritdoc/>
    public override void Check()
    {
        Moments.Check();
        base.Check();
    }
}

/// <summary>The rule of <see cref="Adam"/>: u ← m̂/(√v̂ + ε). State: "first-moment" (m), "second-moment" (v).</summary>
/// <param name="Beta1">β₁.</param>
/// <param name="Beta2">β₂.</param>
/// <param name="Epsilon">ε.</param>
public sealed record Moments(double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8) : IRule
{
    internal static IReadOnlyList<OptimizerKey> Keys { get; } =
    [
        new("beta1", 0.9, "β₁, of the mean of gradients"),
        new("beta2", 0.999, "β₂ > β₁², of the mean of their squares"),
        new("epsilon", 1e-8, "ε") { Type = OptimizerKeyType.Positive },
    ];

    internal static Moments Of(OptimizerValues values) => new(values.Number("beta1"), values.Number("beta2"), values.Number("epsilon"));

    /// <inheritdoc/>
    public IUpdate<T> Init<T>(RuleMemory<T> memory) where T : unmanaged, IFloatingPointIeee754<T> => new Update<T>(this, memory);

    /// <summary>Checks that a step is bounded.</summary>
    /// <exception cref="ArgumentException">It is not, or a number is out of its range.</exception>
    public void Check()
    {
        if (!(Beta1 >= 0 && Beta2 < 1 && Beta1 * Beta1 < Beta2))
            throw new ArgumentException("Adam needs 0 ≤ β₁ and β₁² < β₂ < 1: otherwise m̂/√v̂, and with it a step, has no bound");
        if (!(Epsilon > 0 && double.IsFinite(Epsilon))) throw new ArgumentException("Adam's ε must be positive and finite");
    }

    private sealed class Update<T>(Moments rule, RuleMemory<T> memory) : IUpdate<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly T[] _m = memory.Array("first-moment"), _v = memory.Array("second-moment");

        // √P sup |m̂|/√v̂: (Σ (1−β₁) β₁^j g_j)² ≤ Σ β₂^j g_j² · (1−β₁)² Σ (β₁²/β₂)^j by Cauchy and Schwarz, and 1 − β₁ᵗ ≥ 1 − β₁.
        private readonly double _bound = Math.Sqrt(
            memory.Length / ((1 - rule.Beta2) * (1 - rule.Beta1 * rule.Beta1 / rule.Beta2)));

        // Where squares of gradients are 0 in T the root of its smallest number keeps the bound, and 0/ε is 0.
        private readonly T _epsilon = T.CreateTruncating(Math.Max(rule.Epsilon, typeof(T) == typeof(float) ? 1.1e-19 : 1.5e-154));

        void IUpdate<T>.Update(in Part<T> part, Span<T> u)
        {
            var t = part.Step + 1;
            Step(u, part.Of(_m), part.Of(_v), Number(rule.Beta1), Number(1 - rule.Beta1), Number(rule.Beta2), Number(1 - rule.Beta2),
                Number(1 / (1 - Math.Pow(rule.Beta1, t))), Number(1 / (1 - Math.Pow(rule.Beta2, t))), _epsilon);
        }

        // v holds squares: they must stay finite.
        public double Bound(in Reach reach) => reach.Direction * reach.Direction < StepRange<T>.Limit ? _bound : double.PositiveInfinity;

        private static T Number(double value) => T.CreateTruncating(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Step<T>(Span<T> u, Span<T> m, Span<T> v, T beta1, T rest1, T beta2, T rest2, T unbias1, T unbias2, T epsilon)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (b1, r1, b2, r2) = (new Vector<T>(beta1), new Vector<T>(rest1), new Vector<T>(beta2), new Vector<T>(rest2));
        var (c1, c2, e) = (new Vector<T>(unbias1), new Vector<T>(unbias2), new Vector<T>(epsilon));
        var us = MemoryMarshal.Cast<T, Vector<T>>(u);
        var ms = MemoryMarshal.Cast<T, Vector<T>>(m);
        var vs = MemoryMarshal.Cast<T, Vector<T>>(v);
        for (var i = 0; i < us.Length; i++)
        {
            var g = us[i];
            ms[i] = b1 * ms[i] + r1 * g;
            vs[i] = b2 * vs[i] + r2 * (g * g);
            us[i] = c1 * ms[i] / (Vector.SquareRoot(c2 * vs[i]) + e);
        }
        for (var i = us.Length * Vector<T>.Count; i < u.Length; i++)
        {
            var g = u[i];
            m[i] = beta1 * m[i] + rest1 * g;
            v[i] = beta2 * v[i] + rest2 * (g * g);
            u[i] = unbias1 * m[i] / (T.Sqrt(unbias2 * v[i]) + epsilon);
        }
    }
}
