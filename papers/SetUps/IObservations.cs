namespace Rhoflow.Papers.SetUps;

/// <summary>The columns of a run, one number per observation: of one that is run now, or of a kept one.</summary>
internal interface IObservations
{
    /// <summary>A column; NaN = not measured there.</summary>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    double[] this[string column] { get; }

    /// <summary>The last number of a column.</summary>
    double Last(string column);
}

/// <summary>One size of a sweep over sizes, one run per seed.</summary>
/// <param name="Size">What is on the abscissa: examples, parameters.</param>
/// <param name="Runs">At least one.</param>
internal sealed record SizeRuns(double Size, IReadOnlyList<IObservations> Runs)
{
    /// <summary>What a column ends with, over the seeds.</summary>
    public Spread Last(string column) => Spread.Of(Runs.Select(r => r.Last(column)));
}
