using Rhoflow.Kernels;
using Rhoflow.Numerics;

namespace Rhoflow.Measures.Spectra;

/// <summary>
/// How often values that do follow the fitted law lie as far from a power law as these: Clauset, Shalizi and Newman 2009, §4.1. Each
/// replicate draws as many values, one of the tail with probability n/N from the power law, else one of those below x_min, and is fitted as
/// the values were, x_min included.
/// </summary>
internal static class TailBootstrap
{
    // Which of a seed's streams.
    private const int Stream = 0x7A11;

    /// <summary>p: the share of replicates with at least the distance of the fit. Below 0.1 the authors rule the power law out.</summary>
    /// <param name="logs">Logarithms of all N values, in ascending order.</param>
    /// <param name="fit">Of them.</param>
    /// <param name="replicates">B; the standard error of p is √(p(1 − p)/B) ≤ 1/(2√B). 0: NaN.</param>
    /// <param name="seed">The same seed gives the same bits.</param>
    /// <param name="cancellation">Looked at before every replicate.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static double Probability(ReadOnlySpan<double> logs, PowerLawTail fit, int replicates, long seed,
        CancellationToken cancellation = default)
    {
        if (replicates < 1) return double.NaN;
        var random = new RandomStream(seed, Stream);
        var drawn = new double[logs.Length];
        var (below, worse) = (logs.Length - fit.Count, 0);
        for (var b = 0; b < replicates; b++)
        {
            cancellation.Look();
            random.Restart(seed, Stream, b);
            for (var i = 0; i < drawn.Length; i++)
            {
                // Of N equally likely places the first belong to the values below x_min.
                var place = random.NextInt(drawn.Length);
                drawn[i] = place < below ? logs[place] : fit.LogStart - Math.Log(1 - random.NextDouble()) / (fit.Alpha - 1);
            }
            Array.Sort(drawn);
            if (PowerLawTail.Of(drawn) is not { } of || of.Distance >= fit.Distance) worse++;
        }
        return (double)worse / replicates;
    }
}
