using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Trainings under one loss, a seed each (its images, start and order of minibatches), all observed at the same epochs.</summary>
/// <param name="Seeds">At least two.</param>
internal sealed record LossCurves(IReadOnlyList<IObservations> Seeds)
{
    /// <summary>Epochs of the observations.</summary>
    public double[] Epochs => field ??= Seeds[0]["epoch"];

    /// <summary>Test errors, seed by seed.</summary>
    public double[][] Errors => field ??= [.. Seeds.Select(static s => s["test_error"])];

    /// <summary>Test error at the end, by seed.</summary>
    public double[] Final => [.. Errors.Select(static e => e[^1])];

    /// <summary>
    /// Where a seed is stopped: at the observation where the mean test error of the other seeds, which have other images, is least. No
    /// image that judges the stop has chosen it.
    /// </summary>
    public int StopOf(int seed)
    {
        double Mean(int i) => Errors.Where((_, s) => s != seed).Average(e => e[i]);
        return Enumerable.Range(0, Epochs.Length).MinBy(Mean);
    }

    /// <summary>Test error at <see cref="StopOf"/>, by seed.</summary>
    public double[] Stopped => [.. Errors.Select((e, s) => e[StopOf(s)])];

    /// <summary>What stopping gains, by seed: <see cref="Final"/> − <see cref="Stopped"/>.</summary>
    public double[] Gain => [.. Final.Zip(Stopped, static (f, s) => f - s)];

    /// <summary>The share of the final test error that stopping saves, by seed.</summary>
    public double[] Saved => [.. Gain.Zip(Final, static (g, f) => g / f)];

    /// <summary>Test loss at the end over the least one, by seed.</summary>
    public double[] LossRise => [.. Seeds.Select(static s => s["log10_test_loss"]).Select(static l => Math.Pow(10, l[^1] - l.Min()))];

    /// <summary>The least mean test error of an epoch.</summary>
    public double Best => Enumerable.Range(0, Epochs.Length).Min(i => Errors.Average(e => e[i]));

    /// <summary>The first observed epoch with a test error of at most <paramref name="good"/>, by seed; NaN: none.</summary>
    public double[] EpochsTo(double good) =>
        [.. Errors.Select(e => Array.FindIndex(e, v => v <= good) is >= 0 and var i ? Epochs[i] : double.NaN)];

    /// <summary>Median and extremes of a column at every observation, for bands.</summary>
    public Spread[] Band(string column)
    {
        double[][] all = [.. Seeds.Select(s => s[column])];
        return [.. Enumerable.Range(0, Epochs.Length).Select(i => Spread.Of(all.Select(v => v[i])))];
    }
}
