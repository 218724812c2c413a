namespace Rhoflow.Losses;

/// <summary>
/// The margin of one example: y f for one output, f_y − max_{j≠y} f_j for classes (T3 §14; the support vectors of T3 Fig 9 are where it
/// is least). Positive means classified correctly; a tie counts as an error.
/// </summary>
public static class Margin
{
    /// <summary>The margin, and the class j ≠ y that is nearest to winning: the first of the largest, where several tie.</summary>
    /// <param name="f">The C ≥ 2 outputs of one example.</param>
    /// <param name="y">Its class.</param>
    public static double Of(ReadOnlySpan<double> f, int y, out int rival)
    {
        rival = y == 0 ? 1 : 0;
        for (var j = rival + 1; j < f.Length; j++)
            if (j != y && f[j] > f[rival]) rival = j;
        return f[y] - f[rival];
    }

    /// <summary>The margin for any number of outputs: ±1 targets for one, classes for more.</summary>
    public static double Of(ReadOnlySpan<double> f, double y) => f.Length == 1 ? y * f[0] : Of(f, (int)y, out _);

    /// <summary>The margins of N examples.</summary>
    /// <param name="f">Outputs, row-major N × C.</param>
    /// <param name="y">Targets, N.</param>
    /// <param name="outputs">C.</param>
    public static double[] All(ReadOnlySpan<double> f, ReadOnlySpan<double> y, int outputs)
    {
        var margins = new double[y.Length];
        for (var n = 0; n < margins.Length; n++) margins[n] = Of(f.Slice(n * outputs, outputs), y[n]);
        return margins;
    }

    /// <summary>The share of margins that are not positive.</summary>
    public static double ErrorShare(ReadOnlySpan<double> margins)
    {
        var errors = 0;
        foreach (var m in margins)
            if (!(m > 0)) errors++;
        return errors / (double)margins.Length;
    }

    /// <summary>How many of the examples have no positive margin.</summary>
    /// <param name="f">Outputs, row-major N × C.</param>
    /// <param name="y">Targets, N.</param>
    /// <param name="outputs">C.</param>
    public static int CountErrors(ReadOnlySpan<double> f, ReadOnlySpan<double> y, int outputs)
    {
        var errors = 0;
        for (var n = 0; n < y.Length; n++)
            if (!(Of(f.Slice(n * outputs, outputs), y[n]) > 0)) errors++;
        return errors;
    }
}
