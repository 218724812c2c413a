using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Data;
using Rhoflow.Numerics;

namespace Rhoflow.Limits;

/// <summary>
/// v*(ρ) = v_svm + c/ρ + o(1/ρ) (T3 Theorem 5, §16): c ∈ span(support vectors), c ⊥ v_svm, with e^{−c·z_n} ∝ α_n on the support vectors,
/// which is the minimizer of Σ_SV e^{−c·z_n} over c ⊥ v_svm. It is why weight normalization is no faster than 1/ρ on two or more unequal
/// support vectors (T3 §16; T3 eq. 80 holds for one).
/// </summary>
public sealed record FixedRhoExpansion
{
    private readonly double[] _c, _dual;

    private FixedRhoExpansion(double[] c, double[] dual) => (_c, _dual) = (c, dual);

    /// <summary>
    /// False if some example at the margin has α_n = 0 in every dual solution (it touches the margin without carrying weight). Then
    /// e^{−c·z_n} ∝ α_n has no finite c: the correction along that example grows like log ρ/ρ, and no expansion of this form exists.
    /// </summary>
    public bool Exists => Unloaded.Count == 0;

    /// <summary>The examples at the margin whose α_n is 0 in every dual solution; empty where the expansion exists.</summary>
    public required IReadOnlyList<int> Unloaded { get; init; }

    /// <summary>c, d numbers; empty if it does not exist.</summary>
    public ReadOnlySpan<double> C => _c;

    /// <summary>‖c‖ = lim ρ‖v*(ρ) − v_svm‖; NaN if it does not exist.</summary>
    public double Norm => Exists ? Vectors.Norm(C) : double.NaN;

    /// <summary>log Σ_SV e^{−c·z_n}: −log L = ργ − this + o(1) along v*(ρ). NaN if it does not exist.</summary>
    public required double LogSum { get; init; }

    /// <summary>
    /// The dual weights that e^{−c·z_n} selects, N numbers: those of <see cref="HardMarginSolution.Dual"/> where these are unique, the one
    /// of largest entropy where they are not. Empty if it does not exist.
    /// </summary>
    public ReadOnlySpan<double> Dual => _dual;

    /// <summary>
    /// κ = the smallest eigenvalue of Σ p_n (Pz_n)(Pz_n)ᵀ/γ² on span(SV) ∩ v⊥, p = α/Σα: under gradient flow the distance of w's tangent
    /// part from c decays like t^−κ. κ may be far below 1, and is why asymptotics show only from t ~ 1e8 on. ∞ if that space is {0}; NaN
    /// without an expansion.
    /// </summary>
    public required double Relaxation { get; init; }

    /// <summary>The expansion of a binary problem.</summary>
    /// <param name="binary">The data of <paramref name="svm"/>.</param>
    /// <param name="svm">Their maximum margin without a bias.</param>
    /// <exception cref="ArgumentException">The margin has a bias.</exception>
    public static FixedRhoExpansion Of(Dataset binary, HardMarginSolution svm)
    {
        if (svm.Bias != 0)
            throw new ArgumentException(
                "the expansion is about the sphere ‖v‖ = 1 without a bias; a constant input makes the bias a weight", nameof(svm));
        int d = binary.Inputs;
        var signed = binary.Signed();
        var support = svm.SupportVectors;
        var tangent = new double[support.Count][];
        for (var k = 0; k < support.Count; k++)
        {
            var z = signed.AsSpan(support[k] * d, d);
            tangent[k] = z.ToArray();
            Vectors.Add(-Compensated.Dot(svm.Direction, z), svm.Direction, tangent[k]);
            // What is left of a support vector along v itself is rounding, not a direction.
            if (Vectors.Norm(tangent[k]) <= 1e-13 * Vectors.Norm(z)) Array.Clear(tangent[k]);
        }
        var unloaded = Unpushing(svm, tangent);
        if (unloaded.Count > 0)
            return new FixedRhoExpansion([], []) { Unloaded = unloaded, LogSum = double.NaN, Relaxation = double.NaN };

        var space = new RowSpace(tangent.Where(t => Vectors.Norm(t) > 0), d);
        var a = tangent.Select(t => space.Coordinates(t)).ToArray();
        if (Newton(a, space.Rank, svm) is not var (c, weights, logSum)) return InClosedForm(binary, svm, tangent);
        var dual = new double[binary.Count];
        for (var k = 0; k < support.Count; k++) dual[support[k]] = weights[k] / (svm.Margin * svm.Margin);
        return new FixedRhoExpansion(space.Vector(c), dual)
        {
            Unloaded = [],
            LogSum = logSum,
            Relaxation = space.Rank == 0
                ? double.PositiveInfinity
                : SecondMoment(a, weights).Evd(Symmetricity.Symmetric).EigenValues.Min(e => e.Real) / (svm.Margin * svm.Margin),
        };
    }

    // Null where float64 does not resolve the minimum: α of the support vectors is known, and the weights must be it where it is unique.
    private static (double[] C, double[] Weights, double LogSum)? Newton(double[][] a, int rank, HardMarginSolution svm)
    {
        try
        {
            var (c, weights, logSum) = Minimize(a, rank);
            if (svm.Multiplicity != 0) return (c, weights, logSum);
            for (var k = 0; k < weights.Length; k++)
                if (!(Math.Abs(weights[k] / svm.DualShares[svm.SupportVectors[k]] - 1) <= 1e-8)) return null;
            return (c, weights, logSum);
        }
        catch (ArgumentException)
        {
            return null;          // a second moment that is singular to rounding
        }
    }

