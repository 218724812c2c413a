using Rhoflow.Kernels;
using Rhoflow.Numerics;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Bounds;

/// <summary>An empirical Rademacher complexity E_σ sup_f (1/N) Σ_n σ_n f(x_n).</summary>
/// <param name="Value">The mean over draws of σ, or over all of them.</param>
/// <param name="StandardError">Of the mean; 0 where all 2^N signs were taken.</param>
internal readonly record struct RademacherComplexity(double Value, double StandardError)
{
    /// <summary>Up to this many examples all signs are taken.</summary>
    public const int LargestEnumeration = 16;

    /// <summary>
    /// R_N{ρ f̃ : f̃ ∈ F̃} = ρ R_N(F̃), because the supremum of a multiple is the multiple of the supremum (T3 eq. 1; SQ eq. 42;
    /// PNAS eq. 1d).
    /// </summary>
    /// <param name="rho">ρ ≥ 0.</param>
    public RademacherComplexity Scaled(double rho) => rho >= 0
        ? new(rho * Value, rho * StandardError)
        : throw new ArgumentOutOfRangeException(nameof(rho), rho, "a class is scaled by ρ ≥ 0");

    /// <summary>
    /// The class {w·x : ‖w‖ ≤ 1}: the supremum is ‖Σ_n σ_n x_n‖/N, so that only the mean over σ is left to take. At most ‖X‖_F/N (Jensen).
    /// </summary>
    /// <param name="x">x_n, N rows.</param>
    /// <param name="draws">Draws of σ where N is above <see cref="LargestEnumeration"/>, at least 2.</param>
    /// <param name="seed">Of the draws.</param>
    /// <param name="cancellation">Looked at before every example.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static RademacherComplexity Linear(FeatureMatrix x, int draws = 100, long seed = 0, CancellationToken cancellation = default)
    {
        if (x.Count <= LargestEnumeration) return Enumerated(x, cancellation);
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 2);
        var random = new RandomStream(seed);
        // All draws together, so that every example is read once.
        var sums = new double[draws][];
        for (var i = 0; i < draws; i++) sums[i] = new double[x.Width];
        var row = new double[x.Width];
        for (var n = 0; n < x.Count; n++)
        {
            cancellation.Look();
            x.CopyTo(n, 1, row);
            foreach (var sum in sums) Vectors.Add(Sign(random), row, sum);
        }
        return MeanOf([.. sums.Select(s => Vectors.Norm(s) / x.Count)]);
    }

    internal static double Sign(RandomStream random) => (random.NextBits() >> 63) == 0 ? -1 : 1;

    /// <summary>The mean of independent draws and its standard error.</summary>
    internal static RademacherComplexity MeanOf(double[] values)
    {
        var mean = values.Average();
        var variance = values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1);
        return new RademacherComplexity(mean, Math.Sqrt(variance / values.Length));
    }

    // Along a Gray code, where one sign changes at a time; σ and −σ give the same, so the last sign stays +.
    private static RademacherComplexity Enumerated(FeatureMatrix x, CancellationToken cancellation)
    {
        var rows = Enumerable.Range(0, x.Count).Select(x.Row).ToArray();
        var sigma = new double[x.Count];
        sigma.AsSpan().Fill(1);
        var sum = new double[x.Width];
        foreach (var row in rows) Vectors.Add(1, row, sum);
        var total = Vectors.Norm(sum);
        var combinations = 1 << (x.Count - 1);
        for (var i = 1; i < combinations; i++)
        {
            cancellation.Look();
            var flip = System.Numerics.BitOperations.TrailingZeroCount(i);
            sigma[flip] = -sigma[flip];
            Vectors.Add(2 * sigma[flip], rows[flip], sum);
            total += Vectors.Norm(sum);
        }
        return new RademacherComplexity(total / combinations / x.Count, 0);
    }
}
