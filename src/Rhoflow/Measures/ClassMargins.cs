namespace Rhoflow.Measures;

/// <summary>Margins of outputs: y f for one output, f_y − max_{j≠y} f_j for several (T3b §3; Lyu–Li).</summary>
public static class ClassMargins
{
    /// <summary>N margins.</summary>
    /// <param name="outputs">f, row-major N × C.</param>
    /// <param name="targets">±1 (C = 1), or the class 0 … C−1.</param>
    /// <param name="classes">C.</param>
    public static double[] Of(ReadOnlySpan<double> outputs, ReadOnlySpan<double> targets, int classes)
    {
        var margins = new double[targets.Length];
        for (var n = 0; n < margins.Length; n++)
        {
            if (classes == 1)
            {
                margins[n] = targets[n] * outputs[n];
                continue;
            }
            var f = outputs.Slice(n * classes, classes);
            var y = (int)targets[n];
            var rival = double.NegativeInfinity;
            for (var j = 0; j < classes; j++)
                if (j != y) rival = Math.Max(rival, f[j]);
            margins[n] = f[y] - rival;
        }
        return margins;
    }

    /// <summary>The share of margins that are not positive (a tie is an error).</summary>
    public static double ErrorShare(ReadOnlySpan<double> margins)
    {
        var wrong = 0;
        foreach (var m in margins)
            if (!(m > 0)) wrong++;
        return wrong / (double)margins.Length;
    }
}
