namespace Rhoflow.Descents;

/// <summary>
/// The examples that an epoch of an <see cref="AdaptiveRate"/> goes over: all but those with the least losses ℓ_n, which together are at
/// most a share ε of Σ ℓ_n at its beginning. On the way to a maximal margin the gradient of an exponential-type loss is that of the
/// support vectors: with L far below 1 the losses lie powers of ten apart. Where ε is below the rounding of the sum, the gradient over the
/// active examples is the gradient; a larger ε makes an error of ε in the weights of the examples, which may be more in the gradient. An
/// example whose loss grows meanwhile is seen at the end of the epoch, where all are evaluated.
/// </summary>
/// <param name="count">N.</param>
/// <param name="share">ε.</param>
internal sealed class ActiveExamples(int count, double share)
{
    private readonly int[] _byLoss = new int[count];
    private int[]? _indices;

    /// <summary>1 for every active example, 0 for the others: what is saved.</summary>
    public double[] Mask { get; } = new double[count];

    /// <summary>The active examples, in the order of the data.</summary>
    public int[] Indices => _indices ??= [.. Enumerable.Range(0, count).Where(n => Mask[n] > 0)];

    /// <summary>log of the active share of the examples: the mean over active ones, times it, is L but for a share ε.</summary>
    public double LogShare => Math.Log((double)Indices.Length / count);

    /// <summary>The mask has been read from a saved state.</summary>
    public void Refresh() => _indices = null;

    /// <summary>Chooses them by their losses.</summary>
    /// <param name="logLosses">log ℓ_n; with NaN or +∞ among them all examples are active.</param>
    /// <param name="adds">Whether those that are active stay so: after an epoch that was taken back, since others may have been the
    /// reason.</param>
    public void Choose(ReadOnlySpan<double> logLosses, bool adds)
    {
        _indices = null;
        var largest = double.NegativeInfinity;
        var sum = 0.0;
        foreach (var log in logLosses) largest = Math.Max(largest, log);
        foreach (var log in logLosses) sum += Math.Exp(log - largest);
        if (!(double.IsFinite(largest) && double.IsFinite(sum)))
        {
            Array.Fill(Mask, 1);
            return;
        }
        double[] keys = logLosses.ToArray();
        for (var n = 0; n < count; n++) _byLoss[n] = n;
        Array.Sort(keys, _byLoss);
        double leftOut = 0;
        var first = 0;
        while (first < count - 1 && (leftOut += Math.Exp(keys[first] - largest)) <= share * sum) first++;
        // Equal losses have no order of their own: all of them are active.
        while (first > 0 && keys[first - 1] == keys[first]) first--;
        if (!adds) Array.Clear(Mask);
        for (var i = first; i < count; i++) Mask[_byLoss[i]] = 1;
    }
}
