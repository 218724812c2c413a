namespace Rhoflow.Measures;

/// <summary>Which examples are looked at where not all can be.</summary>
internal static class Sampling
{
    /// <summary>The numbers that gradients of single examples may fill at once: 256 MiB.</summary>
    public const long GradientNumbers = 1L << 25;

    /// <summary>
    /// At most <paramref name="largest"/> of N examples at equal distances, the first among them; all if there are no more.
    /// </summary>
    public static int[] Even(int count, int largest)
    {
        var size = Math.Min(count, largest);
        return [.. Enumerable.Range(0, size).Select(i => (int)((long)i * count / size))];
    }

    /// <summary>How many gradients of P numbers fit into that, between 2 and <paramref name="largest"/>.</summary>
    public static int Gradients(int parameters, int largest) => (int)Math.Clamp(GradientNumbers / parameters, 2, largest);
}
