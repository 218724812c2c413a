using Rhoflow.Losses;
using Rhoflow.Measures.Margins;
using Rhoflow.Numerics;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Limits;

/// <summary>
/// How near the weights are to a Karush–Kuhn–Tucker point of min ½‖θ‖² under q_n(θ) ≥ 1 for all n, where q_n is the margin y f or f_y −
/// max_{j≠y} f_j (Lyu and Li 2020, problem (P) and its (ε, δ)-points; their limit of gradient flow on homogeneous networks with an
/// exponential-type loss). θ is scaled so that min q_n = 1, which no angle depends on. At a point: θ = Σ λ_n ∂q_n/∂θ, λ_n ≥ 0, λ_n (q_n −
/// 1) = 0. Unlike max-margin under ‖V_k‖ = 1 it asks for layers of equal norm as well, which flow brings about only as the norms grow (the
/// differences of ρ_k² stay).
/// </summary>
/// <remarks>
/// The λ are those that violate both conditions least, ε² + (L Σλ_n(q_n − 1)/‖θ‖²)², L the degree of f (at a point L Σλ_nq_n = ‖θ‖²):
/// nonnegative least squares with the slackness as one more row. For ε alone nearly any θ that separates has weights, with slack on most of
/// them.
/// </remarks>
/// <param name="Epsilon">‖θ − Σ λ_n ∂q_n/∂θ‖/‖θ‖, in [0, 1].</param>
/// <param name="Slackness">Σ λ_n (q_n − 1)/Σ λ_n: how far from the margin the examples lie that carry the weights; 0 if no λ is
/// positive.</param>
/// <param name="Candidates">The examples with the smallest margins, ascending.</param>
/// <param name="Weights">λ_n/Σλ of the candidates.</param>
internal sealed record MaxMarginKkt(double Epsilon, double Slackness, IReadOnlyList<int> Candidates, double[] Weights)
{
    /// <summary>
    /// At most this many examples may carry weight; fewer of very large networks, so that their gradients fit into memory.
    /// </summary>
    public const int LargestSupport = 100;

    /// <summary>How many examples may carry weight.</summary>
    public static int SupportSize(int parameters, int examples) => Math.Min(examples, Sampling.Gradients(parameters, LargestSupport));

    /// <summary>Null while an example is misclassified: no scale of θ then fulfils q_n ≥ 1.</summary>
    public static MaxMarginKkt? Of(Linearization passes)
    {
        var outputs = passes.Network.Outputs;
        var margins = Losses.Margin.All(passes.Outputs, passes.Data.Y, outputs);
        var degree = Networks.Homogeneity.Of(passes.Network).Degree
            ?? throw new ArgumentException($"{passes.Network} has no degree of homogeneity", nameof(passes));
        var size = Vectors.Norm(passes.Theta);
        var order = SupportVectors.Order(margins);
        var smallest = margins[order[0]];
        if (!(smallest > 0)) return null;
        var candidates = order[..SupportSize(passes.Network.ParameterCount, margins.Length)];
        var gradients = new double[candidates.Length][];
        var norms = new double[candidates.Length];
        passes.EachVectorJacobianProduct(candidates, MarginWeights.Of(passes.Outputs, passes.Data.Y, outputs, candidates),
            (_, i, gradient) =>
        {
            gradients[i] = [.. gradient, degree * (margins[candidates[i]] - smallest) / size];
            norms[i] = Vectors.Norm(gradient);
            Vectors.Scale(1 / norms[i], gradients[i], gradients[i]);
        });
        double[] rest = [.. passes.Theta, 0];
        Vectors.Scale(1 / size, rest, rest);
        var (alpha, _) = NonnegativeLeastSquares.Solve(gradients, rest, passes.Cancellation);
        for (var i = 0; i < alpha.Length; i++) Vectors.Add(-alpha[i], gradients[i], rest);
        var epsilon = Vectors.Norm(rest.AsSpan(0, passes.Theta.Length));
        double total = 0, slack = 0;
        for (var i = 0; i < alpha.Length; i++)
        {
            alpha[i] /= norms[i];
            total += alpha[i];
            slack += alpha[i] * (margins[candidates[i]] / smallest - 1);
        }
        if (total == 0) return new MaxMarginKkt(epsilon, 0, candidates, alpha);
        Vectors.Scale(1 / total, alpha, alpha);
        return new MaxMarginKkt(epsilon, slack / total, candidates, alpha);
    }

    /// <summary>Smaller shares of the weight are rounding.</summary>
    public const double Rounding = 1e-9;

    /// <summary>The examples that carry weight, the heaviest first; ties in the order of their margins.</summary>
    public IReadOnlyList<(int Example, double Weight)> Heaviest() =>
        [.. Candidates.Zip(Weights).Where(static p => p.Second > Rounding).OrderByDescending(static p => p.Second)];
}
