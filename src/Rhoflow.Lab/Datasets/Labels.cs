using Rhoflow.Data;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Datasets;

/// <summary>What is done with labels before training: random ones, noisy ones, choices that keep classes in balance.</summary>
internal static class Labels
{
    /// <summary>Every label drawn uniformly from those present.</summary>
    public static Dataset Random(Dataset data, RandomStream random)
    {
        var (labels, y) = (Present(data), data.Y.ToArray());
        for (var n = 0; n < y.Length; n++) y[n] = labels[random.NextInt(labels.Length)];
        return data.WithTargets(y, data.Name + " (random labels)");
    }

    /// <summary>⌊share · N + 1/2⌋ labels, chosen at random, replaced by one of the other classes.</summary>
    /// <exception cref="DataException">There is one class only.</exception>
    public static Dataset WithNoise(Dataset data, double share, RandomStream random)
    {
        var (labels, y) = (Present(data), data.Y.ToArray());
        if (labels.Length < 2)
            throw new DataException($"data '{data.Name}': label noise needs two classes or more; all labels are {labels[0]}");
        foreach (var n in random.Permutation(y.Length).AsSpan(0, (int)Math.Floor(share * y.Length + .5)))
        {
            var other = random.NextInt(labels.Length - 1);
            y[n] = labels[other < Array.IndexOf(labels, y[n]) ? other : other + 1];
        }
        return data.WithTargets(y, data.Name + " (noisy labels)");
    }

    /// <summary>
    /// <paramref name="count"/> examples (null: all), drawn at random, as many of each class as of any other; where a class has too few,
    /// the
    /// others make up for it. In their order in the set, and among the examples that a larger count draws.
    /// </summary>
    /// <exception cref="DataException">The set is smaller.</exception>
    public static int[] Balanced(Dataset data, int? count, string key, RandomStream random)
    {
        if (count > data.Count) throw new DataException($"data '{data.Name}' has {data.Count} examples; {key}: {count} was asked for");
        if (count is not { } wanted || wanted == data.Count) return [.. Enumerable.Range(0, data.Count)];
        var order = random.Permutation(data.Count);
        if (data.Classes == 0) return [.. order[..wanted].Order()];
        var y = data.Y.ToArray();
        var left = Shares(y.CountBy(v => v).OrderBy(c => c.Value).ThenBy(c => c.Key).ToArray(), wanted);
        return [.. order.Where(n => left[y[n]]-- > 0).Order()];
    }

    // Smallest classes first: each takes an even share of what is left, or all that it has.
    private static Dictionary<double, int> Shares(KeyValuePair<double, int>[] counts, int wanted)
    {
        var shares = new Dictionary<double, int>();
        for (var c = 0; c < counts.Length; c++)
        {
            var share = Math.Min(counts[c].Value, wanted / (counts.Length - c));
            shares[counts[c].Key] = share;
            wanted -= share;
        }
        return shares;
    }

    private static double[] Present(Dataset data) => [.. data.Y.ToArray().Distinct().Order()];
}
