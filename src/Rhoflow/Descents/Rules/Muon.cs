using System.Numerics;
using System.Numerics.Tensors;
using Rhoflow.Kernels;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Descents;

/// <summary>
/// Muon (Jordan et al. 2024): momentum, M ← μ M + ∇L, then every matrix of weights goes by its polar factor, W ← W − η U Vᵀ for M = U Σ Vᵀ,
/// formed by Newton–Schulz iterations (Bernstein and Newhouse 2024). A convolution is its matrix of maps × patch. Of weights that act on
/// one coordinate each (diagonal layers, γ and β of batch normalization, norms) the matrix would be diagonal, and its polar factor is the
/// sign.
/// </summary>
/// <remarks>
/// Steepest descent in the spectral norm: on separable data directions of a linear network of classes go to the maximum margin there,
/// max min_n,c (W_y − W_c)·x_n over ‖W‖₂ ≤ 1 (Fan, Schmidt and Thrampoulidis 2025). Jordan et al. multiply steps by √max(1, rows/columns);
/// here they are the polar factor itself, and the factor is a matter of η.
/// </remarks>
public sealed record Muon : Optimizer
{
    /// <summary>Muon with the numbers of its authors, unless others are given.</summary>
    /// <param name="learningRate">η: a number, or a function of the epoch. The spectral norm of every matrix's step.</param>
    /// <param name="momentum">μ ∈ [0, 1).</param>
    /// <param name="nesterov">The polar factor of ∇L + μ M instead of M.</param>
    /// <param name="batch">Examples of a minibatch; 0: all of them, in their order.</param>
    /// <exception cref="ArgumentOutOfRangeException">A momentum outside [0, 1).</exception>
    public Muon(LearningRate learningRate, double momentum = 0.95, bool nesterov = true, int batch = 0) : base(learningRate, batch)
    {
        if (momentum is not (>= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "momentum must be in [0, 1)");
        (Momentum, Nesterov) = (momentum, nesterov);
    }

    /// <summary>In configs: muon.</summary>
    public static OptimizerKind Kind { get; } = new("muon", "W_k ← W_k − η UVᵀ, UΣVᵀ = M ← μ M + ∇L (+ Nesterov's form): spectral descent",
        "Jordan et al. (2024); Bernstein and Newhouse (2024)",
        [
            new("momentum", 0.95, "μ"),
            new("nesterov", 1, "UΣVᵀ = ∇L + μ M") { Type = OptimizerKeyType.Flag },
            new("iterations", 5, "Newton–Schulz iterations: singular values to within 0.3 of 1") { Type = OptimizerKeyType.Whole },
            new("polish", 0, "iterations that then bring them to 1; 6 reach rounding") { Type = OptimizerKeyType.Whole },
        ],
        static (rate, batch, values) => new Muon(rate, values.Number("momentum"), values.Flag("nesterov"), batch)
        {
            Polar = new Orthogonalize(values.Whole("iterations"), values.Whole("polish")),
        });

    /// <summary>μ.</summary>
    public double Momentum { get; }

    /// <summary>Nesterov's form of the momentum.</summary>
    public bool Nesterov { get; }

    /// <summary>How the polar factor is formed.</summary>
    public Orthogonalize Polar { get; init; } = new();

    /// <inheritdoc/>
    public override IReadOnlyList<IRule> Rules => Momentum == 0 ? [Polar] : [new Momentum(Momentum, Nesterov), Polar];
}

/// <summary>
/// u ← its polar factor, matrix by matrix: X ← M/‖M‖_F, then X ← aX + (bXXᵀ + c(XXᵀ)²)X with Jordan's (a, b, c) = (3.4445, −4.7750,
/// 2.0315), which lifts every singular value between 0.003 and 1 into [0.68, 1.21] in five iterations, then X ← (3/2)X − (1/2)XXᵀX, which
/// squares their distance from 1 in each. Singular vectors stay as they are; a singular value of 0 stays 0.
/// </summary>
/// <param name="Iterations">Of the first kind.</param>
/// <param name="Polish">Of the second kind; 6 reach rounding in float64.</param>
public sealed record Orthogonalize(int Iterations = 5, int Polish = 0) : IRule
{
    // No singular value ends above it: the largest value of Jordan's polynomial between 0 and 1.21 is 1.203.
    private const double Largest = 1.25;

