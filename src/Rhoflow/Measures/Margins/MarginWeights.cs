using Rhoflow.Losses;

namespace Rhoflow.Measures.Margins;

/// <summary>
/// The margin as a combination of outputs, q_n = Σ_c weights_nc f_c(x_n): y f for one output, f_y − f_j for classes with j the largest
/// other output (the first of several: any of them gives a subgradient). Its derivatives are what margins of several classes are linearized
/// with.
/// </summary>
internal static class MarginWeights
{
    /// <summary>Rows of C weights for the given examples.</summary>
    /// <param name="f">Outputs of all examples, N × C.</param>
    /// <param name="y">Targets of all examples.</param>
    /// <param name="outputs">C.</param>
    /// <param name="examples">n.</param>
    public static double[] Of(ReadOnlySpan<double> f, ReadOnlySpan<double> y, int outputs, ReadOnlySpan<int> examples)
    {
        var weights = new double[examples.Length * outputs];
        for (var i = 0; i < examples.Length; i++)
            Fill(f.Slice(examples[i] * outputs, outputs), y.Slice(examples[i], 1), outputs, weights.AsSpan(i * outputs, outputs));
        return weights;
    }

    /// <summary>The same for all of some examples.</summary>
    /// <param name="f">Their outputs, n × C.</param>
    /// <param name="y">Their targets.</param>
    /// <param name="outputs">C.</param>
    /// <param name="weights">Receives n rows of C weights.</param>
    public static void Fill(ReadOnlySpan<double> f, ReadOnlySpan<double> y, int outputs, Span<double> weights)
    {
        weights.Clear();
        for (var i = 0; i < y.Length; i++)
        {
            if (outputs == 1)
            {
                weights[i] = y[i];
                continue;
            }
            Margin.Of(f.Slice(i * outputs, outputs), (int)y[i], out var rival);
            weights[i * outputs + (int)y[i]] = 1;
            weights[i * outputs + rival] = -1;
        }
    }
}
