using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rhoflow.Descents;

/// <summary>
/// Sign descent: W ← W − η sign(∇L) (signSGD, Bernstein, Wang, Azizzadenesheli and Anandkumar 2018, algorithm 1), or with momentum
/// m ← μ m + ∇L, W ← W − η sign(m) (Signum, algorithm 2, whose factor 1 − μ of ∇L the sign forgets). The sign of 0 is 0.
/// </summary>
/// <remarks>
/// Steepest descent in the norm ‖W‖∞: on separable data directions go to the maximum margin in ℓ∞, max min_n y_n w·x_n over ‖w‖∞ ≤ 1
/// (Gunasekar, Lee, Soudry and Srebro 2018 for steepest descent; Fan, Schmidt and Thrampoulidis 2025).
/// </remarks>
public sealed record SignDescent : Optimizer
{
    /// <summary>Sign descent, with or without momentum.</summary>
    /// <param name="learningRate">η: a number, or a function of the epoch. The length of the step of every single weight.</param>
    /// <param name="momentum">μ ∈ [0, 1).</param>
    /// <param name="batch">Examples of a minibatch; 0: all of them, in their order.</param>
    public SignDescent(LearningRate learningRate, double momentum = 0, int batch = 0) : base(learningRate, batch) => Momentum = momentum;

    /// <summary>In configs: sign.</summary>
    public static OptimizerKind Kind { get; } = new("sign", "W ← W − η sign(m), m ← μ m + ∇L",
        "Bernstein et al. (2018), algorithms 1 and 2",
        [new("momentum", 0, "μ; 0: the sign of ∇L itself")],
        static (rate, batch, values) => new SignDescent(rate, values.Number("momentum"), batch));

    /// <summary>μ.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside [0, 1).</exception>
    public double Momentum
    {
        get;
        init => field = value is >= 0 and < 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Momentum), value, "momentum must be in [0, 1)");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<IRule> Rules => Momentum == 0 ? [new Sign()] : [new Momentum(Momentum), new Sign()];
}

/// <summary>u ← sign(u), number by number: 1, 0 or −1.</summary>
public sealed record Sign : IRule
{
    /// <inheritdoc/>
    public IUpdate<T> Init<T>(RuleMemory<T> memory) where T : unmanaged, IFloatingPointIeee754<T> => new Update<T>(memory.Length);

    /// <summary>u ← sign(u).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Of<T>(Span<T> u) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var us = MemoryMarshal.Cast<T, Vector<T>>(u);
        for (var i = 0; i < us.Length; i++)
        {
            var up = Vector.ConditionalSelect(Vector.GreaterThan(us[i], Vector<T>.Zero), Vector<T>.One, Vector<T>.Zero);
            us[i] = Vector.ConditionalSelect(Vector.LessThan(us[i], Vector<T>.Zero), -Vector<T>.One, up);
        }
        for (var i = us.Length * Vector<T>.Count; i < u.Length; i++) u[i] = u[i] > T.Zero ? T.One : u[i] < T.Zero ? -T.One : T.Zero;
    }

    private sealed class Update<T>(int length) : IUpdate<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        void IUpdate<T>.Update(in Part<T> part, Span<T> u) => Of(u);

        public double Bound(in Reach reach) => Math.Sqrt(length);
    }
}
