using MathNet.Numerics.Distributions;

namespace Rhoflow.Papers.SetUps;

/// <summary>
/// The mean of differences a_i − b_i over pairs (the same seed), with half of its 95 % interval, t_{.975}(n − 1) s/√n: differences of
/// independent pairs taken as normal.
/// </summary>
/// <param name="Mean">Of the differences.</param>
/// <param name="Half">Half of the interval's length; what is nearer to 0 than that may be chance.</param>
internal readonly record struct PairedDifference(double Mean, double Half)
{
    /// <summary>Of at least two pairs.</summary>
    public static PairedDifference Of(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        if (a.Count != b.Count || a.Count < 2)
            throw new ArgumentException($"{a.Count} and {b.Count} numbers are no pairs, of which there must be two or more", nameof(b));
        double[] d = [.. a.Zip(b, static (x, y) => x - y)];
        var mean = d.Average();
        var variance = d.Sum(v => (v - mean) * (v - mean)) / (d.Length - 1);
        return new PairedDifference(mean, StudentT.InvCDF(0, 1, d.Length - 1, .975) * Math.Sqrt(variance / d.Length));
    }

    /// <summary><c>0.012 ± 0.004</c>.</summary>
    public override string ToString() => $"{Wording.Text(Mean)} ± {Wording.Text(Half)}";
}
