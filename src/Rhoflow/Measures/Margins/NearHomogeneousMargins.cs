using Rhoflow.Kernels;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Measures.Margins;

/// <summary>
/// Margins of networks that are homogeneous only nearly: biases, layer normalization, units like GELU, residual sums of several degrees.
/// Cai, Zhou, Wu, Mei, Lindsey, Bartlett 2025 (arXiv 2502.16075) call f M-near-homogeneous where |⟨∂f/∂θ, θ⟩ − M f| ≤ p'(‖θ‖) with a
/// polynomial p' of degree below M, and subtract from the margin a polynomial p_a(‖θ‖), M p_a(r) − r p_a'(r) = p'(r), before they divide it
/// by ‖θ‖^M (quoted from memory: of the paper only the abstract could be looked at). p is a bound that one chooses, so there is no one such
/// number; what does not depend on the choice is measured: the quotient without p_a, how large the left side is, and the limit of the
/// quotient as θ grows along its direction. The quotient less p_a/‖θ‖^M is a lower bound of that limit, since along the ray the derivative
/// of q/r^M is (⟨∂q/∂θ, θ⟩ − M q)/r^{M+1}.
/// </summary>
internal static class NearHomogeneousMargins
{
    private const string Family = "margins", Paper = "Cai, Zhou, Wu, Mei, Lindsey, Bartlett 2025";

    // f(cθ)/c^M is taken at 2^20 and 2^21 times θ/‖θ‖, or as far as c^M stays in the range of a double.
    private const int Doublings = 20, LeastDoublings = 10, LargestExponent = 900;

    /// <summary>The measures, in the order of their columns.</summary>
    public static readonly IReadOnlyList<Measure> All =
    [
        new()
        {
            Family = Family,
            Name = "near_homogeneous_margin",
            Formula = "min_n y_n f_n/‖θ‖^M over training and test examples, θ all parameters (biases and scales too), M the largest degree "
                + "of the parts that f is a sum of; and M",
            Reference = Paper,
            Variant = "without the bound p_a of their normalized margin, which is one's choice; batch normalization counts as a part of "
                + "degree 1 with its scale, 0 without",
            Columns = static s => s.Test is null ? ["near_homogeneous_degree", "near_homogeneous_margin"]
                : ["near_homogeneous_degree", "near_homogeneous_margin", "test_near_homogeneous_margin"],
            Values = static m =>
            {
                var degree = Homogeneity.Leading(m.Setting.Network).M!.Value;
                var scale = Math.Exp(m.Snapshot.LogRho - degree * Math.Log(Vectors.Norm(m.Snapshot.Weights())));
                double[] train = [degree, scale * m.Snapshot.Margin];
                return m.Setting.Test is null ? train : [.. train, m.Test is { } t ? scale * t.MarginsArray.Min() : double.NaN];
            },
            Refuse = Refuse,
        },
        new()
        {
            Family = Family,
            Name = "homogenization",
            Formula = "min_n y_n f_H(θ/‖θ‖; x_n), f_H(θ) = lim_{c→∞} f(cθ)/c^M, and max_n |⟨∂q_n/∂θ, θ⟩ − M q_n|/‖θ‖^M with q_n = y_n f_n "
                + $"or f_y − max_{{j≠y}} f_j, of the at most {InputMargins.LargestSample} examples with the smallest q_n",
            Reference = Paper,
            Variant = "the limit by extrapolation from c = 2^20/‖θ‖ and 2^21/‖θ‖",
            Need = MeasureNeed.Gradients,
            Cost = "four passes of 1000 examples in float64",
            Work = static s => new(Examples: 2.0 * Math.Min(s.Train?.Count ?? 0, InputMargins.LargestSample)),
            Columns = static _ => ["homogenized_margin", "near_homogeneity_gap"],
            Values = static m => Homogenized(m),
            Refuse = static s => Refuse(s) ?? (s.Network.StatisticsCount > 0 ? "the statistics of batch normalization would grow with the "
                + "weights, and those of θ are what is known" : null),
        },
    ];

    private static string? Refuse(MeasureSetting s)
    {
        if (MarginMeasures.NoMargins(s) is { } why) return why;
        var h = Homogeneity.Of(s.Network);
        if (h.Reason is null && h.Layers.All(static e => e is not null))
            return "the network is homogeneous in every W_k: its margins divided by ρ do not depend on the scale of the weights";
        return Homogeneity.Leading(s.Network).WhyNot is { } none ? $"the network is not near-homogeneous: {none}" : null;
    }

    private static double[] Homogenized(MeasureInput m)
    {
        var degree = Homogeneity.Leading(m.Setting.Network).M!.Value;
        var doublings = Math.Min(Doublings, LargestExponent / degree - 1);
        if (m.Passes is not { } passes || doublings < LeastDoublings) return [double.NaN, double.NaN];
        double[] theta = passes.Theta.ToArray(), far = new double[theta.Length], farther = new double[theta.Length];
        var norm = Vectors.Norm(theta);
        if (!(norm > 0)) return [double.NaN, double.NaN];
        double c = Math.ScaleB(1, doublings), unit = Math.Pow(norm, degree);
        Vectors.Scale(c / norm, theta, far);
        Vectors.Scale(2 * c / norm, theta, farther);
        var examples = Closest(m.Snapshot.MarginsArray);
        var size = passes.Network.Outputs;
        var capacity = InputGradients<double>.CapacityOf(passes.Network);
        var graph = new GraphPasses<double>(passes.Network, capacity, passes.Team);
        var batch = new Minibatch<double>(passes.Network.Input, capacity, shared: false, passes.Team);
        double[] weights = new double[capacity * size], limit = new double[capacity * size];
        var (margin, gap) = (double.PositiveInfinity, 0.0);
        for (var first = 0; first < examples.Length; first += capacity)
        {
            passes.Cancellation.Look();
            var some = passes.Data.Choose(examples[first..Math.Min(first + capacity, examples.Length)]);
            var count = some.Count * size;
            batch.GatherRange(some.X, [], 0, some.Count);
            graph.Forward(theta, batch, NormalizeBy.Running);
            double[] f = graph.Outputs.ToArray();
            MarginWeights.Fill(f, some.Y, size, weights.AsSpan(0, count));
            var dot = graph.JacobianVectorProduct(theta, theta);
            for (var i = 0; i < count; i += size)
            {
                var w = weights.AsSpan(i, size);
                gap = Math.Max(gap, Math.Abs(Vectors.Dot(w, dot.Slice(i, size)) - degree * Vectors.Dot(w, f.AsSpan(i, size))) / unit);
            }
            // f(cθ)/c^M = f_H + a/c + …: twice the value at 2c less that at c has no a/c any more.
            graph.Forward(far, batch, NormalizeBy.Running);
            for (var i = 0; i < count; i++) limit[i] = -graph.Outputs[i] / Math.Pow(c, degree);
            graph.Forward(farther, batch, NormalizeBy.Running);
            for (var i = 0; i < count; i++) limit[i] += 2 * graph.Outputs[i] / Math.Pow(2 * c, degree);
            foreach (var q in Margin.All(limit[..count], some.Y, size)) margin = Math.Min(margin, q);
        }
        return [margin, gap];
    }

    private static int[] Closest(double[] margins) =>
        [.. Enumerable.Range(0, margins.Length).OrderBy(n => margins[n]).Take(InputMargins.LargestSample).Order()];
}
