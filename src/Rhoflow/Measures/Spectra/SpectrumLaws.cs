namespace Rhoflow.Measures.Spectra;

/// <summary>
/// What random-matrix theory and heavy tails say of the singular values of one matrix, as columns: the same for a layer of a network and
/// for a matrix in a file. Eigenvalues are λ_i = σ_i², of W_kᵀW_k; any other normalization leaves α, its error and its tests as they are.
/// </summary>
internal sealed class SpectrumLaws
{
    /// <summary>Of fewer singular values neither a tail nor a bulk is looked for.</summary>
    public const int LeastValues = 20;

    /// <summary>Replicates of the bootstrap: they give p to ±0.05 at most.</summary>
    public const int Replicates = 100;

    // Below this, relative to σ_1, singular values of float32 weights are rounding.
    private const double Rounding = 1e-6;

    private readonly double[] _values;
    private readonly double[] _logs = [];
    private readonly PowerLawTail? _tail;
    private readonly RandomMatrixBulk? _bulk;

    /// <param name="values">σ_1 ≥ σ_2 ≥ … ≥ 0, all of them.</param>
    /// <param name="rows">Of the matrix.</param>
    /// <param name="columns">Of it.</param>
    /// <param name="isDiagonal">It has no entries beside the diagonal.</param>
    public SpectrumLaws(IReadOnlyList<double> values, int rows, int columns, bool isDiagonal = false)
    {
        _values = [.. values];
        WhyNoTail = WhyNoBulk = WhyNot(rows, columns, isDiagonal) ?? (values[0] > 0 ? null : "it is 0");
        if (WhyNoTail is not null) return;
        _logs = [.. values.Where(v => v > Rounding * values[0]).Select(static v => 2 * Math.Log(v)).Order()];
        if (_logs.Length < LeastValues)
            WhyNoTail = $"{_logs.Length} singular values above 1e-6 σ_1; a tail is looked for in {LeastValues} or more";
        else if (PowerLawTail.Of(_logs) is { } tail) _tail = tail;
        else WhyNoTail = $"its singular values are equal, or too many of them: {PowerLawTail.LeastCount} different ones make a tail";
        _bulk = RandomMatrixBulk.Of(values, rows, columns);
        if (_bulk is null) WhyNoBulk = "at least half of its singular values are 0: it has no bulk";
    }

    /// <summary>Why a matrix of this size has neither; null where it may.</summary>
    public static string? WhyNot(int rows, int columns, bool isDiagonal) => isDiagonal ? "it is diagonal"
        : Math.Min(rows, columns) < LeastValues
            ? $"{rows} × {columns} has {Math.Min(rows, columns)} singular values; laws of spectra are looked for in {LeastValues} or more"
            : null;

    /// <summary>Why there is no α; null where there is.</summary>
    public string? WhyNoTail { get; }

    /// <summary>Why there is no bulk of a random matrix; null where there is.</summary>
    public string? WhyNoBulk { get; }

    /// <summary>Columns of <see cref="PowerLaw"/>.</summary>
    public static readonly string[] PowerLawColumns = ["alpha", "alpha_error", "alpha_start", "alpha_tail", "alpha_ks"];

    /// <summary>The column of <see cref="Probability"/>.</summary>
    public const string ProbabilityColumn = "alpha_p";

    /// <summary>Columns of <see cref="Rivals"/>.</summary>
    public static readonly string[] RivalColumns =
        ["alpha_over_exponential", "alpha_over_exponential_p", "alpha_over_lognormal", "alpha_over_lognormal_p"];

    /// <summary>Columns of <see cref="LogNorms"/>.</summary>
    public static readonly string[] LogNormColumns =
        ["log10_frobenius_squared", "log10_spectral_squared", "alpha_hat", "log10_alpha_norm"];

    /// <summary>Columns of <see cref="Bulk"/>.</summary>
    public static readonly string[] BulkColumns = ["noise", "noise_naive", "mp_edge", "mp_spikes", "mp_spike_share", "mp_ks"];

    /// <summary>α, its standard error, √x_min as a singular value, values of the tail, its distance from the fit.</summary>
    public double[] PowerLaw() =>
        _tail is { } t ? [t.Alpha, t.Error, Math.Exp(t.LogStart / 2), t.Count, t.Distance] : Missing(PowerLawColumns);

    /// <summary>p of the power law.</summary>
    /// <param name="replicates">Of the bootstrap, always with the same draws.</param>
    /// <param name="cancellation">Looked at before every replicate.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public double Probability(int replicates, CancellationToken cancellation) =>
        _tail is { } t ? TailBootstrap.Probability(_logs, t, replicates, seed: 0, cancellation) : double.NaN;

    /// <summary>Log-likelihood ratios against an exponential and a lognormal tail, each with its p.</summary>
    public double[] Rivals()
    {
        if (_tail is not { } t) return Missing(RivalColumns);
        var tail = _logs.AsSpan(_logs.Length - t.Count);
        var (exponential, lognormal) = (TailRivals.Exponential(tail, t.Alpha), TailRivals.Lognormal(tail, t.Alpha));
        return [exponential.LogRatio, exponential.Probability, lognormal.LogRatio, lognormal.Probability];
    }

    /// <summary>log₁₀ of ‖W‖_F² and ‖W‖₂²; α log₁₀ λ_1 and log₁₀ Σλ^α, NaN without α.</summary>
    public double[] LogNorms()
    {
        var largest = 2 * Math.Log10(_values[0]);
        var alpha = _tail?.Alpha ?? double.NaN;
        // λ/λ_1 ≤ 1: no power of it overflows.
        double Sum(double power) => _values.Sum(v => Math.Pow(v / _values[0], 2 * power));
        return _values[0] > 0 ? [largest + Math.Log10(Sum(1)), largest, alpha * largest, alpha * largest + Math.Log10(Sum(alpha))]
            : [double.NegativeInfinity, double.NegativeInfinity, double.NaN, double.NaN];
    }

    /// <summary>Noise by the median and by ‖W‖_F, the edge, spikes, their share of ‖W‖_F², the bulk's distance from the law.</summary>
    public double[] Bulk() =>
        _bulk is { } b ? [b.Deviation, b.NaiveDeviation, b.Edge, b.Spikes, b.SpikeShare, b.Distance] : Missing(BulkColumns);

    private static double[] Missing(string[] columns)
    {
        var none = new double[columns.Length];
        Array.Fill(none, double.NaN);
        return none;
    }
}
