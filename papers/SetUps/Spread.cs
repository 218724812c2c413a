using Rhoflow.Lab.Claims;

namespace Rhoflow.Papers.SetUps;

/// <summary>A quantity over several seeds: what randomness leaves open is shown, not averaged away.</summary>
/// <param name="Min">The least.</param>
/// <param name="Median">The middle one (the mean of the two middle ones).</param>
/// <param name="Max">The greatest.</param>
/// <param name="Count">How many.</param>
public readonly record struct Spread(double Min, double Median, double Max, int Count)
{
    /// <summary>The seeds that claims with chance in them run on.</summary>
    public static IReadOnlyList<long> Seeds { get; } = [0, 1, 2, 3, 4];

    /// <summary>Of at least one finite value.</summary>
    public static Spread Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        int high = sorted.Length / 2, low = (sorted.Length - 1) / 2;
        return new Spread(sorted[0], (sorted[low] + sorted[high]) / 2, sorted[^1], sorted.Length);
    }

    /// <summary><c>median 0.34 (0.31 … 0.38 over 5)</c>.</summary>
    public override string ToString() => $"median {Check.Text(Median)} ({Check.Text(Min)} … {Check.Text(Max)} over {Count})";
}