    private const double Tiny = 1e-30;

    /// <inheritdoc/>
    public bool TakesWholeLayers => true;

    /// <inheritdoc/>
    public IUpdate<T> Init<T>(RuleMemory<T> memory) where T : unmanaged, IFloatingPointIeee754<T> => new Update<T>(this, memory);

    private sealed class Update<T>(Orthogonalize rule, RuleMemory<T> memory) : IUpdate<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        // XXᵀ and its square (of the shorter side), and the next X.
        private readonly T[] _gram = new T[Most(memory, Square)], _square = new T[Most(memory, Square)], _next = new T[Most(memory, Count)];
        private readonly double _bound = Largest * Math.Sqrt(memory.Length);

        void IUpdate<T>.Update(in Part<T> part, Span<T> u)
        {
            if (part.Layer is not { Kind: not LayerKind.Diagonal } layer)
            {
                Sign.Of(u);
                return;
            }
            // Twice: the reciprocal of a norm below the normal numbers of T is none of its numbers.
            if (Precise.Norm<T>(u) is > 0 and < Tiny) Spheres.Scale(u, 1 / Tiny, u);
            if (Precise.Norm<T>(u) is not (> 0 and var norm)) return;
            Spheres.Scale(u, 1 / norm, u);
            for (var i = 0; i < rule.Iterations; i++) Iterate(layer, u, part.Team!, 3.4445, -4.7750, 2.0315);
            for (var i = 0; i < rule.Polish; i++) Iterate(layer, u, part.Team!, 1.5, -0.5, 0);
        }

        public double Bound(in Reach reach) => _bound;

        // X ← aX + (bXXᵀ + c(XXᵀ)²)X, or with XᵀX from the right where that is the smaller one.
        private void Iterate(Layer layer, Span<T> x, Team team, double a, double b, double c)
        {
            int rows = layer.Rows, columns = layer.Columns, n = Math.Min(rows, columns);
            Span<T> gram = _gram.AsSpan(0, n * n), square = _square.AsSpan(0, n * n), next = _next.AsSpan(0, x.Length);
            Gemm.Gram<T>(rows <= columns ? GemmForm.NT : GemmForm.TN, n, Math.Max(rows, columns), x, columns, gram, n, false, team);
            Gemm.Mirror(n, gram, n);
            if (c != 0)
            {
                Gemm.Gram<T>(GemmForm.NT, n, n, gram, n, square, n, false, team);
                Gemm.Mirror(n, square, n);
                Spheres.Scale(square, c, square);
                TensorPrimitives.MultiplyAdd(gram, T.CreateTruncating(b), square, gram);
            }
            else Spheres.Scale(gram, b, gram);
            Spheres.Scale(x, a, next);
            if (rows <= columns) Gemm.Multiply<T>(GemmForm.NN, rows, columns, n, gram, n, x, columns, next, columns, true, team);
            else Gemm.Multiply<T>(GemmForm.NN, rows, columns, n, x, columns, gram, n, next, columns, true, team);
            next.CopyTo(x);
        }
    }

    private static int Square(Layer layer) => Math.Min(layer.Rows, layer.Columns) is var n ? n * n : 0;

    private static int Count(Layer layer) => layer.Count;

    private static int Most<T>(RuleMemory<T> memory, Func<Layer, int> size) where T : unmanaged, IFloatingPointIeee754<T> =>
        memory.Layers.Where(static l => l.Kind != LayerKind.Diagonal).Select(size).DefaultIfEmpty().Max();
}
