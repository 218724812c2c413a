namespace Rhoflow.Measures.Spectra;

/// <summary>
/// A weight matrix beside a random one: W = noise of independent entries of variance s², plus what training put in. Its λ_i = σ_i²/n,
/// n = max(rows, columns) and m the other, follow <see cref="MarchenkoPastur"/> up to some spikes.
/// </summary>
/// <param name="Deviation">
/// s, from the median: s² = median λ/median of the law, which spikes do not move (Gavish and Donoho 2014, §IV).
/// </param>
/// <param name="NaiveDeviation">‖W‖_F/√(mn): s if all of W were noise.</param>
/// <param name="Edge">√(nλ_+) = s(√m + √n), as a singular value.</param>
/// <param name="Spikes">
/// Singular values beyond the edge and beyond what its fluctuation reaches in one matrix of noise out of a hundred: of nm^(−2/3) scale,
/// σ² &gt; s²(μ + 2.0234 τ), μ = (√(n−1) + √m)², τ = (√(n−1) + √m)(1/√(n−1) + 1/√m)^(1/3) (Johnstone 2001, thm 1.1;
/// 2.0234 is the 99 % quantile of Tracy and Widom's law for real matrices).
/// </param>
/// <param name="SpikeShare">Σσ² over the spikes/‖W‖_F².</param>
/// <param name="Distance">sup |S(λ) − F(λ/s²)| over what is no spike, F the law.</param>
internal readonly record struct RandomMatrixBulk(
    double Deviation, double NaiveDeviation, double Edge, int Spikes, double SpikeShare, double Distance)
{
    private const double TracyWidom = 2.0234;

    /// <summary>Null where at least half of the singular values are 0: there is no bulk.</summary>
    /// <param name="values">σ_1 ≥ σ_2 ≥ …, min(rows, columns) of them.</param>
    /// <param name="rows">Of W.</param>
    /// <param name="columns">Of W.</param>
    public static RandomMatrixBulk? Of(IReadOnlyList<double> values, int rows, int columns)
    {
        double m = Math.Min(rows, columns), n = Math.Max(rows, columns);
        var law = MarchenkoPastur.Of(rows, columns);
        // (σ_i/σ_1)²: no weights are too large or too small to be squared.
        double[] squares = [.. values.Select(v => v / values[0] * (v / values[0]))];
        var count = squares.Length;
        var median = count % 2 == 1 ? squares[count / 2] : (squares[count / 2 - 1] + squares[count / 2]) / 2;
        if (!(median > 0)) return null;
        var variance = median / n / law.Median;
        double root = Math.Sqrt(n - 1) + Math.Sqrt(m), scale = root * Math.Cbrt(1 / Math.Sqrt(n - 1) + 1 / Math.Sqrt(m));
        var threshold = variance * (root * root + TracyWidom * scale);
        var (spikes, inSpikes, all, distance) = (0, 0.0, 0.0, 0.0);
        foreach (var square in squares)
        {
            all += square;
            if (square <= threshold) continue;
            spikes++;
            inSpikes += square;
        }
        var bulk = count - spikes;
        for (var i = 0; i < bulk; i++)
        {
            // Ascending from the smallest.
            var at = law.Cumulative(squares[count - 1 - i] / n / variance);
            distance = Math.Max(distance, Math.Max(at - (double)i / bulk, (i + 1.0) / bulk - at));
        }
        var deviation = values[0] * Math.Sqrt(variance);
        return new RandomMatrixBulk(deviation, values[0] * Math.Sqrt(all / (m * n)), deviation * (Math.Sqrt(m) + Math.Sqrt(n)), spikes,
            inSpikes / all, distance);
    }
}
