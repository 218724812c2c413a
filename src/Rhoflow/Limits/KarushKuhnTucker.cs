using Rhoflow.Data;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Limits;

/// <summary>How near a direction is to a stationary point of the maximum-margin problem.</summary>
public sealed record KktPoint
{
    private readonly double[] _alpha;

    internal KktPoint(double[] alpha) => _alpha = alpha;

    /// <summary>
    /// min_{α≥0} ‖V̂ − Σ α_n y_n ∂f̃_n/∂V‖ with ‖V̂‖ = 1: the sine of the angle between V and the cone; 0 at a KKT point, at most 1.
    /// </summary>
    public required double Residual { get; init; }

    /// <summary>The minimizing α_n ≥ 0, N numbers, zero off the examples considered.</summary>
    public ReadOnlySpan<double> Alpha => _alpha;

    /// <summary>
    /// Σ α_n (q_n − q_min) / Σ α_n |q_n|, q_n = y_n f̃_n: how far the weight sits from the margin itself. 0 if no α is positive.
    /// </summary>
    public required double Complementarity { get; init; }

    /// <summary>The examples whose q_n is within the slack of the smallest.</summary>
    public required IReadOnlyList<int> Considered { get; init; }
}

/// <summary>
/// Stationarity of max_V min_n y_n f̃_n under ‖V_k‖ = 1 for all k (T3 §4, Theorem 5, Lemma 6, Theorem 7): Σ α_n y_n ∂f̃_n/∂V_k = λ V_k with
/// α ≥ 0 on the support vectors, λ = Σ α_n y_n f̃_n the same for every layer by homogeneity. It is Lyu and Li's approximate KKT (2020) at
/// balanced layers. The papers' "only one support vector, ∂f/∂V − Vf = 0" (T3 eq. 16 and after it, PNAS eq. 14) asks this of each example
/// alone; only the weighted sum vanishes.
/// </summary>
public static class KarushKuhnTucker
{
    /// <summary>For any model, from numbers.</summary>
    /// <param name="direction">V, P numbers, any nonzero length.</param>
    /// <param name="gradients">y_n ∂f_n/∂V, one array of P numbers per example.</param>
    /// <param name="margins">q_n = y_n f_n.</param>
    /// <param name="slack">Examples with q_n ≤ q_min + slack·|q_min| may carry weight; 0: only exact ties; ∞: all.</param>
    /// <exception cref="ArgumentException">V is zero, the slack negative, or the numbers of gradients and margins differ.</exception>
    public static KktPoint At(ReadOnlySpan<double> direction, IReadOnlyList<double[]> gradients, ReadOnlySpan<double> margins, double slack)
    {
        if (gradients.Count != margins.Length || margins.IsEmpty)
            throw new ArgumentException(
                $"{gradients.Count} gradients and {margins.Length} margins were given; one of each is needed for every example");
        if (!(slack >= 0)) throw new ArgumentOutOfRangeException(nameof(slack), slack, "the slack must not be negative");
        var norm = Vectors.Norm(direction);
        if (!(norm > 0)) throw new ArgumentException("V is zero and has no direction", nameof(direction));
        var target = direction.ToArray();
        foreach (ref var v in target.AsSpan()) v /= norm;

        var smallest = double.PositiveInfinity;
        foreach (var q in margins) smallest = Math.Min(smallest, q);
        var considered = new List<int>();
        for (var n = 0; n < margins.Length; n++)
            if (double.IsPositiveInfinity(slack) || margins[n] <= smallest + slack * Math.Abs(smallest)) considered.Add(n);
        var (weights, residual) = NonnegativeLeastSquares.Solve([.. considered.Select(n => gradients[n])], target);
        var alpha = new double[margins.Length];
        double gap = 0, size = 0;
        for (var k = 0; k < considered.Count; k++)
        {
            alpha[considered[k]] = weights[k];
            gap += weights[k] * (margins[considered[k]] - smallest);
            size += weights[k] * Math.Abs(margins[considered[k]]);
        }
        return new KktPoint(alpha) { Residual = residual, Complementarity = size == 0 ? 0 : gap / size, Considered = considered };
    }

    /// <summary>For a network: every layer is first scaled to norm 1, which changes no sign of f and equalizes the layers.</summary>
    /// <param name="network">One output, homogeneous of degree 1 in every layer.</param>
    /// <param name="theta">Its weights, any scale, no layer zero.</param>
    /// <param name="binary">Labels ±1.</param>
    /// <param name="slack">Relative: examples with y_n f̃_n up to (1 + slack) times the smallest may carry weight.</param>
    /// <param name="kink">
    /// A ReLU stands on its kink where |z| ≤ kink·‖w‖‖a‖, and may have any slope between those of its sides there, as Clarke's
    /// subdifferential allows (T3 §2): flows of ReLU networks end on kinks. 0: the slope of the side that z is on.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The network has several outputs or another degree, a layer is zero, or an example has more than twelve units on their kinks.
    /// </exception>
    /// <exception cref="DataException">Labels other than ±1.</exception>
    public static KktPoint At(Network network, ReadOnlySpan<double> theta, Dataset binary, double slack = .01, double kink = 0)
    {
        if (network.Outputs != 1)
            throw new ArgumentException($"the margin is of a network with 1 output; this one has {network.Outputs}", nameof(network));
        if (network.Exponents.IndexOfAnyExcept(1) >= 0)
            throw new ArgumentException("layers of different homogeneity have different multipliers; use the form that takes gradients",
                nameof(network));
        if (!binary.IsBinary) throw new DataException($"data '{binary.Name}': a margin needs labels −1 and +1");
        var v = theta.ToArray();
        for (var k = 0; k < network.Depth; k++)
        {
            var layer = network.Layers[k].Of(v.AsSpan());
            var norm = Vectors.Norm(layer);
            if (!(norm > 0)) throw new ArgumentException($"layer {k + 1} is zero and has no direction", nameof(theta));
            foreach (ref var w in layer) w /= norm;
        }
        var clarke = ClarkeGradients.Of(network, v, binary, kink);
        double[] margins = [.. clarke.Examples.Select(n => clarke.Margins[n])];
        var point = At(v, clarke.Gradients, margins, slack);
        var alpha = new double[binary.Count];
        for (var i = 0; i < margins.Length; i++) alpha[clarke.Examples[i]] += point.Alpha[i];
        return new KktPoint(alpha)
        {
            Residual = point.Residual,
            Complementarity = point.Complementarity,
            Considered = [.. point.Considered.Select(i => clarke.Examples[i]).Distinct().Order()],
        };
    }
}
