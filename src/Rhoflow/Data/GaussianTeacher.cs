using Rhoflow.Numerics;

namespace Rhoflow.Data;

/// <summary>
/// A synthetic two-class set that a small ReLU network can learn: inputs are uniform directions (Gaussian vectors scaled to norm 1, as SQ
/// scales its inputs), labels are +1 where a random teacher g(x) = Σ_j a_j max(0, u_j·x) lies above its median over the set and −1
/// elsewhere. Inputs and teacher come from two streams of the seed, so the same seed gives the same bits and a larger set begins with the
/// smaller one's inputs.
/// </summary>
public static class GaussianTeacher
{
    /// <summary>N examples with labels ±1, drawn from a seed.</summary>
    /// <param name="examples">N ≥ 1.</param>
    /// <param name="inputs">d ≥ 1.</param>
    /// <param name="seed">Any integer.</param>
    /// <param name="units">Hidden units of the teacher, a_j and the entries of u_j standard normal.</param>
    /// <remarks>
    /// Half of the labels are +1 unless outputs tie at the median, which happens where all of the teacher's units are off (a share 2^−units
    /// of the inputs): ties are −1, or +1 if nothing lies above them.
    /// </remarks>
    public static Dataset Draw(int examples, int inputs, long seed, int units = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        RandomStream directions = new(seed, 0), teacher = new(seed, 1);
        var x = new double[examples * inputs];
        for (var n = 0; n < examples; n++)
        {
            var row = x.AsSpan(n * inputs, inputs);
            foreach (ref var v in row) v = directions.NextNormal();
            var norm = Vectors.Norm(row);
            foreach (ref var v in row) v /= norm;
        }
        double[] a = new double[units], u = new double[units * inputs], g = new double[examples];
        foreach (ref var v in u.AsSpan()) v = teacher.NextNormal();
        foreach (ref var v in a.AsSpan()) v = teacher.NextNormal();
        for (var n = 0; n < examples; n++)
            for (var j = 0; j < units; j++)
                g[n] += a[j] * Math.Max(0, Vectors.Dot(u.AsSpan(j * inputs, inputs), x.AsSpan(n * inputs, inputs)));
        var median = Median(g);
        if (g.Max() == median) median = Math.BitDecrement(median);
        return new Dataset($"gaussian-teacher (N = {examples}, d = {inputs}, seed {seed})", x, [.. g.Select(v => v > median ? 1.0 : -1.0)],
            inputs);
    }

    private static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : sorted[middle - 1] + (sorted[middle] - sorted[middle - 1]) / 2;
    }
}