    // With linearly independent support vectors c = Σ β_n z_n, Kβ = −log p − H(p), K their Gram matrix, p = α/Σα and H its entropy:
    // z_n·c = −log p_n − H says that e^{−c·z_n} ∝ p_n, and Σ β_n = 0 that c ⊥ v. K is factored in extended precision.
    private static FixedRhoExpansion InClosedForm(Dataset binary, HardMarginSolution svm, double[][] tangent)
    {
        const int bits = 512;
        int d = binary.Inputs, count = svm.SupportVectors.Count;
        double[] p = [.. svm.SupportVectors.Select(n => svm.DualShares[n])];
        if (svm.Multiplicity != 0 || !Array.TrueForAll(p, static v => v > 0))
            throw new ArithmeticException($"data '{binary.Name}': v + c/ρ is not resolved in float64, because support vectors "
                + "nearly coincide or oppose each other");
        var z = svm.SupportVectors.Select(n => binary.Example(n).ToArray().Select(v => BigFloat.Of(binary.Y[n] * v, bits)).ToArray())
            .ToArray();
        var k = BigCholesky.Of([.. z.Select((row, j) => z[..(j + 1)].Select(other => BigFloat.Dot(row, other)).ToArray())]);
        BigFloat[] surprise = [.. p.Select(v => BigFloat.Of(-Math.Log(v), bits))], ones = [.. p.Select(_ => BigFloat.Of(1, bits))];
        // With α = K⁻¹1 of this precision c ⊥ v comes out as precisely; the rounding of p in double would be magnified by 1/γ².
        var alpha = k.Solve(ones);
        var entropy = BigFloat.Dot(alpha, surprise) / BigFloat.Dot(alpha, ones);
        var beta = k.Solve([.. surprise.Select(v => v - entropy)]);
        var c = new double[d];
        for (var i = 0; i < d; i++) c[i] = BigFloat.Dot(beta, [.. z.Select(row => row[i])]).ToDouble();
        var dual = new double[binary.Count];
        foreach (var n in svm.SupportVectors) dual[n] = svm.Dual[n];
        var rows = DenseMatrix.Create(d, count, (i, j) => Math.Sqrt(p[j]) * tangent[j][i] / svm.Margin);
        var singular = rows.Svd(false).S;
        return new FixedRhoExpansion(c, dual)
        {
            Unloaded = [],
            LogSum = entropy.ToDouble(),
            Relaxation = count == 1 ? double.PositiveInfinity : singular[count - 2] * singular[count - 2],
        };
    }

    // α_n can be positive exactly if −Pz_n lies in the cone of the other Pz_m.
    private static List<int> Unpushing(HardMarginSolution svm, double[][] tangent)
    {
        var found = new List<int>();
        var active = svm.ActiveSupportVectors.ToHashSet();
        for (var k = 0; k < tangent.Length; k++)
        {
            var size = Vectors.Norm(tangent[k]);
            if (size == 0 || active.Contains(svm.SupportVectors[k])) continue;
            var others = tangent.Where((_, j) => j != k).ToArray();
            var target = tangent[k].Select(v => -v).ToArray();
            if (NonnegativeLeastSquares.Solve(others, target).Residual > 1e-9 * size) found.Add(svm.SupportVectors[k]);
        }
        return found;
    }

    // min_c log Σ e^{−c·a_k}: smooth, strictly convex on the span, attained; damped Newton.
    private static (double[] C, double[] Weights, double LogSum) Minimize(double[][] a, int rank)
    {
        var c = new double[rank];
        double[] exponents = new double[a.Length], p = new double[a.Length];
        double Value(double[] at)
        {
            for (var k = 0; k < a.Length; k++) exponents[k] = -Vectors.Dot(at, a[k]);
            var value = Vectors.LogSumExp(exponents);
            for (var k = 0; k < a.Length; k++) p[k] = Math.Exp(exponents[k] - value);
            return value;
        }
        var log = Value(c);
        for (var step = 0; step < 200 && rank > 0; step++)
        {
            var g = new double[rank];
            for (var k = 0; k < a.Length; k++) Vectors.Add(p[k], a[k], g);
            // The full second moment, without −g gᵀ: the same at the minimum, and never singular on the span.
            var dc = SecondMoment(a, p).Cholesky().Solve(DenseVector.OfArray(g)).ToArray();
            var decrement = Vectors.Dot(g, dc);
            var next = new double[rank];
            for (var t = 1.0; ; t /= 2)
            {
                for (var i = 0; i < rank; i++) next[i] = c[i] + t * dc[i];
                var value = Value(next);
                if (value <= log - 1e-4 * t * decrement || decrement < 1e-12 || t < 1e-10)
                {
                    log = value;
                    break;
                }
            }
            next.CopyTo(c, 0);
            if (Vectors.Norm(dc) <= 1e-15 * (1 + Vectors.Norm(c)) || decrement <= 1e-32) break;
        }
        return (c, p, Value(c));
    }

    private static DenseMatrix SecondMoment(double[][] a, double[] p)
    {
        var rank = a[0].Length;
        var h = DenseMatrix.Create(rank, rank, 0);
        for (var k = 0; k < a.Length; k++)
            for (var j = 0; j < rank; j++) Vectors.Add(p[k] * a[k][j], a[k], h.Values.AsSpan(j * rank, rank));
        return h;
    }
}
